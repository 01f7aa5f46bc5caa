# SPDX-License-Identifier: GPL-2.0-only
# What became of each cell: a table, JSON, and one HTML page that needs nothing else.
# shellcheck shell=bash disable=SC2154  # RUN, TOP are the caller's

# outcome.tsv: label, K, action, state, reason, result, iso, sha256, log, error, how
outcome() {
	local label k action state reason key value
	local -A said

	while IFS=$'\t' read -r label k action state reason _; do
		case $action in
		skipped | blocked) said=([state]=$action) ;;
		*) said=([state]=failed) ;;
		esac
		if [[ -r $RUN/results/$label@$k ]]; then
			while IFS='=' read -r key value; do said[$key]=${value//[$'\t']/ }; done <"$RUN/results/$label@$k"
		fi
		printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$label" "$k" "$action" "$state" "$reason" "${said[state]}" \
			"${said[iso]:--}" "${said[sha256]:--}" "${said[log]:--}" "${said[error]:--}" "${said[how]:--}"
	done <"$RUN/matrix.tsv"
}

report_text() {
	awk -F '\t' '{
		detail = $6 == "done" ? $7 : $6 == "failed" ? $10 "; log: " $9 : $5
		printf "%s\t%s\t%s\t%s%s\n", $6, $1, $2, detail, $3 ~ /keep|relink/ && $6 == "done" ? "\t" $11 : "" }' "$RUN/outcome.tsv"
	sed 's/^/refused\t/' "$RUN/refused.tsv"
}

report_json() {
	jq -n --rawfile cells "$RUN/outcome.tsv" --rawfile refused "$RUN/refused.tsv" '
		def none: if . == "-" then null else . end;
		{schema: "respin-driver-disks/report/1",
		 cells: ($cells | split("\n") | map(select(. != "") | split("\t") |
			{label: .[0], kernel: .[1], action: .[2], state: .[3], reason: .[4], result: .[5],
			 disk: (.[6] | none), sha256: (.[7] | none), log: (.[8] | none), error: (.[9] | none), how: (.[10] | none)})),
		 refused: ($refused | split("\n") | map(select(. != "")))}'
}

# JSON inside a script element must not be able to end it.
report_html() {
	local json

	json=$(jq -c . | sed 's,<,\\u003c,g')
	while IFS= read -r line; do
		if [[ $line = *@REPORT@* ]]; then
			printf '%s%s%s\n' "${line%%@REPORT@*}" "$json" "${line#*@REPORT@}"
		else
			printf '%s\n' "$line"
		fi
	done <"$TOP/scripts/lib/respin/report.html"
}
