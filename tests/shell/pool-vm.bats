#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The command's VMs: what they get, where they may go, what is said of them.
# As pool-vm-on-etcd.bats, which is this file, all of it over a store in etcd.

# shellcheck disable=SC2030,SC2031 # each test has a store of its own
bats_require_minimum_version 1.5.0
load pool

setup_file() {
	build_command
	start_store
}
teardown_file() { stop_store; }
setup() { new_store; }

@test "a VM gets the level when it starts, keeps it, and gets the present one by a reboot" {
	join haswell
	high=$(level)
	cpulevel vm start web --type pvh --host haswell
	join westmere
	[ "$(cpulevel vm show web --json | jq -r .features)" = "$high" ]
	[ "$(cpulevel vm show web --json | jq -c '[.above_level[] | select(. == "AVX2")]')" = '["AVX2"]' ]
	cpulevel vm suspend web
	cpulevel vm resume web
	[ "$(cpulevel vm show web --json | jq -r .features)" = "$high" ]
	[[ "$(cpulevel vm reboot web --self)" = *"it has kept its features"* ]]
	[ "$(cpulevel vm show web --json | jq -r .features)" = "$high" ]
	[ "$(cpulevel vm show web --json | jq -c .flags)" = '["rebooted"]' ]
	cpulevel vm reboot web
	[ "$(cpulevel vm show web --json | jq -r .features)" = "$(level)" ]
	[ "$(cpulevel vm show web --json | jq -c .flags)" = '[]' ]
}

@test "a move to a lesser host is refused, naming each feature; a VM at the level may go" {
	join haswell
	cpulevel vm start old --type hvm --host haswell
	join westmere
	cpulevel vm start new --type hvm --host haswell
	run -1 cpulevel vm migrate old --host westmere --check
	[[ $output = *"AVX2 (7:0.ebx[5]): westmere lacks it"* ]]
	run -1 cpulevel vm migrate old --host westmere
	[ "$(cpulevel vm show old --json | jq -r .host)" = haswell ]
	[ "$(cpulevel vm migrate new --host westmere --json | jq -r .command)" = "xl migrate new westmere" ]
	cpulevel vm migrate new --done
	[ "$(cpulevel vm show new --json | jq -r .host)" = westmere ]
	[ "$(cpulevel vm migrate new --host haswell --for xapi --json | jq -r .command)" = "xe vm-migrate vm=new host=haswell live=true" ]
}

@test "--force is done, marked until the VM starts afresh, and recorded" {
	join haswell
	cpulevel vm start old --type hvm --host haswell
	join westmere
	moves old --host westmere --force
	[ "$(cpulevel vm show old --json | jq -c '[.host, .flags]')" = '["westmere",["forced"]]' ]
	[ "$(cpulevel pool history --json | jq -c '.changes[-1] | [.verb, .subject, .object, .forced]')" = '["migrate","old","westmere",true]' ]
	cpulevel vm reboot old
	[ "$(cpulevel vm show old --json | jq -c .flags)" = '[]' ]
}

@test "with --run the command is run, and a VM whose move fails stays where it was" {
	join haswell westmere
	cpulevel vm start web --type pvh --host haswell
	mkdir bin
	# shellcheck disable=SC2016 # for that shell
	printf '#!/bin/sh\necho "$@" >ran\nexit ${XL_EXIT:-0}\n' >bin/xl
	chmod +x bin/xl
	PATH=$PWD/bin:$PATH cpulevel vm migrate web --host westmere --run
	[ "$(cat ran)" = "migrate web westmere" ]
	[ "$(cpulevel vm show web --json | jq -r .host)" = westmere ]
	XL_EXIT=3 PATH=$PWD/bin:$PATH run -2 cpulevel vm migrate web --host haswell --run
	[[ $output = *"xl: migrate of web failed; the VM stays where it is"* ]]
	[ "$(cpulevel vm show web --json | jq -r .host)" = westmere ]
}

# A move by a command that does not end, and its number.
begin_move() {	# VM HOST
	mkdir -p bin
	printf '#!/bin/sh\necho $$ >pid\nexec sleep 60\n' >bin/xl
	chmod +x bin/xl
	rm -f pid
	PATH=$PWD/bin:$PATH cpulevel vm migrate "$1" --host "$2" --run 3>&- &
	MOVING=$!
	for _ in $(seq 100); do [[ ! -s pid ]] || return 0; sleep 0.1; done
	return 1
}

where() { cpulevel vm show "$1" --json | jq -c '[.state, .host, .pending_host, .flags, .features]'; }

