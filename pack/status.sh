# SPDX-License-Identifier: GPL-2.0-only
# driver-disk status: which version of each packed driver will each kernel load?
# The kernel hook runs this even in a root without /proc: no <( ) here.
# shellcheck shell=bash

parse_status() {
	ONLY='' FORM=table
	while [[ $# -gt 0 ]]; do
		case $1 in
		--json) FORM=json ;;
		--warnings) FORM=warnings ;;
		--kernel | --root)
			[[ $# -ge 2 ]] || bad_usage "$1: needs a value"
			if [[ $1 = --kernel ]]; then
				ONLY=$2
			else
				[[ -d $2 ]] || bad_usage "--root: '$2' is not a folder"
				ROOT=$(readlink -f "$2")
			fi
			shift ;;
		*) bad_usage "$1: no such option" ;;
		esac
		shift
	done
	[[ $ROOT != / ]] || ROOT=
}

module_name() {	# PATH -> as the kernel says it
	local name=${1##*/}

	name=${name%%.ko*}
	printf '%s\n' "${name//-/_}"
}

# Every module below a pack's folders that an RPM owns, whatever the kernel.
packed_modules() {	# -> "K module RPM path"
	local -a files
	local found name file k

	found=$(find "$ROOT"/lib/modules/*/{updates,extra,override} \
		-name '*.ko*' 2>/dev/null) || true
	[[ -n $found ]] || return 0
	mapfile -t files <<<"$found"
	host_rpm -qf --qf '[%{=NAME} %{FILENAMES}\n]' "${files[@]#"$ROOT"}" 2>/dev/null |
		sort -u |
		grep -E '^[^ ]+ /lib/modules/[^/]+/(updates|extra|override)/.*\.ko' |
		while read -r name file; do
			k=${file#/lib/modules/}
			printf '%s %s %s %s\n' "${k%%/*}" "$(module_name "$file")" \
				"$name" "$file"
		done
}

next_kernel() {	# the one the boot loader's link names, else the newest
	local link

	for link in "$ROOT"/boot/vmlinuz-xen "$ROOT"/boot/vmlinuz-*-xen; do
		[[ -L $link ]] || continue
		link=$(readlink "$link")
		printf '%s\n' "${link##*/vmlinuz-}" | sed 's/^vmlinuz-//'
		return
	done
	tail -n 1 <<<"$KERNELS"
}

# Known only where the kernel's own list is here; most hosts have none.
crc_state() {	# K FILE -> fits | changed:N | unknown
	local list

	for list in "$ROOT/lib/modules/$1/symvers.gz" "$ROOT/boot/symvers-$1.gz"; do
		[[ -r $list ]] || continue
		{ gzip -dc "$list"; echo; modprobe --dump-modversions "$2"; } 2>/dev/null |
			awk '!NF { imports = 1; next }
			     !imports { crc[$2] = $1; next }
			     !($2 in crc) { unknown++; next }
			     crc[$2] != $1 { changed++ }
			     END { if (changed) print "changed:" changed
			           else print unknown ? "unknown" : "fits" }'
		return
	done
	echo unknown
}

# What modprobe would load, asked of kmod; '-' stands for nothing.
load_state() {	# K MODULE -> "K module version owner crcs path"
	local info file version path owner

	info=$(host_modinfo -k "$1" "$2" 2>/dev/null) || info=
	file=$(awk '$1 == "filename:" { print $2; exit }' <<<"$info")
	version=$(awk '$1 == "version:" { print $2; exit }' <<<"$info")
	if [[ -z $file ]]; then
		printf '%s %s - none - -\n' "$1" "$2"
		return
	fi
	path=${file#"$ROOT"} owner=in-box
	path=/lib/modules/${path#*/lib/modules/}
	owner=$(awk -v f="$path" '$4 == f { print $3 }' <<<"$PACKED")
	printf '%s %s %s %s %s %s\n' "$1" "$2" "${version:--}" \
		"${owner:-in-box}" "$(crc_state "$1" "$file")" "$path"
}

modules_of() { awk 'NF { print $2 }' <<<"$1" | sort -u; }

collect() {	# fills KERNELS PACKED NEXT RUNNING STATES
	local k module

	KERNELS=$(installed_kernels)
	[[ -n $KERNELS ]] || die 5 "no installed kernel found below $ROOT/lib/modules; is --root right?"
	PACKED=$(packed_modules)
	NEXT=$(next_kernel)
	RUNNING=$(uname -r)
	STATES=$(for k in $KERNELS; do
		while read -r module; do
			[[ -z $module ]] || load_state "$k" "$module"
		done <<<"$(modules_of "$PACKED")"
	done)
}

older() {	# A B
	[[ $1 != "$2" && $(printf '%s\n' "$1" "$2" | sort -V | head -n 1) = "$1" ]]
}

# What the admin relies on: the running kernel's packed driver, else the newest.
reference() {	# MODULE -> "version RPM K"
	awk -v m="$1" '$2 == m && $4 != "in-box" && $4 != "none" { print $3, $4, $1 }' \
		<<<"$STATES" | sort -V |
		awk -v k="$RUNNING" '{ last = $0 } $3 == k { run = $0 }
		                     END { print run ? run : last }'
}

# Nothing, or one sentence that says what the next boot loses and the cure.
warning() {	# MODULE
	local had rpm k version owner crcs cure

	read -r had rpm k <<<"$(reference "$1")"
	read -r version owner crcs <<<"$(awk -v k="$NEXT" -v m="$1" \
		'$1 == k && $2 == m { print $3, $4, $5 }' <<<"$STATES")"
	[[ -n $had && -n $owner ]] || return 0
	cure="install ${rpm%"-$k-modules"}'s driver disk for $NEXT"
	case $owner in
	none) set -- "$1 has no module at all" ;;
	in-box)
		[[ $version != "$had" || $had = - ]] || return 0
		[[ $version != - ]] || version=driver
		set -- "$1 falls back from $had to the in-box $version" ;;
	*)
		if [[ $crcs = changed:* ]]; then
			set -- "$1 $version of $owner will not load (${crcs#*:} symbols changed)"
		elif older "$version" "$had"; then
			set -- "$1 falls back from $had to $version of $owner"
		else
			return 0
		fi ;;
	esac
	printf 'after the next reboot (kernel %s) %s: %s\n' "$NEXT" "$1" "$cure"
}

