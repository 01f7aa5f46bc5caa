#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# pack/legacy/install in a chroot like XenServer 6.5's dom0, with the real rpm and cpio,
# under dash, bash and busybox sh.  Bash 3.2 and rpm 4.4 themselves are not to be had here.
# shellcheck disable=SC2086,SC2030,SC2031  # words without spaces; each test's run is its own

bats_require_minimum_version 1.5.0

load legacy

setup_file() {
	export BASE=$BATS_FILE_TMPDIR/base DISK=$BATS_FILE_TMPDIR/disk RPMS=$BATS_FILE_TMPDIR/rpms
	BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR
	[[ $EUID -eq 0 ]] || return 0
	make_base "$BASE" "$RPMS"
	stub "$DISK" acme-edu-$K65-modules 1.1 System/Kernel /lib/modules/$K65/extra/acme_edu.ko "Requires: kernel-uname-r = $K65"
	stub "$DISK" acme-edu 1.1 System/Kernel /lib/firmware/acme.bin
	legacy legacy_write "$DISK"
}

setup() { [[ $EUID -eq 0 ]] || skip "chroot needs root"; }

host() {	# SHELL [DISK]: a fresh dom0 with the disk's content in /disk
	R=$BATS_TEST_TMPDIR/dom0-$1
	rm -rf "$R"
	make_dom0 "$BASE" "$R" "$1"
	cp -r "${2:-$DISK}" "$R/disk"
	snapshot >"$BATS_TEST_TMPDIR/before"
}

snapshot() {
	chroot "$R" rpm -qa 2>/dev/null | sort
	find "$R"/{etc,boot,usr/share,usr/lib/modules,usr/lib/firmware} -type f -exec md5sum {} + 2>/dev/null | sort
	find "$R"/etc | sort
}

unchanged() { diff "$BATS_TEST_TMPDIR/before" <(snapshot); }

ends() {	# CODE MESSAGE ANSWERS [OPTION...]
	run chroot "$R" /disk/install "${@:4}" < <(printf '%b' "$3")
	[[ $status -eq $1 && $output = *"$2"* ]] || { echo "$R: $status: $output"; return 1; }
}

refuses() { ends "$@" && unchanged; }
installed() { chroot "$R" rpm -q "$1" >/dev/null 2>&1; }
recorded() {
	diff "$R/disk/XS-REPOSITORY" "$R/etc/xensource/installed-repos/acme:acme-edu/XS-REPOSITORY" &&
		diff "$R/disk/XS-PACKAGES" "$R/etc/xensource/installed-repos/acme:acme-edu/XS-PACKAGES" &&
		[ "$(find "$R/etc/xensource" -mindepth 1 | wc -l)" = 6 ]
}
SHELLS="dash bash busybox"

@test "a disk is installed and recorded, under each shell and under both names" {
	for s in $SHELLS; do
		host $s
		ends 0 "Pack installation successful." ''
		installed acme-edu-$K65-modules-1.1
		installed acme-edu-1.1
		recorded
		[ "$(cat "$R/tmp/xe.log")" = "host-refresh-pack-info host-uuid=11111111-2222-3333-4444-555555555555" ]
		host $s
		run chroot "$R" /bin/sh -c 'cd /disk && ./install.sh --batch'
		[ "$status" -eq 0 ]
		recorded
	done
}

@test "a host of another product is asked about" {
	for s in $SHELLS; do
		host $s
		sed -i "s/^PRODUCT_BRAND=.*/PRODUCT_BRAND='Else'/" "$R/etc/xensource-inventory"
		snapshot >"$BATS_TEST_TMPDIR/before"
		refuses 2 "for XenServer, and this host is Else (XCP)" 'n\n'
		refuses 2 "Do you want to continue? (Y/N)" ''
		refuses 2 "this host is Else" 'Y\n' -b
		ends 0 successful 'what\nY\n'
		recorded
	done
	host dash
	sed -i "s/^PRODUCT_BRAND=.*/PRODUCT_BRAND='Else'/; s/^PLATFORM_NAME=.*/PLATFORM_NAME='XenServer'/" "$R/etc/xensource-inventory"
	ends 0 successful ''
}

