# SPDX-License-Identifier: GPL-2.0-only
# What a guest script calls: t for a test, show for a command that people should see.
# shellcheck shell=bash

# The harness hands this folder over after the boot.
# shellcheck disable=SC2034 # for the scripts
OUT=/mnt/out

trap 'printf "%s: line %s: %s: exit status %s\n" "$0" "$LINENO" "$BASH_COMMAND" "$?"' ERR

# t NAME COMMAND...: one test; on failure its first lines of output say why.
t() {
	local name=$1 out
	shift
	if out=$("$@" 2>&1); then
		printf 'ok - %s\n' "$name" >&3
	else
		printf 'not ok - %s\n' "$name" >&3
		printf '%s\n' "$out" | sed 's/^/# /' | head -n 20 >&3
	fi
	printf '%s\n' "$out"
}

# fails WITH TEXT COMMAND...: true if the command exits WITH that code and says TEXT.
fails() {
	local want=$1 text=$2 out rc=0
	shift 2
	out=$("$@" 2>&1) || rc=$?
	printf '%s\nexit status %s\n' "$out" "$rc"
	[[ $rc -eq $want && $out = *"$text"* ]]
}

# show COMMAND...: run it; the transcript has it as a terminal would, /tmp/shown its output.
show() {
	printf '| dom0# %s\n' "$*" >&3
	"$@" 2>&1 | tee /tmp/shown |
		mawk -W interactive '{ print; print "| " $0 >"/dev/ttyS1"; fflush() }'
	return "${PIPESTATUS[0]}"
}
