#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# What the plan does when a program that it asks says nothing, or half.
# shellcheck disable=SC2030,SC2032,SC2033

load pack

@test "a disk that cannot be read to its end is refused, and no other is taken for it" {
	. "$TOP/pack/common.sh"
	. "$TOP/scripts/lib/respin/packs.sh"
	. "$TOP/scripts/lib/respin/plan.sh"
	PROG=respin CACHE=$BATS_TEST_TMPDIR/c RUN=$BATS_TEST_TMPDIR WORK=$RUN TRUSTED=t LEFTOVERS=() O_JOBS=1
	cd "$RUN"
	start() { "$@" & }
	await() { wait "$@"; }
	open_pack() { mkdir -p "$(pack_folder "$2")" && printf 'name-label=%s\nversion=1\n' "${1%.iso}" >"$(pack_folder "$2")/info"; }
	sha256sum() { command sha256sum "${@/a.iso/gone}"; }
	mkdir c
	echo a >a.iso
	echo b >'b c.iso'
	open_packs a.iso 'b c.iso' 2>said || true
	cat said opened.tsv
	[ "$(<refused.tsv)" = a.iso ]
	grep -q 'a.iso: cannot be read' said
	[ "$(wc -l <opened.tsv)" -eq 1 ]
	grep -q "^b c	1	-	.*$(command sha256sum <'b c.iso' | cut -c 1-64)-.*	b c.iso\$" opened.tsv
}

@test "a comparison that broke off is none" {
	PROG=respin
	. "$TOP/pack/common.sh"
	. "$TOP/scripts/lib/respin/cell.sh"
	. "$TOP/scripts/lib/respin/plan.sh"
	TOOLS=t CACHE=$BATS_TEST_TMPDIR KABI=$BATS_TEST_TMPDIR/kabi RUN=$BATS_TEST_TMPDIR
	cd "$CACHE"
	mkdir -p packs/x/modules
	touch packs/x/modules/a.ko
	printf 'x\t-\t%s\n' "$CACHE/packs/x" >"$RUN/served.tsv"
	printf '#!/bin/sh\necho "kabi: out of memory" >&2\nkill -KILL $$\n' >"$KABI"
	chmod +x "$KABI"
	run screen kdir digest
	echo "$output"
	[ "$status" -eq 5 ]
	[ -z "$(find screens -type f)" ]
}

@test "what other scripts opened is opened again" {
	. "$TOP/scripts/lib/respin/packs.sh"
	CACHE=c TRUSTED=t
	[ "$(TOOLS=old pack_folder sum)" != "$(TOOLS=new pack_folder sum)" ]
}

# Hours later a signal would end some other program's group.
@test "who is over is not remembered as to be ended" {
	run bash -c '. "$1"
		CHILDREN=()
		start true
		over=$!
		start sleep 5
		await "$over"
		[[ ${CHILDREN[*]} = "$!" ]] || exit 3
		kill -- "-$!"
		await $! || echo "ended with $?, ${#CHILDREN[@]} left"' bash "$RESPIN"
	[ "$output" = "ended with 143, 0 left" ]
}
