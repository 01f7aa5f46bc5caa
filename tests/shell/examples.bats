#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The commands that README.md and the manual pages tell people to run, run as they stand there.

load pack

setup_file() {
	have_kernels || return 0
	setup_pack
	make -s -C "$TOP/kabi"
	make -s -C "$TOP/cli"
	export PATH=$TOP/scripts:$TOP/build:$PATH
	export E=$BATS_FILE_TMPDIR/workplace
	mkdir -p "$E"/{disks,published}
	ln -s "$TOP/scripts" "$TOP/examples" "$E/"
	ln -s "$CPULEVEL_KDIR_A" "$E/old"
	ln -s "$CPULEVEL_KDIR_B" "$E/new"
	cp "$W"/out/*.iso "$E/published/"
	find "$W/disk/Packages" -name '*-modules-*' -exec rpm2cpio {} \; |
		(cd "$E" && cpio --quiet -idm)
	cp "$E"/lib/modules/*/updates/acme_edu.ko "$E/"
}

teardown_file() { stop_agent "$BATS_FILE_TMPDIR/trust"; }

setup() {
	have_kernels || skip "CPULEVEL_KDIR_A and CPULEVEL_KDIR_B name no kernel-devel folders"
	cd "$E" || return
}

# What stands for a reader's own kernel and key becomes ours.
ours() {	# KDIR
	sed -e "s#/usr/src/kernels/4.19.0+1\|\bKDIR\b#$1#; s#drivers@acme.example\|\bKEYID\b#$KEY#; s/^ *\\$ //"
}

readme() {	# HEADING -> the indented commands below it
	awk -v h="$1" '/^## / { on = index($0, h) } on && /^    / && !/mount|driver-disk status/' "$TOP/README.md"
}

manual() {	# PAGE -> its examples
	mandoc -T ascii "$TOP/man/$1" | col -bx |
		awk '/^[A-Z]/ { on = $0 == "EXAMPLES"; next } on && (/^ *(\$ |.*\.sh |--)/ || /^ +[^ ]*driver-kabi /)'
}

# run_all KDIR: run the commands on stdin as one script; all of them must be right.
run_all() {
	ours "$1" >commands
	cat commands
	[ -s commands ]
	bash -e commands
}

@test "README.md: a pool's admin" {
	export CPULEVEL_STORE=$BATS_TEST_TMPDIR/pool.db
	for host in haswell westmere; do cpulevel save --sysroot "$TOP/tests/golden/hosts/$host" "$host.host"; done
	# The two hosts join from their files, as the comment beside the command says.
	readme "For a pool's admin" | sed 's/^ *cpulevel pool join .*/cpulevel pool join haswell.host\ncpulevel pool join westmere.host/' >all
	[ "$(wc -l <all)" -eq 6 ]
	bash -e all
	grep -q '^cpuid' web1.cfg
}

@test "README.md: a hardware vendor makes a driver disk" {
	readme "For a hardware vendor" | run_all old
	[ -s "disks/acme-edu-1.1-$KA.iso" ]
}

@test "README.md: support staff look whether a driver still loads, and re-spin its disk" {
	cp published/*.iso disks/
	readme "For support staff" >all
	run bash -e <(head -n 1 all | ours new)
	[ "$status" -eq 3 ]
	[[ $output = changed*acme_edu.ko* ]]
	tail -n +2 all | run_all new
	[ -s "respun/acme-edu-1.1.respin1-$KB.iso" ]
}

@test "build-supplemental-pack(8)" {
	rm -rf disks
	manual build-supplemental-pack.8 | run_all old
	[ -s "disks/acme-edu-1.1-$KA.iso" ]
}

@test "respin-driver-disks(8)" {
	rm -rf respun
	manual respin-driver-disks.8 | run_all new
	[ -s "respun/acme-edu-1.1.respin1-$KB.iso" ]
}

@test "driver-kabi(1)" {
	manual driver-kabi.1 | sed 's/^ *\$ //' >all
	cat all
	[ "$(wc -l <all)" -eq 4 ]
	run bash <(sed -n 1p all)
	[ "$status" -eq 3 ]
	bash <(sed -n 2p all)
	[ "$(bash <(sed -n 3p all) | tail -n 1)" = "re-spin needed" ]
	bash <(sed -n 4p all) | grep -qx module_layout
}
