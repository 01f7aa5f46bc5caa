# SPDX-License-Identifier: GPL-2.0-only
# driver-disk compare: several hosts' `status --json` in one table; where do they differ?
# shellcheck shell=bash

# JSON as lines "path<TAB>value", path like /drivers/0/module; malformed: exit 1.
# shellcheck disable=SC2016 # awk's
JSON_PATHS='
	function bad() { failed = 1; exit 1 }
	function skip() { while (substr(t, p, 1) ~ /^[ \t\r\n]$/) p++ }
	function string(  o, c) {
		for (p++; (c = substr(t, p, 1)) != "\""; p++) {
			if (c == "") bad()
			if (c == "\\") { c = substr(t, ++p, 1); if (c == "u") { c = "?"; p += 4 } }
			o = o (c < " " ? " " : c)
		}
		p++
		return o
	}
	function value(path, depth,  c, k, i, from) {
		if (depth > 20) bad()
		skip()
		c = substr(t, p, 1)
		if (c == "\"") { print path "\t" string(); return }
		if (c == "{" || c == "[") {
			p++
			skip()
			if (substr(t, p, 1) == (c == "{" ? "}" : "]")) { p++; return }
			for (i = 0; ; i++) {
				k = i
				if (c == "{") {
					skip()
					if (substr(t, p, 1) != "\"") bad()
					k = string()
					skip()
					if (substr(t, p++, 1) != ":") bad()
				}
				value(path "/" k, depth + 1)
				skip()
				from = substr(t, p++, 1)
				if (from == (c == "{" ? "}" : "]")) return
				if (from != ",") bad()
			}
		}
		from = p
		while (substr(t, p, 1) ~ /^[-+.0-9a-z]$/) p++
		if (p == from) bad()
		c = substr(t, from, p - from)
		print path "\t" (c == "null" ? "-" : c)
	}
	{ t = t $0 "\n" }
	END { if (failed) exit 1; p = 1; value("", 0); skip(); if (p <= length(t)) exit 1 }
'

# "host<TAB>what<TAB>value" of one host's file.
host_facts() {	# FILE
	local paths

	[[ -f $1 && -r $1 ]] || die 2 "$1: cannot be read; give files that 'driver-disk status --json' wrote"
	[[ $(wc -c <"$1") -le 4000000 ]] || die 2 "$1: too big for a status; give files that 'driver-disk status --json' wrote"
	{ paths=$(awk "$JSON_PATHS" "$1" 2>/dev/null) && grep -q '^/schema	driver-disk/status/1$' <<<"$paths"; } ||
		die 2 "$1: not what 'driver-disk status --json' writes; run that on each host"
	awk -F '\t' -v OFS='\t' '
		$1 == "/host" { host = $2 }
		$1 == "/next_kernel" { next_k = $2 }
		split($1, p, "/") == 4 { v[p[2], p[3], p[4]] = $2; if (p[3] + 1 > n[p[2]]) n[p[2]] = p[3] + 1 }
		END {
			print host, "kernel: boots next", next_k
			for (i = 0; i < n["packs"]; i++) print host, "pack: " v["packs", i, "pack"], v["packs", i, "version"]
			for (i = 0; i < n["drivers"]; i++)
				if (v["drivers", i, "kernel"] == next_k)
					print host, "next boot: " v["drivers", i, "module"], v["drivers", i, "version"] (v["drivers", i, "owner"] == "-" ? "none" : "")
		}' <<<"$paths"
}

# One row for each thing, one column for each host; exit 1 where a row differs.
# shellcheck disable=SC2016 # awk's
COMPARE_AWK='
	function join_hosts(what,  h, o) {
		for (h = 1; h <= hosts; h++)
			o = o (h > 1 ? "," : "") key(name[h], js(has(what, h)))
		return o
	}
	function has(what, h) { return ((what, h) in v) ? v[what, h] : "-" }
	NF < 3 { next }
	!($1 in at) { at[$1] = ++hosts; name[hosts] = $1 }
	!($2 in seen) { seen[$2]; row[++rows] = $2 }
	{ v[$2, at[$1]] = $3 }
	END {
		for (r = 1; r <= rows; r++) {
			differs[r] = 0
			for (h = 2; h <= hosts; h++) if (has(row[r], h) != has(row[r], 1)) differs[r] = 1
			bad += differs[r]
		}
		if (form == "json") {
			for (r = 1; r <= rows; r++)
				out = out (r > 1 ? "," : "") "{" key("what", js(row[r])) "," key("same", differs[r] ? "false" : "true") "," key("hosts", "{" join_hosts(row[r]) "}") "}"
			printf "{%s,%s}\n", key("schema", "\"driver-disk/compare/1\""), key("rows", "[" out "]")
			exit bad > 0
		}
		w = 5
		for (r = 1; r <= rows; r++) if (length(row[r]) > w) w = length(row[r])
		for (h = 1; h <= hosts; h++) {
			c[h] = length(name[h])
			for (r = 1; r <= rows; r++) if (length(has(row[r], h)) > c[h]) c[h] = length(has(row[r], h))
		}
		line = sprintf("  %-" w "s", "")
		for (h = 1; h <= hosts; h++) line = line sprintf("  %-" c[h] "s", name[h])
		sub(/ +$/, "", line)
		print line
		for (r = 1; r <= rows; r++) {
			line = sprintf("%s %-" w "s", differs[r] ? "!" : " ", row[r])
			for (h = 1; h <= hosts; h++) line = line sprintf("  %-" c[h] "s", has(row[r], h))
			sub(/ +$/, "", line)
			print line
		}
		print bad ? "! the hosts differ here" : "the hosts are alike"
		exit bad > 0
	}
'

cmd_compare() {
	local form=table file all='' facts
	local -a files=()

	for file; do
		case $file in
		--json) form=json ;;
		-*) bad_usage "$file: no such option" ;;
		*) files+=("$file") ;;
		esac
	done
	[[ ${#files[@]} -ge 2 ]] || bad_usage "compare: give two or more files of 'driver-disk status --json'"
	for file in "${files[@]}"; do
		facts=$(host_facts "$file")
		all+=$facts$'\n'
	done
	awk -F '\t' -v form="$form" "$JSON_AWK$COMPARE_AWK" <<<"$all"
}
