# SPDX-License-Identifier: GPL-2.0-only
# Servers of etcd for tests: on this machine alone, at ports that are free.
# shellcheck shell=bash

# Two that look at once must not find the same: each takes from a range of its own,
# and nothing twice, for who has asked may not listen yet.
free_port() {
	local port

	while :; do
		port=$((20000 + ($$ % 100) * 100 + RANDOM % 100))
		(set -C && : >"$BATS_FILE_TMPDIR/port-$port") 2>/dev/null || continue
		(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
	done
	echo "$port"
}

# Answers etcd there, and has it a leader?
etcd_answers() {	# URL [CURL OPTION]...
	local url=$1
	shift
	[[ $(command -p curl -s --max-time 2 "$@" "$url/health") = *'"health":"true"'* ]]
}

await_etcd() {	# URL [CURL OPTION]...
	local i

	for ((i = 0; i < 300; i++)); do
		! etcd_answers "$@" || return 0
		sleep 0.1
	done
	echo "etcd does not answer: $1" >&2
	return 1
}

# A process that nobody waits for, its number in a file of its own.
launch_etcd() {	# NAME OPTION...
	local name=$1
	shift
	printf '%s\n' "$@" >"$BATS_FILE_TMPDIR/etcd-$name.options"
	# Nobody's disk is at stake: what is written need not be there after a power cut.
	etcd --name "$name" --data-dir "$BATS_FILE_TMPDIR/etcd-$name" --unsafe-no-fsync "$@" \
		</dev/null >>"$BATS_FILE_TMPDIR/etcd-$name.log" 2>&1 3>&- &
	echo $! >"$BATS_FILE_TMPDIR/etcd-$name.pid"
	disown
}

# As it was launched before, with what it had on its disk, once the one that was killed is gone.
relaunch_etcd() {	# NAME
	local -a options

	mapfile -t options <"$BATS_FILE_TMPDIR/etcd-$1.options"
	while (exec 3<>"/dev/tcp/127.0.0.1/${options[1]##*:}") 2>/dev/null; do sleep 0.05; done
	launch_etcd "$1" "${options[@]}"
	await_etcd "${options[1]}"
}

etcd_pid() { cat "$BATS_FILE_TMPDIR/etcd-$1.pid"; }	# NAME

# One server; where it is goes to ETCD.
start_etcd() {	# NAME
	local client peer

	client=http://127.0.0.1:$(free_port)
	peer=http://127.0.0.1:$(free_port)
	launch_etcd "$1" --listen-client-urls "$client" --advertise-client-urls "$client" \
		--listen-peer-urls "$peer" --initial-advertise-peer-urls "$peer" --initial-cluster "$1=$peer"
	export ETCD=etcd://${client#*://}
	await_etcd "$client"
}

# Three servers, a b c; each can be killed, and started again by start_member.
start_cluster() {
	local name all='' clients=''

	for name in a b c; do
		export "PEER_$name=http://127.0.0.1:$(free_port)" "CLIENT_$name=http://127.0.0.1:$(free_port)"
		local peer=PEER_$name client=CLIENT_$name
		all+=,$name=${!peer}
		clients+=,${!client#*://}
	done
	export MEMBERS=${all#,} ETCD=etcd://${clients#,}
	for name in a b c; do start_member "$name"; done
	for name in a b c; do await_member "$name"; done
}

start_member() {	# NAME
	local peer=PEER_$1 client=CLIENT_$1

	launch_etcd "$1" --listen-client-urls "${!client}" --advertise-client-urls "${!client}" \
		--listen-peer-urls "${!peer}" --initial-advertise-peer-urls "${!peer}" --initial-cluster "$MEMBERS"
}

await_member() { local client=CLIENT_$1; await_etcd "${!client}"; }	# NAME

# The name of the member that leads.
leader() {
	local name client

	for name in a b c; do
		client=CLIENT_$name
		if etcdctl --endpoints "${!client#*://}" endpoint status 2>/dev/null | grep -q ', true,'; then
			echo "$name"
		fi
	done
}

# All that were started here, by their own numbers.
stop_etcd() {
	local pid

	for pid in "$BATS_FILE_TMPDIR"/etcd-*.pid; do
		[[ ! -e $pid ]] || kill -KILL "$(cat "$pid")" 2>/dev/null || true
	done
}

# The store through a network that loses what is said about WORD: LOSSY; tools/lossy.c is built.
lossy() {	# WORD answer|before [COMMAND]
	local port

	port=$(free_port)
	"$BATS_FILE_TMPDIR/lossy" "$port" "${ETCD##*:}" "$@" >lost 3>&- &
	echo $! >lossy.pid
	sleep 0.3
	# shellcheck disable=SC2034 # the tests'
	LOSSY=etcd://127.0.0.1:$port/${CPULEVEL_STORE##*/}
}
