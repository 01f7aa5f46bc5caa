# SPDX-License-Identifier: GPL-2.0-only
# Do a driver's symbol checksums fit a kernel?  Asked of kmod and the kernel's own files.
# shellcheck shell=bash disable=SC2034 # other parts read these

imports() { modprobe --dump-modversions "$1" 2>/dev/null || true; }	# KO -> "crc symbol"

symvers_list() {	# K -> the kernel's own list, where this host has it
	local list

	for list in "$ROOT/lib/modules/$1/symvers.gz" "$ROOT/boot/symvers-$1.gz" \
		"$ROOT/lib/modules/$1/symvers.xz"; do
		[[ ! -r $list ]] || { printf '%s\n' "$list"; return; }
	done
	return 1
}

read_list() {	# FILE -> "crc symbol"
	if [[ $1 = *.xz ]]; then xz -dc "$1"; else gzip -dc "$1"; fi 2>/dev/null
}

lacking() {	# KNOWN WANTED -> the wanted symbols without a known checksum
	awk '$1 == "?" { if (!($2 in known)) print $2; next } { known[$2] }' <<<"$1"$'\n'"$2"
}

dump() {	# reads FILEs -> "crc symbol"
	local file

	while IFS= read -r file; do
		[[ -z $file ]] || imports "$file"
	done
}

