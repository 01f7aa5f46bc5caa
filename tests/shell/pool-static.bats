#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The store in etcd by the program curl, as the static command of a dom0 has it: one process for each
# question, another for a watch, and what goes wrong with them.

# shellcheck disable=SC2030,SC2031 # each test has a store of its own
bats_require_minimum_version 1.5.0
load pool
on_etcd() { true; }

setup_file() {
	build_command
	make -s -C "$TOP/cli" >&2
	${CC:-cc} -Wall -Wextra -Werror -O1 -o "$BATS_FILE_TMPDIR/lossy" "$BATS_TEST_DIRNAME/tools/lossy.c"
	start_store
}
teardown_file() { stop_store; }
setup() {
	new_store
	CURL=$(command -v curl)
}
teardown() {
	[[ ! -e lossy.pid ]] || kill "$(cat lossy.pid)"
	kill -CONT "$(etcd_pid one)"
}

@test "steps by 8 processes at once, with kill -9 at random moments" {
	KILL_WITHIN=150 abuse $((${#CPULEVEL_LONG} ? 500 : 30))
}



@test "an answer or a change that got lost: it is done once" {
	lossy /v3/kv/txn answer
	cpulevel pool join "$HOSTS/haswell" --store "$LOSSY" >/dev/null
	[ "$(cat lost)" = "lost the answer" ]
	kill "$(cat lossy.pid)"
	lossy /v3/kv/txn before
	cpulevel pool join "$HOSTS/westmere" --store "$LOSSY" >/dev/null
	[ "$(cat lost)" = "lost the request" ]
	[ "$(cpulevel pool history --json | jq -c '[.changes[].subject]')" = '["haswell","westmere"]' ]
}

await() {	# COMMAND...: within four seconds
	local i

	for ((i = 0; i < 80; i++)); do
		! "$@" || return 0
		sleep 0.05
	done
	return 1
}

children() { pgrep -P "$1" -x curl; }	# PID

@test "a watch is told of each change at once, by one process, which ends with it" {
	local listener

	cpulevel pool watch >lines 3>&- &
	watcher=$!
	await children $watcher
	for host in haswell westmere; do
		join "$host"
		await grep -q "\"subject\":\"$host\"" lines
	done
	listener=$(children $watcher)
	[ "$(wc -w <<<"$listener")" = 1 ]
	# Who loses its listener gets another and misses nothing.
	kill -KILL "$listener"
	join nehalem
	await grep -q '"subject":"nehalem"' lines
	listener=$(children $watcher)
	[[ $(tr '\0' ' ' <"/proc/$listener/cmdline") = "curl -q --config - " ]]
	kill -KILL $watcher
	await eval "! kill -0 $listener 2>/dev/null"
	[ "$(jq -c .number lines | tr '\n' ' ')" = "1 2 3 " ]
}

@test "what cannot be reached is said in libcurl's words" {
	local store seconds

	for store in "etcd://127.0.0.1:$(free_port)" "etcd://[::1]:$(free_port)" etcd://localhost.invalid "etcds://${ETCD#*://}" etcd://127.0.0.1:99999; do
		run -2 cpulevel pool level --store "$store"
		[[ $output = "cpulevel: $store: cannot be reached; http"* && $output != *error\ [0-9]* && ${#lines[@]} = 1 ]]
		[ "$output" = "$("$TOP/build/cpulevel" pool level --store "$store" 2>&1)" ]
	done
	kill -STOP "$(etcd_pid one)"
	seconds=$SECONDS
	run -2 cpulevel pool level
	[[ $output = *": Timeout was reached" && $((SECONDS - seconds)) -le 20 ]]
}

@test "without the program curl that is said; a build with libcurl does without it" {
	local jq

	join haswell
	mkdir bin
	PATH=$PWD/bin run -2 "$(command -v cpulevel)" pool level
	[ "$output" = "cpulevel: $CPULEVEL_STORE: needs the program curl, which is not installed" ]
	jq=$(command -v jq)
	[ "$(PATH=$PWD/bin "$TOP/build/cpulevel" pool level --json | "$jq" .hosts)" = 1 ]
}

@test "an answer without end is cut off, and is an error in one line" {
	join haswell
	as_curl 'cat >/dev/null' 'exec cat /dev/zero'
	PATH=$PWD/bin:$PATH run -2 cpulevel pool level
	[[ $output = "cpulevel: $CPULEVEL_STORE: http://"*" answers with more than 8 MiB" ]]
}

@test "200 hosts are shown by a dozen processes" {
	join haswell
	cpulevel pool export | jq '.records["host/haswell"] as $host | .records |= (del(.["host/haswell"]) +
		([range(200) | "h\(.)" as $name | { key: "host/\($name)", value: ($host | sub("name haswell"; "name \($name)")) }] | from_entries))' >hosts.json
	CPULEVEL_STORE=$(other_store hosts)
	"$TOP/build/cpulevel" pool import hosts.json >/dev/null
	as_curl 'echo >>"'"$PWD"'/processes"' "exec $CURL \"\$@\""
	[ "$(PATH=$PWD/bin:$PATH cpulevel pool show --json | jq '.hosts | length')" = 200 ]
	[ "$(wc -l <processes)" -le 12 ]
}

# In curl's place.
as_curl() {	# LINE...
	mkdir -p bin
	printf '%s\n' '#!/bin/bash' "$@" >bin/curl
	chmod +x bin/curl
}

@test "a curl that fails in ways of its own is an error in one line, be it never so slow" {
	local seconds=$SECONDS

	join haswell
	while IFS='|' read -r does says; do
		as_curl "$does"
		PATH=$PWD/bin:$PATH run -2 cpulevel pool level
		[[ $output = "cpulevel: $CPULEVEL_STORE: "*"$says"* && ${#lines[@]} = 1 ]]
	done <<-'END'
		exit 2|Failed initialization
		exit 26|curl's error 26
		kill -KILL $$|Failure when receiving data from the peer
		exit 0|Failure when receiving data from the peer
		printf 000|does not answer as etcd 3.4 or later does (HTTP status 0)
		printf '{}404'|does not answer as etcd 3.4 or later does (HTTP status 404)
		exec sleep 60|Timeout was reached
	END
	[ $((SECONDS - seconds)) -le 40 ]
}

@test "what an admin has curl do elsewhere is not done here" {
	printf 'output = "/dev/null"\n' >.curlrc
	HOME=$PWD CURL_HOME=$PWD http_proxy=http://127.0.0.1:1 join haswell
	[ "$(cpulevel pool level --json | jq .hosts)" = 1 ]
}

@test "a long change to a curl that takes nothing fails, and is made by one that does" {
	join haswell
	cpulevel vm start web --type pvh --host haswell >/dev/null
	cpulevel pool export | jq '.records["vm/web"] as $web | .records += ([range(150) | "v\(.)" as $name |
		{ key: "vm/\($name)", value: ($web | sub("name web"; "name \($name)")) }] | from_entries)' >fleet.json
	CPULEVEL_STORE=$(other_store fleet)
	# The first makes the store.
	# shellcheck disable=SC2016 # for that shell
	as_curl 'config=$(cat)' '[[ $config != */v3/kv/txn* ]] || { [[ ! -e made ]] || exit 7; touch made; }' "exec $CURL \"\$@\" <<<\"\$config\""
	PATH=$PWD/bin:$PATH run -2 cpulevel pool import fleet.json
	[[ $output = *"Couldn't connect to server" && ${#lines[@]} = 1 ]]
	cpulevel pool import fleet.json >/dev/null
	[ "$(cpulevel vm list | grep -c running)" = 151 ]
}

@test "whoever starts it without its first files open gets the same" {
	cpulevel pool join "$HOSTS/haswell" <&- 2>&- 3>&- >said
	[ "$(cpulevel pool level --json <&- | jq .hosts)" = 1 ]
	# Nor need it want to hear of its children.
	[ "$(perl -e '$SIG{CHLD} = "IGNORE"; exec @ARGV' cpulevel pool level --json | jq .hosts)" = 1 ]
}
