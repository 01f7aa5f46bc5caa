#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The command's pools: every rule of levelling, as an admin meets it, and bad input.
# As pool-on-etcd.bats, which is this file, all of it over a store in etcd.

# shellcheck disable=SC2030,SC2031 # each test has a store of its own
bats_require_minimum_version 1.5.0
load pool

setup_file() {
	build_command
	start_store
}
teardown_file() { stop_store; }
setup() { new_store; }

@test "the level is that of the hosts, whatever order they come and go in" {
	join haswell westmere
	both=$(level)
	[ "$both" = "$(cpulevel level --json "$HOSTS/haswell" "$HOSTS/westmere" | jq -r .hvm.hex)" ]
	cpulevel pool leave haswell
	[ "$(level)" = "$(cpulevel level --json "$HOSTS/westmere" | jq -r .hvm.hex)" ]
	cpulevel pool leave westmere
	[ "$(level)" = null ]
	join westmere haswell
	[ "$(level)" = "$both" ]
}

@test "a host of another vendor is refused, and that is a no" {
	join haswell
	run -1 cpulevel pool join "$HOSTS/epyc"
	[ "$output" = "cpulevel: epyc: is a host of AuthenticAMD, and pool lab is of GenuineIntel; guests cannot move between them" ]
	[ "$(cpulevel pool level --json | jq .hosts)" = 1 ]
}

@test "two hosts cannot have one name" {
	join haswell
	run -2 cpulevel pool join --name haswell "$HOSTS/westmere"
	[[ $output = *"another host of that name, of other CPUs, is in pool lab"* ]]
	run -2 cpulevel pool join "$HOSTS/haswell"
	[[ $output = *"is in pool lab already"* ]]
	cpulevel pool join --name haswell2 "$HOSTS/haswell"
}

@test "a report after a boot lowers the level, says so, and the host's VMs are gone" {
	join haswell
	cpulevel vm start web --type pvh --host haswell
	run -0 --separate-stderr cpulevel pool report "$(host_file haswell haswell '/^hvm_/s/-000007ab/-0000078b/')"
	# shellcheck disable=SC2154 # bats sets it
	[ "$stderr" = "cpulevel: haswell: lowers the HVM level of pool lab: VMs that start now lack AVX2" ]
	[[ $(level) = *-0000078b-* ]]
	[ "$(cpulevel vm show web --json | jq -r .state)" = running ]
	[ "$(cpulevel pool history --json | jq -c '.changes[-1] | [.verb, .hvm_lost]')" = '["report",["AVX2"]]' ]
}

@test "a host that lies is refused: fewer words, another vendor, all zero" {
	join haswell
	before=$(cpulevel pool export)
	run -2 cpulevel pool report "$(host_file haswell haswell 's/^\(hvm_max ........-........\).*/\1/')"
	[[ $output = *"hvm_default has 19 words and hvm_max only 2; is the file whole?"* ]]
	run -2 cpulevel pool report "$(host_file haswell haswell 's/^\([a-z_]* ........-........\)-.*/\1/')"
	[[ $output = *"has 2 words and had 19; is the report whole?"* ]]
	run -1 cpulevel pool report "$(host_file haswell haswell 's/^vendor .*/vendor AuthenticAMD/')"
	[[ $output = *"reports CPUs of AuthenticAMD; is this the file of another host?"* ]]
	run -2 cpulevel pool join "$(host_file zero haswell 's/^hvm_default .*/hvm_default 0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0/')"
	[[ $output = *"zero: hvm_default is all zero"* ]]
	run -2 cpulevel pool join "$(host_file nobody haswell '/^vendor/d')"
	[[ $output = *"does not tell its CPUs' vendor"* ]]
	[ "$(cpulevel pool export)" = "$before" ]
}

@test "what-if computes and changes nothing; plan parts a fleet" {
	join haswell westmere
	before=$(cpulevel pool export)
	[[ "$(cpulevel pool what-if --without westmere --json | jq -c .hvm_gained)" = *AVX2* ]]
	run -0 cpulevel pool what-if --with "$HOSTS/nehalem"
	[ "$(cpulevel pool export)" = "$before" ]
	[ "$(cpulevel pool plan --pools 2 "$HOSTS"/{haswell,westmere,epyc,rome} --json | jq -c '[.pools[].hosts]')" = '[["haswell","westmere"],["epyc","rome"]]' ]
	run -1 cpulevel pool plan --pools 1 "$HOSTS"/{haswell,epyc}
	[[ $output = *"of more vendors than that"* ]]
}

@test "show says what each host costs, who is beyond the level and who would gain" {
	join haswell
	cpulevel vm start high --type pvh --host haswell
	join westmere
	cpulevel vm start low --type pvh --host haswell
	[[ "$(cpulevel pool show --json | jq -c '.members[] | select(.name == "westmere").hvm_gained')" = *AVX2* ]]
	[[ "$(cpulevel pool show --json | jq -c '.above_level[] | select(.name == "high").features')" = *AVX2* ]]
	cpulevel pool leave westmere
	[[ "$(cpulevel pool show --json | jq -c '.restart_gains[] | select(.name == "low").features')" = *AVX2* ]]
}

