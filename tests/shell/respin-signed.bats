#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# A disk whose modules are signed is re-spun to one whose modules are, or not at all.

load pack

setup_file() {
	have_kernels || return 0
	setup_key
	module_key "$W/key" "$W/cert" acme
	build_disk "$CPULEVEL_KDIR_A" "$W/packs" --module-key "$W/key" --module-cert "$W/cert" 2>/dev/null
}

teardown_file() { stop_agent "$BATS_FILE_TMPDIR/trust"; }

setup() {
	have_kernels || skip "CPULEVEL_KDIR_A and CPULEVEL_KDIR_B name no kernel-devel folders"
	T=$BATS_TEST_TMPDIR
	SIGN=(--module-key "$W/key" --module-cert "$W/cert")
}

module_key() {	# KEY CERT NAME
	openssl req -new -x509 -newkey rsa:2048 -nodes -subj "/CN=$3" -days 3650 -keyout "$1" -out "$2" 2>/dev/null
}

respin() { "$RESPIN" "$W/packs" --sign "$KEY" --cache "$T/c" "$@"; }

signer() {	# ISO -> who signed its module
	rm -rf "$T/open"
	open_iso "$1" "$T/open"
	(cd "$T/open" && rpm2cpio Packages/*-modules-*.rpm | cpio --quiet -idm)
	find "$T/open" -name '*.ko' -exec modinfo -F signer {} +
}

@test "signed modules become signed ones; the key is neither on the disk nor in the cache" {
	respin --kernel-devel "$CPULEVEL_KDIR_B" --out "$T/new" "${SIGN[@]}"
	[ "$(signer "$T/new/acme-edu-1.1.respin1-$KB.iso")" = acme ]
	! grep -rl 'PRIVATE KEY' "$T/open" "$T/c" || return 1
}

@test "another module key is a miss of the cache" {
	respin --kernel-devel "$CPULEVEL_KDIR_B" --out "$T/new" "${SIGN[@]}"
	module_key "$T/key" "$T/cert" other
	respin --kernel-devel "$CPULEVEL_KDIR_B" --out "$T/new" --module-key "$T/key" --module-cert "$T/cert"
	[ "$(signer "$T/new/acme-edu-1.1.respin1-$KB.iso")" = other ]
}

@test "keep: the old module is signed again" {
	fake_kernel 6.1.0-99-amd64
	respin --policy keep --kernel-devel "$W/kernel/6.1.0-99-amd64" --out "$T/new" "${SIGN[@]}" >"$T/said"
	grep -q '	kept from the disk before$' "$T/said"
	[ "$(signer "$T/new/acme-edu-1.1.respin1-6.1.0-99-amd64.iso")" = acme ]
}

@test "without the key it is blocked, and nothing unsigned is made" {
	run respin --kernel-devel "$CPULEVEL_KDIR_B" --out "$T/new"
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output = *"blocked	acme-edu	$KB	its modules are signed; give --module-key and --module-cert"* ]]
	[ ! -e "$T/new" ]
}

@test "half a pair, or a key that is not there, is said" {
	run respin --kernel-devel "$CPULEVEL_KDIR_B" --out "$T/new" --module-key "$W/key"
	[ "$status" -eq 2 ]
	[[ $output = *"--module-key and --module-cert: give both"* ]]
	run respin --kernel-devel "$CPULEVEL_KDIR_B" --out "$T/new" --module-key "$T/none" --module-cert "$W/cert"
	[ "$status" -eq 5 ]
}