warnings() {
	local module

	while read -r module; do
		warning "$module"
	done <<<"$(modules_of "$STATES")"
}

loaded_version() {	# K MODULE -> version, '?' where it has none, '-' not loaded
	local dir=/sys/module/$2

	[[ -z $ROOT && $1 = "$RUNNING" && -d $dir ]] || { echo -; return; }
	cat "$dir/version" 2>/dev/null || echo '?'
}

print_table() {
	local k module version owner crcs path mark

	printf '%-24s %-16s %-10s %-10s %-8s %s\n' KERNEL DRIVER WILL-LOAD LOADED CRCS FROM
	while read -r k module version owner crcs path; do
		[[ -z $ONLY || $k = "$ONLY" ]] || continue
		mark=
		[[ $k != "$NEXT" ]] || mark='*'
		printf '%-24s %-16s %-10s %-10s %-8s %s\n' "$k$mark" "$module" \
			"$version" "$(loaded_version "$k" "$module")" \
			"$crcs" "$owner"
	done <<<"$STATES"
	echo "* boots next"
}

json_string() {	# - is null
	local s=$1

	[[ $s != - ]] || { printf null; return; }
	s=${s//\\/\\\\}
	s=${s//\"/\\\"}
	s=${s//[[:cntrl:]]/ }
	printf '"%s"' "$s"
}

print_json() {	# WARNINGS
	local k module version owner crcs path line comma=

	printf '{"schema":"driver-disk/status/1","next_kernel":%s,"running_kernel":%s,"drivers":[' \
		"$(json_string "$NEXT")" "$(json_string "$RUNNING")"
	while read -r k module version owner crcs path; do
		[[ -n $k ]] || continue
		[[ -z $ONLY || $k = "$ONLY" ]] || continue
		[[ $owner != none ]] || owner=-
		printf '%s{"kernel":%s,"module":%s,"version":%s,"owner":%s,"file":%s,"crcs":%s,"loaded":%s}' \
			"$comma" "$(json_string "$k")" "$(json_string "$module")" \
			"$(json_string "$version")" "$(json_string "$owner")" \
			"$(json_string "$path")" "$(json_string "$crcs")" \
			"$(json_string "$(loaded_version "$k" "$module")")"
		comma=,
	done <<<"$STATES"
	printf '],"warnings":['
	comma=
	while IFS= read -r line; do
		[[ -n $line ]] || continue
		printf '%s%s' "$comma" "$(json_string "$line")"
		comma=,
	done <<<"$1"
	printf ']}\n'
}

cmd_status() {
	local found

	parse_status "$@"
	collect
	[[ -z $ONLY ]] || grep -qxF -e "$ONLY" <<<"$KERNELS" ||
		die 2 "--kernel $ONLY: not installed; installed are: $(paste -sd ' ' <<<"$KERNELS")"
	found=$(warnings)
	case $FORM in
	json) print_json "$found" ;;
	table)
		if [[ -n $STATES ]]; then print_table; else echo "no driver here came from a pack"; fi
		[[ -z $found ]] || awk '{ print "WARNING: " $0 }' <<<"$found" ;;
	warnings)
		[[ -z $found ]] || awk '{ print "driver-disk: WARNING: " $0 }' <<<"$found" >&2 ;;
	esac
	[[ -z $found ]] || return 4
}
