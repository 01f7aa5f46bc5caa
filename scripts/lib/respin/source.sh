# SPDX-License-Identifier: GPL-2.0-only
# What a source package is like: whether its spec is ours, and whether it can be compiled beside others.
# shellcheck shell=bash disable=SC2154  # CACHE, TOOLS, TOP are the caller's
#
# CACHE/sources/DIGEST/kind   foreign: its spec does what it likes
#                             template: the spec is ours, so built modules can be packed
#                             plain: and its make logic is only a list of objects
# CACHE/sources/DIGEST/tree/NAME, label, id   of a plain one: its files, its name, and the files' digest

# Of a folder what would be packed, and when it was changed last.
source_digest() {	# SRPM|DIR|TARBALL
	local SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-}

	if [[ -d $1 ]]; then
		SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(source_epoch "$1")}
		make_tarball "$1" source /dev/stdout | digest
	else
		digest <"$1"
	fi
}

# Assignments that mean the same one folder further down, and nothing that runs a program.
plain_kbuild() {	# DIR
	local file=$1/Kbuild

	[[ -f $file ]] || file=$1/Makefile
	[[ -f $file && ! -L $file ]] || return 1
	! grep -qvE "$PLAIN_LINE" "$file" && ! grep -qE "$KBUILD_LIST" "$file" &&
		! grep -rqE '__DATE__|__TIME__|__TIMESTAMP__|incbin|\.include|EXPORT_(NS_)?SYMBOL|EXPORT_STATIC_CALL|EXPORT_TRACEPOINT' "$1" --include='*.[chS]'
}
KBUILD_LIST='^(obj|lib|extra|always|targets|hostprogs|userprogs|subdir|subdir-[a-z]+)-(y|objs)'
PLAIN_OBJECTS='[A-Za-z0-9_]+(-[A-Za-z0-9_]+)*\.o'
PLAIN_FLAG='(-[DU][A-Za-z0-9_]+(=[A-Za-z0-9_.]*)?|-O[0-3s]|-W[a-z][a-z0-9=+-]*)'
PLAIN_LINE="^(#.*[^\\\\]|#|[[:space:]]*|(obj-m|[A-Za-z0-9_-]+-(y|objs))[[:space:]]*[:+]?=([[:space:]]*$PLAIN_OBJECTS)*[[:space:]]*|ccflags-y[[:space:]]*[:+]?=([[:space:]]*$PLAIN_FLAG)*[[:space:]]*)\$"

# Whether a spec compiles as our template does today, with nothing asked for; %{built} is in it.
builds_as_template() {	# SPEC
	awk '
		FNR == 1 { file++ }
		/^%build$/ { build = 1 }
		build { sub(/ @MAKE_ARGS@/, ""); sub(/  modules$/, " modules"); text[file] = text[file] $0 "\n" }
		/^%install$/ { build = 0 }
		END { exit text[1] != text[2] }' "$1" "$TOP/specs/driver.spec.in"
}

inspect_source() {	# SRPM DIR
	local found spec name
	local -a tarball

	echo foreign >"$2/kind"
	mkdir "$2/unpack" "$2/tree"
	unpack_rpm "$1" "$2/unpack" || return 0
	found=$(find "$2/unpack" -type f -name '*.spec')
	[[ -n $found && $found != *$'\n'* ]] || return 0
	spec=$(<"$found")
	[[ $spec = *'%{?respin}'* && $spec = *'%{?built}'* ]] || return 0
	echo template >"$2/kind"
	[[ $'\n'$spec = *$'\n%global kbuild %{nil}\n'* ]] && builds_as_template "$found" || return 0
	tarball=("$2"/unpack/*.tar.gz)
	tar -C "$2/tree" --no-same-owner -xzf "${tarball[0]}" 2>/dev/null || return 0
	name=$(ls -A "$2/tree")
	[[ $name =~ ^[A-Za-z0-9][A-Za-z0-9._+~-]*$ && -d $2/tree/$name ]] && plain_kbuild "$2/tree/$name" || return 0
	[[ $'\n'$spec =~ $'\n%global label '([^$'\n']*) ]] || return 0
	printf '%s\n' "${BASH_REMATCH[1]}" >"$2/label"
	(cd "$2/tree" && find . -type f -print0 | sort -z | xargs -0 sha256sum) | digest >"$2/id"
	echo plain >"$2/kind"
}

# source_kind SRC DIGEST -> what it is; looked at once.
source_kind() {
	local dir=$CACHE/sources/$2-${TOOLS:0:16} tmp

	if [[ ! -d $dir ]]; then
		[[ $1 = *.src.rpm ]] || { echo template; return; }
		tmp=$(mktemp -d "$CACHE/${WORK##*/}.XXXXXX") || die 5 "$CACHE: cannot be written; free space, or give another --cache"
		inspect_source "$1" "$tmp"
		[[ $(<"$tmp/kind") = plain ]] || rm -rf "$tmp/tree"
		rm -rf "$tmp/unpack"
		[[ -d $CACHE/sources ]] || mkdir -p "$CACHE/sources"
		mv -T "$tmp" "$dir" 2>/dev/null || rm -rf "$tmp"
	fi
	printf '%s\n' "$(<"$dir/kind")"
}
