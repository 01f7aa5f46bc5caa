#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Disks for XenServer up to 6.2 are for two kernels of one ABI, and so is a cell of theirs.
# shellcheck disable=SC2012,SC2030,SC2031

load pack

V1=2.6.32.43-0.4.1.xs1.8.0.835.170778 V2=2.6.32.43-0.4.1.xs1.8.0.839.170780

setup_file() {
	have_kernels || return 0
	setup_key
	for k in $V1 $V2; do
		fake_kernel "${k}xen"
		fake_kernel "${k}kdump"
	done
	build_disk "$W/kernel/${V1}xen" "$W/packs" --kernel-devel "$W/kernel/${V1}kdump" --product XenServer:6.2.0 --build 7 2>/dev/null
	# The crash kernel alone has changed.
	cp -rP "$W/kernel/${V2}kdump" "$W/kernel/changed"
	sed -i 's/^0x[0-9a-f]*\(\t__pci_register_driver\t\)/0x12345678\1/' "$W/kernel/changed/Module.symvers"
}

teardown_file() { stop_agent "$BATS_FILE_TMPDIR/trust"; }

setup() {
	need_kernels
	T=$BATS_TEST_TMPDIR
	cd "$T" || return
	XEN=$W/kernel/${V2}xen KDUMP=$W/kernel/${V2}kdump NAME=acme-edu-1.1-$V2
}

