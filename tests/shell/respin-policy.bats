#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# --policy keep and --policy relink, between two kernels whose symbols are all the same.
# What is the same and what is not is decided by the kernels of the day: where apt has no such pair, it skips.

load pack

setup_file() {
	have_kernels || return 0
	setup_key
	make -s -C "$TOP/pack" install-parts PARTS="$W/tool" O="$W/build"
	C=$(same_kernel)
	export C
	[[ -n $C ]] || return 0
	KC=$(kernel_of "$C")
	export KC
	build_disk "$C" "$W/packs" 2>/dev/null
}

teardown_file() { stop_agent "$BATS_FILE_TMPDIR/trust"; }

setup() {
	have_kernels || skip "CPULEVEL_KDIR_A and CPULEVEL_KDIR_B name no kernel-devel folders"
	[[ -n $C ]] || skip "no kernel in apt has all the symbols of $KB"
	T=$BATS_TEST_TMPDIR
	ISO=$W/packs/acme-edu-1.1-$KC.iso
}

# The kernel-devel folder before KB whose symbols are the same.
same_kernel() {
	local k dir
	for k in $("$TOP/tests/vm/kernels" list | grep "^${KB%.*}" | sort -Vr); do
		dir=$("$TOP/tests/vm/kernels" devel "$k")
		[[ $dir != "$CPULEVEL_KDIR_B" ]] || continue
		cmp -s <(sort "$dir/Module.symvers") <(sort "$CPULEVEL_KDIR_B/Module.symvers") || continue
		printf '%s\n' "$dir"
		return
	done
}

respin() { "$RESPIN" --sign "$KEY" --cache "$T/c" "$@"; }
module_of() {	# ISO DIR -> its module
	open_iso "$1" "$2"
	find "$2/Packages" -name '*-modules-*' -exec rpm2cpio {} \; | (cd "$2" && cpio --quiet -idm)
	find "$2" -name '*.ko'
}

@test "keep: the old module is packed for a kernel that takes it, and the disk says whence it came" {
	run respin --policy keep "$ISO" --kernel-devel "$C" --kernel-devel "$CPULEVEL_KDIR_B" --out "$T/out"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output = *"skipped	acme-edu	$KC	its disk for this kernel loads"* ]]
	[[ $output = *"done	acme-edu	$KB	$T/out/acme-edu-1.1.respin1-$KB.iso	kept from the disk before"* ]]
	old=$(module_of "$ISO" "$T/old")
	new=$(module_of "$T/out/acme-edu-1.1.respin1-$KB.iso" "$T/new")
	[ "${new#"$T/new"}" = "/lib/modules/$KB/updates/acme_edu.ko" ]
	cmp "$old" "$new"
	run rpm -qp --nosignature --changelog "$T"/new/Packages/acme-edu-"$KB"-modules-*.rpm
	[[ $output = *"for kernel $KB: "*" symbols are the same, so the modules built for $KC are kept"* ]]
	[ -s "$T"/new/SRPMS/acme-edu-1.1-1.respin1.src.rpm ]
}

@test "keep: the kernel's rule is driver-kabi's: CRCs decide, and the release in vermagic does not" {
	ko=$(module_of "$ISO" "$T/old")
	modinfo -F vermagic "$ko" | grep -q "^$KC "
	"$TOP/build/driver-kabi" check "$ko" --symvers "$CPULEVEL_KDIR_B" | grep "^same "
	# Other flags are refused, as the kernel would.
	cp -rP "$CPULEVEL_KDIR_B" "$T/kdir"
	sed -i '/^CONFIG_SMP=/d' "$T/kdir/include/config/auto.conf"
	run "$TOP/build/driver-kabi" check "$ko" --symvers "$T/kdir"
	[ "$status" -eq 3 ]
	run "$RESPIN" --plan --policy keep "$ISO" --kernel-devel "$T/kdir" --cache "$T/c"
	echo "$output"
	[[ $output = "rebuild "* ]]
}

@test "keep: from a cache whose name has a blank in it" {
	run "$RESPIN" "$ISO" --policy keep --kernel-devel "$CPULEVEL_KDIR_B" --sign "$KEY" --out "$T/my disks" --cache "$T/my cache"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output = *"	$T/my disks/"*".iso	kept from the disk before" ]]
}

@test "keep: a kernel whose symbols changed is built for" {
	run "$RESPIN" --plan --policy keep "$ISO" --kernel-devel "$CPULEVEL_KDIR_A" --cache "$T/c"
	echo "$output"
	[[ $output = "rebuild "*"symbols changed"* ]]
}

