#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# A disk of the legacy family becomes one of the legacy family: nothing but its md5 sums vouches for it.
# shellcheck disable=SC2012

load pack

setup_file() {
	have_kernels || return 0
	setup_key
	fake_kernel 3.10.0+2
	fake_kernel 3.10.0+3
	build_disk "$W/kernel/3.10.0+2" "$W/packs" --format legacy --product XenServer:6.5.0 --build 7 --mem 700 --homogeneous --requires "acme base ge 1.0" 2>/dev/null
}

teardown_file() { stop_agent "$BATS_FILE_TMPDIR/trust"; }

setup() {
	need_kernels
	T=$BATS_TEST_TMPDIR
	cd "$T" || return
}

respin() { "$RESPIN" "$@" --sign "$KEY" --cache "$T/c" --kernel-devel "$W/kernel/3.10.0+3" --out "$T/new"; }

@test "it is made for the next kernel, for the same product, with its side files" {
	name=acme-edu-1.1-3.10.0+3
	respin "$W"/packs/*.iso
	(cd new && md5sum -c "$name.iso.md5")
	open_iso "new/$name.iso" disk
	[ "$(cat disk/XS-REPOSITORY disk/XS-PACKAGES | md5sum | cut -d ' ' -f 1)" = "$(<"new/$name.metadata.md5")" ]
	grep -q "version=\"6.5.0\"" disk/XS-REPOSITORY
	grep -q "version=\"1.1\" build=\"7.respin1\" memory-requirement-mb=\"700\" enforce-homogeneity=\"true\"" disk/XS-REPOSITORY
	grep -q "originator=\"acme\" name=\"base\" test=\"ge\"" disk/XS-REPOSITORY
	ls disk/acme-edu-3.10.0+3-modules-1.1-1.respin1.*.rpm
	"$RESPIN" --plan new/*.iso --cache "$T/next" --kernel-devel "$W/kernel/3.10.0+2" >/dev/null
	[ "$(cut -f 1-3 next/plan/packs.tsv)" = "acme-edu	1.1.respin2	2" ]
	# From the cache as from the build; that nothing vouches for it is said of what is opened already, too.
	rm new/*.md5
	run respin "$W"/packs/*.iso
	[[ $status -eq 0 && $output = *".iso: a disk of the legacy family; nothing vouches"* ]]
	[ "$(ls new | paste -sd ' ')" = "$name.iso $name.iso.md5 $name.metadata.md5" ]
}

@test "a damaged one is refused" {
	open_iso "$W"/packs/*.iso disk
	printf x | dd of="$(ls disk/*-modules-*.rpm)" bs=1 seek=100 conv=notrunc status=none
	xorriso -as mkisofs -quiet -r -J -o damaged.iso disk 2>/dev/null
	run respin damaged.iso
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output = *"damaged.iso/acme-edu-3.10.0+2-modules-"*".rpm: its md5 sum differs from the listed one; get a sound disk"*"refused	damaged.iso"* ]]
}