@test "a disk that is there already is asked about, but not in a batch; its record is renewed" {
	for s in $SHELLS; do
		host $s
		ends 0 successful ''
		sed -i 's/version="1.1"/version="1.1.1"/' "$R/disk/XS-REPOSITORY"
		snapshot >"$BATS_TEST_TMPDIR/before"
		refuses 3 "Warning: 'Acme EDU driver' is already installed" 'n\n'
		refuses 3 "already installed" ''
		ends 0 successful 'y\n'
		recorded
		ends 0 successful '' -b
		[[ $output != *acme-edu-1.1* ]]	# rpm had nothing to do
		recorded
	done
}

version_test() {	# CODE HOST'S TEST DISK'S: 2 is a refusal, 1 the missing package that comes next
	sed -i "/<repository/s/ version=\"[^\"]*\"/ version=\"$2\"/" "$R/etc/xensource/installed-repos/xs:main/XS-REPOSITORY"
	sed "s/test=\"eq\"/test=\"$3\"/; /requires/s/version=\"[^\"]*\"/version=\"$4\"/" "$DISK/XS-REPOSITORY" >"$R/disk/XS-REPOSITORY"
	run chroot "$R" /disk/install -b
	[ "$status" -eq "$1" ] || { echo "$*: $status: $output"; return 1; }
}

@test "versions are compared arc by arc, then by the number of arcs" {
	for s in $SHELLS; do
		host $s
		rm "$R/disk/"*.rpm
		while read -r code here test wanted; do
			version_test $code $here $test $wanted
		done <<-END
			1 6.5.0 eq 6.5.0
			2 6.5.0 eq 6.5
			2 6.5 eq 6.5.0
			1 6.5 lt 6.5.0
			1 6.5.0 ne 6.5
			2 6.5.0 ne 6.5.0
			1 6.5.0 gt 6.5
			1 6.10.0 gt 6.9.9
			2 6.2.0 ge 6.5.0
			1 6.5.0 ge 6.5.0
			1 6.5.1 ge 6.5.0
			1 6.2.0 lt 6.5.0
			2 6.5.0 lt 6.5.0
			1 6.5.0 le 6.5.0
			2 6.5.0.1 le 6.5.0
			1 6.08.0 eq 6.8.0
			2 6.5.0a ge 6.5.0
			2 6.5.0a ne 6.5.0
			2 6.5.0 is 6.5.0
		END
	done
}

@test "a requirement that is missing ends it; one that is not met is asked about" {
	for s in $SHELLS; do
		host $s
		sed -i 's/6\.5\.0/6.2.0/' "$R/etc/xensource/installed-repos/xs:main/XS-REPOSITORY"
		snapshot >"$BATS_TEST_TMPDIR/before"
		refuses 2 "Error: unsatisfied dependency xs:main eq 6.5.0 (this host has 6.2.0)" 'n\n'
		refuses 2 "unsatisfied" 'Y\n' -b
		ends 0 successful 'Y\n'
		host $s
		rm -r "$R/etc/xensource/installed-repos/xs:main"
		snapshot >"$BATS_TEST_TMPDIR/before"
		refuses 1 "FATAL: missing dependency xs:main" 'Y\nY\n'
	done
}

@test "every file is checked before anything changes" {
	f=acme-edu-$K65-modules-1.1-1.noarch.rpm
	for s in $SHELLS; do
		host $s
		rm "$R/disk/$f"
		refuses 1 "FATAL: $f missing" ''
		cp "$DISK/$f" "$R/disk/"
		printf x | dd of="$R/disk/$f" bs=1 seek=3000 conv=notrunc status=none
		refuses 1 "FATAL: MD5 mismatch on $f (expected $(md5sum <"$DISK/$f" | cut -c 1-32))" ''
		printf x >>"$R/disk/$f"
		refuses 1 "FATAL: $f is not $(stat -c %s "$DISK/$f") bytes long" ''
	done
}

@test "a disk whose files cannot be read is refused" {
	for s in $SHELLS; do
		host $s
		rm "$R/disk/XS-PACKAGES"
		refuses 1 "Failed to parse pack metadata" ''
		for damage in 's/>acme/>..\/acme/' 's/>acme/>-acme/' 's/<package /<pack /' 's/>acme[^<]*</></'; do
			sed "$damage" "$DISK/XS-PACKAGES" >"$R/disk/XS-PACKAGES"
			refuses 1 "Failed to parse pack metadata" ''
		done
		sed 's/md5="[^"]*"//' "$DISK/XS-PACKAGES" >"$R/disk/XS-PACKAGES"
		refuses 1 "MD5 mismatch" ''
		sed 's/driver-rpm/tbz2/' "$DISK/XS-PACKAGES" >"$R/disk/XS-PACKAGES"
		refuses 1 "not an RPM" ''
		cp "$DISK/XS-PACKAGES" "$R/disk/XS-PACKAGES"
		for damage in 's/name="acme-edu"/name="..\/x"/' 's/ originator="acme"//' 's/ product="XenServer"//' 's/description/text/g' 's/<repository/<x/'; do
			sed "$damage" "$DISK/XS-REPOSITORY" >"$R/disk/XS-REPOSITORY"
			refuses 1 "Failed to parse pack metadata" ''
		done
		cp "$DISK/XS-REPOSITORY" "$R/disk/XS-REPOSITORY"
		rm "$R/etc/xensource-inventory"
		snapshot >"$BATS_TEST_TMPDIR/before"
		refuses 1 "Cannot read inventory" ''
	done
}

