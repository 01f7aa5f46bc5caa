#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# What users of DKMS, akmods, KMM, weak-modules and the old packs suffered from, in 22 numbers, cannot
# happen with driver-disk.  Where the proof is elsewhere, the table names the file and the test.
#
#   1 rebooted into a kernel without the driver     here
#   2 a blocker that blocks, and says why           driver-disk-hook: the guard against a reboot
#   4 coupling to versions blocks for nothing       here
#   5 is a rebuild needed?                          driver-disk: CRCs are compared with the kernel's list
#   6 name the symbols                              driver-disk-status: a driver whose checksums do not fit names
#   9 success reported on failure                   here
#  10 one broken module stops the rest              here
#  11 not applicable is not an error                here
#  12 the error itself, not where to look for it    here
#  13 the running kernel instead of the wanted one  here
#  15 stale state kills everything                  here
#  16 the old module stays in the initrd            driver-disk-change: the initrd is made anew
#  17 an unsigned RPM                               driver-disk: an unsigned RPM is refused
#  19 back to the in-box driver                     here
#  21 no trace of what is installed                 here
#  21 the hosts of a pool differ                    driver-disk-inspect: hosts that differ are shown
#
# Those about building a driver, which driver-disk never does:
#
#   3 the prebuilt driver lags the kernel            respin: a disk for the new kernel
#   7 build for all kernels in one go               build-options: one ISO for each kernel
#   8 in parallel, but within limits                respin: a task of a job array has at most ten cells
#  14 headers that lack are skipped in silence      build-refused: kernel-devel without Module.symvers
#  18 an RPM and a disk from the tool               new-driver: ci.sh makes a driver disk
#  20 another compiler than the kernel's            respin-policy: other flags or another compiler
#
# 22, drivers that an installer does not list, is the host installer's: it runs a disk's RPMs and nothing
# else, and what that leaves is the test of 21 here.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154,SC2164 # texts for others; what bats does

load pack
load dom0

setup_file() {
	have_kernels || return 0
	setup_pack
	acme 1.1 A >/dev/null
	acme 1.1 B >/dev/null
}

teardown_file() { stop_agent "$BATS_FILE_TMPDIR/trust"; }

setup() { load_lab; }

quiet() { "$@" >/dev/null 2>&1; }

version() { modinfo -b "$R" -k "$1" -F version acme_edu; }

@test "each of the 22 is in the table above, and the proofs that it names are there" {
	local number file title

	table() { sed -n '/^# shellcheck/q; s/^#  *\([0-9]*\) .*  \(here\|[a-z-]*: .*\)$/\1 \2/p; s/^# 22, .*/22/p' "$BATS_TEST_FILENAME"; }
	[ "$(table | cut -d' ' -f1 | sort -nu | paste -sd ' ')" = "$(seq -s ' ' 22)" ]
	while read -r number file title; do
		case $file in
		'') ;;
		here) grep -q "^@test \"$number: " "$BATS_TEST_FILENAME" ;;
		*) grep -q "^@test \".*$title" "$BATS_TEST_DIRNAME/${file%:}.bats" ;;
		esac || { echo "no test: $number $file $title"; return 1; }
	done < <(table)
}

@test "1: what a reboot into a new kernel would lose is an exit code before it happens" {
	both_kernels
	quiet dd_ install "$(acme 1.1 A)"
	run dd_ status --quiet
	exits 4
	quiet dd_ install "$(acme 1.1 B)"
	run dd_ status --quiet
	exits 0
}

@test "4: a kernel update that keeps the ABI's name keeps the drivers, with nothing to do" {
	one_kernel
	quiet dd_ install "$(acme 1.1 A)"
	kver=$(. "$TOP/pack/common.sh" && rpm_kver "$KA")
	mkdir "$BATS_TEST_TMPDIR/new"
	make_rpm "$BATS_TEST_TMPDIR/new" "Name: kernel" "Version: ${kver//-/.}" "Release: 2" "Summary: k" "License: GPL" "AutoReqProv: no" \
		"Provides: kernel-uname-r = $kver" "%description" "k" "%install" \
		"install -d %{buildroot}/lib/modules/$KA %{buildroot}/boot; echo 2 >%{buildroot}/boot/vmlinuz-$KA" \
		"cp -a $R/lib/modules/$KA/kernel $R/lib/modules/$KA/modules.order $R/lib/modules/$KA/modules.builtin %{buildroot}/lib/modules/$KA/" \
		"%post" "/sbin/depmod $KA" \
		"%files" "/lib/modules/$KA" "/boot/vmlinuz-$KA"
	quiet rpm --root "$R" -U "$BATS_TEST_TMPDIR/new/kernel-${kver//-/.}-2.rpm"
	run dd_ status
	exits 0
	[ "$(version "$KA")" = 1.1 ]
}

@test "9: nothing that failed exits with 0, and each says why on one line with its name" {
	one_kernel
	for args in "install /no/such" "remove nosuch" rollback "status --kernel 1.2.3" "inspect /no/such" "compare a b" "bogus" "install --bogus x"; do
		# shellcheck disable=SC2086
		run dd_ $args
		[ "$status" -ne 0 ] || { echo "$args"; return 1; }
		says "driver-disk: "
	done
}