@test "a move that is killed half-way is no lie: the VM may be here or there until somebody says" {
	join haswell westmere
	cpulevel pool join --name third "$HOSTS/haswell"
	cpulevel vm start web --type pvh --host haswell
	level=$(level)
	begin_move web westmere
	for verb in "migrate web --host third" "suspend web" "reboot web" "start web --host westmere" "checkpoint web x"; do
		# shellcheck disable=SC2086 # words
		run -2 cpulevel vm $verb
		[[ $output = *"web: has a pending move from haswell to westmere; say what came of it with \`cpulevel vm migrate web --done\` or \`--abort\`"* ]]
	done
	kill -KILL $MOVING "$(cat pid)"
	[ "$(where web)" = "[\"running\",\"haswell\",\"westmere\",[],\"$level\"]" ]
	run -0 cpulevel vm show web
	[[ $output = *"pending           moving"*"pending_host      westmere"*"when it has moved: cpulevel vm migrate --done; if it does not: --abort"* ]]
	run -2 cpulevel vm adopt web --host third
	# It had gone there.
	cpulevel vm adopt web --host westmere
	[ "$(where web)" = "[\"running\",\"westmere\",null,[],\"$level\"]" ]
	[ "$(cpulevel pool leave haswell | grep -c hosts)" = 1 ]
	join haswell
	# It had not, and then it had been destroyed.
	begin_move web haswell
	kill -KILL $MOVING "$(cat pid)"
	cpulevel vm adopt web --host westmere
	[ "$(where web)" = "[\"running\",\"westmere\",null,[],\"$level\"]" ]
	begin_move web haswell
	kill -KILL $MOVING "$(cat pid)"
	cpulevel vm stop web
	[ "$(where web)" = '["halted",null,null,[],null]' ]
}

@test "a move of what was recorded otherwise meanwhile is said to be so" {
	join haswell westmere
	cpulevel vm start web --type pvh --host haswell
	begin_move web westmere 2>said
	cpulevel vm stop web
	# The move ends well.
	printf '#!/bin/sh\nexit 0\n' >bin/xl
	kill "$(cat pid)"
	wait $MOVING || true
	[ "$(where web)" = '["halted",null,null,[],null]' ]
	grep -q 'web: has no pending move; see .cpulevel vm show' said
}

@test "a move whose command is only printed is pending until somebody says what came of it" {
	join haswell westmere
	cpulevel vm start web --type pvh --host haswell
	run -0 cpulevel vm migrate web --host westmere
	[[ $output = *"pending           moving"*"command           xl migrate web westmere"* ]]
	[ "$(where web)" = "[\"running\",\"haswell\",\"westmere\",[],\"$(level)\"]" ]
	# It may be on either.
	for host in haswell westmere; do
		run -2 cpulevel pool leave $host
		[[ $output = *"$host: 1 VMs run there"*", the first is web"* ]]
	done
	[[ $output = *"run there or move to it"* ]]
	cpulevel vm migrate web --abort
	[ "$(where web)" = "[\"running\",\"haswell\",null,[],\"$(level)\"]" ]
	for end in --done --abort; do
		run -2 cpulevel vm migrate web $end
		[[ $output = *"web: has no pending move; see "* ]]
	done
	cpulevel vm migrate web --host westmere
	run -2 cpulevel vm migrate web --done --abort
	run -2 cpulevel vm migrate web --done --host haswell
	cpulevel vm migrate web --done
	[ "$(where web)" = "[\"running\",\"westmere\",null,[],\"$(level)\"]" ]
	level=$(level)
	cpulevel pool leave haswell
	join haswell
	# With the host that it was to move to, the move is lost and not the VM.
	cpulevel vm migrate web --host haswell
	cpulevel pool leave haswell --force
	[ "$(where web)" = "[\"running\",\"westmere\",null,[],\"$level\"]" ]
	# What does not run has nothing to wait for, and on its own host xl moves nothing.
	join haswell
	cpulevel vm migrate web --host westmere
	cpulevel vm suspend web
	cpulevel vm migrate web --host haswell
	[ "$(where web)" = "[\"suspended\",\"haswell\",null,[],\"$level\"]" ]
}