disk_of() {	# RPM-CALLS... -> $N, a disk of what they put there
	N=$BATS_TEST_TMPDIR/new
	rm -rf "$N"
	mkdir "$N"
}

@test "rpm's own test comes first: nothing changes when the kernel is not the host's" {
	disk_of
	stub "$N" acme-edu-3.10.0+9-modules 1.1 System/Kernel /lib/modules/3.10.0+9/extra/a.ko "Requires: kernel-uname-r = 3.10.0+9"
	stub "$N" acme-edu 1.1 System/Kernel /lib/firmware/acme.bin
	legacy legacy_write "$N"
	for s in $SHELLS; do
		host $s "$N"
		refuses 1 "FATAL: packages cannot be installed; nothing was changed" ''
		[[ $output = *"kernel-uname-r = 3.10.0+9 is needed"* ]]
	done
}

@test "an older release is replaced, a newer one is kept, what is there is skipped" {
	stub "$BATS_TEST_TMPDIR/old" acme-edu 1.0 System/Kernel /lib/firmware/acme.bin
	stub "$BATS_TEST_TMPDIR/old" acme-edu 2.0 System/Kernel /lib/firmware/acme.bin
	for s in $SHELLS; do
		host $s
		rpm --root "$R" -i "$BATS_TEST_TMPDIR/old/acme-edu-1.0-1.noarch.rpm"
		ends 0 successful ''
		installed acme-edu-1.1
		run ! installed acme-edu-1.0
		host $s
		rpm --root "$R" -i "$BATS_TEST_TMPDIR/old/acme-edu-2.0-1.noarch.rpm"
		snapshot >"$BATS_TEST_TMPDIR/before"
		refuses 1 "nothing was changed" ''
		host $s
		rpm --root "$R" -i "$DISK/acme-edu-1.1-1.noarch.rpm"
		ends 0 successful ''
		[[ $output != *"acme-edu-1.1-1 "* && $output = *"acme-edu-$K65-modules"* ]]
	done
}

kernel_disk() {	# [SPECLINE of the driver]
	disk_of
	stub "$N" kernel 3.10.1 System /boot/vmlinuz-3.10.0+3 "Provides: kernel-uname-r = 3.10.0+3"
	stub "$N" acme-edu-3.10.0+3-modules 1.1 System/Kernel /lib/modules/3.10.0+3/extra/a.ko "Requires: kernel-uname-r = 3.10.0+3" "$@"
	legacy K=3.10.0+3 legacy_write "$N"
}

@test "a kernel goes beside the old one, with the driver that needs it" {
	kernel_disk
	for s in $SHELLS; do
		host $s "$N"
		ends 0 successful ''
		installed kernel-3.10.0
		installed kernel-3.10.1
		installed acme-edu-3.10.0+3-modules
	done
}

@test "a kernel stays out when its driver needs what is nowhere" {
	kernel_disk "Requires: nowhere"
	for s in $SHELLS; do
		host $s "$N"
		refuses 1 "FATAL: packages cannot be installed; nothing was changed" ''
		[[ $output = *"nowhere is needed"* ]]
	done
}

@test "when the rest cannot follow, the kernel is taken out again" {
	kernel_disk
	stub "$BATS_TEST_TMPDIR/old" acme-edu-3.10.0+3-modules 2.0 System/Kernel /etc/acme.conf
	for s in $SHELLS; do
		host $s "$N"
		rpm --root "$R" -i "$BATS_TEST_TMPDIR/old/acme-edu-3.10.0+3-modules-2.0-1.noarch.rpm"
		snapshot >"$BATS_TEST_TMPDIR/before"
		refuses 1 "FATAL: packages failed to install" ''
		[[ $output = *"newer than"* && $output = *"kernel-3.10.1-1"* ]]
	done
}

