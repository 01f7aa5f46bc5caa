#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The store of pools in one etcd: kill -9, many processes at once, lost answers, its limits, damage, what cannot be reached.

# shellcheck disable=SC2030,SC2031 # each test has a store of its own
bats_require_minimum_version 1.5.0
load pool

setup_file() {
	build_command
	${CC:-cc} -Wall -Wextra -Werror -O1 -o "$BATS_FILE_TMPDIR/lossy" "$BATS_TEST_DIRNAME/tools/lossy.c"
	start_store
}
teardown_file() { stop_store; }
setup() { new_store; }
teardown() { [[ ! -e lossy.pid ]] || kill "$(cat lossy.pid)"; }

ctl() { etcdctl --endpoints "${ETCD#*://}" "$@"; }
key() { echo "/${CPULEVEL_STORE##*/}/$1"; }	# NAME

@test "1,000 steps by 8 processes at once, with kill -9 at random moments" {
	KILL_WITHIN=60 abuse $((${#CPULEVEL_LONG} ? 2500 : 125))
}

@test "many that make the same pool at once: one does" {
	ctl del --prefix "$(key '')" >/dev/null
	make_at_once
}



@test "an answer that got lost: what was done is found, and is done once" {
	lossy /v3/kv/txn answer
	cpulevel pool join "$HOSTS/haswell" --store "$LOSSY" >said
	[ "$(cat lost)" = "lost the answer" ]
	[ "$(cpulevel pool history --json | jq -c '[.changes[].verb]')" = '["join"]' ]
	grep -q '^hosts  *1$' said
}

@test "a change that got lost on its way: it is done again, once" {
	lossy /v3/kv/txn before
	cpulevel pool join "$HOSTS/haswell" --store "$LOSSY" >/dev/null
	[ "$(cat lost)" = "lost the request" ]
	[ "$(cpulevel pool history --json | jq -c '[.changes[].verb]')" = '["join"]' ]
}

@test "a question that got no answer is asked again, of the next one" {
	join haswell
	lossy /v3/kv/range before
	[ "$(cpulevel pool level --store "${LOSSY%/*},${CPULEVEL_STORE#etcd://}" --json | jq .hosts)" = 1 ]
	[ "$(cat lost)" = "lost the request" ]
}

@test "whoever was too late knows at once what the others did, and asks for nothing again" {
	build_late
	join haswell
	before=$(requests)
	cpulevel pool join --name h2 "$HOSTS/haswell" >/dev/null
	alone=$(($(requests) - before))
	run -0 ./late "$CPULEVEL_STORE" "cpulevel pool join --name h3 $HOSTS/haswell >/dev/null"
	[ "$output" = "$(printf 'hosts 2\nhosts 3')" ]
	# Its own are what schema it is, and that pool, once.
	[ $(($(requests) - before - 2 * alone)) = 2 ]
	[ "$(ctl get --print-value-only "$(key late)" | tail -c 2)" = x ]
}

@test "an answer that got lost, and what would tell of it compacted: it is said that nobody knows" {
	# Somebody else is between, or the last mark would tell.
	cat >between <<-END
		cpulevel pool join $HOSTS/westmere --store $CPULEVEL_STORE >/dev/null
		etcdctl --endpoints ${ETCD#*://} compaction \$(etcdctl --endpoints ${ETCD#*://} endpoint status -w json | jq '.[0].Status.header.revision') >/dev/null
	END
	lossy /v3/kv/txn answer "sh between"
	run -2 cpulevel pool join "$HOSTS/haswell" --store "$LOSSY"
	[ "$(cat lost)" = "lost the answer" ]
	[ "$output" = "cpulevel: $LOSSY: the answer got lost, and whether this was done is not known; look before you do it again" ]
	[ "$(cpulevel pool history --json | jq -c '[.changes[].subject]')" = '["haswell","westmere"]' ]
}

@test "certificates are configured, and the store is named without TLS: refused before a byte is sent" {
	local name

	for name in CACERT CERT KEY; do
		run -2 env "CPULEVEL_ETCD_$name=/dev/null" cpulevel pool level
		[ "$output" = "cpulevel: $CPULEVEL_STORE: is reached without TLS, but certificates are configured; write etcds://, or remove cacert, cert and key" ]
	done
}

@test "one prefix has one spelling, and what cannot be one is refused" {
	join haswell
	for same in "${CPULEVEL_STORE%/*}//${CPULEVEL_STORE##*/}" "$CPULEVEL_STORE/" "$CPULEVEL_STORE///"; do
		[ "$(cpulevel pool level --json --store "$same" | jq .hosts)" = 1 ]
	done
	for bad in "a b" "a/../b" . a//.. "a?b" "a%2fb" $'a\nb' "$(printf '%061d' 0)"; do
		run -2 cpulevel pool create lab --store "$ETCD/$bad"
		[[ $output = *"prefix is"* && ${#lines[@]} -le 2 ]]
	done
}

# An export with that many VMs that run on haswell.
fleet() {	# NR
	join haswell
	cpulevel vm start web --type pvh --host haswell >/dev/null
	cpulevel pool export | jq --argjson nr "$1" '.records["vm/web"] as $web
		| .records += ([range($nr) | "v\(.)" as $name | { key: "vm/\($name)", value: ($web | sub("name web"; "name \($name)")) }] | from_entries)' >fleet.json
}

@test "more VMs on a host than etcd takes in one transaction: all of them end with it" {
	fleet 300
	CPULEVEL_STORE=$(other_store fleet)
	cpulevel pool import fleet.json >/dev/null
	[ "$(cpulevel vm list | grep -c running)" = 301 ]
	cpulevel pool leave haswell --force >/dev/null
	[ "$(cpulevel vm list | grep -c halted)" = 301 ]
	[ "$(kept_running)" = "" ]
}

@test "more than etcd takes at all is refused in one line, and nothing was changed" {
	fleet 4000
	CPULEVEL_STORE=$(other_store fleet)
	run -2 cpulevel pool import fleet.json
	[[ $output = *"is more than etcd takes at once; raise its --max-"* && ${#lines[@]} = 1 ]]
	run -2 cpulevel pool level
	[[ $output = *"has no pool"* ]]
}

@test "one digit of one record changed: said, by name" {
	join haswell
	ctl get --print-value-only "$(key host/haswell)" | head -c -1 | sed 's/-000007ab-/-000007bb-/' >changed
	ctl put "$(key host/haswell)" <changed >/dev/null
	run -2 cpulevel pool show
	[[ $output = *"is damaged: host/haswell is not what was written"* ]]
	run -2 cpulevel pool leave haswell
	[ "$(cpulevel pool level --json | jq .hosts)" = 1 ]
}

@test "a store of a later schema, and keys of another program, are left alone" {
	ctl put "$(key schema)" 2 >/dev/null
	run -2 cpulevel pool join "$HOSTS/haswell"
	[[ $output = *"was written by a later cpulevel (schema 2, this one knows 1); use that one"* ]]
	CPULEVEL_STORE=$(other_store other)
	ctl put "$(key theirs)" x >/dev/null
	run -2 cpulevel pool create lab
	[[ $output = *"are another program's; give another prefix"* ]]
	[ "$(ctl get --prefix --keys-only "$(key '')" | grep -c .)" = 1 ]
}

@test "a watch is told of each change at once, and asks for nothing meanwhile" {
	cpulevel pool watch >lines 3>&- &
	watcher=$!
	sleep 1
	for host in haswell westmere nehalem; do
		join "$host"
		await_line "$host"
	done
	# In three seconds without a change it looks once at most.
	before=$(requests)
	sleep 3
	[ $(($(requests) - before)) -le 1 ]
	kill $watcher
	[ "$(jq -c .number lines | tr '\n' ' ')" = "1 2 3 " ]
}

@test "a watch goes on when etcd was away, and has forgotten what was to be told" {
	own_server
	join haswell
	cpulevel pool watch >lines 3>&- &
	watcher=$!
	sleep 1
	kill -STOP $watcher
	join westmere
	ctl compaction "$(ctl endpoint status -w json | jq '.[0].Status.header.revision')" >/dev/null
	kill -KILL "$(etcd_pid "$GONE")"
	relaunch_etcd "$GONE"
	kill -CONT $watcher
	await_line westmere
	join nehalem
	await_line nehalem
	kill $watcher
	[ "$(jq -c .number lines | tr '\n' ' ')" = "2 3 " ]
}

requests() { curl -s "http://${ETCD#*://}/metrics" | sed -n 's/^grpc_server_started_total.*method="Range".* //p'; }

await_line() {	# HOST: before it looks by itself
	local i

	for ((i = 0; i < 80; i++)); do
		! grep -q "\"subject\":\"$1\"" lines || return 0
		sleep 0.05
	done
	return 1
}

@test "what cannot be reached, and what is no etcd, is said in one line" {
	local store

	for store in "etcd://127.0.0.1:$(free_port)" "etcd://localhost.invalid" "etcds://${ETCD#*://}"; do
		run -2 cpulevel pool level --store "$store"
		[[ $output = "cpulevel: $store: cannot be reached; http"* && ${#lines[@]} = 1 ]]
	done
	for store in etcd:// "etcd://a b" "etcd://me:secret@host" etcd://h:1,,h:2; do
		run -2 cpulevel pool level --store "$store"
		[[ $output != *secret* && ${#lines[@]} = 1 ]]
	done
}

# A server of this test alone, which goes and comes back.
own_server() {
	export CPULEVEL_STATE=$PWD/state
	GONE=gone$BATS_TEST_NUMBER
	start_etcd "$GONE"
	CPULEVEL_STORE=$ETCD
	cpulevel pool create lab >/dev/null
}

@test "while the store is gone VMs start at the last known level; the next report records them" {
	own_server
	join haswell
	cpulevel vm start known --type pvh --host haswell >/dev/null
	kill -KILL "$(etcd_pid "$GONE")"
	touch web.cfg
	run -0 --separate-stderr cpulevel vm start web --type pvh --host haswell --xl web.cfg
	# shellcheck disable=SC2154 # bats sets it
	[[ $stderr = "cpulevel: $ETCD: cannot be reached; "*"web: starts at the level of pool lab as of "*"; it is not recorded before host haswell reports" ]]
	grep -q '^cpuid = "host' web.cfg
	cpulevel vm start short --type hvm --host haswell
	cpulevel vm stop short
	# What is not known is not made up.
	run -2 cpulevel vm start web --type pvh --host haswell
	[[ $output = *"web: was started here already"* ]]
	run -2 cpulevel vm start known --host haswell
	[[ $output = *"known: VM type unknown while the store cannot be reached; give its --type"* ]]
	run -2 cpulevel vm start else --type pvh --host westmere
	[[ $output = *"westmere: not a member of a pool known here, so no CPU level is known; join it first"* ]]
	run -2 cpulevel vm suspend web
	relaunch_etcd "$GONE"
	[ "$(cpulevel vm list | grep -c running)" = 1 ]
	[[ "$(cpulevel pool report "$HOSTS/haswell")" = *"recorded_vms      web"* ]]
	[ "$(cpulevel vm show web --json | jq -c '[.state, .host, .features, .flags]')" = "[\"running\",\"haswell\",\"$(level)\",[]]" ]
	[ "$(cpulevel vm list | grep -c running)" = 2 ]
	[ "$(ls state/noted-vms)" = "" ]
}

@test "without the store --run starts VMs, too: what Xen gave is noted, and nothing of one that failed" {
	own_server
	cpulevel pool join --name "$(uname -n)" "$HOSTS/haswell" >/dev/null
	mkdir bin
	# shellcheck disable=SC2016 # for that shell
	printf '#!/bin/sh\n[ $1 != domid ] || echo 7\nexit ${XL_EXIT:-0}\n' >bin/xl
	sed -n '/^PV Default policy/,/^HVM/p' "$TOP/tests/data/xen-cpuid-p.txt" | sed '1s/PV Default/Domain 7/; /^HVM/d' >policy
	printf '#!/bin/sh\ncat policy\n' >bin/xen-cpuid
	chmod +x bin/*
	touch web.cfg db.cfg
	kill -KILL "$(etcd_pid "$GONE")"
	XL_EXIT=1 PATH=$PWD/bin:$PATH run -2 cpulevel vm start db --type pvh --xl db.cfg --run
	[[ $output = *"xl: create of db.cfg failed; the VM does not run" ]]
	PATH=$PWD/bin:$PATH cpulevel vm start web --type pv --xl web.cfg --run >/dev/null
	[ "$(ls state/noted-vms)" = web.json ]
	relaunch_etcd "$GONE"
	[[ "$(cpulevel pool report --name "$(uname -n)" "$HOSTS/haswell")" = *"recorded_vms      web"* ]]
	[ "$(cpulevel vm show web --json | jq -r .features)" = "$(cpulevel show "$TOP/tests/data/xen-cpuid-p.txt" --json | jq -r .featuresets.pv_default.hex)" ]
}

@test "what started alone and cannot be recorded is named and not forgotten" {
	own_server
	join haswell westmere
	kill -KILL "$(etcd_pid "$GONE")"
	cpulevel vm start web --type pvh --host haswell
	relaunch_etcd "$GONE"
	cpulevel vm start web --type pvh --host westmere
	run -2 cpulevel pool report "$HOSTS/haswell"
	[[ $output = *"web: runs on westmere already"* ]]
	cpulevel vm stop web
	run -0 cpulevel pool report "$HOSTS/haswell"
	# After another boot there is nothing left to record.
	kill -KILL "$(etcd_pid "$GONE")"
	cpulevel vm start db --type pvh --host haswell
	sed -i 's/"boot": "/&0/' state/noted-vms/db.json
	relaunch_etcd "$GONE"
	run -0 cpulevel pool report "$HOSTS/haswell"
	[[ $output != *recorded_vms* ]]
	run -2 cpulevel vm show db
}

@test "a command without etcd in it says so" {
	# What does not differ need not be compiled again.
	mkdir plain
	cp -r "$TOP"/build/{cli,lib,libcpulevel*} plain/
	make -s -C "$TOP/cli" O="$BATS_TEST_TMPDIR/plain" ETCD= >&2
	run -2 "$BATS_TEST_TMPDIR/plain/cpulevel" pool level --store etcd://localhost
	[[ $output = *"this cpulevel was built without etcd"* ]]
}