@test "a move on the same host that is killed is a move, and no start" {
	join haswell
	cpulevel vm start web --type pvh --host haswell
	mkdir bin
	printf '#!/bin/sh\necho $$ >pid\nexec sleep 60\n' >bin/xe
	chmod +x bin/xe
	PATH=$PWD/bin:$PATH cpulevel vm migrate web --host haswell --run --for xapi 3>&- &
	for _ in $(seq 100); do [[ ! -s pid ]] || break; sleep 0.1; done
	kill -KILL $! "$(cat pid)"
	[[ "$(cpulevel vm show web)" = *"pending           moving"*"when it has moved: "* ]]
	run -2 cpulevel vm start web --host haswell
	[[ $output != *"is being started"* && $output = *"web: has a pending move from haswell to haswell"* ]]
	cpulevel vm migrate web --abort
	[ "$(where web)" = "[\"running\",\"haswell\",null,[],\"$(level)\"]" ]
}

@test "records of an earlier release say what is pending" {
	join haswell westmere
	cpulevel vm start moved --type pvh --host haswell
	cpulevel vm start begun --type pvh --host haswell
	cpulevel pool export | jq '.records["vm/moved"] |= sub("end\n$"; "moving_to westmere\nmoving_since 1700000000\nend\n")
		| .records["vm/begun"] |= sub("end\n$"; "moving_to haswell\nmoving_since 1700000000\nend\n")' >old.json
	CPULEVEL_STORE=$(other_store old)
	cpulevel pool import old.json
	[ "$(cpulevel vm show moved --json | jq -c '[.pending, .pending_host, .pending_since]')" = '["moving","westmere","2023-11-14T22:13:20Z"]' ]
	[ "$(cpulevel vm show begun --json | jq -r .pending)" = starting ]
	cpulevel vm migrate moved --done
	[ "$(where moved | jq -c '.[:3]')" = '["running","westmere",null]' ]
}

@test "a VM that came without a record is assumed to have all its host can give" {
	join haswell westmere
	cpulevel vm adopt in --type hvm --host haswell
	[ "$(cpulevel vm show in --json | jq -c .flags)" = '["assumed"]' ]
	[ "$(cpulevel vm show in --json | jq -r .features)" = "$(cat "$HOSTS"/haswell/sys/class/misc/cpulevel/featuresets/hvm_max)" ]
	run -1 cpulevel vm migrate in --host westmere
	cpulevel vm stop in
	cpulevel vm start in --host haswell
	moves in --host westmere
}

@test "an old record of four words is extended with its host's, a longer one with zeros" {
	join haswell
	max=$(cat "$HOSTS"/haswell/sys/class/misc/cpulevel/featuresets/hvm_max)
	cpulevel vm adopt four --type hvm --host haswell --features 1-2-0-1
	[ "$(cpulevel vm show four --json | jq -r .features)" = "00000001-00000002-00000000-00000001-${max#*-*-*-*-}" ]
	cpulevel vm adopt five --type hvm --host haswell --features 1-2-0-1-0
	[[ "$(cpulevel vm show five --json | jq -r .features)" =~ ^00000001-00000002-00000000-00000001(-00000000)+$ ]]
	run -1 cpulevel vm adopt amd --type hvm --host haswell --features 1 --vendor AuthenticAMD
	[[ $output = *"amd was started on CPUs of AuthenticAMD"* || $output = *"vendor"* ]]
}

@test "what Xen really gave is read back, and what it did not give is named" {
	join haswell
	cpulevel vm start web --type pvh --host haswell
	given=$(cpulevel vm show web --json | jq -r .features | sed 's/-000007ab-/-0000078b-/')
	run -0 cpulevel vm adopt web --host haswell --features "$given"
	[[ $output = *"not_given         AVX2"* ]]
	[ "$(cpulevel vm show web --json | jq -r .features)" = "$given" ]
}

@test "it is read back from the domain's policy, as xen-cpuid -p prints it" {
	join haswell
	cpulevel vm start web --type pv --host haswell
	# A real one, of a host; a domain's has but another title.
	domain_policy >policy
	[ -s policy ]
	cpulevel vm adopt web --host haswell --features - --force <policy
	[ "$(cpulevel vm show web --json | jq -r .features)" = \
		"$(cpulevel show "$TOP/tests/data/xen-cpuid-p.txt" --json | jq -r .featuresets.pv_default.hex)" ]
	run -2 cpulevel vm adopt web --host haswell --features "$HOSTS/haswell"
	[[ $output = *"Is a directory; give what xen-cpuid -p DOMID prints"* ]]
	cpulevel save --sysroot "$HOSTS/haswell" host
	run -2 cpulevel vm adopt web --host haswell --features host
	[[ $output = *"is no policy of a domain"* ]]
	# As it prints those of the host when it is given no domain.
	run -2 cpulevel vm adopt web --host haswell --features "$TOP/tests/data/xen-cpuid-p.txt"
	[[ $output = *"is no policy of a domain"* ]]
}

