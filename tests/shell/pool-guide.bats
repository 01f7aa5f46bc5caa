#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# docs/pool.md: every command in it, run as it stands there, prints what stands there.

bats_require_minimum_version 1.5.0
load pool

setup_file() { build_command; }

# The command lines of the guide with what each of them prints.
guide() { sed -n 's/^    //p' "$TOP/docs/pool.md"; }

replay() {
	local line code

	while IFS= read -r line; do
		[[ $line = '$ '* ]] || continue
		printf '%s\n' "$line"
		code=0
		bash -c "${line#??}" 2>err </dev/null || code=$?
		sed 's/^/! /' err
		[[ $code -eq 0 ]] || echo "[exit $code]"
	done
}

@test "the guide for a pool's admin does what it says" {
	cd "$BATS_TEST_TMPDIR"
	cp -r "$HOSTS" hosts
	export CPULEVEL_STORE=$PWD/pool.db
	guide | replay >did
	[ "$(grep -c '^\$ ' did)" -ge 15 ]
	diff -u <(guide) did
}
