#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The same inputs give the same bytes: from any folder, at any time, by any user.

load pack

setup_file() {
	have_kernels || return 0
	setup_key
	fake_kernel 3.10.0+2
	export T=$(($(date +%s) + 5))	# not before the key
	cp -rp "$TOP/examples/acme-edu" "$W/src"
	find "$W/src" -exec touch -d @1700000000 {} +
	export SIGNED="--sign-time $T --tarball"
	plain "$W/first"
}

teardown() { rm -rf "${HIS:-}"; }

teardown_file() { stop_agent "$BATS_FILE_TMPDIR/trust"; }

setup() {
	need_kernels
	OUT=$BATS_TEST_TMPDIR/out
	ISO=acme-edu-1.1-$KA.iso
}

# shellcheck disable=SC2086
plain() {	# OUT [OPTION...]
	build_disk "$CPULEVEL_KDIR_A" "$1" --source "${SRC:-$W/src}" $SIGNED "${@:2}" 2>/dev/null
}

same() { cmp "$W/first/$ISO" "$OUT/$ISO" && cmp "$W/first/${ISO%.iso}.tar.gz" "$OUT/${ISO%.iso}.tar.gz"; }

@test "another folder, temporary folder, home, umask, locale, time zone and rpm settings" {
	cp -rp "$W/src" "$BATS_TEST_TMPDIR/elsewhere"
	mkdir "$BATS_TEST_TMPDIR"/{home,tmp}
	printf '%%_buildhost me\n%%_binary_payload w1.xzdio\n%%dist .me\n%%_topdir /nowhere\n%%packager me\n%%distribution Mine\n' >"$BATS_TEST_TMPDIR/home/.rpmmacros"
	printf '[core]\n\texcludesFile = %s\n' "$BATS_TEST_TMPDIR/ignore" >"$BATS_TEST_TMPDIR/home/.gitconfig"
	echo Kbuild >"$BATS_TEST_TMPDIR/ignore"
	git -C "$BATS_TEST_TMPDIR/elsewhere" init -q
	git -C "$BATS_TEST_TMPDIR/elsewhere" add acme_edu.c
	GIT_COMMITTER_DATE=@1700000000 git -C "$BATS_TEST_TMPDIR/elsewhere" -c user.name=me -c user.email=me commit -qm 1
	(
		umask 077
		export HOME=$BATS_TEST_TMPDIR/home TMPDIR=$BATS_TEST_TMPDIR/tmp TZ=Asia/Tokyo LC_ALL=C.UTF-8 LANG=C.UTF-8 KBUILD_BUILD_USER=me
		SRC=$BATS_TEST_TMPDIR/elsewhere plain "$OUT"
	)
	same
}

@test "another user" {
	[[ $EUID -eq 0 ]] || skip "only root can become another user"
	HIS=$(mktemp -d)
	cp -r "$W/trust" "$HIS/trust"
	rm -f "$HIS"/trust/S.*
	mkdir "$BATS_TEST_TMPDIR/out" "$HIS/tmp"
	chown -R nobody "$BATS_TEST_TMPDIR" "$HIS"
	# The tree and the headers may lie below a closed home: he may read all (which
	# gpg and bwrap will have nothing of), and write what is his own.
	# shellcheck disable=SC2016
	GNUPGHOME=$HIS/trust TMPDIR=$HIS/tmp HOME=/nonexistent \
		setpriv --reuid nobody --regid nogroup --clear-groups \
		--inh-caps=+dac_read_search --ambient-caps=+dac_read_search \
		bash -c '. "$0/tests/shell/pack.bash"; BUILD=$0/scripts/build-supplemental-pack.sh
			build_disk "$CPULEVEL_KDIR_A" "$1" --source "$W/src" --sign-time "$T" --tarball; rc=$?
			gpgconf --kill all; exit $rc' "$TOP" "$OUT"
	[ -z "$(ls -A "$HIS/tmp")" ]
	same
}

@test "without the sandbox" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\nexit 1\n' >"$BATS_TEST_TMPDIR/bin/bwrap"
	chmod +x "$BATS_TEST_TMPDIR/bin/bwrap"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH run build_disk "$CPULEVEL_KDIR_A" "$OUT" --source "$W/src" --sign-time "$T" --tarball
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output = *"not sandboxed"* ]]
	same
}

@test "from the disk's own source package" {
	open_iso "$W/first/$ISO" "$BATS_TEST_TMPDIR/disk"
	SRC=$(echo "$BATS_TEST_TMPDIR"/disk/SRPMS/*.src.rpm) plain "$OUT"
	same
}

@test "from a tarball of it" {
	tar -C "$W" -cJf "$BATS_TEST_TMPDIR/acme.tar.xz" src
	SRC=$BATS_TEST_TMPDIR/acme.tar.xz plain "$OUT"
	same
}

@test "without a signing time only the signatures differ" {
	SIGNED='' plain "$OUT"
	for i in "$W/first" "$OUT"; do
		open_iso "$i/$ISO" "$i/disk"
		rpmsign --delsign "$i"/disk/{Packages,SRPMS}/*.rpm >/dev/null 2>&1
		rm -rf "$i"/disk/repodata "$i"/disk/*.asc
	done
	diff -r "$W/first/disk" "$OUT/disk"
}

@test "a legacy disk, with its side files" {
	for i in 1 2; do
		(
			umask 02$i
			build_disk "$W/kernel/3.10.0+2" "$OUT/$i" --source "$W/src" --tarball
		)
	done
	diff -r "$OUT/1" "$OUT/2"
	[ "$(find "$OUT/1" -type f | wc -l)" -eq 4 ]
}
