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
	awk '$1 == "?" { if (!($2 in known)) print $2; next } { known[$2] }' \
		<<<"$1"$'\n'"$2" | sort -u
}

# What the kernel's own modules import has the checksums the kernel was built
# with.  Ask those that the drivers replace, then the biggest, which import
# most, then the ones that name what is still lacking.  (A file that is
# compressed does not show what it names.)
crcs_of_modules() {	# K "? symbol" LINES, DRIVER... -> "crc symbol"
	local dir=$ROOT/lib/modules/$1/kernel wanted=$2 known='' name file rest looked=''
	local -a files big

	shift 2
	mapfile -t files <<<"$(for name; do find "$dir" -name "${name//_/[-_]}.ko*"; done 2>/dev/null)"
	while [[ ${#files[@]} -gt 0 ]]; do
		known+=$(for file in "${files[@]}"; do [[ -z $file ]] || imports "$file"; done)$'\n'
		rest=$(lacking "$known" "$wanted")
		[[ -n $rest ]] || break
		[[ -n $looked ]] || mapfile -t big <<<"$(find "$dir" -name '*.ko*' -size +600k -printf '%s\t%p\n' 2>/dev/null | sort -rn | head -n 120 | cut -f 2)"
		looked=1
		files=(${big[@]+"${big[@]:0:10}"})
		big=(${big[@]+"${big[@]:10}"})
	done
	[[ -z $rest ]] || known+=$(grep -rowaF --include='*.ko' -e "$rest" "$dir" 2>/dev/null |
		awk -F : '!($2 in found) { found[$2]; if (!($1 in file)) print $1; file[$1] }' | head -n 40 |
		while IFS= read -r file; do imports "$file"; done)
	printf '%s\n' "$known"
}

# A packed module may use what another one exports.  The kernel's list does not
# have that, or has it of the in-box module that the other one replaces.  depmod
# knows who exports what, and compares the checksums; without any (an exporter
# that was built so) nothing is proved.
# -> "~ SYMBOL" of each such symbol, "~? SYMBOL" if without, "~x SYMBOL FILE" where they differ
packed_exports() {	# K "! file" AND "crc symbol" LINES, FILE...
	local k=$1 wanted=$2 file module names='' found said

	shift 2
	for file; do
		module=$(module_name "$file")
		[[ $module = *[!A-Za-z0-9_]* ]] || names+=${names:+|}$module
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
	awk '$1 ~ /^~/ { packed[$2]; next } $1 != "!" && NF && !($2 in packed) { print "?", $2 }' <<<"$1" | sort -u
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
