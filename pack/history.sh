# SPDX-License-Identifier: GPL-2.0-only
# driver-disk history: what was done to the packs of this host, by this command or by rpm alone.
# shellcheck shell=bash disable=SC2034 # other parts read these

parse_report() {	# for verbs whose options are these
	FORM=table
	while [[ $# -gt 0 ]]; do
		case $1 in
		--json) FORM=json ;;
		--root) take_root "${2:-}"; shift ;;
		*) bad_usage "$1: no such option" ;;
		esac
		shift
	done
}

# The log's operations: "time<TAB>end<TAB>driver-disk<TAB>what<TAB>result".
own_events() {
	awk -v OFS='\t' '
		function flush_op(n) { if (n in what) print start[n], (n in end ? end[n] : start[n]), "driver-disk", what[n], (n in result ? result[n] : "interrupted"); delete what[n] }
		$3 == "begin" {
			flush_op($2)
			start[$2] = $1
			delete end[$2]
			delete result[$2]
			what[$2] = $4
			for (i = 5; i <= NF; i++) what[$2] = what[$2] " " $i
			if ($4 == "undo") result[$5] = "undone"
			order[++n] = $2
		}
		$3 == "done" { end[$2] = $1; result[$2] = "done" }
		END { for (i = 1; i <= n; i++) flush_op(order[i]) }' "$ROOT$LOG_FILE" 2>/dev/null || true
}

# What rpm knows of the packages that packs bring, with the time in UTC.
rpm_events() {
	local names

	names=$({
		cut -f 3 <<<"$PACKED"
		cut -f 5 <<<"$PACKS"
		host_rpm -qa --qf '%{NAME}\n' 'update-*' 'control-*'
	} | sed '/^$/d; /^unpackaged$/d' | sort -u)
	[[ -n $names ]] || return 0
	# shellcheck disable=SC2086 # packages' names are words
	host_rpm -q --qf '%{INSTALLTIME}\t%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}\n' $names 2>/dev/null |
		grep '^[0-9]' | sort -n | while IFS=$'\t' read -r when what; do
		TZ=UTC0 printf '%(%Y-%m-%dT%H:%M:%SZ)T\trpm\t%s\n' "$when" "$what"
	done || true
}

# Leave out of rpm's what happened during an operation of ours.
all_events() {
	{ own_events; rpm_events; } | awk -F '\t' -v OFS='\t' '
		$3 == "driver-disk" { from[++n] = $1; to[n] = $2; print $1, $3, $4, $5; next }
		{
			for (i = 1; i <= n; i++) if ($1 >= from[i] && $1 <= to[i]) next
			print $1, "rpm", "install " $3, "done"
		}' | sort
}

cmd_history() {
	parse_report "$@"
	need rpm awk
	PACKED=$(packed_modules)
	PACKS=$(all_packs)
	if [[ $FORM = json ]]; then
		all_events | awk -F '\t' "$JSON_AWK"'
			{ all = all (all == "" ? "" : ",") "{" key("time", js($1)) "," key("by", js($2)) "," key("what", js($3)) "," key("result", js($4)) "}" }
			END { printf "{%s,%s}\n", key("schema", "\"driver-disk/history/1\""), key("events", "[" all "]") }'
		return
	fi
	all_events | awk -F '\t' '{ printf "%-20s  %-11s  %s%s\n", $1, $2, $3, ($4 == "done" ? "" : "  (" $4 ")") }'
}
