#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# `cpulevel vm start --run`: the record before, while and after xl creates the domain, and what Xen gave it.
# Xen's tools are of paper here, and real in tests/vm.  As pool-run-on-etcd.bats, which is this file, over etcd.

# shellcheck disable=SC2030,SC2031 # each test has a store of its own
bats_require_minimum_version 1.5.0
load pool

setup_file() {
	build_command
	start_store
}
teardown_file() { stop_store; }

# A machine called as a captured host, and its tools: xl keeps what it was asked, xen-cpuid knows the domain's policy.
setup() {
	new_store
	HERE=$(uname -n)
	mkdir bin
	cat >bin/xl <<-'END'
		#!/bin/bash
		case $1 in
		domid) echo 7 ;;
		*)
			printf '%s\n' "$@" >asked
			[[ ! -e slow ]] || { echo $$ >pid; exec sleep 60; }
			exit ${XL_EXIT:-0} ;;
		esac
	END
	cat >bin/xen-cpuid <<-'END'
		#!/bin/bash
		[[ $* = "-p 7" ]] || exit 1
		cat policy 2>/dev/null
	END
	chmod +x bin/*
	touch web.cfg db.cfg known.cfg new.cfg
	PATH=$PWD/bin:$PATH
	cpulevel pool join --name "$HERE" "$HOSTS/haswell" >/dev/null
}

# What Xen gives the domain: the level, changed by sed.
gives() {	# [SCRIPT]
	local -a w

	IFS=- read -ra w <<<"$(level | sed "${1-}")"
	{
		echo 'Domain 7 policy: 6 leaves, 0 MSRs'
		echo ' CPUID:'
		echo '  leaf     subleaf  -> eax      ebx      ecx      edx     '
		echo '  00000000:ffffffff -> 0000000d:756e6547:6c65746e:49656e69'
		echo "  00000001:ffffffff -> 000306f2:00000800:${w[1]}:${w[0]}"
		printf '  00000007:00000000 -> 00000000:%s:%s:%s\n' "${w[5]}" "${w[6]}" "${w[9]}"
		printf '  0000000d:00000001 -> %s:00000000:00000000:00000000\n' "${w[4]}"
		printf '  80000000:ffffffff -> 80000008:00000000:00000000:00000000\n'
		printf '  80000001:ffffffff -> 00000000:00000000:%s:%s\n' "${w[3]}" "${w[2]}"
		printf '  80000007:ffffffff -> 00000000:00000000:00000000:%s\n' "${w[7]}"
		printf '  80000008:ffffffff -> 00003030:%s:00000000:00000000\n' "${w[8]}"
	} >policy
}

what() { cpulevel vm show "$1" --json | jq -c '[.state, .host, .pending_host, .flags]'; }

@test "the VM is created from its configuration, and recorded with what Xen gave it" {
	gives
	run -0 --separate-stderr cpulevel vm start web --type pvh --xl web.cfg --run
	[ "$(cat asked)" = "$(printf 'create\nweb.cfg\nname="web"')" ]
	grep -q '^cpuid = "host' web.cfg
	[[ $output != *not_given* && $output != *not_asked_for* && $output = *"xl                web.cfg"* ]]
	[ "$(what web)" = "[\"running\",\"$HERE\",null,[]]" ]
	[ "$(cpulevel vm show web --json | jq -r .features)" = "$(level)" ]
}

@test "what Xen dropped or added is named, and that is what is recorded" {
	gives 's/-000007ab-/-0000078b-/; s/^1fcbfbff/9fcbfbff/'
	run -0 --separate-stderr cpulevel vm start web --type pvh --xl web.cfg --run
	[[ $output = *"not_given         AVX2"* && $output = *"not_asked_for     PBE"* ]]
	[[ "$(cpulevel vm show web --json | jq -r .features)" = 9fcbfbff-*-0000078b-* ]]
}

@test "if xl fails the store is as it was before, be the VM known or new" {
	gives
	cpulevel vm start known --type pvh --host "$HERE" >/dev/null
	cpulevel vm stop known >/dev/null
	before=$(cpulevel pool export | jq .records)
	for vm in known new; do
		echo "# of $vm" >$vm.cfg
		XL_EXIT=3 run -2 cpulevel vm start $vm --type pvh --xl $vm.cfg --run
		[[ $output = "cpulevel: xl: create of $vm.cfg failed; the VM does not run" ]]
		[ "$(cpulevel pool export | jq .records)" = "$before" ]
		[ "$(cat $vm.cfg)" = "# of $vm" ]
	done
	# Nor if there is no xl, or the configuration cannot be written.
	rm bin/xl
	PATH=$PWD/bin:$TOP/build:/bin run -2 cpulevel vm start new --type pvh --xl new.cfg --run
	[[ $output = "cpulevel: xl: no such command here; the VM does not run" ]]
	run -2 cpulevel vm start new --type pvh --xl none/new.cfg --run
	[ "$(cpulevel pool export | jq .records)" = "$before" ]
}

# A start by an xl that does not end, and its number.
begin_start() {	# VM
	touch slow
	rm -f pid
	cpulevel vm start "$1" --type pvh --xl "$1.cfg" --run 3>&- &
	STARTING=$!
	for _ in $(seq 100); do [[ ! -s pid ]] || return 0; sleep 0.1; done
	return 1
}

@test "a start that is killed half-way is no lie: nothing is done until somebody says what came of it" {
	gives
	begin_start web
	for verb in "start web" "suspend web" "reboot web" "checkpoint web x" "migrate web --host $HERE"; do
		# shellcheck disable=SC2086 # words
		run -2 cpulevel vm $verb
		[[ $output = *"web: is being started on $HERE, or was when the command was killed; say what came of it with "* ]]
	done
	kill -KILL $STARTING "$(cat pid)"
	[ "$(what web)" = "[\"running\",\"$HERE\",\"$HERE\",[]]" ]
	[[ "$(cpulevel vm show web)" = *"say whether it runs: cpulevel vm adopt --host, or vm stop"* ]]
	# It had started.
	cpulevel vm adopt web --host "$HERE" --features - <policy
	[ "$(what web)" = "[\"running\",\"$HERE\",null,[]]" ]
	[ "$(cpulevel vm show web --json | jq -r .features)" = "$(level)" ]
	# It had not.
	cpulevel vm stop web
	begin_start web
	kill -KILL $STARTING "$(cat pid)"
	cpulevel vm stop web
	[ "$(what web)" = '["halted",null,null,[]]' ]
	rm slow
	cpulevel vm start web --xl web.cfg --run
}

@test "where Xen cannot be asked the VM runs all the same, and that is an error" {
	gives
	echo nonsense >policy
	run -2 cpulevel vm start web --type pvh --xl web.cfg --run
	[[ $output = *"web: what Xen gave the VM is not known, and it is recorded with what was asked for"* ]]
	rm policy
	run -2 cpulevel vm start db --type pvh --xl db.cfg --run
	[[ $output = *"xen-cpuid: -p of 7 failed; what Xen gave the VM is not known"* ]]
	for vm in web db; do
		[ "$(what $vm)" = "[\"running\",\"$HERE\",null,[]]" ]
		[ "$(cpulevel vm show $vm --json | jq -r .features)" = "$(level)" ]
	done
}

@test "it is for this machine, from a file, and for a name that xl takes for one" {
	join westmere
	run -2 cpulevel vm start web --type pvh --host westmere --xl web.cfg --run
	[[ $output = *"westmere: is not this machine, which is $HERE; only here --run can start a VM"* ]]
	run -2 cpulevel vm start web --type pvh --run
	[[ $output = *"--run: starts the VM from its configuration; name that with --xl"* ]]
	run -2 cpulevel vm start 12 --type pvh --xl web.cfg --run
	[[ $output = *"12: xl takes for the number of a domain"* ]]
	run -2 cpulevel vm start "$(printf 'v%0400d' 0)" --type pvh --xl web.cfg --run
	[ "$(cpulevel vm list)" = "" ]
	gives
	cpulevel vm start "my \"vm\"\\" --type pvh --xl web.cfg --run
	[ "$(sed -n 3p asked)" = 'name="my \"vm\"\\"' ]
}
