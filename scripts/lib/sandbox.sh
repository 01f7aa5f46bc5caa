# SPDX-License-Identifier: GPL-2.0-only
# Run what strangers wrote: it can write to its own folder alone, and has neither network nor keys nor anyone to talk to.
# shellcheck shell=bash disable=SC2034,SC2154  # SANDBOXED is plan.sh's

# To connect to a socket in a folder is no writing, and who listens there may be
# root; so there are only sockets of networks, of which there is none.  Nor can
# words be put into the terminal's input.  A program for seccomp(2), as x86-64 and
# i386 number their calls: code, jump if true, jump if false, value.
write_filter() {	# FILE
	{
		printf '\x20\x00\x00\x00\x04\x00\x00\x00'	# 0 the architecture
		printf '\x15\x00\x00\x0d\x3e\x00\x00\xc0'	# 1 not x86-64: 15
		printf '\x20\x00\x00\x00\x00\x00\x00\x00'	# 2 the call
		printf '\x35\x00\x15\x00\x00\x00\x00\x40'	# 3 one of x32: 25
		printf '\x15\x00\x14\x00\xa9\x01\x00\x00'	# 4 io_uring_setup: 25
		printf '\x15\x00\x0f\x00\x10\x00\x00\x00'	# 5 ioctl: 21
		printf '\x15\x00\x05\x00\x35\x00\x00\x00'	# 6 socketpair: 12
		printf '\x15\x00\x00\x10\x29\x00\x00\x00'	# 7 not socket: 24
		printf '\x20\x00\x00\x00\x10\x00\x00\x00'	# 8 its domain
		printf '\x15\x00\x0e\x00\x02\x00\x00\x00'	# 9 AF_INET: 24
		printf '\x15\x00\x0d\x00\x0a\x00\x00\x00'	# 10 AF_INET6: 24
		printf '\x15\x00\x0c\x0d\x10\x00\x00\x00'	# 11 AF_NETLINK: 24, else 25
		printf '\x20\x00\x00\x00\x18\x00\x00\x00'	# 12 its type
		printf '\x54\x00\x00\x00\x0f\x00\x00\x00'	# 13 without flags
		printf '\x15\x00\x0a\x09\x02\x00\x00\x00'	# 14 SOCK_DGRAM: 25, else 24
		printf '\x20\x00\x00\x00\x00\x00\x00\x00'	# 15 the call of i386
		printf '\x15\x00\x08\x00\x66\x00\x00\x00'	# 16 socketcall: 25
		printf '\x15\x00\x07\x00\x67\x01\x00\x00'	# 17 socket: 25
		printf '\x15\x00\x06\x00\x68\x01\x00\x00'	# 18 socketpair: 25
		printf '\x15\x00\x05\x00\xa9\x01\x00\x00'	# 19 io_uring_setup: 25
		printf '\x15\x00\x00\x03\x36\x00\x00\x00'	# 20 not ioctl: 24
		printf '\x20\x00\x00\x00\x18\x00\x00\x00'	# 21 its request
		printf '\x15\x00\x02\x00\x12\x54\x00\x00'	# 22 TIOCSTI: 25
		printf '\x15\x00\x01\x00\x1c\x54\x00\x00'	# 23 TIOCLINUX: 25, else 24
		printf '\x06\x00\x00\x00\x00\x00\xff\x7f'	# 24 allowed
		printf '\x06\x00\x00\x00\x0d\x00\x05\x00'	# 25 EACCES
	} >"$1.$BASHPID" && mv "$1.$BASHPID" "$1"
}

# bubblewrap reads the filter anew at each start, so a script opens it.
bare_sandbox() {	# FOLDER FOR THE FILTER -> SANDBOX
	SANDBOX=(bwrap)
	if [[ $MACHTYPE = x86_64-* ]]; then
		[[ -s $1/filter ]] || write_filter "$1/filter" || die 5 "$1/filter: cannot be written; free space, or set TMPDIR"
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
		[[ ! -d $keys ]] || SANDBOX+=(--tmpfs "$(readlink -f "$keys")")
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

# How programs run over a stranger's file.
open_confinement() {	# -> CONFINE
	local -a SANDBOX

	bare_sandbox "$WORK"
	CONFINE=("${SANDBOX[@]}")
	"${CONFINE[@]}" true 2>/dev/null && return
	CONFINE=()
	note "bubblewrap does not work here: disks are opened not sandboxed"
}

# It can write to DIR alone.
confined() {	# DIR COMMAND...
	local dir=$1

	shift
	${CONFINE[@]+"${CONFINE[@]}" --bind "$dir" "$dir"} "$@"
}
