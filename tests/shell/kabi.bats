#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# driver-kabi check on a real driver, built for real kernels.
# CPULEVEL_KDIR_A and _B name two kernel-devel directories whose CRCs differ.

setup_file() {
	local top dir=$BATS_FILE_TMPDIR

	top=$(readlink -f "$BATS_TEST_DIRNAME/../..")
	make -s -C "$top/kabi" O="$dir/build" >&2
	PATH=$dir/build:$PATH
	MANPAGE=$top/man/driver-kabi.1
	export PATH MANPAGE
	[[ ${CPULEVEL_KDIR_A:-} && ${CPULEVEL_KDIR_B:-} ]] || return 0

	A=$CPULEVEL_KDIR_A
	B=$CPULEVEL_KDIR_B
	export A B
	mkdir "$dir/src"
	cp "$top"/examples/acme-edu/{Kbuild,acme_edu.c} "$dir/src"
	make -s -C "$A" M="$dir/src" modules >&2
	mv "$dir/src/acme_edu.ko" "$dir"
}

setup() {
	[[ ${A:-} ]] || skip "CPULEVEL_KDIR_A and CPULEVEL_KDIR_B are not set"
	KO=$BATS_FILE_TMPDIR/acme_edu.ko
	export LC_ALL=C
	cd "$BATS_TEST_TMPDIR" || return
}

imports() { /sbin/modprobe --dump-modversions "$KO" | awk '{ print $2, $1 }' | sort; }
exports() { awk '{ print $2, $1 }' "$1" | sort; }	# SYMVERS
release() { /sbin/modinfo -F vermagic "$KO" | cut -d' ' -f1; }

# What join and awk say of the same question, independent of driver-kabi.
changed() { join <(imports) <(exports "$1") | awk '$2 != $3 { print $1 }'; }

# shellcheck disable=SC2154 # run --separate-stderr sets it
only_line() {	# the one message on stderr, by the house's form
	[ "$(printf '%s\n' "$stderr" | wc -l)" -eq 1 ]
	[[ $stderr == "driver-kabi: "*": "*"; "* ]]
}

bats_require_minimum_version 1.5.0

@test "the kernel it was built for: same, with every symbol counted" {
	run driver-kabi check "$KO" --symvers "$A"
	[ "$status" -eq 0 ]
	[ "$output" = "same     $KO  $(imports | wc -l) symbols (built for $(release))" ]
}

@test "Module.symvers and its directory give the same answer" {
	run driver-kabi check "$KO" --symvers "$B"
	from_dir=$output
	run driver-kabi check "$KO" --symvers "$B/Module.symvers"
	[ "$output" = "$from_dir" ]
}

@test "another ABI: the changed symbols are those that join finds" {
	mapfile -t symbols < <(changed "$B/Module.symvers")
	[ "${#symbols[@]}" -gt 0 ]
	run driver-kabi check "$KO" --symvers "$B"
	[ "$status" -eq 3 ]
	[ "$output" = "changed  $KO  ${#symbols[@]} of $(imports | wc -l) symbols (built for $(release)): ${symbols[*]}" ]
}

@test "lines with the symbol before the CRC are read too" {
	awk '{ print $2, $1 }' "$A/Module.symvers" >reversed
	run driver-kabi check "$KO" --symvers reversed
	[ "$status" -eq 0 ]
}

@test "a symbol that is gone is named, and comes before those that changed" {
	grep -v -w pcim_iomap_regions "$B/Module.symvers" >gone
	run driver-kabi check "$KO" --symvers gone
	[ "$status" -eq 3 ]
	[[ $output == "missing  $KO  1 of "*": pcim_iomap_regions; "*" changed: "*module_layout* ]]
}

@test "a kernel without MODVERSIONS refuses" {
	sed 's/^0x[0-9a-f]*/0x00000000/' "$A/Module.symvers" >zero
	run driver-kabi check "$KO" --symvers zero
	[ "$status" -eq 3 ]
	[[ $output == "refused  $KO  the kernel has no CRCs (CONFIG_MODVERSIONS is off); "* ]]
}

@test "a module without versions is refused" {
	objcopy --rename-section __versions=.none "$KO" bare.ko
	run driver-kabi check bare.ko --symvers "$A"
	[ "$status" -eq 3 ]
	[[ $output == "refused  bare.ko  the module has no CRCs "* ]]
}

