#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# A re-spin that is interrupted: nothing of it goes on, nothing is half made.

load pack

setup_file() {
	have_kernels || return 0
	setup_key
	build_disk "$CPULEVEL_KDIR_A" "$W/packs" 2>/dev/null
}

teardown_file() { stop_agent "$BATS_FILE_TMPDIR/trust"; }

setup() {
	need_kernels
	OUT=$BATS_TEST_TMPDIR/out
}

@test "interrupted, it leaves no half disk and no program, and goes on where it was" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/bash\n(trap "" TERM; sleep 98765) &\nexec %q "$@"\n' "$(command -v createrepo_c)" >"$BATS_TEST_TMPDIR/bin/createrepo_c"
	chmod +x "$BATS_TEST_TMPDIR/bin/createrepo_c"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH "$RESPIN" "$W/packs" --kernel-devel "$CPULEVEL_KDIR_B" --sign "$KEY" --out "$OUT" --cache "$BATS_TEST_TMPDIR/c" >/dev/null 2>&1 3>&- &
	pid=$!
	for ((i = 0; i < 300; i++)); do
		! pgrep -f 'sleep 98765' >/dev/null || break
		sleep 0.1
	done
	kill -TERM $pid
	rc=0
	wait $pid || rc=$?
	[ "$rc" -eq 143 ]
	! pgrep -f 'sleep 98765' >/dev/null || { pgrep -f 'sleep 98765' | xargs kill -9; return 1; }
	[ -z "$(find "$OUT" -name '*.iso' 2>/dev/null)" ] || for iso in "$OUT"/*.iso; do open_iso "$iso" "$BATS_TEST_TMPDIR/whole-${iso##*/}"; done
	run "$RESPIN" "$W/packs" --kernel-devel "$CPULEVEL_KDIR_B" --sign "$KEY" --out "$OUT" --cache "$BATS_TEST_TMPDIR/c"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(ls "$OUT" | paste -sd ' ')" = "acme-edu-1.1.respin1-$KB.iso" ]
}
