# SPDX-License-Identifier: GPL-2.0-only
# driver-disk status: which version of each packed driver will each kernel load?
# shellcheck shell=bash disable=SC2034,SC2001 # other parts read these; texts of many lines

# The functions that every JSON output here starts with.
JSON_AWK='
	function js(s,  i, c, o) {
		if (s == "-" || s == "") return "null"
		for (i = 1; i <= length(s); i++) {
			c = substr(s, i, 1)
			o = o ((c == "\\" || c == "\"") ? "\\" c : c < " " ? " " : c)
		}
		return "\"" o "\""
	}
	function key(k, v) { return "\"" k "\":" v }
'

parse_status() {
	ONLY='' FORM=table CRCS_OF=
	while [[ $# -gt 0 ]]; do
		case $1 in
		--json) FORM=json ;;
		--warnings) FORM=warnings ;;
		--quiet) FORM=quiet ;;
		--all) ONLY='' ;;
		--kernel)
			[[ -n ${2:-} ]] || bad_usage "$1: needs a value; give an installed kernel"
			ONLY=$2
			shift ;;
		--root) take_root "${2:-}"; shift ;;
		*) bad_usage "$1: no such option" ;;
		esac
		shift
	done
	[[ $FORM != table && $FORM != json ]] || CRCS_OF=${ONLY:-all}
}

print_table() {
	{
		printf 'KERNEL\tDRIVER\tWILL-LOAD\tLOADED\tINITRD\tCRCS\tFROM\tPACK\n'
		awk -F '\t' -v OFS='\t' -v only="$ONLY" -v next_k="$NEXT" '
			only != "" && $1 != only { next }
			{
				split($5, c, ":")
				print $1 ($1 == next_k ? "*" : ""), $2, $3, $9, $8,
					c[1] (c[1] == "changed" ? ":" c[2] : ""), $4, $10
			}' <<<"$STATES"
	} | awk -F '\t' '
		{ for (i = 1; i <= NF; i++) { cell[NR, i] = $i; if (length($i) > w[i]) w[i] = length($i) } }
		END { for (r = 1; r <= NR; r++) {
			line = ""
			for (i = 1; i <= 8; i++) line = line sprintf("%-" (w[i] + 2) "s", cell[r, i])
			sub(/ +$/, "", line)
			print line
		} }'
	if [[ $NEXT_FROM = newest ]]; then
		echo "* boots next, it is the newest (no boot menu of a known kind found)"
	else
		echo "* boots next, says $NEXT_FROM"
	fi
}

print_variants() {
	local all

	all=$(variants)
	[[ -n $all ]] || return 0
	awk -F '\t' -v only="$ONLY" '
		only != "" && $1 != only { next }
		!said++ { print "variants (driver-tool selects one):" }
		{ printf "  %s  %s  %s  %s%s\n", $1, $2, $3, $4, ($5 == "selected" ? "  selected" : "") }' <<<"$all"
}

print_json() {	# WARNINGS
	{
		printf 'H\t%s\t%s\t%s\t%s\n' "$(host_name)" "$NEXT" "$RUNNING" "$NEXT_FROM"
		sed 's/^/K	/' <<<"$KERNELS"
		[[ -z $PACKS ]] || cut -f 1-4 <<<"$PACKS" | sort -u | sed 's/^/P	/'
		[[ -z $STATES ]] || sed 's/^/S	/' <<<"$STATES"
		variants | sed 's/^/V	/'
		[[ -z $1 ]] || sed 's/^/W	/' <<<"$1"
	} | awk -F '\t' -v only="$ONLY" "$JSON_AWK"'
		function add(list, item) { return list (list == "" ? "" : ",") item }
		function crcs(s,  c) { split(s, c, ":"); return c[1] == "changed" ? c[1] ":" c[2] : s }
		function symbols(s,  c, n, i, o, t) {
			if (split(s, c, ":") < 3) return "[]"
			n = split(c[3], t, ",")
			for (i = 1; i <= n; i++) o = add(o, js(t[i]))
			return "[" o "]"
		}
		$1 == "H" { host = $2; next_k = $3; running = $4; from = $5 }
		$1 == "K" { kernels = add(kernels, js($2)) }
		$1 == "P" { packs = add(packs, "{" key("pack", js($2)) "," key("version", js($3)) "," key("family", js($4)) "," key("identity", js($5)) "}") }
		$1 == "W" { warnings = add(warnings, js($2)) }
		only != "" && ($1 == "S" || $1 == "V") && $2 != only { next }
		$1 == "S" {
			drivers = add(drivers, "{" key("kernel", js($2)) "," key("module", js($3)) "," \
				key("version", js($4)) "," key("owner", js($5 == "none" ? "-" : $5)) "," \
				key("file", js($7)) "," key("crcs", js(crcs($6))) "," key("changed_symbols", symbols($6)) "," \
				key("srcversion", js($8)) "," key("initrd", js($9)) "," \
				key("loaded", js($10)) "," key("pack", js($11)) "}")
		}
		$1 == "V" {
			dmv = add(dmv, "{" key("kernel", js($2)) "," key("driver", js($3)) "," key("variant", js($4)) "," \
				key("version", js($5)) "," key("selected", $6 == "selected" ? "true" : "false") "," key("status", js($7)) "}")
		}
		END {
			printf "{%s,%s,%s,%s,%s,%s,%s,%s,%s,%s}\n", key("schema", "\"driver-disk/status/1\""),
				key("host", js(host)), key("next_kernel", js(next_k)), key("next_kernel_from", js(from)),
				key("running_kernel", js(running)), key("kernels", "[" kernels "]"), key("packs", "[" packs "]"),
				key("drivers", "[" drivers "]"), key("variants", "[" dmv "]"), key("warnings", "[" warnings "]")
		}'
}

host_name() {
	local name=

	read -r name 2>/dev/null <"$ROOT/etc/hostname" || name=$(uname -n)
	printf '%s\n' "${name:-unknown}"
}

cmd_status() {
	local found

	parse_status "$@"
	need modprobe modinfo rpm awk
	collect
	[[ -z $ONLY || $'\n'$KERNELS$'\n' = *$'\n'"$ONLY"$'\n'* ]] ||
		die 2 "--kernel: $ONLY: not installed; installed are: ${KERNELS//$'\n'/ }"
	found=$(warnings)
	case $FORM in
	json) print_json "$found" ;;
	table)
		if [[ -n $STATES ]]; then print_table; else echo "no driver here came from a pack"; fi
		print_variants
		[[ -z $found ]] || awk '{ print "WARNING: " $0 }' <<<"$found" ;;
	warnings)
		[[ -z $found ]] || awk '{ print "driver-disk: WARNING: " $0 }' <<<"$found" >&2 ;;
	esac
	pending_warning
	[[ -z $found ]] || return 4
}
