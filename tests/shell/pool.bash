# SPDX-License-Identifier: GPL-2.0-only
# What the tests of `cpulevel pool` and `cpulevel vm` share: the command, a store, hosts.
# shellcheck shell=bash

TOP=$(readlink -f "$BATS_TEST_DIRNAME/../..")
HOSTS=$TOP/tests/golden/hosts
load etcd

# Files that are called so run the command as it is in a dom0: it runs the program curl.
is_static() { [[ ${BATS_TEST_FILENAME##*/} = *static* ]]; }

build_command() {
	local built=$TOP/build

	if is_static; then
		built+=/static
		mkdir -p "$built"
		# The linker warns of what SQLite could load, were it asked to.
		flock "$built" make -s -C "$TOP/cli" O="$built" STATIC=1 CFLAGS=-O1 >"$BATS_FILE_TMPDIR/built" 2>&1 ||
			{ cat "$BATS_FILE_TMPDIR/built" >&2; return 1; }
	else
		make -s -C "$TOP/cli" >&2
	fi
	PATH=$built:$PATH
	export PATH
}

link_tool() {	# NAME FOLDER: with what is built there
	local curl=-lcurl

	! is_static || curl=
	${CC:-cc} -std=gnu99 -Wall -Wextra -Werror -O1 -o "$1" "$BATS_TEST_DIRNAME/tools/$1.c" "$2"/libcpulevel{-pool,}.a \
		-lexpat -ljansson -lsqlite3 ${curl:+"$curl"}
}

# The tool late, which is a transaction that others come between.
build_late() {
	local built=$TOP/build

	! is_static || built+=/static
	link_tool late "$built"
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

# A VM moves: the command is printed, somebody runs it, and that is recorded.
moves() {	# VM --host HOST [OPTION]...
	cpulevel vm migrate "$@" >/dev/null
	cpulevel vm migrate "$1" --done
}

level() { cpulevel pool level --json | jq -r ".${1:-hvm}"; }

# ---- Abuse ----

# A few steps were refused by the rules, and the observer has looked a few times.
tried() {
	(($(cat looks 2>/dev/null) + 0 >= 5 && $(cat refused.* 2>/dev/null | wc -l) >= 4))
}

# Every step a command at random; one of three is killed in its first milliseconds, KILL_WITHIN at most.
# Four hosts have AVX2 and the fifth, which often leaves, has not: VMs that started meanwhile may not go there.
# Which steps those are is chance, so all go on until there were a few.
worker() {	# NUMBER STEPS
	local i vm host cmd kind

	RANDOM=$1
	for ((i = 0; i < 20 * $2; i++)); do
		((i < $2)) || ! tried || break
		vm=vm$((RANDOM % 8)) host=h$((RANDOM % 5)) kind=haswell
		[[ $host != h4 ]] || kind=westmere
		case $((RANDOM % 22)) in
		[0-2]) cmd=(pool join --name "$host" "$HOSTS/$kind") ;;
		3) cmd=(pool join --name h4 "$HOSTS/westmere") ;;
		4) cmd=(pool leave "$host") ;;
		5) cmd=(pool leave "$host" --force) ;;
		6) cmd=(pool leave h4 --force) ;;
		7 | 8) cmd=(vm stop "$vm") ;;
		9) cmd=(vm suspend "$vm") ;;
		10 | 11) cmd=(vm resume "$vm" --host "$host") ;;
		12) cmd=(vm reboot "$vm") ;;
		13 | 14) cmd=(vm migrate "$vm" --host "$host") ;;
		15 | 16) cmd=(vm migrate "$vm" --host h4) ;;
		17 | 18) cmd=(vm migrate "$vm" --done) ;;
		19) cmd=(vm migrate "$vm" --abort) ;;
		*) cmd=(vm start "$vm" --type pvh --host "$host") ;;
		esac
		if ((RANDOM % 3)); then
			cpulevel "${cmd[@]}" || [ $? -ne 1 ] || echo "${cmd[@]}" >>"refused.$1"
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
	# Where VMs run, or are about to, is kept twice, and both say the same.
	diff <(cpulevel vm list --json | jq -r '.vms[] | select(.state == "running") | .name as $vm
		| [.host, .pending_host // empty] | unique[] + "/" + $vm' | sort) <(kept_running | sort)
}

# The bits that decide no verdict: OSXSAVE, OSPKE, HTT, CMP_LEGACY, FDP_EXCP_ONLY, NO_FPU_SEL.
UNDECIDING=([0]=0x10000000 [1]=0x08000000 [3]=0x2 [5]=0x2040 [6]=0x10)

# Each VM in an export that runs: has its host all of it?  Read from the records, without the command's own rules.
misplaced() {	# EXPORT
	local vm host set max w
	local -a has gives

	jq -r '.records as $r | $r | to_entries[] | select((.key | startswith("vm/")) and (.value | contains("\nstate running\n")))
		| (.value | capture("\nhost (?<h>.*)\n").h) as $host
		| [.key, $host, (.value | capture("\nset (?<s>.*)\n").s), ($r["host/" + $host] | capture("\nhvm_max (?<m>.*)\n").m)] | @tsv' "$1" |
		while read -r vm host set max; do
			IFS=- read -ra has <<<"$set"
			IFS=- read -ra gives <<<"$max"
			for ((w = 0; w < ${#has[@]}; w++)); do
				((0x${has[w]} & ~0x${gives[w]:-0} & ~${UNDECIDING[w]:-0})) || continue
				echo "$vm runs on $host, which lacks some of word $w"
			done
		done
}

# All the while: the level is that of the hosts, counted again, and no VM runs where it cannot.
observe() {
	local looks=0

	while [[ ! -e over ]]; do
		cpulevel pool show >/dev/null
		cpulevel pool export >seen.json
		misplaced seen.json
		looks=$((looks + 1))
		echo "$looks" >looks
		sleep 0.1
	done >>observed 2>&1
}

# 8 processes at once, with kill -9 at random moments.
abuse() {	# STEPS: of each
	local i pids=() observer

	rm -f over observed looks refused.*
	cpulevel pool join --name h0 "$HOSTS/haswell" >/dev/null
	for i in {0..7}; do cpulevel vm start "vm$i" --type pvh --host h0 >/dev/null; done
	cpulevel pool join --name h4 "$HOSTS/westmere" >/dev/null
	observe &
	observer=$!
	for i in 1 2 3 4 5 6 7 8; do
		worker "$i" "$1" &
		pids+=($!)
	done
	wait "${pids[@]}"
	touch over
	wait "$observer"
	cat observed
	[ "$(cat observed)" = "" ]
	tried
	check_store
	# Nothing but refusals was said, and nobody had to wait in vain.
	run ! grep -hE 'damaged|busy|out of memory|No such file|cannot be reached' errors.*
	[ "$(cpulevel pool history --json | jq '.changes | length')" -gt $(($1 / 7)) ]
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