@test "a licence is shown, and must be accepted even in a batch" {
	disk_of
	stub "$N" acme-edu 1.1 System/Kernel "/lib/firmware/acme.bin /usr/share/doc/acme-edu/EULA"
	legacy legacy_write "$N"
	for s in $SHELLS; do
		host $s "$N"
		refuses 4 "/usr/share/doc/acme-edu/EULA 1.1" 'n\n'
		[[ $output = *"Accept? (Y/N)"* ]]
		refuses 4 "Accept?" ''
		refuses 4 "Accept?" 'n\n' -b
		ends 0 successful 'y\n' -b
		recorded
	done
}

# ---- half-way ----

slow_disk() {
	disk_of
	stub "$N" acme-edu 1.1 System/Kernel /lib/firmware/acme.bin "%post" "echo >/tmp/half-way; sleep 1"
	legacy legacy_write "$N"
}

start() {	# run it, until its package's script runs
	chroot "$R" /disk/install -b >"$BATS_TEST_TMPDIR/log" 2>&1 3>&- &
	PID=$!
	for _ in {1..200}; do
		[[ ! -e $R/tmp/half-way ]] || return 0
		sleep 0.05
	done
	return 1
}

@test "a signal during rpm's transaction waits for its end" {
	slow_disk
	for s in $SHELLS; do
		host $s "$N"
		start
		kill -TERM $PID
		wait $PID
		recorded
	done
}

@test "killed half-way, a second run finishes" {
	slow_disk
	for s in $SHELLS; do
		host $s "$N"
		start
		kill -KILL $PID
		wait $PID || true
		[ ! -e "$R/etc/xensource/installed-repos/acme:acme-edu" ]
		sleep 1.5	# rpm itself was not killed
		ends 0 successful '' -b
		installed acme-edu-1.1
		recorded
	done
}

@test "a signal before that leaves no trace" {
	disk_of
	stub "$N" acme-edu 1.1 System/Kernel "/lib/firmware/acme.bin /usr/share/doc/acme-edu/EULA"
	legacy legacy_write "$N"
	for s in $SHELLS; do
		host $s "$N"
		mkfifo "$BATS_TEST_TMPDIR/answers-$s"
		chroot "$R" /disk/install <"$BATS_TEST_TMPDIR/answers-$s" >"$BATS_TEST_TMPDIR/log" 2>&1 3>&- &
		PID=$!
		exec 5>"$BATS_TEST_TMPDIR/answers-$s"
		for _ in {1..200}; do
			grep -q Accept "$BATS_TEST_TMPDIR/log" && break
			sleep 0.05
		done
		kill -TERM $PID
		exec 5>&-
		run wait $PID
		[ "$status" -ne 0 ]
		unchanged
	done
}

@test "a record that cannot be written is no success, and the next run writes it" {
	for s in $SHELLS; do
		host $s
		mkdir "$R/etc/xensource/installed-repos/acme:acme-edu"
		mkdir "$R/etc/xensource/installed-repos/acme:acme-edu/XS-PACKAGES"
		mkdir "$R/etc/xensource/installed-repos/acme:acme-edu/XS-PACKAGES/XS-PACKAGES"
		ends 1 "cannot be written; make room and run this again" 'y\n'
		rm -r "$R/etc/xensource/installed-repos/acme:acme-edu"
		ends 0 successful ''
		recorded
	done
}

# ---- around it ----

@test "a host with driver-disk does it with that" {
	for s in $SHELLS; do
		host $s
		printf '%s\n' '#!/bin/sh' 'echo "got $*"' 'exit 6' >"$R/usr/sbin/driver-disk"
		chmod 755 "$R/usr/sbin/driver-disk"
		refuses 6 "got install /disk" ''
	done
}

@test "wrong usage, no root, no xapi" {
	for s in $SHELLS; do
		host $s
		refuses 2 "usage: install" '' --force
		run chroot --userspec=1000:1000 "$R" /disk/install
		[ "$status" -eq 1 ]
		[[ $output = *"needs root"* ]]
		unchanged
		rm "$R/opt/xensource/bin/xe"
		ends 0 "xapi was not told" ''
	done
}

@test "it is POSIX sh and nothing more" {
	checkbashisms --posix "$TOP/pack/legacy/install"
	shellcheck --shell=sh "$TOP/pack/legacy/install"
}
