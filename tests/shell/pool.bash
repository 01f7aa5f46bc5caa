# SPDX-License-Identifier: GPL-2.0-only
# What the tests of `cpulevel pool` and `cpulevel vm` share: the command, a store, hosts.
# shellcheck shell=bash

TOP=$(readlink -f "$BATS_TEST_DIRNAME/../..")
HOSTS=$TOP/tests/golden/hosts
load etcd

build_command() {
	make -s -C "$TOP/cli" >&2
	PATH=$TOP/build:$PATH
	export PATH
}

# Files that are called so keep their stores in etcd, each in a folder of keys of its own.
on_etcd() { [[ ${BATS_TEST_FILENAME##*/} = *etcd* ]]; }

start_store() { ! on_etcd || start_etcd one; }
stop_store() { ! on_etcd || stop_etcd; }

# A store of this test alone that nobody has made yet.
other_store() {	# NAME
	if on_etcd; then
		echo "$ETCD/$BATS_TEST_NUMBER-$1"
	else
		echo "$BATS_TEST_TMPDIR/$1.db"
	fi
}

# An empty pool "lab", of this test alone.
new_store() {
	cd "$BATS_TEST_TMPDIR" || return
	CPULEVEL_STORE=$(other_store pool)
	export CPULEVEL_STORE
	rm -f "$BATS_TEST_TMPDIR"/pool.db*
	cpulevel pool create lab >/dev/null
}

# Hosts of one vendor: haswell has AVX2, westmere has not, nehalem takes no HVM.
join() {
	local host

	for host in "$@"; do
		cpulevel pool join "$HOSTS/$host" >/dev/null
	done
}

# A saved host of that name, from a captured one, changed by sed.
host_file() {	# NAME HOST [SCRIPT]
	cpulevel save --sysroot "$HOSTS/$2" | sed -e "s/^name .*/name $1/" -e "${3-}" >"$1.host"
	echo "$1.host"
}

level() { cpulevel pool level --json | jq -r ".${1:-hvm}"; }

# ---- Abuse ----

# Every step a command at random; one of three is killed in its first milliseconds, KILL_WITHIN at most.
worker() {	# NUMBER STEPS
	local i vm host cmd

	RANDOM=$1
	for ((i = 0; i < $2; i++)); do
		vm=vm$((RANDOM % 12)) host=h$((RANDOM % 6))
		case $((RANDOM % 10)) in
		0) cmd=(pool join --name "$host" "$HOSTS/$(shuf -n 1 -e haswell westmere --random-source=<(yes "$RANDOM"))") ;;
		1) cmd=(pool leave "$host") ;;
		2) cmd=(vm stop "$vm") ;;
		3) cmd=(vm suspend "$vm") ;;
		4) cmd=(vm resume "$vm" --host "$host") ;;
		5) cmd=(vm reboot "$vm") ;;
		6) cmd=(pool leave "$host" --force) ;;
		7 | 8) cmd=(vm migrate "$vm" --host "$host") ;;
		*) cmd=(vm start "$vm" --type pvh --host "$host") ;;
		esac
		if ((RANDOM % 3)); then
			cpulevel "${cmd[@]}" || true
		else
			timeout -s KILL "$(printf "0.%03d" $((RANDOM % KILL_WITHIN + 1)))" cpulevel "${cmd[@]}" || true
		fi
	done >/dev/null 2>>"errors.$1"
}

# Who runs where, as the store keeps it for hosts: HOST/VM.
kept_running() {
	if on_etcd; then
		etcdctl --endpoints "${ETCD#*://}" get "/${CPULEVEL_STORE##*/}/on/" --prefix --keys-only | sed -n 's,.*/on/,,p'
	else
		sqlite3 "$CPULEVEL_STORE" "SELECT substr(key, 4) FROM pairs WHERE key LIKE 'on/%'"
	fi
}

# What holds whenever nobody is at work: show counts the hosts again by itself.
check_store() {
	local vm host

	cpulevel pool show >/dev/null
	on_etcd || [ "$(sqlite3 "$CPULEVEL_STORE" 'PRAGMA integrity_check')" = ok ]
	cpulevel vm list --json | jq -r '.vms[] | select(.state == "running") | [.name, .host] | @tsv' >running
	while read -r vm host; do
		cpulevel vm show "$vm" --json |
			jq -e --arg host "$host" 'any(.can_be_on[]; .name == $host and .answer == "yes")' >/dev/null
	done <running
	# It is kept twice, and both say the same.
	diff <(awk '{ print $2 "/" $1 }' running | sort) <(kept_running | sort)
}

# 8 processes at once, with kill -9 at random moments.
abuse() {	# STEPS: of each
	local i pids=()

	for i in 1 2 3 4 5 6 7 8; do
		worker "$i" "$1" &
		pids+=($!)
	done
	wait "${pids[@]}"
	check_store
	# Nothing but refusals was said, and nobody had to wait in vain.
	run ! grep -hE 'damaged|busy|out of memory|No such file|cannot be reached' errors.*
	[ "$(cpulevel pool history --json | jq '.changes | length')" -gt 20 ]
	[ "$(cpulevel pool history --json | jq -c '[.changes[].number] == [range(1; 1 + (.changes | length))]')" = true ]
}

# Six that make one pool at once: one does.
make_at_once() {
	local i

	for i in 1 2 3 4 5 6; do
		(cpulevel pool create lab >"out.$i" 2>"err.$i" || true) &
	done
	wait
	[ "$(cat out.* | wc -l)" = 1 ]
	[ "$(grep -l 'there is a pool of that name already' err.* | wc -l)" = 5 ]
}
