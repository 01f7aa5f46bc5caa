#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Which drivers may be compiled beside others: only those whose Kbuild file is a list of objects and plain flags.

setup() {
	TOP=$(readlink -f "$BATS_TEST_DIRNAME/../..")
	. "$TOP/scripts/lib/respin/source.sh"
	cd "$BATS_TEST_TMPDIR" || return
	mkdir d
	echo 'int x;' >d/x.c
}

@test "plain: objects, parts of modules, definitions, warnings" {
	while IFS= read -r line; do
		printf '%b\n' "$line" >d/Kbuild
		echo "$line"
		plain_kbuild d
	done <<-'END'
		obj-m := x.o
		obj-m += x.o y_z.o\nx-y := a.o b-c.o\n\n# why\n#
		x-objs = a.o
		ccflags-y := -DDEBUG=1 -Wno-unused -O2
	END
}

@test "alone: anything that make or the shell would run, or that means more than its own folder" {
	while IFS= read -r line; do
		printf '%b\n' "$line" >d/Kbuild
		echo "$line"
		! plain_kbuild d || return 1
	done <<-'END'
		obj-m := $(X).o
		obj-m != echo x.o
		obj-m := sub/
		obj-m := ../x.o
		obj-m := x.o \\\\
		# half \\\\
		include other
		ifdef X
		all:\n\tmake -C /
		obj-y := x.o
		KBUILD_EXTRA_SYMBOLS := y
		ccflags-y := -fplugin=./evil.so
		ccflags-y := -DX=`id`
		ccflags-y := -include /etc/passwd
		ccflags-y := -I/usr/include
		ccflags-y := -DX="a;b"
		ccflags-y := -B./
		ccflags-y := -Wp,@x
		CC = evil
		$(shell touch evil)
	END
}

@test "alone: drivers that export symbols, know the time, or read files as they are compiled" {
	echo 'obj-m := x.o' >d/Kbuild
	plain_kbuild d
	for line in 'EXPORT_SYMBOL_GPL(x);' 'EXPORT_SYMBOL_NS(x, Y);' 'char t[] = __TIME__;' 'asm(".incbin \"f\"");'; do
		echo "$line" >d/x.c
		echo "$line"
		! plain_kbuild d || return 1
	done
}

@test "a Makefile is read where there is no Kbuild; a link to one is not" {
	! plain_kbuild d || return 1
	echo 'obj-m := x.o' >d/Makefile
	plain_kbuild d
	ln -s Makefile d/Kbuild
	! plain_kbuild d || return 1
}

@test "without room for a work folder nothing is unpacked anywhere else" {
	. "$TOP/pack/common.sh"
	PROG=respin TOOLS=0123456789abcdef CACHE=$BATS_TEST_TMPDIR/none
	inspect_source() { echo "looked at $1 in '$2'"; }
	run source_kind x.src.rpm digest
	echo "$output"
	[ "$status" -eq 5 ]
	[[ $output = *"$CACHE: cannot be written; "* && $output != *"looked at"* ]]
}