# What xen-cpuid -p prints of a domain, from a real policy.
domain_policy() {
	sed -n '/^PV Default policy/,/^HVM/p' "$TOP/tests/data/xen-cpuid-p.txt" | sed '1s/PV Default/Domain 5/; /^HVM/d'
}

blank_lines() { head -c "$1" /dev/zero | tr '\0' '\n'; }

@test "a domain's policy is read to its end, and one that was cut short or is not alone is refused" {
	join haswell
	cpulevel vm start web --type pv --host haswell
	domain_policy >policy
	{ sed '/80000001/,$d' policy; blank_lines 1048576; sed -n '/80000001/,$p' policy; } >long
	cpulevel vm adopt web --host haswell --features long --force
	[ "$(cpulevel vm show web --json | jq -r .features)" = \
		"$(cpulevel show "$TOP/tests/data/xen-cpuid-p.txt" --json | jq -r .featuresets.pv_default.hex)" ]
	{ cat policy; blank_lines 17000000; } >longer
	run -2 cpulevel vm adopt web --host haswell --features longer --force
	[[ $output = *"larger than 16 MiB"* ]]
	head -n -1 policy >short
	run -2 cpulevel vm adopt web --host haswell --features short --force
	[[ $output = *"short: 1 of 2 MSRs, it was cut short"* ]]
	head -c -1 policy >half
	run -2 cpulevel vm adopt web --host haswell --features half --force
	[[ $output = *"line does not end, it was cut short"* ]]
	cat policy policy >two
	run -2 cpulevel vm adopt web --host haswell --features two --force
	[[ $output = *"two:25: "*"a second policy"* ]]
}

@test "what AMD's leaf 0x80000001 repeats of leaf 1 is not taken for features that Xen gave besides" {
	join epyc
	cpulevel vm start web --type pvh --host epyc
	recorded=$(cpulevel vm show web --json | jq -r .features)
	IFS=- read -ra w <<<"$recorded"
	{
		echo 'Domain 5 policy: 3 leaves, 0 MSRs'
		echo ' CPUID:'
		echo '  leaf     subleaf  -> eax      ebx      ecx      edx     '
		echo '  00000000:ffffffff -> 0000000d:68747541:444d4163:69746e65'
		echo "  00000001:ffffffff -> 00800f12:00000800:${w[1]}:${w[0]}"
		printf '  00000007:00000000 -> 00000000:%s:%s:%s\n' "${w[5]}" "${w[6]}" "${w[9]}"
		printf '  0000000d:00000001 -> %s:00000000:00000000:00000000\n' "${w[4]}"
		printf '  80000000:ffffffff -> 80000008:68747541:444d4163:69746e65\n'
		printf '  80000001:ffffffff -> 00800f12:00000000:%s:%08x\n' "${w[3]}" $((0x${w[2]} | 0x0183f3ff & 0x${w[0]}))
		printf '  80000008:ffffffff -> 00003030:%s:00000000:00000000\n' "${w[8]}"
	} >policy
	run -0 cpulevel vm adopt web --host epyc --features - <policy
	[[ $output != *not_asked_for* && $output != *not_given* ]]
	[ "$(cpulevel vm show web --json | jq -r .features)" = "$recorded" ]
}

# Two hosts with the features of haswell; HVM guests of few number and bring along no more than 8 extended leaves.
with_leaves() {
	local more='/^end/i hvm_default_leaves 0000000d-00000000-80000008\nhvm_max_leaves 0000000d-00000002-'

	cpulevel pool join "$(host_file many haswell "${more}8000001e")" >/dev/null
	cpulevel pool join "$(host_file few haswell "${more}80000008")" >/dev/null
	cpulevel pool join "$(host_file silent haswell)" >/dev/null
}

# Read back on many, web has more of them than it is given by default.
adopt_more() {
	domain_policy | sed 's/^  80000000:ffffffff -> 80000008/  80000000:ffffffff -> 8000001e/' >policy
	cpulevel vm adopt web --host many --features policy --force
}

