#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# What a disk asks of its hosts and brings for xapi is no part of its source, and yet as before once it is re-spun.

load pack

setup_file() {
	have_kernels || return 0
	setup_key
	build_disk "$CPULEVEL_KDIR_A" "$W/packs" 2>/dev/null
}

teardown_file() { stop_agent "$BATS_FILE_TMPDIR/trust"; }

setup() {
	need_kernels
	OUT=$BATS_TEST_TMPDIR/new D=$BATS_TEST_TMPDIR/disk NEW=$CPULEVEL_KDIR_B
}

respin() {	# PACK...
	"$RESPIN" "$@" --kernel-devel "$NEW" --sign "$KEY" --out "$OUT" --cache "$BATS_TEST_TMPDIR/c"
	open_iso "$OUT"/*.iso "$D"
}

as_in_rpm() { local rest=${1#*-}; printf '%s-%s\n' "${1%%-*}" "${rest//-/_}"; }	# K

requires() { rpm -qp --nosignature --requires "$D"/Packages/control-*.rpm | grep -v '^rpmlib\|^/'; }

@test "nothing but its kernel" {
	respin "$W/packs"
	requires
	[ "$(requires)" = "kernel-uname-r = $(as_in_rpm "$KB")" ]
	[ -z "$(rpm -qpl --nosignature "$D"/Packages/control-*.rpm | grep /var/update || true)" ]
}

@test "several things, and the kernel among them" {
	build_disk "$CPULEVEL_KDIR_A" "$BATS_TEST_TMPDIR" --base-requires "product-version >= 8.2.1, kernel-uname-r = $(as_in_rpm "$KA"), acme-tools" 2>/dev/null
	respin "$BATS_TEST_TMPDIR"/*.iso
	requires
	[ "$(requires | sort)" = $'acme-tools\nkernel-uname-r = '"$(as_in_rpm "$KB")"$'\nproduct-version >= 8.2.1' ]
}

@test "a product's version, a precheck and a script for its removal" {
	printf '#!/bin/sh\n# is it the right host?\nexit 0\n' >"$BATS_TEST_TMPDIR/precheck"
	printf '#!/bin/sh\n# goes\nexit 0\n' >"$BATS_TEST_TMPDIR/remove"
	build_disk "$CPULEVEL_KDIR_A" "$BATS_TEST_TMPDIR" --base-requires "product-version = 8.2.1" \
		--precheck "$BATS_TEST_TMPDIR/precheck" --remove "$BATS_TEST_TMPDIR/remove" 2>/dev/null
	respin "$BATS_TEST_TMPDIR"/*.iso
	[ "$(requires)" = "product-version = 8.2.1" ]
	uuid=$("$TOP/build/packinfo" update "$D/update.xml" | sed -n 's/^uuid=//p')
	mkdir "$BATS_TEST_TMPDIR/root"
	(cd "$BATS_TEST_TMPDIR/root" && rpm2cpio "$D"/Packages/control-*.rpm | cpio -idm --quiet)
	for script in precheck remove; do
		cmp "$BATS_TEST_TMPDIR/$script" "$BATS_TEST_TMPDIR/root/var/update/$uuid/$script"
	done
}

@test "a kernel's own disk is rolled up, though a newer one of another kernel is what is re-spun" {
	build_disk "$CPULEVEL_KDIR_B" "$BATS_TEST_TMPDIR" --version 1.0 2>/dev/null
	# Else that would do.
	NEW=$BATS_TEST_TMPDIR/kdir
	cp -r "$CPULEVEL_KDIR_B" "$NEW"
	for link in scripts tools; do ln -sfn "$(readlink -f "$CPULEVEL_KDIR_B/$link")" "$NEW/$link"; done
	rm "$NEW/Module.symvers"
	sed 's/^0x[0-9a-f]*\tmodule_layout\t/0x12345678\tmodule_layout\t/' "$CPULEVEL_KDIR_B/Module.symvers" >"$NEW/Module.symvers"
	respin "$W/packs" "$BATS_TEST_TMPDIR"
	for iso in "$W"/packs/*.iso "$BATS_TEST_TMPDIR"/*.iso; do
		rm -rf "$BATS_TEST_TMPDIR/old"
		open_iso "$iso" "$BATS_TEST_TMPDIR/old"
		"$TOP/build/packinfo" update "$BATS_TEST_TMPDIR/old/update.xml" | sed -n 's/^uuid=//p'
	done | sort >"$BATS_TEST_TMPDIR/uuids"
	"$TOP/build/packinfo" update "$D/update.xml" | sed -nE 's/^rollsup=([^ ]*).*/\1/p' | sort | diff "$BATS_TEST_TMPDIR/uuids" -
}
