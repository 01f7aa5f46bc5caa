#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# What happens at a host's boot: the unit, and what it runs, on a machine whose module is of paper.
# In tests/vm the module is real.

# shellcheck disable=SC2030,SC2031 # each test has a store of its own
bats_require_minimum_version 1.5.0
load pool

setup_file() {
	build_command
	make -s -C "$TOP/lib" >&2
	${CC:-cc} -Wall -Wextra -Werror -D_GNU_SOURCE -O1 -fPIC -shared -I"$TOP/module/uapi" -o "$BATS_FILE_TMPDIR/machine.so" \
		"$BATS_TEST_DIRNAME/tools/this_machine.c" "$TOP"/build/libcpulevel.so -Wl,-rpath,"$TOP/build"
	make -s -C "$TOP/cli" install DESTDIR="$BATS_FILE_TMPDIR/root" >&2
}
setup() {
	new_store
	unset CPULEVEL_STORE
	UNIT=$BATS_FILE_TMPDIR/root/usr/lib/systemd/system/cpulevel-report.service
	export MACHINE=$PWD/machine CPULEVEL_STATE=$PWD/state
	mkdir machine
	has haswell
	ln -sfn "$(readlink machine/now)" machine/taken
}

# This machine's CPUs have what that host's have, from the next REFRESH on.
has() { ln -sfn "$HOSTS/$1" machine/now; }	# HOST
# The same but for words that are replaced in each set of HVM guests.
has_less() {	# HOST SCRIPT
	cp -r "$HOSTS/$1" "less-$1"
	sed -i "$2" "less-$1"/sys/class/misc/cpulevel/featuresets/hvm_*
	ln -sfn "$PWD/less-$1" machine/now
}
here() { LD_PRELOAD=$BATS_FILE_TMPDIR/machine.so "$@"; }	# COMMAND...

# What systemd makes of the unit: its condition, then its command, as it stands there.
boot() {
	local condition command

	condition=$(sed -n 's,^ConditionPathExists=/var/lib/cpulevel,,p' "$UNIT")
	read -ra command <<<"$(sed -n 's,^ExecStart=/usr/sbin/,,p' "$UNIT")"
	[[ $condition = /* && ${command[0]} = cpulevel ]] || return 99
	[[ ! -e $CPULEVEL_STATE$condition ]] || here "${command[@]}"
}

@test "the unit is one that systemd takes, and is wanted by what a dom0 boots" {
	[ "$(readlink "${UNIT%/*}/multi-user.target.wants/${UNIT##*/}")" = ../cpulevel-report.service ]
	sed "s,=/usr/sbin/cpulevel,=$TOP/build/cpulevel," "$UNIT" >cpulevel-report.service
	run -0 systemd-analyze verify --man=no ./cpulevel-report.service
	[ "$output" = "" ]
	# And so is what tries again, which is there.
	cp "${UNIT%/*}/$(sed -n 's/^OnFailure=//p' "$UNIT")" .
	run -0 systemd-analyze verify --man=no ./cpulevel-report-retry.service
	[ "$output" = "" ]
	sed -i 's/^Restart=.*/Type=oneshot\nRestart=always/' cpulevel-report-retry.service
	run systemd-analyze verify --man=no ./cpulevel-report-retry.service
	[[ $output = *Restart=* ]]
}

@test "a report that failed is made again, and one that was answered by a no is not" {
	local again status

	again=$(sed -n 's,^ExecStart=/bin/sh -c ,bash -c ,p' "${UNIT%/*}/cpulevel-report-retry.service")
	mkdir bin
	# shellcheck disable=SC2016 # for that shell
	printf '%s\n' '#!/bin/sh' 'echo "$*" >>asked' '[ $1 = show ] || exit $STATUS' 'echo ExecMainStatus=$STATUS' >bin/systemctl
	chmod +x bin/systemctl
	for status in 0 1; do STATUS=$status PATH=$PWD/bin:$PATH eval "$again"; done
	[ "$(sort asked | uniq -c | tr -s ' \n' ' ')" = " 1 show -p ExecMainStatus cpulevel-report 2 start cpulevel-report " ]
	for status in 2 127; do STATUS=$status PATH=$PWD/bin:$PATH run -1 eval "$again"; done
}

@test "a host without a pool is quiet, and all is well" {
	run -0 boot
	[ "$output" = "" ]
	# There are pools, but this machine is in none.
	here cpulevel pool join --store pool.db "$HOSTS/westmere" >/dev/null
	run -0 boot
	[ "$output" = "" ]
}