@test "a host that accepts fewer CPUID leaves than the VM has is a no that says so, in an export too" {
	with_leaves
	join westmere
	cpulevel vm start web --type pvh --host many
	[ "$(cpulevel vm show web --json | jq -r .max_leaves)" = 0000000d-00000000-80000008 ]
	cpulevel vm migrate web --host few --check
	adopt_more
	[ "$(cpulevel vm show web --json | jq -r .max_leaves)" = 0000000d-00000000-8000001e ]
	run -1 cpulevel vm migrate web --host few --check
	[[ $output = *"answer            blocked: too many CPUID leaves"* ]]
	[[ $output = *"because           web has CPUID leaves up to 0x8000001e, and Xen on few rejects a VM with more than 0x80000008; started afresh there it has no more"* ]]
	[ "$(cpulevel vm migrate web --host few --check --json | jq -c '[.allowed, .answer, .missing, .too_many_leaves]')" = \
		'[false,"leaves",[],{"leaf":"80000000","vm":"8000001e","host":"80000008"}]' ]
	[ "$(cpulevel vm show web | grep few:)" = "  few: no, it accepts fewer CPUID leaves" ]
	cpulevel vm migrate web --host silent --check
	cpulevel pool export >export.json
	CPULEVEL_STORE=$(other_store again)
	cpulevel pool import export.json
	run -1 cpulevel vm migrate web --host few --check
	[[ $output = *"answer            blocked: too many CPUID leaves"* ]]
	cpulevel vm suspend web
	run -1 cpulevel vm resume web --host few --check
	[[ $output = *"answer            blocked: too many CPUID leaves"* ]]
}

@test "the max leaves of a VM are not known of a store or a host that is older: the verdict is on features alone" {
	with_leaves
	cpulevel vm start web --type pvh --host silent
	[ "$(cpulevel vm show web --json | jq .max_leaves)" = null ]
	cpulevel vm migrate web --host few --check
	cpulevel pool export | jq '.records |= map_values(gsub("(?m)^(leaves|[a-z_]+_leaves) .*\n"; ""))' >older.json
	run -1 grep -c leaves older.json
	CPULEVEL_STORE=$(other_store older)
	cpulevel pool import older.json
	cpulevel vm migrate web --host few --check
}

@test "a VM that is elsewhere cannot start, nor be adopted; nor can a host with VMs leave" {
	join haswell westmere
	cpulevel vm start web --type pvh --host haswell
	run -2 cpulevel vm start web --host westmere
	[[ $output = *"web: runs on haswell already"* ]]
	run -2 cpulevel vm adopt web --host westmere
	[[ $output = *"web: runs on haswell already"* ]]
	run -2 cpulevel pool leave haswell
	[[ $output = *"1 VMs run there, the first is web"* ]]
	cpulevel pool leave haswell --force
	[ "$(cpulevel vm show web --json | jq -r .state)" = halted ]
}

@test "a checkpoint's memory pins its features" {
	join haswell
	cpulevel vm start web --type pvh --host haswell
	cpulevel vm checkpoint web before
	cpulevel vm checkpoint web disks --disks
	join westmere
	cpulevel vm reboot web
	moves web --host westmere
	run -1 cpulevel vm revert web before --host westmere
	[[ $output = *"AVX2"* ]]
	cpulevel vm revert web before --host haswell
	[[ "$(cpulevel vm show web --json | jq -c .above_level)" = *AVX2* ]]
	cpulevel vm revert web disks
	[ "$(cpulevel vm show web --json | jq -r .state)" = halted ]
}

@test "into another pool a VM has to fit every host of it, or it is stranded" {
	join haswell
	cpulevel vm start web --type pvh --host haswell
	cpulevel pool create far
	cpulevel pool join --pool far --name far1 "$HOSTS/haswell"
	cpulevel pool join --pool far --name far2 "$HOSTS/westmere"
	run -1 cpulevel vm migrate web --host far1 --check
	[[ $output = *"answer            stranded"* ]]
	[[ $output = *"AVX2 (7:0.ebx[5]): far2 lacks it"* ]]
	moves web --host far1 --allow-stranded
	[ "$(cpulevel vm show web --json | jq -c '[.pool, .host, .flags]')" = '["far","far1",["stranded"]]' ]
	[[ "$(cpulevel pool history --pool far | tail -n 1)" = *"migrate web far1 (stranded)" ]]
	[ "$(cpulevel pool history --pool far --json | jq -c '.changes[-1] | [.forced, .stranded]')" = '[false,true]' ]
	cpulevel vm migrate web --host haswell --json | jq -e '.command == "xl migrate web haswell"'
}

