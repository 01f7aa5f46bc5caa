#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Wrong input of every kind to every verb of driver-disk: one line that names it, says why and what to do, and the exit code.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154,SC2164 # texts for others; what bats does

load pack
load dom0

setup_file() {
	have_kernels || return 0
	setup_pack
}

teardown_file() { stop_agent "$BATS_FILE_TMPDIR/trust"; }

setup() {
	load_lab
	one_kernel
	cd "$BATS_TEST_TMPDIR"
	ISO=$W/out/acme-edu-1.1-$KA.iso
}

# A line of each kind of progress may come before it.
one_line() {	# CODE ARGUMENT...
	local code=$1 said

	shift
	run "$TOOL" "$@"
	said=$(grep -v ': verifying$' <<<"$output") || true
	[[ $status -eq $code && $said != *$'\n'* && $said =~ ^driver-disk:\ [^:]+:\ .+\;\ .+ ]] ||
		{ printf 'exit %s, not %s: %s\n%s\n' "$status" "$code" "$*" "$output"; return 1; }
	# Not the names of our own temporary files, not a tool's greeting.
	[[ $said != *"/tmp."* && $said != *xorriso\ 1* && $said != *"()"* ]] ||
		{ printf 'in the words of others: %s\n' "$said"; return 1; }
}

@test "no verb, no such verb, no such option, a value that lacks" {
	one_line 2
	one_line 2 frob
	one_line 2 --frob
	for verb in status install remove rollback history verify inspect compare kernel-changed auto; do
		one_line 2 "$verb" --frob
	done
	for verb in status install remove rollback history verify kernel-changed auto; do
		one_line 2 "$verb" --root
		one_line 2 "$verb" --root ''
		one_line 2 "$verb" --root /no/where
		one_line 2 "$verb" --root "$ISO"
	done
	for verb in install inspect; do
		one_line 2 "$verb" "$ISO" --keyring
		one_line 2 "$verb" "$ISO" --keyring /no/where
	done
	one_line 2 status --kernel
	one_line 2 status --kernel ''
	one_line 2 status --kernel 1.2.3 --root "$R"
	run "$TOOL" --help
	exits 0
	says "usage: driver-disk status"
}

@test "too few or too many names" {
	one_line 2 install --root "$R"
	one_line 2 inspect
	one_line 2 inspect "$ISO" "$ISO"
	one_line 2 remove --root "$R"
	one_line 2 remove '' --root "$R"
	one_line 2 remove a b --root "$R"
	one_line 2 rollback a --root "$R"
	for verb in status history verify; do one_line 2 "$verb" a --root "$R"; done
	one_line 2 compare
	one_line 2 compare a
}

@test "what is not there, or is no disk" {
	mkdir empty folder
	: >empty.iso
	echo text >text.iso
	head -c 40000 "$ISO" >short.iso
	head -c 200000 "$ISO" >cut.iso
	cp cut.iso folder/
	mkfifo pipe
	ln -s /no/where dangling
	for verb in "install --root $R --keyring $W/trust" "inspect --keyring $W/trust"; do
		for item in /no/such dangling pipe /dev/null ''; do
			# shellcheck disable=SC2086 # words
			one_line 2 $verb "$item"
		done
		for item in empty empty.iso text.iso short.iso cut.iso folder; do
			# shellcheck disable=SC2086 # words
			one_line 6 $verb "$item"
		done
	done
	for item in /no/such empty pipe text.iso; do one_line 2 compare "$item" "$item"; done
	one_line 1 remove nosuch --root "$R"
	one_line 1 rollback --root "$R"
}

@test "what this user may not read" {
	mkdir -m 700 locked
	cp "$ISO" locked.iso
	chmod 600 locked.iso
	cp -r "$W/tool" tool
	chmod -R go+rX tool "$BATS_TEST_TMPDIR" && chmod 700 locked && chmod 600 locked.iso
	for dir in "$W" "${W%/*}" "${W%/*/*}"; do chmod go+x "$dir"; done
	TOOL=$BATS_TEST_TMPDIR/tool/driver-disk
	as_nobody() { setpriv --reuid 65534 --regid 65534 --clear-groups env TMPDIR=/tmp "$BATS_TEST_TMPDIR/tool/driver-disk" "$@"; }
	TOOL=as_nobody
	as_nobody --help >/dev/null || skip "another user cannot reach $BATS_TEST_TMPDIR"
	one_line 5 inspect locked
	one_line 5 inspect locked.iso
	one_line 5 install --dry-run --root "$R" locked
	one_line 2 compare locked.iso locked.iso
	one_line 5 install --root "$R" "$ISO"
	one_line 5 remove acme-edu --root "$R"
	one_line 5 rollback --root "$R"
}

@test "a root without a kernel" {
	mkdir empty
	one_line 5 status --root empty
	one_line 5 verify --root empty
	one_line 5 kernel-changed --root empty
	one_line 1 install "$ISO" --root empty --keyring "$W/trust"
	one_line 1 remove nosuch --root empty
	one_line 1 rollback --root empty
}
