#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The store of pools in three members of etcd: one killed, one hung, one cut off; TLS, users and passwords.

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
moves() {	# VM TIMES
	local i

	for ((i = 0; i < $2; i++)); do
		cpulevel vm migrate "$1" --host westmere >/dev/null
		cpulevel vm migrate "$1" --host haswell >/dev/null
	done
}

@test "the leader is killed while four work: no command fails, and nothing is lost" {
	local i leader pids=()

	join westmere haswell
	for i in 1 2 3 4; do cpulevel vm start "vm$i" --type pvh --host haswell >/dev/null; done
	for i in 1 2 3 4; do
		moves "vm$i" 10 2>"errors.$i" &
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

# ---- TLS, users and passwords ----

certificate() {	# NAME SUBJECT USAGE: signed by ca.pem
	openssl req -newkey rsa:2048 -nodes -keyout "$1.key" -subj "$2" -out "$1.csr" 2>/dev/null
	openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out "$1.pem" \
		-extfile <(printf 'subjectAltName=IP:127.0.0.1\nextendedKeyUsage=%s\n' "$3") 2>/dev/null
}

secure_server() {	# [OPTION]...
	local client peer

	client=https://127.0.0.1:$(free_port)
	peer=http://127.0.0.1:$(free_port)
	openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -subj /CN=ca -days 2 -out ca.pem 2>/dev/null
	certificate server /CN=server serverAuth,clientAuth
	certificate client /O=pool clientAuth
	certificate named /CN=pool clientAuth
	launch_etcd "secure$BATS_TEST_NUMBER" --cert-file server.pem --key-file server.key --trusted-ca-file ca.pem --client-cert-auth \
		--listen-client-urls "$client" --advertise-client-urls "$client" \
		--listen-peer-urls "$peer" --initial-advertise-peer-urls "$peer" --initial-cluster "secure$BATS_TEST_NUMBER=$peer" "$@"
	await_etcd "$client" --cacert ca.pem --cert client.pem --key client.key
	CPULEVEL_STORE=etcds://${client#*://}
	ctl() { etcdctl --endpoints "$client" --cacert ca.pem --cert client.pem --key client.key "$@"; }
	ctl user add root:rootpass
	ctl role add root
	ctl user grant-role root root
	ctl user add pool:secret
	ctl role add pools
	ctl role grant-permission pools readwrite /cpulevel/ --prefix=true
	ctl user grant-role pool pools
	ctl auth enable
}

conf() {	# LINE...
	printf '%s\n' "$@" >etcd.conf
	chmod 600 etcd.conf
	export CPULEVEL_ETCD_CONF=$PWD/etcd.conf
}

@test "with TLS, certificates, a user and a password, and each of them missing or wrong" {
	secure_server >/dev/null
	local tls=(cacert="$PWD/ca.pem" cert="$PWD/client.pem" key="$PWD/client.key")

	conf "# how to come there" "${tls[@]}" user=pool password=secret
	cpulevel pool create lab
	join haswell
	[ "$(cpulevel pool level --json | jq .hosts)" = 1 ]
	refused "refuses this user and password" "${tls[@]}" user=pool password=wrong
	refused "wants a user and a password" "${tls[@]}"
	refused "wants a client's certificate that has no common name" "${tls[0]}" cert="$PWD/named.pem" key="$PWD/named.key" user=pool password=secret
	refused "cannot be reached; https://" "${tls[0]}" user=pool password=secret
	refused "cannot be reached; https://" "${tls[@]:1}" user=pool password=secret
	refused "user and password go together" "${tls[@]}" user=pool
	refused "line 4 is none of" "${tls[@]}" passwort=secret
	run -2 cpulevel pool level --store "${CPULEVEL_STORE/etcds/etcd}"
	conf "${tls[@]}" user=pool password=secret
	run -2 cpulevel pool level --store "$CPULEVEL_STORE/others"
	[[ $output = *"does not let this user at these keys"* ]]
	run -2 cpulevel pool level --store "${CPULEVEL_STORE/etcds/etcd}"
	[[ $output = *"a password would go over the network as it is; use etcds://"* ]]
	chmod 644 etcd.conf
	run -2 cpulevel pool level
	[[ $output = *"etcd.conf: can be read or changed by others; chown it to root and chmod 600"* ]]
	conf "${tls[@]}" user=pool password=wrong
	CPULEVEL_ETCD_PASSWORD=secret cpulevel pool level
}

refused() {	# MESSAGE LINE...
	local message=$1
	shift
	conf "$@"
	run -2 cpulevel pool level
	[[ $output = *"$message"* && $output != *secret* && ${#lines[@]} = 1 ]]
}

# How many tokens that server has given.
tokens() {
	curl -s --cacert ca.pem --cert client.pem --key client.key "${CPULEVEL_STORE/etcds/https}/metrics" |
		sed -n 's/^grpc_server_handled_total.*OK.*"Authenticate".* //p'
}

@test "a token that runs out in the middle is renewed: no command fails" {
	secure_server --auth-token-ttl 1 >/dev/null
	build_late
	conf cacert="$PWD/ca.pem" cert="$PWD/client.pem" key="$PWD/client.key" user=pool password=secret
	cpulevel pool create lab >/dev/null
	cpulevel pool watch >lines 3>&- &
	watcher=$!
	sleep 1
	join haswell
	before=$(tokens)
	# Its change comes once its token has run out, and needs no other try.
	run -0 ./late "$CPULEVEL_STORE"
	[ "$output" = "hosts 1" ]
	[ $(($(tokens) - before)) -ge 2 ]
	join westmere
	sleep 3
	join nehalem
	# Whoever waited for longer than a token lives has been told of each.
	for _ in $(seq 100); do [[ $(wc -l <lines) -lt 3 ]] || break; sleep 0.1; done
	kill $watcher
	[ "$(jq -c .number lines | tr '\n' ' ')" = "1 2 3 " ]
}
