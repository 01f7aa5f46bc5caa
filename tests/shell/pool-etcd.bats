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

@test "no store lies within another, nor around one" {
	join haswell
	for within in vm vm/x; do
		run -2 cpulevel pool create lab --store "$CPULEVEL_STORE/$within"
		[ "$output" = "cpulevel: $CPULEVEL_STORE/$within: would lie within the store at $(key ''); give another prefix" ]
	done
	outer=$(other_store outer)
	cpulevel pool create lab --store "$outer/a/b" >/dev/null
	cpulevel pool create lab --store "$outer/a/c" >/dev/null
	for contains in "$outer" "$outer/a/"; do
		run -2 cpulevel pool create lab --store "$contains"
		[[ $output = "cpulevel: $contains: keys below /"*"/ are another store's or another program's (/${outer##*/}/a/b/"*"); give another prefix" ]]
	done
	[ "$(ctl get --prefix --keys-only "/${outer##*/}/schema" | grep -c .)" = 0 ]
}

@test "certificates are configured, and the store is named without TLS: refused before a byte is sent" {
	local name

	for name in CACERT CERT KEY; do
		run -2 env "CPULEVEL_ETCD_$name=/dev/null" cpulevel pool level
		[ "$output" = "cpulevel: $CPULEVEL_STORE: is reached without TLS, but certificates are configured; write etcds://, or remove cacert, cert and key" ]
	done
}

@test "values that are too many or too long for one answer are read in several" {
	link_tool bulk "$TOP/build"
	[ "$(./bulk "$CPULEVEL_STORE" 30 500000)" = "60 30000000 60" ]
	CPULEVEL_STORE=$(other_store many)
	cpulevel pool create lab >/dev/null
	[ "$(./bulk "$CPULEVEL_STORE" 1203 10)" = "2406 24060 2406" ]
}

# A server that answers and never ends.
endless() {	# PORT
	perl -MIO::Socket::INET -e '$SIG{CHLD} = "IGNORE"; $SIG{PIPE} = "DEFAULT"; $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => shift, Listen => 5, ReuseAddr => 1) or die;
		while ($c = $s->accept) { next if fork; sysread $c, $_, 65536; syswrite $c, "HTTP/1.1 200 OK\r\n\r\n"; 1 while syswrite $c, "x" x 65536; exit }' "$1" 3>&- &
	echo $! >lossy.pid
	sleep 0.3
}

@test "an answer without end is cut off, and is an error in one line" {
	local port

	port=$(free_port)
	endless "$port"
	run -2 bash -c "ulimit -v 1000000; exec cpulevel pool level --store etcd://127.0.0.1:$port"
	[ "$output" = "cpulevel: etcd://127.0.0.1:$port: http://127.0.0.1:$port answers with more than 8 MiB" ]
}

@test "whoever lists a folder begins again when a name is added, changed or removed there, and only then" {
	build_late
	join haswell
	vm() { echo "cpulevel vm $* --store $CPULEVEL_STORE >/dev/null"; }
	cpulevel vm start web --type pvh --host haswell >/dev/null
	[ "$(./late "$CPULEVEL_STORE" "$(vm start db --type pvh --host haswell)" on/haswell/ | tr '\n' ' ')" = "names 1 names 2 " ]
	[ "$(./late "$CPULEVEL_STORE" "$(vm stop db)" on/haswell/ | tr '\n' ' ')" = "names 2 names 1 " ]
	[ "$(./late "$CPULEVEL_STORE" "$(vm stop web)" vm/ | tr '\n' ' ')" = "names 2 names 2 " ]
	[ "$(./late "$CPULEVEL_STORE" "$(vm stop db --forget)" vm/ | tr '\n' ' ')" = "names 2 names 1 " ]
	[ "$(./late "$CPULEVEL_STORE" "$(vm start db --type pvh --host haswell)" member/lab/ | tr '\n' ' ')" = "names 1 " ]
	# A folder in that folder, too.
	[ "$(./late "$CPULEVEL_STORE" "$(vm checkpoint db before)" saved/ | tr '\n' ' ')" = "names 0 names 1 " ]
}

@test "what is removed leaves nothing behind but one key for each folder" {
	join haswell
	for i in 1 2 3; do
		cpulevel vm start "vm$i" --type pvh --host haswell >/dev/null
		cpulevel vm checkpoint "vm$i" "c$i" >/dev/null
		cpulevel vm stop "vm$i" --forget >/dev/null
	done
	[ "$(ctl get --prefix --keys-only "$(key '')" | grep -cE '/(gone|vm|on|saved)/' || true)" = 5 ]
	[ "$(ctl get --prefix --keys-only "$(key folder/)" | grep -c .)" -le 12 ]
}

# An export with that many hosts like haswell.
hosts() {	# NR
	join haswell
	cpulevel pool export | jq --argjson nr "$1" '.records["host/haswell"] as $host
		| .records |= (del(.["host/haswell"]) + ([range($nr) | "h\(.)" as $name | { key: "host/\($name)", value: ($host | sub("name haswell"; "name \($name)")) }] | from_entries))' >hosts.json
	CPULEVEL_STORE=$(other_store hosts)
	cpulevel pool import hosts.json >/dev/null
}

@test "the hosts of a pool are read many at once" {
	hosts 200
	before=$(requests Range) before_txn=$(requests Txn)
	[ "$(cpulevel pool show --json | jq '.hosts | length')" = 200 ]
	[ $(($(requests Range) - before + $(requests Txn) - before_txn)) -le 12 ]
}

# The store as an earlier release left it.
of_format_1() {
	local i

	ctl put "$(key schema)" 1 >/dev/null
	for i in a b c; do ctl put "$(key "gone/on/$i/")" '' >/dev/null; done
}
format() { ctl get --print-value-only "$(key schema)"; }
is_migrated() { [[ $(format) = 3 && -z $(ctl get --prefix --keys-only "$(key gone/)") && -z $(ctl get "$(key migrated)") ]]; }

@test "a store of an earlier release is read as it is, and migrated by the first change" {
	join haswell
	of_format_1
	[ "$(cpulevel pool level --json | jq .hosts)" = 1 ]
	[ "$(format)" = 1 ]
	join westmere
	is_migrated
	[ "$(cpulevel pool history --json | jq -c '[.changes[].subject]')" = '["haswell","westmere"]' ]
}

@test "a migration that is killed anywhere is gone on with, by many at once" {
	local i states=''

	join haswell
	ctl put "$(key schema)" 2 >/dev/null
	join westmere
	is_migrated
	for i in {1..8}; do
		of_format_1
		timeout -s KILL "0.0$((RANDOM % 70 + 10))" cpulevel pool join --name "k$i" "$HOSTS/haswell" >/dev/null 2>&1 || true
		states+=$(format)
		cpulevel pool level >/dev/null
		for vm in a b c; do
			cpulevel vm start "$vm$i" --type pvh --host haswell >/dev/null &
		done
		wait
		is_migrated
		check_store
	done
	echo "states after the kill: $states"
	[ "$(cpulevel vm list | grep -c running)" = 24 ]
}

@test "a release that is at work when a later one migrates the store changes nothing any more" {
	build_late
	join haswell
	run -1 ./late "$CPULEVEL_STORE" "etcdctl --endpoints ${ETCD#*://} put $(key schema) 4 >/dev/null"
	[[ $output = *"was written by a later cpulevel (schema 4, this one knows 3); use that one" ]]
	[ "$(ctl get "$(key late)")" = "" ]
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
	ctl put "$(key schema)" 4 >/dev/null
	run -2 cpulevel pool join "$HOSTS/haswell"
	[[ $output = *"was written by a later cpulevel (schema 4, this one knows 3); use that one"* ]]
	CPULEVEL_STORE=$(other_store other)
	ctl put "$(key theirs)" x >/dev/null
	run -2 cpulevel pool create lab
	[[ $output = *"are another store's or another program's (/${CPULEVEL_STORE##*/}/theirs); give another prefix"* ]]
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

requests() {	# [METHOD]
	curl -s "http://${ETCD#*://}/metrics" | sed -n "s/^grpc_server_started_total.*method=\"${1-Range}\".* //p"
}

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