respin() { "$RESPIN" "$W"/packs/*.iso --sign "$KEY" --cache "$T/c" --out "$T/new" "$@"; }
plan() { "$RESPIN" --plan "$W"/packs/*.iso --cache "$T/c" "$@" 2>/dev/null; }

modules_of() {	# DISK
	local rpm

	for rpm in "$1"/acme-edu-modules-*.rpm; do rpm2cpio "$rpm" | (cd "$1" && cpio --quiet -idm); done
	(cd "$1" && find lib -name '*.ko' | sort)
}

@test "both kernels of the ABI make one cell, and its disk has the driver for both" {
	run respin --kernel-devel "$KDUMP" --kernel-devel "$XEN" --report html
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output = *"done	acme-edu	$V2	$T/new/$NAME.iso"* ]]
	[ "$(ls new | paste -sd ' ')" = "$NAME.iso $NAME.iso.md5 $NAME.metadata.md5" ]
	open_iso "new/$NAME.iso" disk
	[ "$(modules_of disk)" = "lib/modules/${V2}kdump/extra/acme_edu.ko"$'\n'"lib/modules/${V2}xen/extra/acme_edu.ko" ]
	for flavour in xen kdump; do
		[[ $(modinfo -F vermagic "disk/lib/modules/$V2$flavour/extra/acme_edu.ko") = "$V2$flavour "* ]]
		rpm -qp --nosignature --requires disk/acme-edu-modules-$flavour-$V2-1.1-1.respin1.*.rpm | grep -x "kernel-$flavour = $V2"
	done
	rpm -qp --nosignature --changelog disk/acme-edu-modules-xen-*.rpm | grep -F "for kernel $V2: "
	grep -q 'version="1.1" build="7.respin1"' disk/XS-REPOSITORY
	[ "$(sed -n 's/.*id="report">\(.*\)<\/script>/\1/p' html | jq -r '.cells[] | "\(.kernel) \(.result)"')" = "$V2 done" ]
	run "$BUILD" --lint "new/$NAME.iso" --kernel-devel "$XEN" --kernel-devel "$KDUMP"
	echo "$output"
	[[ $status -eq 0 && $output != *" 20"[0-9]": "* ]]
	# It serves this ABI, and is what the next is made of.
	run "$RESPIN" --plan "$W"/packs/*.iso new/*.iso --cache c --kernel-devel "$XEN" --kernel-devel "$KDUMP"
	[[ $output = *"skipped    acme-edu "*"its disk for this kernel loads"* ]]
	[ "$(cut -f 1-3 c/plan/packs.tsv)" = "acme-edu	1.1.respin2	2" ]
}

@test "without one of the two it is blocked, and which is missing is said" {
	run plan --kernel-devel "$XEN" --format json
	[ "$(jq -r '.cells[] | "\(.kernel) \(.action) \(.reason)"' <<<"$output")" = "$V2 blocked no kernel-devel of ${V2}kdump; a disk for XenServer up to 6.2 is for both kernels, give it too" ]
	run plan --kernel-devel "$KDUMP"
	echo "$output"
	[[ ${lines[0]} = "blocked    acme-edu "*" $V2 no kernel-devel of ${V2}xen; "* && ${lines[1]} = "1 cells"* ]]
	run respin --kernel-devel "$KDUMP"
	[ "$status" -eq 1 ]
	[[ $output = *"blocked	acme-edu	$V2	no kernel-devel of ${V2}xen; "* ]]
	fake_kernel 3.10.0+2
	run plan --kernel-devel "$W/kernel/3.10.0+2"
	echo "$output"
	[[ ${lines[0]} = "skipped    acme-edu "*"3.10.0+2 is no kernel of XenServer up to 6.2"* ]]
}

@test "a kernel that is called as the ABI of another is not confused with it" {
	fake_kernel "$V2"
	run "$RESPIN" --plan "$W"/packs/*.iso --cache c --kernel-devel "$XEN" --kernel-devel "$W/kernel/$V2"
	echo "$output"
	[ "$status" -eq 2 ]
	[[ $output = *"$V2 is a kernel's name, and what ${V2}xen is one of"* ]]
	# Without such a disk there is nothing to confuse.
	build_disk "$CPULEVEL_KDIR_A" packs --label other 2>/dev/null
	run "$RESPIN" --plan packs --cache c --kernel-devel "$XEN" --kernel-devel "$W/kernel/$V2"
	echo "$output"
	[ "$status" -eq 0 ]
}

# What driver-kabi says of the modules of one disk.
kabi_says() {	# KERNEL...
	local k

	for k; do
		jq -n --arg k "$k" '{path: "/c/packs/D/modules/lib/modules/\($k)/extra/a.ko", verdict: "same", symbols: 3, release: $k}'
	done | jq -s '{modules: .}'
}

@test "a disk with no module for one of its kernels does not load there, whatever it lists" {
	. "$TOP/scripts/lib/respin/plan.sh"
	CACHE=/c
	[ "$(kabi_says "${V1}xen" "${V1}kdump" | verdicts pair)" = "D	same	$V1	6 symbols are the same" ]
	[ "$(kabi_says "${V1}xen" | verdicts pair)" = "D	missing	-	it has no module for the kdump kernel" ]
	[ "$(kabi_says "${V1}kdump" "${V1}kdump" | verdicts pair)" = "D	missing	-	it has no module for the xen kernel" ]
	[ "$(kabi_says "${V1}xen" | verdicts '')" = "D	same	${V1}xen	3 symbols are the same" ]
	# Built for different kernels, it cannot be kept as built for one.
	[ "$(kabi_says "${V1}xen" "${V2}kdump" | verdicts pair)" = "D	same	-	6 symbols are the same" ]
}

@test "the product, or else the kernels, say that a disk is for two" {
	. "$TOP/scripts/lib/kernel.sh"
	. "$TOP/scripts/lib/legacy.sh"
	. "$TOP/scripts/lib/respin/packs.sh"
	while IFS='|' read -r kernels info expected; do
		got=$(kernel_of_legacy "$(tr ' ' '\n' <<<"$kernels")" "$(tr ' ' '\n' <<<"$info")" | paste -sd ' ')
		[ "$got" = "$expected" ] || { echo "$kernels, $info: $got"; return 1; }
	done <<-END
		${V1}kdump ${V1}xen|product=XenServer product-version=6.2.0|pair=1 kernel=$V1
		${V1}kdump ${V1}xen|product=XCP product-version=1.8.0|pair=1 kernel=$V1
		${V1}kdump ${V1}xen|product=XenServer|pair=1 kernel=$V1
		${V1}xen|product=XenServer product-version=6.2.0|pair=1 kernel=${V1}xen
		3.10.0+2|product=XCP product-version=1.9.0|kernel=3.10.0+2
		3.10.0+2|product=XenServer product-version=6.5.0|kernel=3.10.0+2
		|product=XenServer product-version=6.0.2|pair=1 kernel=
	END
}

@test "the verdict is on both kernels' modules, each against its own kernel" {
	plan --kernel-devel "$XEN" --kernel-devel "$KDUMP" >/dev/null
	[ "$(cut -f 2-4 c/plan/matrix.tsv)" = "$V2	rebuild	same" ]
	run plan --kernel-devel "$XEN" --kernel-devel "$W/kernel/changed"
	echo "$output"
	[ "$(cut -f 2-4 c/plan/matrix.tsv)" = "$V2	rebuild	changed" ]
	[[ $output = *" symbols changed: __pci_register_driver (the kdump kernel)"* ]]
	# The published disk's own kernels.
	plan --kernel-devel "$W/kernel/${V1}xen" --kernel-devel "$W/kernel/${V1}kdump" >/dev/null
	[ "$(cut -f 2-4 c/plan/matrix.tsv)" = "$V1	skipped	same" ]
}

@test "other disks are not for kernels of XenServer up to 6.2, and stop no run" {
	build_disk "$CPULEVEL_KDIR_A" "$T/packs" --label other 2>/dev/null
	run respin "$T/packs" --kernel-devel "$XEN" --kernel-devel "$KDUMP"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(cut -f 1-3 c/plan/matrix.tsv | sort | paste -sd ' ')" = "acme-edu	$V2	rebuild other	${V2}kdump	skipped other	${V2}xen	skipped" ]
	[[ $output = *"${V2}xen is a kernel of XenServer up to 6.2, which this disk is not for"* ]]
	[ "$(ls new/*.iso)" = "new/$NAME.iso" ]
}

@test "a driver with a disk for 6.2 and one for 6.5 has each made again for its kernels" {
	fake_kernel 3.10.0+2
	fake_kernel 3.10.0+3
	build_disk "$W/kernel/3.10.0+2" packs --format legacy --product XenServer:6.5.0 2>/dev/null
	run respin packs --kernel-devel "$XEN" --kernel-devel "$KDUMP" --kernel-devel "$W/kernel/3.10.0+2" --kernel-devel "$W/kernel/3.10.0+3"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(cut -f 2,3 c/plan/matrix.tsv | paste -sd ' ')" = "3.10.0+2	skipped 3.10.0+3	rebuild $V2	rebuild" ]
	open_iso "new/$NAME.iso" disk
	grep -q 'version="6.2.0"' disk/XS-REPOSITORY
	open_iso new/acme-edu-1.1-3.10.0+3.iso disk65
	grep -q 'version="6.5.0"' disk65/XS-REPOSITORY
}

@test "a run that is made again makes nothing; another crash kernel is another cell" {
	respin --kernel-devel "$XEN" --kernel-devel "$KDUMP"
	sum=$(sha256sum <"new/$NAME.iso")
	rm -r new
	find c/cells -mindepth 1 -maxdepth 1 -type d >before
	respin --kernel-devel "$KDUMP" --kernel-devel "$XEN"
	find c/cells -mindepth 1 -maxdepth 1 -type d | diff before -
	[ "$sum" = "$(sha256sum <"new/$NAME.iso")" ]
	"$RESPIN" "$W"/packs/*.iso --sign "$KEY" --cache "$T/other" --out "$T/again" --kernel-devel "$XEN" --kernel-devel "$KDUMP"
	cmp "new/$NAME.iso" "again/$NAME.iso"
	# One of its headers is enough.
	cp -rP "$KDUMP" kdump
	echo >>kdump/include/generated/autoconf.h
	respin --kernel-devel "$XEN" --kernel-devel kdump
	[ "$(find c/cells -mindepth 1 -maxdepth 1 -type d | wc -l)" = $(($(wc -l <before) + 1)) ]
}

@test "keep: each kernel gets the module that was built for its like" {
	respin --policy keep --kernel-devel "$XEN" --kernel-devel "$KDUMP" >said
	cat said
	grep -q "^done	acme-edu	$V2	.*	kept from the disk before$" said
	open_iso "new/$NAME.iso" disk
	open_iso "$W/packs/acme-edu-1.1-$V1.iso" old
	modules_of disk >/dev/null
	modules_of old >/dev/null
	for flavour in xen kdump; do
		cmp "disk/lib/modules/$V2$flavour/extra/acme_edu.ko" "old/lib/modules/$V1$flavour/extra/acme_edu.ko"
	done
	plan --policy keep --kernel-devel "$XEN" --kernel-devel "$W/kernel/changed" >/dev/null
	[ "$(cut -f 3 c/plan/matrix.tsv)" = rebuild ]
}

@test "relink: both kernels' objects are linked again" {
	fake_kernel 2.6.32-1xen
	fake_kernel 2.6.32-1kdump
	respin --policy relink --kernel-devel "$W/kernel/2.6.32-1xen" --kernel-devel "$W/kernel/2.6.32-1kdump" >/dev/null
	respin --policy relink --kernel-devel "$XEN" --kernel-devel "$KDUMP" >said
	cat said
	grep -q "^done	acme-edu	$V2	.*	linked from the objects of an earlier build$" said
	"$RESPIN" "$W"/packs/*.iso --sign "$KEY" --cache "$T/other" --out "$T/full" --kernel-devel "$XEN" --kernel-devel "$KDUMP"
	open_iso "new/$NAME.iso" disk
	open_iso "full/$NAME.iso" full.d
	modules_of disk >/dev/null
	modules_of full.d >/dev/null
	diff -r disk/lib full.d/lib
}

@test "as a makefile, as a job array, by cell: the same disk" {
	cp -r "$TOP/examples/acme-edu" two
	mv two/acme_edu.c two/two.c
	echo 'obj-m := two.o' >two/Kbuild
	build_disk "$W/kernel/${V1}xen" packs --kernel-devel "$W/kernel/${V1}kdump" --product XenServer:6.2.0 --label two --source two 2>/dev/null
	all=("$W/packs" packs --kernel-devel "$XEN" --kernel-devel "$KDUMP" --sign "$KEY")
	"$RESPIN" "${all[@]}" --cache c --out new >/dev/null
	[ "$(ls new/*.iso | wc -l)" -eq 2 ]
	[ "$(find c/builds -name '*.ko' | wc -l)" -eq 4 ]	# compiled together for each kernel
	"$RESPIN" --plan --format make "${all[@]}" --cache m --out made >mk
	make -s -k -j2 -f mk >/dev/null
	diff -r new made
	"$RESPIN" --plan --format slurm "${all[@]}" --cache s --out array >job
	SLURM_ARRAY_TASK_ID=1 bash job
	diff -r new array
	"$RESPIN" --plan "${all[@]}" --cache k --out alone --format make >/dev/null
	"$RESPIN" --cell two "$V2" --cache k
	cmp "new/two-1.1-$V2.iso" "alone/two-1.1-$V2.iso"
}

@test "a crash kernel's headers that changed since the plan are said, and nothing is made" {
	cp -rP "$KDUMP" kdump
	"$RESPIN" --plan --format make "$W"/packs/*.iso --sign "$KEY" --cache c --out new --kernel-devel "$XEN" --kernel-devel kdump >/dev/null
	echo >>kdump/include/generated/autoconf.h
	run "$RESPIN" --cell acme-edu "$V2" --cache c
	[ "$status" -eq 5 ]
	[[ $output = *"$T/kdump: has changed since the plan"* ]]
	[ ! -e new ]
}
