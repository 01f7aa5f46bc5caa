#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# make install from the top: what is installed works from there, under any prefix.

TOP=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)

setup_file() {
	export R=$BATS_FILE_TMPDIR/root
	export P=$R/usr/local
	make -s -C "$TOP" install O="$BATS_FILE_TMPDIR/build" DESTDIR="$R" PREFIX=/usr/local
}

@test "everything is below the prefix" {
	run find "$R" ! -type d ! -path "$P/*"
	[ -z "$output" ]
}

@test "the commands run from there" {
	local haswell=$TOP/tests/golden/hosts/haswell

	diff <("$P/sbin/cpulevel" show "$haswell") <("$BATS_FILE_TMPDIR/build/cpulevel" show "$haswell")
	[ "$("$P/bin/driver-kabi" --version)" = "driver-kabi $(<"$TOP/VERSION")" ]
	mkdir -p "$BATS_TEST_TMPDIR/dom0/lib/modules"
	run "$P/sbin/driver-disk" history --root "$BATS_TEST_TMPDIR/dom0"
	echo "$output"
	[ "$status" -eq 0 ]
	run "$P/libexec/driver-disk/packinfo"
	[ "$status" -eq 2 ]
}

@test "a program is built with the library and runs" {
	local args

	read -ra args < <(PKG_CONFIG_SYSROOT_DIR=$R PKG_CONFIG_LIBDIR=$P/lib/pkgconfig \
		pkg-config --cflags --libs libcpulevel)
	cat >"$BATS_TEST_TMPDIR/p.c" <<-'END'
		#include <cpulevel.h>
		int main(void) { return cl_bit("avx2") != CL_F_AVX2; }
	END
	${CC:-cc} -o "$BATS_TEST_TMPDIR/p" "$BATS_TEST_TMPDIR/p.c" "${args[@]}"
	LD_LIBRARY_PATH=$P/lib "$BATS_TEST_TMPDIR/p"
}

@test "the manual pages of what is installed are there, and no others" {
	local name

	for name in man{1/driver-kabi.1,3/libcpulevel.3,4/cpulevel.4,5/cpulevel.5} \
		man8/{cpulevel,cpulevel-pool,cpulevel-vm,driver-disk}.8; do
		cmp "$P/share/man/$name" "$TOP/man/${name#*/}"
	done
	run find "$P/share/man" -name 'new-driver*' -o -name 'build-*' -o -name 'respin-*'
	[ -z "$output" ]
}

@test "units start the commands that were installed, and completion is loaded" {
	local unit

	for unit in cpulevel-report driver-disk-auto; do
		run sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' "$P/lib/systemd/system/$unit.service"
		[ -x "$R$output" ]
		[ -e "$P/lib/systemd/system/multi-user.target.wants/$unit.service" ]
	done
	for unit in cpulevel driver-disk; do
		bash -c ". '$P/share/bash-completion/completions/$unit' && complete -p $unit"
	done
}
