#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# What build-supplemental-pack.sh refuses, each with its own message, and that
# nothing is left: no file in the output or temporary folder, no process.

load pack

setup_file() {
	have_kernels || return 0
	setup_key
	fake_kernel 3.10.0+2
	build_disk "$CPULEVEL_KDIR_A" "$W/out" 2>"$W/log" || cat "$W/log" >&2
	open_iso "$W/out/acme-edu-1.1-$KA.iso" "$W/disk"
}

teardown_file() { stop_agent "$BATS_FILE_TMPDIR/trust"; }

setup() {
	need_kernels
	OUT=$BATS_TEST_TMPDIR/deep/out
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR"
	RPM=$W/disk/Packages/acme-edu-$KA-modules-1.1-1.x86_64.rpm
}

teardown() { ! mountpoint -q "$BATS_TEST_TMPDIR/small" 2>/dev/null || umount "$BATS_TEST_TMPDIR/small"; }

nothing_left() {
	[ -z "$(ls -A "$TMPDIR")" ]
	[ ! -e "$BATS_TEST_TMPDIR/deep" ]
}

refused() {	# CODE MESSAGE [OPTION...]
	run build_disk "$CPULEVEL_KDIR_A" "$OUT" "${@:3}"
	echo "$* -> $status: $output"
	[ "$status" -eq "$1" ]
	[[ $output = *"$2"* ]]
	nothing_left
}

other_key() {	# NAME ALGORITHM USAGE EXPIRES [gpg option]... -> its home
	mkdir -m 700 "$BATS_TEST_TMPDIR/$1"
	GNUPGHOME=$BATS_TEST_TMPDIR/$1 gpg --batch --quiet --passphrase '' "${@:5}" \
		--quick-gen-key "$1 <$1@example.org>" "$2" "$3" "$4" 2>/dev/null
}

with_key() { GNUPGHOME=$BATS_TEST_TMPDIR/$1 refused 5 "$2" --sign "$1@example.org"; stop_agent "$BATS_TEST_TMPDIR/$1"; }

@test "options and their values, before anything is built" {
	while IFS='|' read -r code message args; do
		# shellcheck disable=SC2086
		refused "$code" "$message" $args
	done <<-END
		2|without '-'|--version 1-1
		2|up to 32|--label a/b
		2|up to 32|--label a23456789012345678901234567890123
		2|no such option|--frob x
		2|no such option|-x
		2|takes no value|--tarball=yes
		2|needs a value|--uuid
		2|lower-case UUID|--uuid ABC
		2|.respinM|--release 0
		2|update, legacy or auto|--format iso
		2|XenServer, XCP or XCP-ng|--product Xen
		2|restartHost|--after-apply reboot
		2|no longer supported|--repo-data=x
		2|inside the source|--firmware /etc
		2|leaves the source|--firmware ../x
		2|the source has no fw|--firmware fw
		2|give both|--module-key x
		2|seconds since 1970|--sign-time tomorrow
		5|no such secret key|--sign nobody@nowhere.example
		5|not a prepared kernel-devel|--kernel-devel /nowhere
		5|cannot be read|--source /nowhere
		5|cannot be read|--keyfile /nowhere
		5|key was made later|--sign-time 1000000000
		2|names one disk|--uuid 00000000-0000-4000-8000-000000000000 --kernel-devel $CPULEVEL_KDIR_B
		2|is one file|--out= -o $OUT/x.iso --kernel-devel $CPULEVEL_KDIR_B
		2|give each kernel once|--kernel-devel $CPULEVEL_KDIR_A
	END
}

@test "options that are about a source, where only RPMs are given" {
	while IFS='|' read -r message args; do
		# shellcheck disable=SC2086
		run "$BUILD" --label acme-edu --version 2 --text T --sign "$KEY" --out "$OUT" $args "$RPM"
		echo "$args -> $status: $output"
		[ "$status" -eq 2 ]
		[[ $output = *"$message"* ]]
		nothing_left
	done <<-END
		put a file named EULA into one of your RPMs|--eula $TOP/README.md
		packages modules of --source|--built $W
		sign those in your RPMs|--module-key $TOP/README.md --module-cert $TOP/README.md
	END
	run "$BUILD" --label acme-edu --version 2 --text T --sign "$KEY" --out "$OUT"
	[ "$status" -eq 2 ]
	[[ $output = *"nothing to pack; give --source, or RPMs"* ]]
}

@test "a key that has expired, cannot sign, or that the hosts' rpm cannot read" {
	other_key expired rsa2048 sign seconds=60 --faked-system-time 20200101T000000
	with_key expired "expired on 2020-01-01"
	other_key certonly rsa2048 cert never
	with_key certonly "cannot sign"
	other_key curve ed25519 sign never
	with_key curve "neither RSA nor DSA"
}