@test "watch prints each change as a line of JSON" {
	cpulevel pool watch >lines 3>&- &
	watcher=$!
	for _ in $(seq 50); do
		join haswell || true
		cpulevel pool leave haswell >/dev/null
		[[ ! -s lines ]] || break
		sleep 0.1
	done
	sleep 1
	kill $watcher
	head -n 1 lines | jq -e '.schema == "cpulevel/pool-watch/1" and .subject == "haswell"'
	[ "$(jq -c .number lines | sort -n | uniq -d)" = "" ]
}

@test "all of a store is exported, and imported into a new one" {
	join haswell westmere
	cpulevel vm start web --type pvh --host haswell
	cpulevel vm checkpoint web before
	cpulevel pool export >all.json
	CPULEVEL_STORE=$(other_store second) cpulevel pool import all.json
	CPULEVEL_STORE=$(other_store second) cpulevel pool export | diff all.json -
	CPULEVEL_STORE=$(other_store second) cpulevel pool show | diff - <(cpulevel pool show)
	run -2 cpulevel pool import all.json
	[[ $output = *"is in the store already; import into a new one"* ]]
}

@test "an export that was changed by hand is refused if it does not hold together" {
	local change bad n=0

	join haswell westmere
	cpulevel vm start web --type pvh --host haswell
	cpulevel vm checkpoint web before
	cpulevel pool export >all.json
	for change in 'del(.records["pool/lab"])' 'del(.records["host/haswell"])' 'del(.records["vm/web"])' \
		'.records["vm/a/b"] = .records["vm/web"]' '.records["saved/web"] = .records["vm/web"]' \
		'.records["other"] = ""' '.records["vm/web"] |= sub("\nend\n"; "\n")' \
		'.records["host/haswell"] |= sub("GenuineIntel"; "AuthenticAMD")' \
		'.records["history/lab/0000000000000009"] = .records["history/lab/0000000000000001"]'; do
		jq "$change" all.json >bad.json
		bad=$(other_store "bad$((++n))")
		run cpulevel pool import bad.json --store "$bad"
		echo "$change: $status $output"
		[ "$status" -ne 0 ]
		run -2 cpulevel pool level --store "$bad"
		[[ $output = *"has no pool"* ]]
	done
}

@test "hosts and VMs go to xapi's form and back" {
	join haswell westmere
	cpulevel vm start web --type pvh --host haswell
	cpulevel vm start db --type hvm --host westmere
	cpulevel vm suspend db
	cpulevel pool export --for xapi >xapi.json
	[ "$(jq -r .cpu_info.features_hvm_host xapi.json)" = "$(level)" ]
	[ "$(jq -r .vms.web.last_boot_CPU_flags.features xapi.json)" = "$(level)" ]
	CPULEVEL_STORE=$(other_store second)
	export CPULEVEL_STORE
	cpulevel pool create lab
	cpulevel pool import xapi.json
	cpulevel pool export --for xapi | diff xapi.json -
}