@test "the command for xapi names the other pool and its host, and no password" {
	join haswell
	cpulevel vm start web --type pvh --host haswell
	cpulevel pool create far
	cpulevel pool join --pool far --name far1 "$HOSTS/haswell"
	[ "$(cpulevel vm migrate web --host far1 --for xapi --json | jq -r .command)" = \
		"xe vm-migrate vm=web remote-master=MASTER remote-username=USER remote-password=PASSWORD host=far1 live=true" ]
	cpulevel vm migrate web --abort
	run -2 cpulevel vm migrate web --host far1 --for xapi --run
	[[ $output = *"--run: a move to another pool needs that pool's password, which is put on no command line here; run what is printed without --run, and then --done"* ]]
	[ "$(where web | jq -c '.[:3]')" = '["running","haswell",null]' ]
}

@test "into another pool it has to fit every host of it in CPUID leaves too, and so has its checkpoint" {
	with_leaves
	cpulevel pool create far
	cpulevel pool join --pool far --name far1 many.host
	cpulevel pool join --pool far --name far2 silent.host
	cpulevel vm start web --type pvh --host many
	adopt_more
	cpulevel vm checkpoint web before
	cpulevel vm migrate web --host far1 --check
	cpulevel pool join --pool far --name far3 few.host
	run -1 cpulevel vm migrate web --host far1
	[[ $output = *"answer            stranded"* ]]
	[[ $output = *"because           web fits host far1 but not every host of pool far"* ]]
	[[ $output = *"CPUID leaves up to 0x8000001e: far3 accepts no more than 0x80000008"* ]]
	[ "$(cpulevel vm migrate web --host far1 --check --json | jq -c '[.allowed, .answer, .missing, .too_many_leaves]')" = \
		'[false,"stranded",[],{"leaf":"80000000","vm":"8000001e","host":"80000008"}]' ]
	cpulevel pool join --pool far --name far4 few.host
	run -1 cpulevel vm migrate web --host far1 --check
	[[ $output = *"CPUID leaves up to 0x8000001e: far3 and far4 accept fewer, one no more than 0x80000008"* ]]
	cpulevel pool export >export.json
	CPULEVEL_STORE=$(other_store again)
	cpulevel pool import export.json
	cpulevel vm stop web
	run -1 cpulevel vm migrate web --pool far
	[[ $output = *"because           before does not fit every host of pool far"* ]]
	[[ $output = *"CPUID leaves up to 0x8000001e: far3 and far4 accept fewer"* ]]
	cpulevel vm revert web before --host far1 --allow-stranded
	[ "$(cpulevel vm show web --json | jq -c '[.pool, .host, .flags]')" = '["far","far1",["stranded"]]' ]
}

@test "a checkpoint strands its VM too, be it halted; on the same host disks always move" {
	join haswell
	cpulevel vm start web --type pvh --host haswell
	cpulevel vm checkpoint web before
	cpulevel vm stop web
	cpulevel pool create far
	cpulevel pool join --pool far --name far2 "$HOSTS/westmere"
	run -1 cpulevel vm migrate web --pool far
	[[ $output = *"before does not fit every host of pool far"* ]]
	cpulevel vm start web --host haswell
	cpulevel vm migrate web --host haswell
}

@test "halted VMs and users' templates are copied, the system's and running ones are not" {
	join haswell
	cpulevel pool create far
	cpulevel vm start web --type pvh --host haswell
	run -2 cpulevel vm copy web web2
	[[ $output = *"is running on haswell, and has to be halted for that"* ]]
	cpulevel vm stop web
	cpulevel vm copy web web2 --pool far
	[ "$(cpulevel vm show web2 --json | jq -r .pool)" = far ]
	cpulevel vm adopt deb --type hvm --template user --pool lab
	cpulevel vm adopt sys --type hvm --template system --pool lab
	cpulevel vm copy deb deb2 --pool far
	run -2 cpulevel vm copy sys sys2 --pool far
	[[ $output = *"is a system's template"* ]]
	for template in deb sys; do
		run -2 cpulevel vm start $template --host haswell
		[[ $output = *"is a template; copy it, and start the copy"* ]]
		cpulevel vm copy $template of-$template
		cpulevel vm start of-$template --host haswell
	done
	cpulevel vm copy web gold --template user
	[ "$(cpulevel vm show gold --json | jq -r .kind)" = template ]
	run -2 cpulevel vm copy sys sys2 --template system
}