@test "no key at all, and a key file of another key" {
	GNUPGHOME=$BATS_TEST_TMPDIR/none
	mkdir -m 700 "$GNUPGHOME"
	refused 5 "no such secret key"
	GNUPGHOME=$W/trust
	other_key stranger rsa2048 sign never
	GNUPGHOME=$BATS_TEST_TMPDIR/stranger gpg --armor --export >"$BATS_TEST_TMPDIR/RPM-GPG-KEY-stranger"
	stop_agent "$BATS_TEST_TMPDIR/stranger"
	refused 5 "holds another key" --keyfile "$BATS_TEST_TMPDIR/RPM-GPG-KEY-stranger"
	echo none >"$BATS_TEST_TMPDIR/RPM-GPG-KEY-none"
	refused 5 "no public key" --keyfile "$BATS_TEST_TMPDIR/RPM-GPG-KEY-none"
}

@test "kernel-devel without Module.symvers, or one that names no kernel" {
	mkdir -p "$BATS_TEST_TMPDIR/kdir/include/generated"
	echo '#define UTS_RELEASE "9.9"' >"$BATS_TEST_TMPDIR/kdir/include/generated/utsrelease.h"
	refused 5 "Module.symvers: missing" --kernel-devel "$BATS_TEST_TMPDIR/kdir"
	make_rpm "$BATS_TEST_TMPDIR" "Name: kernel-devel" "Version: 1" "Release: 1" "Summary: s" "License: l" "%description" "d" "%files"
	refused 5 "holds no kernel-devel folder" --kernel-devel "$BATS_TEST_TMPDIR/kernel-devel-1-1.rpm"
}

