#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# When a kernel comes or goes: the warning, where monitoring finds it, the guard, and the folder of disks.

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

packed() {
	both_kernels
	dd_ install "$(acme 1.1 A)" >/dev/null 2>&1
}

WARNING=run/driver-disk/warning

@test "the warning is said, kept for monitoring, and taken away when it is mended" {
	packed
	run dd_ kernel-changed
	exits 0
	says "WARNING: after the next reboot (kernel $KB) acme_edu falls back from 1.1 to the in-box 1.0: install acme-edu's driver disk for $KB"
	grep -q "acme_edu falls back" "$R/$WARNING"
	dd_ install "$(acme 1.1 B)" >/dev/null 2>&1
	[ ! -e "$R/$WARNING" ]
}

@test "it says nothing and keeps nothing where nothing is lost" {
	packed
	ln -s "vmlinuz-$KA" "$R/boot/vmlinuz-xen"
	run dd_ kernel-changed
	exits 0
	[ -z "$output" ]
	[ ! -e "$R/$WARNING" ]
}

@test "it only reads: packages, modules and records stay as they are" {
	packed
	before=$(cd "$R" && find lib boot etc var -newermt @0 -printf '%p %T@ %C@\n' | sort)
	dd_ kernel-changed 2>/dev/null
	[ "$before" = "$(cd "$R" && find lib boot etc var -newermt @0 -printf '%p %T@ %C@\n' | sort)" ]
}

@test "on a host where nothing works it says so in a line, and Debian's hook lets the kernel go in" {
	packed
	mv "$R/lib/modules" "$R/lib/gone"
	run dd_ kernel-changed
	exits 5
	says "no installed kernel found"
	printf '#!/bin/sh\nexit 1\n' >"$R/usr/sbin/driver-disk"
	chmod 755 "$R/usr/sbin/driver-disk"
	cp "$TOP/pack/hooks/kernel-hook" "$R/hook"
	run chroot "$R" /hook
	exits 0
}

@test "the guard against a reboot is there only where it was asked for, and only while it is needed" {
	packed
	guard=$R/run/systemd/system/reboot.target.d/driver-disk.conf
	dd_ kernel-changed 2>/dev/null
	[ ! -e "$guard" ]
	echo "guard = yes" >"$R/etc/driver-disk.conf"
	dd_ kernel-changed 2>/dev/null
	grep -qx RefuseManualStart=yes "$guard"
	grep -q "acme_edu falls back" "$guard"
	dd_ install "$(acme 1.1 B)" >/dev/null 2>&1
	[ ! -e "$guard" ]
}

@test "driver-disk that is removed takes its guard and its warning with it" {
	packed
	echo "guard=yes" >"$R/etc/driver-disk.conf"
	dd_ kernel-changed 2>/dev/null
	[ -e "$R/$WARNING" ]
	sed -n '/^%preun -n driver-disk/,/^$/p' "$TOP/specs/cpulevel.spec.in" | sed '1d' >"$R/preun"
	mkdir -p "$R$W/tool"
	cp -r "$W/tool/." "$R$W/tool/"
	copy_program "$R" awk sed readlink dirname rm rmdir
	ln -s "$W/tool/driver-disk" "$R/usr/sbin/driver-disk"
	chroot "$R" sh /preun 1
	[ -e "$R/$WARNING" ]
	chroot "$R" sh /preun 0
	[ ! -e "$R/$WARNING" ]
	[ ! -e "$R/run/systemd/system/reboot.target.d" ]
}

@test "the configuration is read, never run" {
	packed
	printf 'guard=$(touch %s/pwned)\nfolder=`touch %s/pwned`\n' "$R" "$R" >"$R/etc/driver-disk.conf"
	dd_ kernel-changed 2>/dev/null
	run dd_ auto
	[ ! -e "$R/pwned" ]
}

@test "a disk for the new kernel in the configured folder is installed, and no other" {
	packed
	mkdir -p "$R/disks"
	cp "$W"/out-1.1/*.iso "$R/disks/"
	hand_disk "$BATS_TEST_TMPDIR/stranger" stranger "$KB" "$(stranger_rpm)"
	xorriso -as mkisofs -quiet -r -J -o "$R/disks/stranger.iso" "$BATS_TEST_TMPDIR/stranger" 2>/dev/null
	echo "folder=/disks" >"$R/etc/driver-disk.conf"
	sed "s,^KEYRING=.*,KEYRING=$W/trust," "$W/tool/install.sh" >"$BATS_TEST_TMPDIR/install.sh"
	cp -r "$W/tool" "$BATS_TEST_TMPDIR/tool"
	cp "$BATS_TEST_TMPDIR/install.sh" "$BATS_TEST_TMPDIR/tool/"
	run "$BATS_TEST_TMPDIR/tool/driver-disk" auto --root "$R"
	exits 0
	says "stranger is not among the packs to renew"
	[ "$(modinfo -b "$R" -k "$KB" -F version acme_edu)" = 1.1 ]
	[ ! -e "$R/lib/modules/$KB/updates/stranger.ko" ]
}

stranger_rpm() {
	module_tree "$BATS_TEST_TMPDIR/tree" "$KB" stranger
	rpm_of "$BATS_TEST_TMPDIR" stranger-modules 1 "$BATS_TEST_TMPDIR/tree"
	echo "$BATS_TEST_TMPDIR/stranger-modules-1-1.rpm"
}

@test "it waits for rpm's lock" {
	source "$TOP/pack/common.sh"
	source "$TOP/pack/auto.sh"
	make_dom0 "$R"
	ROOT=$R
	mkdir -p "$R/var/lib/rpm"
	: >"$R/var/lib/rpm/.rpm.lock"
	free() { if rpm_busy; then return 1; fi; }
	free
	exec 7>>"$R/var/lib/rpm/.rpm.lock"
	flock 7
	rpm_busy
	exec 7>&-
	free
}

@test "auto finishes what was interrupted" {
	packed
	mkdir -p "$R/var/lib/driver-disk"
	op=$(find "$R/var/lib/driver-disk/ops" -mindepth 1 -maxdepth 1 -printf '%f\n' | tail -n 1)
	rm "$R/var/lib/driver-disk/ops/$op/done" "$R/lib/modules/$KA/updates/acme_edu.ko"
	echo "$op" >"$R/var/lib/driver-disk/pending"
	ln -s "vmlinuz-$KA" "$R/boot/vmlinuz-xen"
	run dd_ auto
	exits 0
	[ "$(modinfo -b "$R" -k "$KA" -F version acme_edu)" = 1.1 ]
	run dd_ verify
	exits 0
}

@test "systemd accepts the unit" {
	command -v systemd-analyze >/dev/null || skip "no systemd-analyze"
	mkdir -p "$BATS_TEST_TMPDIR/usr/sbin"
	sed "s,/usr/sbin/driver-disk,/bin/true," "$TOP/pack/systemd/driver-disk-auto.service" >"$BATS_TEST_TMPDIR/driver-disk-auto.service"
	run systemd-analyze verify --man=no "$BATS_TEST_TMPDIR/driver-disk-auto.service"
	[[ $output != *driver-disk-auto* ]]
}

@test "make install-debian-hook puts the hook where Debian's kernels look" {
	make -s -C "$TOP/pack" install-debian-hook DESTDIR="$BATS_TEST_TMPDIR/d" O="$W/build"
	[ -x "$BATS_TEST_TMPDIR/d/etc/kernel/postinst.d/zz-driver-disk" ]
	[ -x "$BATS_TEST_TMPDIR/d/etc/kernel/postrm.d/zz-driver-disk" ]
}