@test "other vermagic flags are refused when the kernel's are known" {
	mkdir -p kdir/include/config
	cp "$A/Module.symvers" kdir
	grep -v -e '^CONFIG_SMP=' "$A/include/config/auto.conf" >kdir/include/config/auto.conf
	run driver-kabi check "$KO" --symvers kdir
	[ "$status" -eq 3 ]
	[[ $output == "refused  $KO  vermagic flags are \"SMP "*"; rebuild it" ]]

	run driver-kabi check "$KO" --symvers kdir/Module.symvers
	[ "$status" -eq 0 ]
}

@test "several modules get a line each, and the worst decides" {
	echo junk >junk.ko
	run --separate-stderr driver-kabi check "$KO" junk.ko "$KO" --symvers "$B"
	[ "$status" -eq 6 ]
	[ "${#lines[@]}" -eq 2 ]
	only_line
	[[ $stderr == *"junk.ko: damaged: "* ]]
}

@test "a module cut at any length is damaged, in one line" {
	size=$(stat -c %s "$KO")
	for ((cut = 0; cut < size; cut += size / 40)); do
		head -c "$cut" "$KO" >cut.ko
		run --separate-stderr driver-kabi check cut.ko --symvers "$A"
		[ "$status" -eq 6 ]
		[ -z "$output" ]
		only_line
	done
}

@test "what is no module is refused: absent, a directory, a FIFO, compressed" {
	mkfifo fifo.ko
	mkdir dir.ko
	xz -k -c "$KO" >acme_edu.ko.xz
	for path in absent.ko dir.ko fifo.ko acme_edu.ko.xz; do
		run --separate-stderr timeout 5 driver-kabi check "$path" --symvers "$A"
		[ "$status" -eq 6 ]
		only_line
	done
	[[ $stderr == *"unpack it first with xz -dk"* ]]
}

@test "symvers that cannot be read, are empty, cut or malformed: exit 5, with the line" {
	: >empty
	head -c 5000 "$A/Module.symvers" >short
	{ head -n 6 "$A/Module.symvers"; echo 'not a line'; } >bad
	mkdir nothing
	for symvers in absent empty short bad nothing; do
		run --separate-stderr driver-kabi check "$KO" --symvers "$symvers"
		[ "$status" -eq 5 ]
		[ -z "$output" ]
		only_line
		[[ $stderr != *bad:* || $stderr == *"line 7 "* ]]
	done
}

@test "bad usage: exit 2 and one line" {
	for args in "frob" "check --frob" "check $KO" "check --symvers $A" "check $KO --symvers"; do
		# shellcheck disable=SC2086 # words on purpose
		run --separate-stderr driver-kabi $args
		[ "$status" -eq 2 ]
		only_line
	done
}

@test "JSON says the same, with both CRCs of each symbol" {
	run --separate-stderr driver-kabi check "$KO" absent.ko --symvers "$B" --json
	[ "$status" -eq 6 ]
	[ "$(jq -r .schema <<<"$output")" = driver-kabi/check/1 ]
	[ "$(jq -r '.modules[].verdict' <<<"$output")" = $'changed\ndamaged' ]
	[ "$(jq -r '.modules[0].release' <<<"$output")" = "$(release)" ]
	jq -r '.modules[0].changed[] | "\(.symbol) \(.module_crc) \(.kernel_crc)"' \
		<<<"$output" | sort >ours
	join <(imports) <(exports "$B/Module.symvers") | awk '$2 != $3' | sort >theirs
	diff ours theirs
}

@test "a full disk is not success" {
	run --separate-stderr bash -c "driver-kabi check '$KO' --symvers '$A' >/dev/full"
	[ "$status" -eq 5 ]
	only_line
}

@test "the examples of driver-kabi(1) work" {
	cp "$KO" acme_edu.ko
	mkdir old new
	cp "$A/Module.symvers" old
	cp "$B/Module.symvers" new
	sed -n '/^\.SH EXAMPLES/,/^\.SH SEE/p' "$MANPAGE" | sed -n '/^\.EX/,/^\.EE/p' |
		sed -n 's/^\$ //p' | sed 's/\\-/-/g; s/\\e/\\/g' >examples
	[ "$(wc -l <examples)" -ge 3 ]
	while read -r example; do
		run bash -c "$example"
		echo "$example: $status: $output"
		[ -n "$output" ]
		[[ $status -eq 0 || $status -eq 3 ]]
	done <examples
}
