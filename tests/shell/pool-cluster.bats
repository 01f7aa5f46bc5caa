#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The store of pools in three members of etcd: one killed, one hung, one cut off.

# shellcheck disable=SC2030,SC2031 # each test has a store of its own
bats_require_minimum_version 1.5.0
load pool

setup_file() {
	build_command
	start_cluster
}
teardown_file() {
	stop_etcd
	ip link del clpart0 2>/dev/null || true
}
on_etcd() { true; }
setup() { new_store; }
teardown() {
	local name

	for name in a b c; do kill -CONT "$(etcd_pid "$name")" 2>/dev/null || true; done
}

# Two joined hosts, and a VM that moves there and back, as often as that; nothing of it may fail.
wander() {	# VM TIMES
	local i

	for ((i = 0; i < $2; i++)); do
		moves "$1" --host westmere >/dev/null
		moves "$1" --host haswell >/dev/null
	done
}

@test "the leader is killed while four work: no command fails, and nothing is lost" {
	local i leader pids=()

	join westmere haswell
	for i in 1 2 3 4; do cpulevel vm start "vm$i" --type pvh --host haswell >/dev/null; done
	for i in 1 2 3 4; do
		wander "vm$i" 10 2>"errors.$i" &
		pids+=($!)
	done
	sleep 1
	leader=$(leader)
	kill -KILL "$(etcd_pid "$leader")"
	for i in "${pids[@]}"; do wait "$i"; done
	cat errors.*
	[ "$(cat errors.* | wc -l)" = 0 ]
	check_store
	[ "$(cpulevel vm list | grep -c 'running.*haswell')" = 4 ]
	relaunch_etcd "$leader"
}

@test "a member that hangs is passed over; with two of three nothing is promised" {
	join haswell
	kill -STOP "$(etcd_pid a)"
	cpulevel vm start web --type pvh --host haswell >/dev/null
	kill -STOP "$(etcd_pid b)"
	run -2 cpulevel pool join "$HOSTS/westmere"
	[[ $output = *"cannot be reached"* && ${#lines[@]} = 1 ]]
	kill -CONT "$(etcd_pid a)" "$(etcd_pid b)"
	await_member a
	await_member b
	# What was on its way may be done or not, but wholly.
	check_store
	[ "$(cpulevel vm list | grep -c running)" = 1 ]
}

# Member d of a cluster of its own lives in another network, on the far side of a cable.
cut_off() { ip link set clpart0 "$1"; }	# down | up

@test "a partition: the lesser side refuses, the greater goes on, and both agree afterwards" {
	[[ $EUID -eq 0 ]] || skip "only root can lay a cable"
	local space far=10.213.77.2 near=10.213.77.1 all

	unshare --net sleep 600 3>&- &
	space=$!
	echo "$space" >"$BATS_FILE_TMPDIR/etcd-space.pid"
	sleep 0.3
	ip link add clpart0 type veth peer name clpart1 netns "$space"
	ip addr add $near/30 dev clpart0
	cut_off up
	nsenter --net -t "$space" sh -c "ip addr add $far/30 dev clpart1; ip link set clpart1 up; ip link set lo up"
	all=d=http://$near:23801,e=http://$near:23802,f=http://$far:23803
	for member in d:$near:23801 e:$near:23802; do
		launch_etcd "${member%%:*}" --listen-client-urls "http://$near:$((${member##*:} - 10))" --advertise-client-urls "http://$near:$((${member##*:} - 10))" \
			--listen-peer-urls "http://$near:${member##*:}" --initial-advertise-peer-urls "http://$near:${member##*:}" --initial-cluster "$all"
	done
	# shellcheck disable=SC2016 # for that shell
	nsenter --net -t "$space" etcd --name f --data-dir "$BATS_FILE_TMPDIR/etcd-f" --unsafe-no-fsync --initial-cluster "$all" \
		--listen-client-urls "http://$far:23793" --advertise-client-urls "http://$far:23793" \
		--listen-peer-urls "http://$far:23803" --initial-advertise-peer-urls "http://$far:23803" >f.log 2>&1 3>&- &
	echo $! >"$BATS_FILE_TMPDIR/etcd-f.pid"
	disown
	await_etcd "http://$near:23791"
	await_etcd "http://$far:23793"
	export CPULEVEL_STORE=etcd://$near:23791,$near:23792,$far:23793
	cpulevel pool create lab >/dev/null
	join haswell
	cut_off down
	# On the far side.
	run -2 nsenter --net -t "$space" cpulevel pool join "$HOSTS/nehalem"
	[[ $output = *"cannot be reached"* ]]
	join westmere
	cut_off up
	for _ in $(seq 50); do
		[ "$(nsenter --net -t "$space" cpulevel pool level --json --store etcd://$far:23793 | jq .hosts)" != 2 ] || break
		sleep 0.2
	done
	[ "$(nsenter --net -t "$space" cpulevel pool level --json --store etcd://$far:23793 | jq .hosts)" = 2 ]
	[ "$(cpulevel pool history --json | jq -c '[.changes[].subject]')" = '["haswell","westmere"]' ]
}