@test "10: a broken disk in a folder is named, and no half of the folder is installed" {
	both_kernels
	mkdir "$BATS_TEST_TMPDIR/folder"
	cp "$W"/out-1.1/*.iso "$BATS_TEST_TMPDIR/folder/"
	cp -r "$(acme 1.1 B)" "$BATS_TEST_TMPDIR/b"
	printf '\xff' | dd of="$(echo "$BATS_TEST_TMPDIR"/b/Packages/acme-edu-*.rpm)" bs=1 seek=5000 conv=notrunc status=none
	rm "$BATS_TEST_TMPDIR"/folder/*"$KB".iso
	xorriso -as mkisofs -quiet -r -J -joliet-long -o "$BATS_TEST_TMPDIR/folder/acme-edu-1.1-$KB.iso" "$BATS_TEST_TMPDIR/b" 2>/dev/null
	run dd_ install "$BATS_TEST_TMPDIR/folder"
	exits 6
	says "$KB.iso" "nothing was changed"
	[ ! -e "$R/lib/modules/$KA/updates" ]
	rm "$BATS_TEST_TMPDIR"/folder/*"$KB".iso
	run dd_ install "$BATS_TEST_TMPDIR/folder"
	exits 0
}

@test "10: a module that does not load is reported, and so is every other" {
	both_kernels
	quiet dd_ install "$(acme 1.1 A)" "$(acme 1.1 B)"
	echo garbage >"$R/lib/modules/$KB/updates/broken.ko"
	depmod -b "$R" "$KB" 2>/dev/null || true
	run dd_ status
	says "acme_edu  1.1" "broken"
}

@test "11: disks in a folder for kernels that are not here are skipped, with exit 0" {
	one_kernel
	mkdir "$BATS_TEST_TMPDIR/folder"
	cp "$W"/out-1.1/*.iso "$BATS_TEST_TMPDIR/folder/"
	run dd_ install "$BATS_TEST_TMPDIR/folder"
	exits 0
	says "skipped, its kernel $KB is not installed"
	[ "$(version "$KA")" = 1.1 ]
	[ ! -e "$R/lib/modules/$KB" ]
}

@test "12: rpm's own reason is in the message" {
	one_kernel
	make_rpm "$BATS_TEST_TMPDIR" "Name: wants" "Version: 1" "Release: 1" "Summary: s" "License: GPL" \
		"Requires: no-such-thing >= 7" "%description" s "%files"
	module_tree "$BATS_TEST_TMPDIR/tree" "$KA" some
	rpm_of "$BATS_TEST_TMPDIR" some-modules 1 "$BATS_TEST_TMPDIR/tree"
	hand_disk "$BATS_TEST_TMPDIR/d" wants "$KA" "$BATS_TEST_TMPDIR"/{wants,some-modules}-1-1.rpm
	run dd_ install "$BATS_TEST_TMPDIR/d"
	exits 1
	says "no-such-thing >= 7 is needed by wants" "nothing was changed"
}

@test "13: the kernel that runs decides nothing: in another root its name never appears" {
	both_kernels
	quiet dd_ install "$(acme 1.1 A)" "$(acme 1.1 B)"
	[ "$(version "$KA") $(version "$KB")" = "1.1 1.1" ]
	[ ! -e "$R/lib/modules/$(uname -r)" ]
	run dd_ status
	[[ $output != *"$(uname -r)"* ]]
}

@test "15: whatever of our own state is damaged or gone, status works and verify mends it" {
	one_kernel
	quiet dd_ install "$(acme 1.1 A)"
	state=$R/var/lib/driver-disk
	cp -a "$state" "$BATS_TEST_TMPDIR/state"
	for damage in "rm -rf $state" "rm -rf $state/ops/000001/plan" "echo 999999 >$state/pending" "echo ../../etc >$state/pending" ": >$state/pending" "rm $R/var/log/driver-disk.log"; do
		rm -rf "$state"
		cp -a "$BATS_TEST_TMPDIR/state" "$state"
		bash -c "$damage"
		run dd_ status
		exits 0
		says "acme_edu  1.1"
		run dd_ verify --repair
		exits 0 || { echo "$damage"; return 1; }
		run dd_ install "$(acme 1.1 A)"
		exits 0 || { echo "$damage"; return 1; }
	done
}

@test "19: removal brings the in-box driver back, at once and untouched" {
	one_kernel
	sum=$(sha256sum "$R/lib/modules/$KA/kernel/acme_edu.ko")
	quiet dd_ install "$(acme 1.1 A)"
	quiet dd_ remove acme-edu
	[ "$(version "$KA")" = 1.0 ]
	[ "$(sha256sum "$R/lib/modules/$KA/kernel/acme_edu.ko")" = "$sum" ]
	[ ! -e "$R/lib/modules/$KA/updates" ]
}

@test "21: packs that rpm or xapi installed are known, too" {
	one_kernel
	quiet rpm --root "$R" -i --nosignature "$(acme 1.1 A)"/Packages/*.rpm
	[ "$(dd_ status --json | jq -r '.packs[0] | .pack + " " + .version')" = "acme-edu 1.1" ]
	run dd_ history
	says "rpm          install acme-edu-$KA-modules-1.1-1.x86_64"
	run dd_ remove acme-edu
	exits 0
	[ "$(find "$R/var/update/applied" -type f | wc -l)" -eq 0 ]
}