@test "only --built-for lets a module of another kernel onto a disk" {
	module_of "$ISO" "$T/old" >/dev/null
	run build_disk "$CPULEVEL_KDIR_B" "$T/out" --built "$T/old/lib"
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output = *"error 201: "*"was built for kernel $KC"* ]]
	run build_disk "$CPULEVEL_KDIR_B" "$T/out" --built "$T/old/lib" --built-for "$KB"
	[ "$status" -eq 1 ]
	run build_disk "$CPULEVEL_KDIR_B" "$T/out" --built "$T/old/lib" --built-for "$KC"
	[ "$status" -eq 0 ]
	# Its symbols are another matter.
	run build_disk "$CPULEVEL_KDIR_A" "$T/out" --built "$T/old/lib" --built-for "$KC"
	[ "$status" -eq 1 ]
}

@test "keep: a disk with a spec of its own is compiled, and the plan says why" {
	mkdir "$T/src"
	open_iso "$ISO" "$T/old"
	(cd "$T/src" && rpm2cpio "$T"/old/SRPMS/*.src.rpm | cpio --quiet -idm)
	sed -i 's/%{?built}/%{?mine}/; s/%{!?built/%{!?mine/' "$T"/src/*.spec
	(cd "$T/src" && rpmbuild -bs --nodeps -D "_sourcedir ." -D "_srcrpmdir $T" ./*.spec >/dev/null 2>&1)
	run "$RESPIN" --plan --policy keep "$ISO" --source "acme-edu=$(ls "$T"/*.src.rpm)" --kernel-devel "$CPULEVEL_KDIR_B" --cache "$T/c"
	echo "$output"
	[[ $output = "rebuild "*"its own spec packs only what it compiles"* ]]
}

@test "relink: objects that are proven the same are linked again, and the module is a rebuild's byte for byte" {
	respin --policy relink "$ISO" --kernel-devel "$CPULEVEL_KDIR_A" --out "$T/a" >"$T/said"	# another kernel first
	! grep -q relink "$T/c/plan/matrix.tsv" || return 1
	grep -q "^done	acme-edu	$KA	" "$T/said"
	build_disk "$CPULEVEL_KDIR_A" "$T/packs" 2>/dev/null
	respin --policy relink "$T/packs" --kernel-devel "$C" --out "$T/packs"	# its objects stay
	respin --plan --policy relink "$T/packs" --kernel-devel "$CPULEVEL_KDIR_B" >"$T/plan"
	grep -q "^relink .* symbols are the same; compiled if its source proves not to be$" "$T/plan"
	respin --policy relink "$T/packs" --kernel-devel "$CPULEVEL_KDIR_B" --out "$T/re" >"$T/said"
	cat "$T/said"
	grep -q "^done	acme-edu	$KB	.*	linked from the objects of an earlier build$" "$T/said"
	"$RESPIN" "$T/packs" --kernel-devel "$CPULEVEL_KDIR_B" --sign "$KEY" --cache "$T/other" --out "$T/full"
	cmp "$(module_of "$T"/re/*.iso "$T/re.d")" "$(module_of "$T"/full/*.iso "$T/full.d")"
}

@test "relink: a header that the driver reads has changed, so it is compiled, and the report names the file" {
	build_disk "$CPULEVEL_KDIR_A" "$T/packs" 2>/dev/null
	respin --policy relink "$T/packs" --kernel-devel "$C" --out "$T/packs"
	cp -rL "$CPULEVEL_KDIR_B" "$T/kdir"
	echo 'extern int this_is_new;' >>"$T/kdir/include/generated/autoconf.h"
	respin --policy relink "$T/packs" --kernel-devel "$T/kdir" --out "$T/re" --report "$T/html" >"$T/said"
	cat "$T/said"
	grep -q "^done	acme-edu	$KB	.*	compiled, as these are not proven identical: acme_edu.c$" "$T/said"
	grep -q 'not proven identical: acme_edu.c' "$T/html"
}

@test "relink: other flags or another compiler are no proof" {
	mkdir -p "$T"/{bin,objects,new}
	ln -s "$TOP/scripts/lib/respin/cc" "$T/bin/gcc"
	echo 'int f(void) { return 1; }' >"$T/x.c"
	compile() {	# COMPILER FLAG...
		(cd "$T" && env RESPIN_PATH="$PATH" PATH="$T/bin:$PATH" RESPIN_COMPILER="$1" RESPIN_NAMES="s#$T#HERE#g" \
			RESPIN_OBJECTS="$T/objects" RESPIN_NEW="$T/new" gcc "${@:2}" -DKBUILD_MODNAME='"x"' -c -o x.o "$T/x.c")
		cp "$T"/new/*.o "$T/objects"
	}
	compile one -O2
	compile one -O2
	compile two -O2
	compile one -O1
	echo 'int g(void) { return 1; }' >>"$T/x.c"
	compile one -O2
	[ "$(cut -d ' ' -f 1 "$T/new/log" | paste -sd ' ')" = "miss hit miss miss miss" ]
}