@test "whoever joins need not be told again which store and which host it is" {
	here cpulevel pool join --store pool.db --name h1 >/dev/null
	[ "$(jq -c '[.store, .name]' state/this-host.json)" = "[\"$PWD/pool.db\",\"h1\"]" ]
	cd /
	run -0 boot
	[[ $output = "host              h1"* ]]
	[ "$(cpulevel pool level --json | jq .hosts)" = 1 ]
	here cpulevel vm start web --type pvh >/dev/null
	[ "$(cpulevel vm show web --json | jq -r .host)" = h1 ]
	# Who names another store means it.
	run -2 cpulevel pool level --store nowhere.db
}

@test "a boot with other microcode lowers the level, and the system's log names the features" {
	here cpulevel pool join --store pool.db --name h1 >/dev/null
	before=$(level)
	has_less haswell 's/-000007ab-/-0000078b-/'
	run -0 --separate-stderr boot
	# shellcheck disable=SC2154 # bats sets it
	[ "$stderr" = "cpulevel: h1: lowers the HVM level of pool lab: VMs that start now lack AVX2" ]
	[ "$(cat machine/log)" = "<4>host h1 lowers the HVM level of pool lab: VMs that start now lack AVX2" ]
	[ "$(level)" = "${before/-000007ab-/-0000078b-}" ]
	# And back, as after `systemctl restart cpulevel-report`.
	has haswell
	run -0 boot
	[ "$(level)" = "$before" ]
	[ "$(wc -l <machine/log)" = 1 ]
}

@test "without the module the unit fails and says so, for the host is in a pool" {
	here cpulevel pool join --store pool.db >/dev/null
	here() { "$@"; }
	[[ ! -e /dev/cpulevel ]] || skip "this machine has the module"
	run -2 boot
	[[ $output = "cpulevel: /dev/cpulevel: not there; load the module cpulevel"* ]]
}

@test "a host that has left is quiet again, be it by another machine's word" {
	here cpulevel pool join --store pool.db --name h1 >/dev/null
	cpulevel pool leave h1 >/dev/null
	run -0 boot
	[ "$output" = "" ]
	here cpulevel pool join --store pool.db --name h1 >/dev/null
	CPULEVEL_STATE=$PWD/others cpulevel pool leave h1 --store pool.db >/dev/null
	run -2 boot
	[[ $output = "cpulevel: h1: "* ]]
	run -0 boot
	[ "$output" = "" ]
}

@test "an import or an older release is no obstacle: a report by hand is kept, too" {
	cpulevel pool join --store pool.db --name h1 "$HOSTS/haswell" >/dev/null
	run -0 boot
	[ "$output" = "" ]
	here cpulevel pool report --store pool.db --name h1 >/dev/null
	run -0 boot
	[[ $output = "host              h1"* ]]
}

uuid() { printf '%s\n' "$1" >machine/uuid; }	# UUID: this machine's, by its firmware

A=4c4c4544-0051-3710-8054-b7c04f345931 B=4c4c4544-0051-3710-8054-b7c04f345932

@test "a copy of a dom0's disk in another machine does not report as the first one" {
	uuid $A
	here cpulevel pool join --store pool.db --name h1 >/dev/null
	run -0 boot
	before=$(cpulevel pool export)
	uuid $B
	has westmere
	run -1 boot
	[[ $output = "cpulevel: h1: is another machine than the one that reported as it until now;"* && ${#lines[@]} = 1 ]]
	[[ $output = *"join it as another host, with --name"*"--force"* ]]
	[ "$(cpulevel pool export)" = "$before" ]
	# Nor can it join under that name, be its CPUs the same.
	has haswell
	run -2 here cpulevel pool join --store pool.db --name h1
	[[ $output = *"h1: another host of that name, of another machine, is in pool lab; give one of them another name" ]]
	# As another host it is welcome, and the first one goes on.
	here cpulevel pool join --name h2 >/dev/null
	run -0 boot
	[[ $output = "host              h2"* ]]
	uuid $A
	here cpulevel pool report --name h1
	[ "$(cpulevel pool level --json | jq .hosts)" = 2 ]
}

@test "a machine that was exchanged takes the host's place if the admin says so" {
	uuid $A
	here cpulevel pool join --store pool.db --name h1 >/dev/null
	uuid $B
	run -1 boot
	run -0 here cpulevel pool report --force
	run -0 boot
	uuid $A
	run -1 boot
}

@test "a machine is only told from another if both have a UUID, and the same one may be installed anew" {
	here cpulevel pool join --store pool.db --name h1 >/dev/null
	uuid $A
	run -0 boot
	uuid ''
	run -0 boot
	rm machine/uuid
	run -0 boot
	# What does not say who it is is no other: the record keeps what it had.
	cpulevel pool report --name h1 "$HOSTS/haswell"
	uuid ${A^^}
	rm -r state
	run -0 here cpulevel pool report --store pool.db --name h1
	uuid $B
	run -1 boot
}
