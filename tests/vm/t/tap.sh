# SPDX-License-Identifier: GPL-2.0-only
# TAP for the tests that boot machines: several boots make one numbered list.
# shellcheck shell=bash

n=0 bad=0
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

verdict() {	# STATUS NAME [REASON-FILE]
	n=$((n + 1))
	if [[ $1 -eq 0 ]]; then
		printf 'ok %d - %s\n' $n "$2"
		return
	fi
	printf 'not ok %d - %s\n' $n "$2"
	[[ -z ${3-} ]] || head -n 20 "$3" | sed 's/^/# /'
	bad=1
}

# check NAME COMMAND...: one test on the build side.
check() {
	local name=$1 rc=0
	shift
	"$@" >"$WORK/check.log" 2>&1 || rc=$?
	verdict $rc "$name" "$WORK/check.log"
}

# merge PREFIX FILE: another program's TAP as part of ours.
merge() {
	local line
	while IFS= read -r line; do
		case $line in
		"ok "*) verdict 0 "$1${line#* - }" ;;
		"not ok "*) verdict 1 "$1${line#* - }" ;;
		"#"*) printf '%s\n' "$line" ;;
		esac
	done <"$2"
}

finish() {
	printf '1..%d\n' $n
	exit $bad
}
