# SPDX-License-Identifier: GPL-2.0-only
# Run what strangers wrote: it can write to its own folder alone, and has neither network nor keys nor anyone to talk to.
# shellcheck shell=bash disable=SC2034,SC2154  # SANDBOXED is plan.sh's

# To connect to a socket in a folder is no writing, and who listens there may be
# root; so there are none of these (AF_UNIX), nor what could open one otherwise.
# A program for seccomp(2), as x86-64 and i386 number their calls: code, jump if
# true, jump if false, value.
write_filter() {	# FILE
	{
		printf '\x20\0\x00\x00\x04\x00\x00\x00'	# 0 the architecture
		printf '\x15\0\x00\x06\x3e\x00\x00\xc0'	# 1 not x86-64: 8
		printf '\x20\0\x00\x00\x00\x00\x00\x00'	# 2 the call
		printf '\x35\0\x09\x00\x00\x00\x00\x40'	# 3 one of x32: 13
		printf '\x15\0\x08\x00\xa9\x01\x00\x00'	# 4 io_uring_setup: 13
		printf '\x15\0\x00\x06\x29\x00\x00\x00'	# 5 not socket: 12
		printf '\x20\0\x00\x00\x10\x00\x00\x00'	# 6 its domain
		printf '\x15\0\x05\x04\x01\x00\x00\x00'	# 7 AF_UNIX: 13, else 12
		printf '\x20\0\x00\x00\x00\x00\x00\x00'	# 8 the call of i386
		printf '\x15\0\x03\x00\xa9\x01\x00\x00'	# 9 io_uring_setup: 13
		printf '\x15\0\x02\x00\x66\x00\x00\x00'	# 10 socketcall: 13
		printf '\x15\0\x01\x00\x67\x01\x00\x00'	# 11 socket: 13
		printf '\x06\0\x00\x00\x00\x00\xff\x7f'	# 12 allowed
		printf '\x06\0\x00\x00\x0d\x00\x05\x00'	# 13 EACCES
	} >"$1"
}

# bubblewrap reads the filter anew at each start, so a script opens it.
bare_sandbox() {	# FOLDER FOR THE FILTER -> SANDBOX
	SANDBOX=(bwrap)
	if [[ $MACHTYPE = x86_64-* ]]; then
		[[ -s $1/filter ]] || write_filter "$1/filter"
		SANDBOX=("$TOP/scripts/lib/with-filter" "$1/filter")
	fi
	SANDBOX+=(--die-with-parent --cap-drop ALL --unshare-net --ro-bind / / --dev /dev)
}

# Whether bubblewrap works is only known by running it: containers forbid much.
# Without root's capabilities, which could undo it, and without the signing
# keys and the agent that would use them.
open_sandbox() {
	local keys

	bare_sandbox "$WORK"
	SANDBOX+=(--proc /proc --tmpfs /run)
	for keys in "${GNUPGHOME:-}" "${HOME:-/nonexistent}/.gnupg"; do
		[[ ! -d $keys ]] || SANDBOX+=(--tmpfs "$(cd -P "$keys" && pwd)")
	done
	[[ -z $O_MODULE_KEY ]] || SANDBOX+=(--ro-bind /dev/null "$(readlink -f "$O_MODULE_KEY")")
	# We write there what the build must not lead elsewhere.
	mkdir -p "$WORK/sign"
	SANDBOX+=(--bind "$WORK" "$WORK" --ro-bind "$WORK/sign" "$WORK/sign" --ro-bind /dev/null "$WORK/filter"
		--unshare-pid --unshare-ipc)
	# A re-spin's run has found out for its cells.
	if [[ -n ${RESPIN_SANDBOX-} ]] || "${SANDBOX[@]}" true >/dev/null 2>&1; then
		SANDBOXED=1
		return
	fi
	SANDBOXED='' SANDBOX=()
}

# Run a program over a stranger's file: it can write to DIR alone.
confined() {	# DIR COMMAND...
	local dir=$1
	local -a SANDBOX

	shift
	if [[ -z ${CONFINE+known} ]]; then
		bare_sandbox "$WORK"
		CONFINE=("${SANDBOX[@]}")
		"${CONFINE[@]}" true 2>/dev/null || CONFINE=()
	fi
	${CONFINE[@]+"${CONFINE[@]}" --bind "$dir" "$dir"} "$@"
}