# Only what depends on a module can import what that exports.
dependents() {	# K SYMBOLS -> the kernel's modules that may import these, exported by modules
	local dir=$ROOT/lib/modules/$1

	[[ -r $dir/modules.symbols && -r $dir/modules.dep ]] || return 0
	awk -v dir="$dir" '
		function named(path) { sub(/:$/, "", path); sub(/.*\//, "", path); sub(/\.ko.*/, "", path); gsub(/-/, "_", path); return path }
		part == 1 { lacking[$1] }
		part == 2 { sub(/^symbol:/, "", $2) }
		part == 2 && $2 in lacking { from[$3] }
		part == 3 && /^kernel\// { for (i = 2; i <= NF; i++) if (named($i) in from) { sub(/:$/, "", $1); print dir "/" $1; next } }
		' part=1 - part=2 "$dir/modules.symbols" part=3 "$dir/modules.dep" <<<"$2"
}

# depmod names what nothing in a row of modules exports: who imports each of these?
importers() {	# K SYMBOLS FILE... -> for each symbol one of the files that import it
	depmod -n -e -E /dev/null ${ROOT:+-b "$ROOT"} "$1" "${@:3}" 2>&1 >/dev/null | awk -v symbols="$2" '
		BEGIN { n = split(symbols, list, "\n"); for (i = 1; i <= n; i++) lacking[list[i]] }
		/ needs unknown symbol / && $NF in lacking {
			delete lacking[$NF]
			sub(/^.*WARNING: /, "")
			sub(/ needs unknown symbol [^ ]*$/, "")
			if (!seen[$0]++) print
		}'
}

# All modules of a kernel that may import one of the symbols; first those that
# import much and are soon read.  (A packed file does not show what it names.)
candidates() {	# FOLDER SYMBOLS
	{
		find "$1" -name '*.ko.*' 2>/dev/null
		grep -rlwaF --include='*.ko' -e "$2" "$1" 2>/dev/null
	} | tr '\n' '\0' | xargs -0r stat -L -c '%s	%n' | sort -rn |
		awk -F '\t' '$1 > 300000 { late[++n] = $2; next } { print $2 } END { for (i = 1; i <= n; i++) print late[i] }'
}

# To look through the folders takes longer than to read what is found.
named_like() {	# K MODULE... -> the kernel's own modules of these names
	local k=$1 dir=$ROOT/lib/modules/$1 name names='' path file
	local -a like=()

	shift
	for name; do
		[[ $name != *[!A-Za-z0-9_-]* ]] || continue
		name=${name//[-_]/[-_]}
		names+=${names:+|}$name like+=(-o -name "$name.ko*")
	done
	if [[ -s $dir/modules.order ]]; then
		grep -E "/($names)\\.ko" "$dir/modules.order" | while IFS= read -r path; do
			for file in "$dir/$path"*; do [[ ! -f $file ]] || printf '%s\n' "$file"; done
		done || true
	else
		find "$dir/kernel" \( -false ${like[@]+"${like[@]}"} \) 2>/dev/null || true
	fi
}

# What the kernel's own modules import has the checksums the kernel was built
# with.  Ask those that the drivers replace, which import nearly the same.
crcs_of_modules() {	# K "? symbol" LINES, DRIVER... -> "crc symbol"
	local known rest

	known=$(named_like "$1" "${@:3}" | dump)
	rest=$(lacking "$known" "$2")
	printf '%s\n' "$known"
	[[ -z $rest ]] || search_modules "$1" "$rest"
}

# Each of the others may be the only one that imports a symbol.
search_modules() {	# K SYMBOLS -> "crc symbol"
	local k=$1 rest=$2 known n=60
	local -a files

	known=$(dependents "$k" "$rest" | dump)
	rest=$(kernel_exports "$k" "$rest")
	[[ -z $rest ]] || mapfile -t files <<<"$(candidates "$ROOT/lib/modules/$k/kernel" "$rest")"
	while [[ -n $rest && ${files[0]:-} ]]; do
		known+=$'\n'$(importers "$k" "$rest" "${files[@]:0:n}" | dump)
		rest=$(lacking "$known" "? ${rest//$'\n'/$'\n? '}")
		files=("${files[@]:n}")
		n=500
	done
	printf '%s\n' "$known"
}

kernel_exports() {	# K SYMBOLS -> those that no module exports
	local index=$ROOT/lib/modules/$1/modules.symbols

	awk 'part == 1 { sub(/^symbol:/, "", $2); exported[$2]; next } !($1 in exported)' \
		part=1 "$([[ -r $index ]] && printf %s "$index" || echo /dev/null)" part=2 - <<<"$2"
}

# A packed module may use what another one exports.  The kernel's list does not
# have that, or has it of the in-box module that the other one replaces.  depmod
# knows who exports what, and compares the checksums; without any (an exporter
# that was built so) nothing is proved.
# -> "~ SYMBOL" of each such symbol, "~? SYMBOL" if without, "~x SYMBOL FILE" where they differ
packed_exports() {	# K "! file" AND "crc symbol" LINES, FILE...
	local k=$1 wanted=$2 file name names='' found said

	shift 2
	for file; do
		name=${file##*/} name=${name%%.ko*} name=${name//-/_}
		[[ $name = *[!A-Za-z0-9_]* ]] || names+=${names:+|}$name
	done
	found=$(grep -E " ($names)\$" "$ROOT/lib/modules/$k/modules.symbols" 2>/dev/null) || return 0
	found=$(awk '
		$1 == "!" { name = $0; sub(/.*\//, "", name); sub(/\.ko.*/, "", name); gsub(/-/, "_", name); next }
		$1 == "=" { listed = 1; next }
		!NF { next }
		!listed { wanted[$2]; versioned[name]; next }
		{ sub(/^symbol:/, "", $2) }
		$2 in wanted { print ($3 in versioned ? "~" : "~?"), $2 }' <<<"$wanted"$'\n=\n'"$found")
	[[ -n $found ]] || return 0
	said=$(depmod -n -e -E /dev/null ${ROOT:+-b "$ROOT"} "$k" "$@" 2>&1 >/dev/null) || found=${found//'~ '/'~? '}
	printf '%s\n' "$found"
	sed -n 's/.*WARNING: \(.*\) disagrees about version of symbol \([^ ]*\)$/~x \2 \1/p' <<<"$said"
}

wanted_of_kernel() {	# LINES of both above -> "? symbol" of what the kernel itself exports
	awk '$1 ~ /^~/ { seen[$2]++; next } $1 != "!" && NF && !seen[$2]++ { print "?", $2 }' <<<"$1"
}

# Each state: fits, changed:N:SYMBOLS (the first three), unknown.
# A driver that carries no checksums fits only the kernel it was built for, and
# then nothing proves it.
crc_states() {	# K FILE... -> "C<TAB>FILE<TAB>state"
	local k=$1 list file name wanted='' packed
	local -a names=()

	shift
	for file; do
		wanted+="! $file"$'\n'$(imports "$file")$'\n'
		name=${file##*/}
		names+=("${name%%.ko*}")
	done
	packed=$(packed_exports "$k" "$wanted" "$@")
	{
		printf '%s%s\n=\n' "$wanted" "$packed"
		if list=$(symvers_list "$k"); then
			read_list "$list"
		else
			crcs_of_modules "$k" "$(wanted_of_kernel "$packed"$'\n'"$wanted")" "${names[@]}"
		fi
	} | awk '
		function done_with(  state) {
			if (file == "") return
			if (bad) state = "changed:" bad ":" names
			else state = (!n || unknown) ? "unknown" : "fits"
			print "C\t" file "\t" state
		}
		function unlike(s, its) {
			if (s in packed ? packed[s] == "~?" : crc[s] == "") { unknown++; return 0 }
			return s in packed ? (file, s) in differs : crc[s] != its
		}
		# A list has many thousand symbols; keep those that are asked for.
		listed { if ($2 in crc) crc[$2] = $1; next }
		$1 == "=" && NF == 1 { listed = 1; next }
		$1 == "!" { line[++lines] = $0; next }
		$1 == "~x" { symbol_of = $2; sub(/^~x [^ ]* /, ""); differs[$0, symbol_of]; next }
		$1 ~ /^~/ { packed[$2] = $1; next }
		NF { line[++lines] = $1; symbol[lines] = $2; crc[$2] = "" }
		END {
			for (i = 1; i <= lines; i++) {
				if (i in symbol) {
					n++
					if (unlike(symbol[i], line[i]) && ++bad <= 3)
						names = names (names == "" ? "" : ",") symbol[i]
					continue
				}
				done_with()
				file = substr(line[i], 3)
				n = bad = unknown = 0
				names = ""
			}
			done_with()
		}'
}