@test "what is no RPM, a source RPM among the RPMs, an RPM twice, one for another kernel" {
	refused 1 "unsupported package type" "$TOP/README.md"
	refused 2 "give it as --source" "$W"/disk/SRPMS/*.rpm
	refused 2 "given twice" "$RPM" "$RPM"
	run "$BUILD" --label acme-edu --version 2 --text T --kernel-devel "$CPULEVEL_KDIR_B" --sign "$KEY" --out "$OUT" "$RPM"
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output = *"built for kernel $KA, not $KB"* ]]
	nothing_left
}

@test "a module twice, by whichever letter" {
	refused 1 "module acme_edu is packed twice" --version 1.2 "$RPM"
	refused 1 "is given, and --source makes it too" "$RPM"
	mkdir -p "$BATS_TEST_TMPDIR/src/a" "$BATS_TEST_TMPDIR/src/b"
	cp "$TOP/examples/acme-edu/acme_edu.c" "$BATS_TEST_TMPDIR/src/a/"
	cp "$TOP/examples/acme-edu/acme_edu.c" "$BATS_TEST_TMPDIR/src/b/acme-edu.c"
	echo 'obj-m := a/ b/' >"$BATS_TEST_TMPDIR/src/Kbuild"
	echo 'obj-m := acme_edu.o' >"$BATS_TEST_TMPDIR/src/a/Kbuild"
	echo 'obj-m := acme-edu.o' >"$BATS_TEST_TMPDIR/src/b/Kbuild"
	run build_disk "$CPULEVEL_KDIR_A" "$OUT" --source "$BATS_TEST_TMPDIR/src"
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output = *"more than one module is called acme_edu"* ]]
	[ "$(ls -A "$OUT")" = "acme-edu-1.1-$KA.log" ]
}

@test "a source that makes no module, or has nothing to build" {
	mkdir "$BATS_TEST_TMPDIR/src"
	echo hello >"$BATS_TEST_TMPDIR/src/README"
	refused 1 "neither Kbuild nor Makefile" --source "$BATS_TEST_TMPDIR/src"
	echo '# nothing' >"$BATS_TEST_TMPDIR/src/Kbuild"
	run build_disk "$CPULEVEL_KDIR_A" "$OUT" --source "$BATS_TEST_TMPDIR/src"
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output = *"the build made no module; does Kbuild say obj-m?"* ]]
	[ -z "$(ls -A "$TMPDIR")" ]
}

@test "a file outside the folders that a driver may use" {
	make_rpm "$BATS_TEST_TMPDIR" "Name: acme-edu-3.10.0+2-modules" "Version: 1" "Release: 1" "Summary: s" "License: l" \
		"Group: System Environment/Kernel" "%define _binary_filedigest_algorithm 1" "%define _binary_payload w9.gzdio" "%description" "d" "%install" \
		"install -D /dev/null %{buildroot}/lib/modules/3.10.0+2/updates/x.ko; install -D /dev/null %{buildroot}/opt/acme" \
		"%files" "/lib/modules" "/opt/acme"
	run "$BUILD" --label acme-edu --version 1.1 --text T --vendor-code acme --vendor-name A --output "$OUT" \
		"$BATS_TEST_TMPDIR/acme-edu-3.10.0+2-modules-1-1.rpm"
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output = *"unsupported file "* ]]
	nothing_left
}

@test "legacy: a description that no volume id can hold, a kernel with '-', a letter in the version" {
	refused 2 "which holds 32" --kernel-devel "$W/kernel/3.10.0+2" --format legacy --product XenServer:6.5.0 \
		--text "a description of 33 characters, so"
	refused 2 "'-'" --format legacy --product XenServer:6.5.0
	refused 2 "digits and dots" --format legacy --product XenServer:6.5.0 --version 1.1a
}

small_disk() {	# SIZE
	[[ $EUID -eq 0 ]] || skip "only root can mount a small disk"
	mkdir "$BATS_TEST_TMPDIR/small"
	mount -t tmpfs -o "size=$1" none "$BATS_TEST_TMPDIR/small" || skip "mount does not work here"
}

@test "the output's disk is full" {
	small_disk 400k
	run build_disk "$CPULEVEL_KDIR_A" "$BATS_TEST_TMPDIR/small/out"
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output = *"--out $BATS_TEST_TMPDIR/small/out is full"* ]]
	[ -z "$(ls -A "$BATS_TEST_TMPDIR/small")$(ls -A "$TMPDIR")" ]
}

@test "the temporary folder's disk is full, a little or entirely" {
	small_disk 200k
	for fill in 0 200; do
		head -c "${fill}k" /dev/zero >"$BATS_TEST_TMPDIR/small/fill" || true
		TMPDIR=$BATS_TEST_TMPDIR/small run build_disk "$CPULEVEL_KDIR_A" "$OUT"
		echo "$output"
		[ "$status" -ne 0 ]
		[[ $output = *"$BATS_TEST_TMPDIR/small"* && ( $output = *" full"* || $output = *"free space"* ) ]]
		[ "$(ls -A "$BATS_TEST_TMPDIR/small")" = fill ]
		[ ! -e "$BATS_TEST_TMPDIR/deep" ]
	done
}

# A driver whose compile does not end by itself.
endless() {
	NAP=9$$	# tests of other files may run beside
	cp -r "$TOP/examples/acme-edu" "$BATS_TEST_TMPDIR/src"
	# shellcheck disable=SC2016
	printf '%s\n' '$(obj)/acme_edu.o: $(obj)/wait' "\$(obj)/wait: ; sleep $NAP" >>"$BATS_TEST_TMPDIR/src/Kbuild"
}

compiling() { pgrep -f "sleep $NAP" >/dev/null; }

wait_for() { for _ in $(seq 300); do "$@" && return; sleep 0.1; done; return 1; }

@test "interrupted half-way: by SIGTERM, by SIGINT" {
	endless
	mkdir "$BATS_TEST_TMPDIR/bin"
	for signal in TERM INT; do
		# shellcheck disable=SC2016
		env --default-signal=INT bash -c '. "$0/tests/shell/pack.bash"; BUILD=$0/scripts/build-supplemental-pack.sh
			exec 3>&-; build_disk "$@"' "$TOP" "$CPULEVEL_KDIR_A" "$OUT" --source "$BATS_TEST_TMPDIR/src" 2>"$BATS_TEST_TMPDIR/said" 3>&- &
		wait_for compiling
		pkill "-$signal" -f "^/bin/bash $BUILD .*$OUT"
		status=0
		wait $! || status=$?
		cat "$BATS_TEST_TMPDIR/said"
		grep "interrupted by SIG$signal" "$BATS_TEST_TMPDIR/said"
		wait_for not_compiling
		nothing_left
		# Bubblewrap ends what is in it; the second time there is none.
		printf '#!/bin/sh\nexit 1\n' >"$BATS_TEST_TMPDIR/bin/bwrap"
		chmod +x "$BATS_TEST_TMPDIR/bin/bwrap"
		PATH=$BATS_TEST_TMPDIR/bin:$PATH
	done
}
not_compiling() { ! compiling; }

@test "two builds of one disk at once: the second names the first" {
	endless
	build_disk "$CPULEVEL_KDIR_A" "$OUT" --source "$BATS_TEST_TMPDIR/src" >/dev/null 2>&1 3>&- &
	wait_for compiling
	pid=$(pgrep -o -f "^/bin/bash $BUILD .*$OUT")
	run build_disk "$CPULEVEL_KDIR_A" "$OUT"
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output = *"process $pid is making it"* ]]
	# Another disk into the same folder is no conflict.
	build_disk "$CPULEVEL_KDIR_A" "$OUT" --version 1.2
	kill "$pid"
	wait || true
	[ "$(ls -A "$OUT")" = "acme-edu-1.2-$KA.iso" ]
	# A lock that a killed build left does not count.
	echo "$pid" >"$OUT/.acme-edu-1.1-$KA.lock"
	build_disk "$CPULEVEL_KDIR_A" "$OUT"
	[ ! -e "$OUT/.acme-edu-1.1-$KA.lock" ]
}