@test "an import from xapi is all or nothing: what is wrong of one record leaves nothing of the others" {
	local change before

	join haswell westmere
	cpulevel vm start web --type pvh --host haswell
	cpulevel vm start db --type pvh --host westmere
	cpulevel pool export --for xapi >xapi.json
	CPULEVEL_STORE=$(other_store second)
	export CPULEVEL_STORE
	cpulevel pool create lab
	before=$(cpulevel pool export)
	for change in '.hosts.westmere.cpu_info.vendor = "AuthenticAMD"' 'del(.hosts.westmere.cpu_info.vendor)' \
		'.hosts.westmere = 1' '.hosts["a\nb"] = .hosts.westmere' '.vms.web = []' '.vms.web.resident_on = "nobody"' \
		'.vms.web.last_boot_CPU_flags.features = "x"' '.vms.web.last_boot_CPU_flags.vendor = "Genuine\nIntel"' \
		'.vms["a\nb"] = .vms.web' '.vms.web.power_state = "Asleep"' 'del(.vms.web.power_state)' \
		'.vms.web.domain_type = 7' '.vms.web.last_boot_CPU_flags = "none"' '.vms = []'; do
		jq "$change" xapi.json >bad.json
		run cpulevel pool import bad.json
		echo "$change: $status $output"
		[[ $status -ne 0 && ${#lines[@]} = 1 ]]
		[ "$(cpulevel pool export)" = "$before" ]
	done
	cpulevel pool import xapi.json
	cpulevel pool export --for xapi | diff xapi.json -
}

@test "what is no record in an import is told by its key" {
	local key json

	while read -r key json; do
		echo "$json" >bad.json
		run -2 cpulevel pool import bad.json
		echo "$json: $output"
		[[ $output = "cpulevel: $key: "* && $output != *memory* && ${#lines[@]} = 1 ]]
	done <<-'END'
	hosts.a {"hosts":{"a":1}}
	hosts {"hosts":[]}
	vms {"hosts":{},"vms":7}
	vms.a {"vms":{"a":"b"}}
	vms.a.power_state {"vms":{"a":{"power_state":1}}}
	vms.a.last_boot_CPU_flags {"vms":{"a":{"power_state":"Running","resident_on":"h","last_boot_CPU_flags":[]}}}
	records {"schema":"cpulevel/pool-export/1"}
	pool/lab {"schema":"cpulevel/pool-export/1","records":{"pool/lab":7}}
	END
}

@test "an import from xapi puts no VM into another pool than the one it is for" {
	cpulevel pool create other >/dev/null
	cpulevel pool join --pool other "$HOSTS/haswell" >/dev/null
	echo '{"vms":{"web":{"power_state":"Running","domain_type":"hvm","resident_on":"haswell"}}}' >xapi.json
	run -2 cpulevel pool import --pool lab xapi.json
	[[ ${#lines[@]} = 1 && $output = *"haswell: is a host of pool other, not of lab"* ]]
	[ "$(cpulevel vm list --pool other --json | jq -c .vms)" = "[]" ]
}

@test "a VM that xapi has paused has memory, and is imported as one that runs" {
	join haswell
	cpulevel vm start web --type pvh --host haswell
	cpulevel pool export --for xapi | jq '.vms.web.power_state = "Paused"' >xapi.json
	CPULEVEL_STORE=$(other_store second)
	export CPULEVEL_STORE
	cpulevel pool create lab
	cpulevel pool import xapi.json
	[ "$(cpulevel vm show web --json | jq -r .state)" = running ]
}

@test "names that are none, stores that are none: one line, exit 2, nothing made" {
	run -2 cpulevel vm start 'a/b' --type hvm --host haswell
	[[ $output = *"has a '/'"* ]]
	run -2 cpulevel pool create ''
	for _ in once again; do
		run -2 cpulevel pool level --store "$(other_store none)"
		[[ $output = *"; \`cpulevel pool create\` makes "* && ${#lines[@]} = 1 ]]
	done
	run -2 cpulevel pool level --store redis://localhost
	[[ $output = *"no such kind of store"* ]]
	run -2 cpulevel pool level --pool nothing
	[[ $output = *"nothing: no such pool in the store"* ]]
}

@test "names in UTF-8 work end to end; what is not UTF-8 is refused" {
	local name

	host_file x haswell >/dev/null
	cpulevel pool join --name höst x.host
	cpulevel vm start wéb --type pvh --host höst
	[ "$(cpulevel pool show --json | jq -r '.members[].name')" = höst ]
	[ "$(cpulevel vm list --json | jq -r '.vms[].name')" = wéb ]
	cpulevel pool report --name höst x.host
	cpulevel vm stop wéb
	cpulevel pool leave höst
	# A byte of Latin-1, an overlong form, half a surrogate pair, a control code, a name of 65 bytes.
	for name in $'h\xf6st' $'\xff' $'\xc0\xaf' $'\xed\xa0\x80' $'\xc2\x80' "$(printf 'h%.0s' {1..65})"; do
		run -2 cpulevel pool join --name "$name" x.host
		[[ ${#lines[@]} = 1 ]]
		run -2 cpulevel vm start "$name" --type pvh --host höst
	done
	[ "$(cpulevel pool show --json | jq -c .hosts)" = 0 ]
}

@test "a VM's vendor that a record cannot hold is refused" {
	join haswell
	cpulevel vm start web --type pvh --host haswell
	for vendor in $'Genuine\nIntel' GenuineIntelInside $'x\ty'; do
		run -2 cpulevel vm adopt other --type pvh --host haswell --vendor "$vendor"
		[[ $output = *vendor* && ${#lines[@]} = 1 ]]
	done
	[ "$(cpulevel vm list --json | jq -r '.vms[].name')" = web ]
}

@test "a name that is too long is told, and never cut to another's" {
	local long verb

	long=$(printf 'a%.0s' {1..64})
	join haswell
	cpulevel vm start "$long" --type pvh --host haswell
	# Dumps are called after their files: those of two machines are not to become one host.
	for verb in join report; do
		cp "$TOP/tests/data/cpuid-r.txt" "$long-$verb.txt"
		run -2 cpulevel pool "$verb" "$long-$verb.txt"
		[[ $output = *"give --name"* && ${#lines[@]} = 1 ]]
	done
	cpulevel pool export --for xapi | jq --arg name "$long-b" '{ hosts: { ($name): .hosts.haswell } }' >xapi.json
	run -2 cpulevel pool import xapi.json
	[[ $output = *"1 to 64 bytes, this one 66"* ]]
	for verb in stop show suspend; do
		run -2 cpulevel vm "$verb" "$long-b"
		[[ $output = *"1 to 64 bytes, this one 66"* ]]
	done
	run -2 cpulevel pool leave "$long-b"
	[[ $output = *"1 to 64 bytes, this one 66"* ]]
	[ "$(cpulevel pool show --json | jq -r '.members[].name')" = haswell ]
	[ "$(cpulevel vm list --json | jq -r '.vms[].state')" = running ]
}
