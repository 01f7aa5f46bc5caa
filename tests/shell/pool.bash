# SPDX-License-Identifier: GPL-2.0-only
# What the tests of `cpulevel pool` and `cpulevel vm` share: the command, a store, hosts.
# shellcheck shell=bash

TOP=$(readlink -f "$BATS_TEST_DIRNAME/../..")
HOSTS=$TOP/tests/golden/hosts

build_command() {
	make -s -C "$TOP/cli" O="$BATS_FILE_TMPDIR/build" >&2
	PATH=$BATS_FILE_TMPDIR/build:$PATH
	export PATH
}

# An empty pool "lab", of this test alone.
new_store() {
	cd "$BATS_TEST_TMPDIR" || return
	export CPULEVEL_STORE=$BATS_TEST_TMPDIR/pool.db
	rm -f "$CPULEVEL_STORE"*
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
