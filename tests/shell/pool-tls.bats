#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# A store of pools in an etcd that wants TLS, certificates, users and passwords.
# As pool-tls-static.bats, which is this file, by the static command: no argument of a program has a secret in it.

# shellcheck disable=SC2030,SC2031 # each test has a server of its own
bats_require_minimum_version 1.5.0
load pool

setup_file() { build_command; }
teardown_file() { stop_etcd; }
setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir bin
	printf '#!/bin/bash\nprintf "%%s\\n" "$*" >>%q/asked\nexec %q "$@"\n' "$PWD" "$(command -v curl)" >bin/curl
	chmod +x bin/curl
	PATH=$PWD/bin:$PATH
}
# It is the program that was asked, if that was to be, and all that it was asked by everybody's eyes.
teardown() {
	if is_static; then
		[ "$(sort -u asked)" = "-q --config -" ]
	else
		[ ! -e asked ]
	fi
}

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
	export CPULEVEL_STORE=etcds://${client#*://}
	ctl() { etcdctl --endpoints "$client" --cacert ca.pem --cert client.pem --key client.key "$@"; }
	ctl user add root:rootpass
	ctl role add root
	ctl user grant-role root root
	ctl user add pool:secret
	ctl role add pools
	ctl role grant-permission pools readwrite /cpulevel/ --prefix=true
	ctl user grant-role pool pools
	ctl user add 'odd:"s:e\cret'
	ctl user grant-role odd pools
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
	# Whatever its files and the password are called.
	odd=$PWD/'of "all" \sorts:'
	mkdir "$odd"
	cp ./*.{pem,key} "$odd"
	conf "${tls[@]/"$PWD"/"$odd"}" user=odd password='"s:e\cret'
	cpulevel pool level
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
	command -p curl -s --cacert ca.pem --cert client.pem --key client.key "${CPULEVEL_STORE/etcds/https}/metrics" |
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
