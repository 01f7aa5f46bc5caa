#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# new-driver.sh: a starting point that builds at once, under the vendor's own name.

load pack

setup_file() {
	have_kernels || return 0
	export W=$BATS_FILE_TMPDIR GNUPGHOME=$BATS_FILE_TMPDIR/trust
	KEY=$(new_key "$GNUPGHOME" vendor)
	export KEY KA
	KA=$(kernel_of "$CPULEVEL_KDIR_A")
	"$TOP/scripts/new-driver.sh" foo_nic42 "$W/foo" >/dev/null
}

teardown_file() { stop_agent "$BATS_FILE_TMPDIR/trust"; }

setup() {
	have_kernels || skip "CPULEVEL_KDIR_A and CPULEVEL_KDIR_B name no kernel-devel folders"
	NEW=$TOP/scripts/new-driver.sh
	T=$BATS_TEST_TMPDIR
	cd "$T" || return
}

refused() {	# STATUS TEXT ARGUMENT...
	run "$NEW" "${@:3}"
	echo "$output"
	[ "$status" -eq "$1" ]
	[[ $output = *"$2"* ]]
}

@test "the example is what it writes" {
	[ "$("$NEW" acme_edu "$T/a")" = "$T/a" ]
	git -C "$TOP" ls-files --others --cached --exclude-standard examples/acme-edu |
		sed 's,.*/,,' | sort >want
	(cd a && find . -type f -printf '%P\n' | sort) | diff want -
	while read -r file; do
		cmp "a/$file" "$TOP/examples/acme-edu/$file"
		[ "$(stat -c %a "a/$file")" = "$(stat -c %a "$TOP/examples/acme-edu/$file")" ]
	done <want
	[ "$(ls)" = "$(printf 'a\nwant')" ]
}

@test "another name is everywhere, and none of the example's is left" {
	[ -f "$W/foo/foo_nic42.c" ]
	run grep -rniE 'acme.?edu' "$W/foo"
	echo "$output"
	[ "$status" -eq 1 ]
}

@test "it builds with make -C KDIR M=" {
	cp -r "$W/foo" copy
	make -s -C "$CPULEVEL_KDIR_A" M="$T/copy" modules
	[ "$(modinfo -F version copy/foo_nic42.ko)" = 1.1 ]
	[ "$(modinfo -F name copy/foo_nic42.ko)" = foo_nic42 ]
}

@test "ci.sh makes a driver disk for each kernel" {
	SIGN_KEY=$(gpg --batch --armor --export-secret-keys "$KEY") \
		TOOLS=$TOP/scripts OUT=$T/disks "$W/foo/ci.sh" "$CPULEVEL_KDIR_A" "$CPULEVEL_KDIR_B"
	for iso in "foo-nic42-1.1-$KA.iso" "foo-nic42-1.1-$(kernel_of "$CPULEVEL_KDIR_B").iso"; do
		[ -s "disks/$iso" ]
	done
	open_iso "disks/foo-nic42-1.1-$KA.iso" disk
	gpg --batch --verify disk/update.xml.asc disk/update.xml
	rpm -qlp "disk/Packages/foo-nic42-$KA-modules-1.1-1.x86_64.rpm" |
		grep -qx "/lib/modules/$KA/updates/foo_nic42.ko"
	run tar -tzf <(rpm2cpio disk/SRPMS/*.src.rpm | cpio --quiet -i --to-stdout '*.tar.gz')
	[[ $output != *disks/* && $output != *.ko* ]]
}

@test "ci.sh without a key signs with a throw-away one and says so" {
	TOOLS=$TOP/scripts OUT=$T/disks run "$W/foo/ci.sh" "$CPULEVEL_KDIR_A"
	[ "$status" -eq 0 ]
	[[ $output = *"for tests only"* ]]
	[ -s "disks/foo-nic42-1.1-$KA.iso" ]
}

@test "ci.sh fails when one kernel's disk does" {
	mkdir none
	TOOLS=$TOP/scripts OUT=$T/disks run "$W/foo/ci.sh" none "$CPULEVEL_KDIR_A"
	[ "$status" -eq 1 ]
	[ -s "disks/foo-nic42-1.1-$KA.iso" ]
}

@test "names that no module can have are refused" {
	for name in '' Foo 9p foo-bar foo.bar 'foo bar' a/b é _foo \
		"$(printf 'x%.0s' {1..32})"; do
		refused 2 "not a name for a module" "$name" dir
	done
	refused 2 "no such option" --name x
	refused 2 usage: one
	[ -z "$(ls -A)" ]
	"$NEW" "$(printf 'x%.0s' {1..31})" dir
}

@test "a folder with something in it is left alone, an empty one is used" {
	mkdir full empty
	: >full/file
	: >file
	refused 2 "is there already" foo full
	refused 2 "is there already" foo file
	[ "$(find full)" = "$(printf 'full\nfull/file')" ]
	"$NEW" foo empty
	[ -f empty/foo.c ]
	"$NEW" foo not/there/yet/
	[ -f not/there/yet/foo.c ]
}

@test "a full disk leaves nothing" {
	unshare -rm true 2>/dev/null || skip "no mount namespace here"
	mkdir small
	run unshare -rm sh -c "mount -t tmpfs -o size=16k,nr_inodes=20 tmpfs small && ! '$NEW' foo small/dir && ls -A small"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output = *"is the disk full?"* ]]
	[[ ${lines[-1]} = *"is the disk full?"* ]]
}

@test "the name of an in-box module earns a warning" {
	unshare -rm true 2>/dev/null || skip "no mount namespace here"
	mkdir -p lib/modules/9.9
	echo kernel/net/other_nic.ko >lib/modules/9.9/modules.order
	run unshare -rm sh -c "mkdir -p /lib/modules && mount --bind lib/modules /lib/modules && '$NEW' other_nic dir && '$NEW' nic dir2"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ ${lines[0]} = *"warning: kernel 9.9 has a module other_nic already"* ]]
	[ "${#lines[@]}" -eq 3 ]
	[ -f dir/other_nic.c ]
}

@test "the manual page's example runs" {
	PATH=$TOP/scripts:$PATH
	# shellcheck disable=SC1090 # the page says it
	. <(mandoc -T ascii "$TOP/man/new-driver.8" | col -bx | sed -n 's/^ *\(new-driver.sh .*-nic\)$/\1/p')
	[ -f acme-nic/acme_nic.c ]
}