@test "what a PV guest sees is noted wherever it lands, and what it has seen is not forgotten" {
	join westmere haswell
	cpulevel pool join "$(host_file bare haswell 's/^caps .*/caps 1e/')"
	exposed() { cpulevel vm show pv --json | jq -c "$1"; }
	sees='(.exposed | index("AVX2") != null)'
	cpulevel vm start pv --type pv --host haswell
	[ "$(exposed .exposed)" = "[]" ]
	moves pv --host bare
	[ "$(exposed "$sees")" = true ]
	cpulevel vm checkpoint pv there
	# A host that hides it again; where it is missing that is said.
	moves pv --host haswell
	[ "$(exposed .exposed)" = "[]" ]
	run -0 cpulevel vm migrate pv --host westmere --check
	[[ $output = *"seen_but_missing"*"AVX2"* ]]
	cpulevel vm suspend pv
	cpulevel vm resume pv --host bare
	[ "$(exposed "$sees")" = true ]
	cpulevel vm stop pv
	cpulevel vm revert pv there --host bare
	[ "$(exposed "$sees")" = true ]
	cpulevel vm revert pv there --host haswell
	[ "$(exposed .exposed)" = "[]" ]
	cpulevel vm stop pv
	cpulevel vm adopt pv --host bare --features "$(level pv)"
	[ "$(exposed "$sees")" = true ]
	# HVM guests see what their policy says.
	cpulevel vm start hvm --type hvm --host haswell
	moves hvm --host bare
	[ "$(cpulevel vm show hvm --json | jq -c .exposed)" = "[]" ]
}

@test "a revert is compared with the host on which the checkpoint was made" {
	join haswell westmere
	cpulevel vm start web --type pvh --host westmere
	cpulevel vm checkpoint web before
	moves web --host haswell
	[ "$(cpulevel vm revert web before --host haswell --check --json | jq -c .changes)" = '["NO_FPU_SEL"]' ]
	[ "$(cpulevel vm revert web before --host westmere --check --json | jq -c .changes)" = '[]' ]
}

@test "VMs of a pool that is not there are an error, and no empty list" {
	run -2 cpulevel vm list --pool nope
	[[ $output = "cpulevel: nope: no such pool in the store" ]]
	run -2 --separate-stderr cpulevel vm list --pool nope --json
	[ "$output" = "" ]
}

@test "a PV guest on a host that cannot hide it all is said to see it" {
	join westmere haswell
	run -0 cpulevel vm start pv --type pv --host haswell
	[[ $output != *exposed* ]]
	run -0 cpulevel vm start pv1 --type pv --host westmere
	[[ $output = *"exposed           ITSC ARCH_CAPS"* ]]
	cpulevel pool join "$(host_file w2 haswell 's/^caps .*/caps 1e/')"
	run -0 cpulevel vm start pv2 --type pv --host w2
	[[ $output = *"exposed "*"AVX2"* ]]
	run -0 moves pv2 --host westmere
	[[ $output = *"seen_but_missing"*"AVX2"* ]]
}

@test "--xl writes the mask into the VM's configuration, and only that" {
	join haswell westmere
	printf 'name = "web"\ntype = "pvh"\ncpuid = [\n  "0x1:ecx=0xxx",\n]\nmemory = 512\n' >web.cfg
	cpulevel vm start web --type pvh --host haswell --xl web.cfg
	[ "$(grep -c cpuid web.cfg)" = 1 ]
	grep -q '^memory = 512$' web.cfg
	grep -q '^cpuid = "host,.*avx2=0' web.cfg
	cp web.cfg once
	cpulevel vm reboot web --xl web.cfg
	diff once web.cfg
}

@test "--xl keeps the mode, the owner and the link of the configuration, which may hold a password" {
	join haswell
	mkdir real
	echo 'vncpasswd = "secret"' >real/web.cfg
	chmod 0600 real/web.cfg
	[ "$(id -u)" != 0 ] || chown 1:2 real/web.cfg
	before=$(stat -c '%a %u %g' real/web.cfg)
	ln -s real/web.cfg web.cfg
	cpulevel vm start web --type pvh --host haswell --xl web.cfg
	[ "$(stat -c '%a %u %g' real/web.cfg)" = "$before" ]
	[ -L web.cfg ]
	grep -q '^cpuid = ' real/web.cfg
}

@test "a configuration that is not there is not made; an empty one gets the VM's name and type" {
	join haswell
	run -2 cpulevel vm start web --type pvh --host haswell --xl wbe.cfg
	[[ $output = *"wbe.cfg: No such file or directory"* ]]
	[ ! -e wbe.cfg ]
	[ "$(cpulevel vm list)" = "" ]
	# Xen's own parser reads the name.
	${CC:-cc} -o xlcfg "$BATS_TEST_DIRNAME/tools/xlcfg.c" -lxlutil
	for vm in 'my "vm"\' "it's #1; \\n" höst; do
		: >vm.cfg
		cpulevel vm start "$vm" --type pvh --host haswell --xl vm.cfg
		[ "$(./xlcfg vm.cfg name)" = "$vm" ]
		[ "$(./xlcfg vm.cfg type)" = pvh ]
	done
}

