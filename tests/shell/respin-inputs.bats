#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# What goes into a re-spin is known by its content, and seen to change whatever its times say.

# shellcheck disable=SC2030,SC2031,SC2034,SC2154 # what bats does, and the functions' globals
load pack

@test "each kind of input is noticed when it changes, though its time is set back" {
	. "$TOP/scripts/lib/respin/cell.sh"
	. "$TOP/scripts/lib/respin/again.sh"
	cd "$BATS_TEST_TMPDIR"
	mkdir -p top/{scripts,specs,pack,kabi} kdir/include/generated tree/include packs source home run
	: >kdir/include/generated/utsrelease.h
	echo "include $PWD/tree/Makefile" >kdir/Makefile
	TOP=top PACKINFO=packinfo KABI=kabi PACKS=(packs) O_KDIRS=(kdir) O_SOURCES=(x=source) O_KEYRING=home
	O_MODULE_KEY=key O_MODULE_CERT=cert RUN=run ARGUMENTS=(one) GNUPGHOME=$PWD/home
	printf 'x\tK\trebuild\tchanged\tr\tdone\tnew.iso\tsum\n' >run/outcome.tsv
	now_of_run() { fingerprint_of_run "$(fingerprint_of_inputs)"; }
	for file in top/scripts/x.sh top/VERSION packinfo kabi packs/a.iso kdir/include/a.h tree/include/a.h source/a.c \
		home/pubring.kbx key cert new.iso; do
		before=$(now_of_run)
		echo a >"$file"
		touch -d @1 "$file"
		now=$(now_of_run)
		[ "$before" != "$now" ]
		[ "$now" = "$(now_of_run)" ]
		echo b >"$file"
		touch -d @1 "$file"
		[ "$now" != "$(now_of_run)" ]
	done
	before=$(now_of_run)
	[ "$before" != "$(SOURCE_DATE_EPOCH=1 now_of_run)" ]
	ARGUMENTS=(two)
	[ "$before" != "$(now_of_run)" ]
}

@test "a compiler of the same size and time is another one" {
	. "$TOP/scripts/lib/respin/cell.sh"
	CACHE=$BATS_TEST_TMPDIR/c TOP=$BATS_TEST_TMPDIR
	mkdir "$CACHE" "$BATS_TEST_TMPDIR/bin"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH
	digests=
	for word in one two one; do
		printf '#!/bin/sh\necho %s\n' "$word" >"$BATS_TEST_TMPDIR/bin/gcc-99"
		chmod +x "$BATS_TEST_TMPDIR/bin/gcc-99"
		touch -d @1 "$BATS_TEST_TMPDIR/bin/gcc-99"
		digests+="$(compiler_digest) "
	done
	read -r one two again <<<"$digests"
	[[ $one != "$two" && $one = "$again" ]]
}