@test "if the configuration cannot be written nothing is recorded, and what cannot be recorded is not written" {
	join haswell
	long=$(printf '%0250d' 0)
	echo 'memory = 512' >"$long"
	run -2 cpulevel vm start web --type pvh --host haswell --xl "$long"
	[[ $output = *"File name too long; nothing was written"* ]]
	[ "$(cpulevel vm list)" = "" ]
	cpulevel vm start web --type pvh --host haswell
	join westmere
	before=$(cpulevel vm show web --json)
	run -2 cpulevel vm reboot web --xl "$long"
	[ "$(cpulevel vm show web --json)" = "$before" ]
	echo 'memory = 512' >web.cfg
	run -2 cpulevel vm start web --host haswell --xl web.cfg
	[ "$(cat web.cfg)" = "memory = 512" ]
}

@test "a name that is too long is refused, with --run and --xl too" {
	join haswell
	long=$(printf 'v%0400d' 0)
	: >web.cfg
	run -2 cpulevel vm start "$long" --type pvh --host haswell --xl web.cfg
	run -2 cpulevel vm start "$long" --type pvh --host "$(uname -n)" --xl web.cfg --run
	[ "$(cpulevel vm list)" = "" ]
}

@test "to adopt a VM that is known keeps its set, and its type and kind are not changed" {
	join haswell
	cpulevel vm start web --type pvh --host haswell
	join westmere
	for _ in runs suspended; do
		cpulevel vm adopt web --host haswell
		[ "$(cpulevel vm show web --json | jq -c '[.state, .type, .host, .flags, (.features == "'"$(cat "$HOSTS"/haswell/sys/class/misc/cpulevel/featuresets/hvm_max)"'")]')" = \
			'["running","pvh","haswell",[],false]' ]
		cpulevel vm suspend web
	done
	# Saved memory that goes on elsewhere is asked whether it can.
	run -1 cpulevel vm adopt web --host westmere
	[[ $output = *"AVX2 (7:0.ebx[5]): westmere lacks it"* ]]
	run -2 cpulevel vm adopt web --host haswell --type pv
	[[ $output = *"web: is known as pvh; forget it, if it is another VM"* ]]
	run -2 cpulevel vm adopt web --template user --pool lab
	[[ $output = *"web: is no template; forget it, if it is another VM"* ]]
	cpulevel vm adopt deb --type hvm --template user --pool lab
	run -2 cpulevel vm adopt deb --host haswell
	[[ $output = *"deb: is a template; forget it, if it is another VM"* ]]
	[ "$(cpulevel vm show web --json | jq -r '[.state, .type] | join(" ")')" = "suspended pvh" ]
}

# Each key of what a verb prints stands in its schema.
valid() {	# VERB [ARGUMENT]...
	cpulevel vm "$@" --json >out.json || [ $? = 1 ]
	jq -r --slurpfile schema "$TOP/schemas/cpulevel-vm-2.json" -f "$BATS_TEST_DIRNAME/tools/schema.jq" out.json >faults
	cat faults
	[ ! -s faults ]
	[ "$(jq -r .schema out.json)" = "cpulevel/vm-$1/2" ]
}

@test "what every verb prints in JSON is as the schema says" {
	with_leaves
	join westmere
	: >web.cfg
	valid start web --type pvh --host many --xl web.cfg
	valid checkpoint web before
	valid adopt web --host many --features "$(level)"
	adopt_more
	valid migrate web --host few
	valid migrate web --host westmere --check
	valid reboot web --xl web.cfg
	valid migrate web --host westmere
	valid show web
	valid list
	valid migrate web --abort
	valid suspend web
	valid resume web
	valid revert web before --host few
	valid stop web
	valid copy web two
	valid show web
	valid stop web --forget
	# The schema would say so.
	cpulevel vm show two --json | jq '.state = "dead" | .more = 1 | del(.kind) | .flags = [1]' >bad.json
	[ "$(jq -r --slurpfile schema "$TOP/schemas/cpulevel-vm-2.json" -f "$BATS_TEST_DIRNAME/tools/schema.jq" bad.json | wc -l)" = 3 ]
}
