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

@test "what is no module is refused: absent, a directory, a FIFO, text under xz" {
	mkfifo fifo.ko
	mkdir dir.ko
	echo text | xz >text.ko.xz
	for path in absent.ko dir.ko fifo.ko text.ko.xz; do
		run --separate-stderr timeout 5 driver-kabi check "$path" --symvers "$A"
		[ "$status" -eq 6 ]
		only_line
	done
}

@test "a compressed module gets the same verdict" {
	gzip -c "$KO" >a.ko.gz
	xz -c "$KO" >a.ko.xz
	zstd -q -c "$KO" >a.ko.zst
	run driver-kabi check "$KO" --symvers "$B"
	expected=${output/"$KO"/FILE}
	for file in a.ko.gz a.ko.xz a.ko.zst; do
		run driver-kabi check "$file" --symvers "$B"
		[ "$status" -eq 3 ]
		[ "${output/"$file"/FILE}" = "$expected" ]
	done
}

make_rpm() {	# OUT PAYLOAD-COMPRESSION
	cat >s.spec <<-END
		Name: acme-edu
		Version: 1
		Release: 1
		Summary: a driver
		License: GPL
		AutoReqProv: no
		%description
		a driver
		%install
		install -D -m 644 $KO %{buildroot}/lib/modules/K/updates/acme_edu.ko
		%files
		/lib/modules/K/updates/acme_edu.ko
	END
	rpmbuild -bb -D "_topdir $PWD/rb" -D "_rpmdir $1" -D "_binary_payload $2" \
		-D '_build_name_fmt acme.rpm' -D '__os_install_post %{nil}' s.spec >rpm.log 2>&1
}

@test "the modules of an RPM and of an ISO are found, whatever compresses them" {
	run driver-kabi check "$KO" --symvers "$B"
	rest=${output#*"$KO"}
	for payload in w9.gzdio w2.xzdio w3.zstdio; do
		make_rpm "$PWD/out" $payload
		run driver-kabi check out/acme.rpm --symvers "$B"
		[ "$status" -eq 3 ]
		[ "$output" = "changed  out/acme.rpm:lib/modules/K/updates/acme_edu.ko$rest" ]
	done
	xorriso -as mkisofs -quiet -r -J -o acme.iso out 2>/dev/null
	run driver-kabi check acme.iso --symvers "$B"
	[ "$output" = "changed  acme.iso:acme.rpm:lib/modules/K/updates/acme_edu.ko$rest" ]
	run driver-kabi check acme.iso --symvers "$A"
	[ "$status" -eq 0 ]
}

@test "a damaged RPM is told, and does not hide the other packages of its ISO" {
	make_rpm "$PWD/out" w9.gzdio
	head -c 3000 out/acme.rpm >out/bad.rpm
	xorriso -as mkisofs -quiet -r -J -o acme.iso out 2>/dev/null
	run --separate-stderr driver-kabi check acme.iso --symvers "$A"
	[ "$status" -eq 6 ]
	[[ $output == "same     acme.iso:acme.rpm:"* ]]
	[[ $stderr == "driver-kabi: acme.iso:bad.rpm: damaged: "* ]]
	only_line
}

@test "nothing is written to read a package" {
	make_rpm "$PWD/out" w9.gzdio
	mkdir tmp
	TMPDIR=$PWD/tmp strace -f -e trace=open,openat,creat,mkdir -o trace \
		driver-kabi check out/acme.rpm --symvers "$A"
	run grep -E 'O_WRONLY|O_RDWR|O_CREAT|creat|mkdir' trace
	[ "$status" -eq 1 ]
}

@test "XenServer's Module.kabi is read like a Module.symvers" {
	awk '{ print $1 "\t" $2 "\tkernel\t" $NF }' "$A/Module.symvers" >Module.kabi
	run driver-kabi check "$KO" --symvers Module.kabi
	[ "$status" -eq 0 ]
}

# A sample of the modules of two kernels, of which each kernel has four thousand.
@test "modprobe --dump-modversions agrees on hundreds of real modules" {
	checked=0
	exports "$B/Module.symvers" >theirs-all
	for kdir in "$A" "$B"; do
		k=$(awk -F '"' '/UTS_RELEASE/ { print $2 }' "$kdir/include/generated/utsrelease.h")
		dir=$("$BATS_TEST_DIRNAME/../vm/kernels" image "$k")/lib/modules/$k
		find "$dir/kernel" -name '*.ko*' | sort | awk 'NR % 40 == 0' | head -n 80 >list
		mapfile -t modules <list
		for module in "${modules[@]}"; do
			/sbin/modprobe --dump-modversions "$module" 2>/dev/null | awk '{ print $2, $1 }' |
				sort >needs
			[[ -s needs ]] || continue
			join needs theirs-all | awk '$2 != $3 { print $1 }' >theirs
			driver-kabi check "$module" --symvers "$B/Module.symvers" --json >verdict.json || true
			jq -r '.modules[].changed[].symbol' verdict.json | sort >ours
			diff ours theirs >&2
			checked=$((checked + 1))
		done
	done
	echo "# $checked modules" >&3
	[[ $checked -ge 100 ]]
}

# What the kernel's own header makes of a configuration is what a module must have.
@test "the vermagic flags of a kernel-devel are those of its header" {
	for kdir in "$A" "$B" "${XDG_CACHE_HOME:-$HOME/.cache}"/cpulevel/kernel/devel-*/usr/src/linux-headers-*-amd64; do
		header=$(find "$kdir/.." -path '*/include/linux/vermagic.h' | grep -m 1 "${kdir%-amd64}" || true)
		[[ -f $header && -f $kdir/include/generated/autoconf.h ]] || continue
		expected=$(printf '%s\n' '#define INCLUDE_VERMAGIC' "#include \"$kdir/include/generated/autoconf.h\"" \
			'#define _GENERATED_UTSRELEASE_H' '#define UTS_RELEASE "K"' '#define MODULE_ARCH_VERMAGIC ""' \
			"$(grep -v '#include' "$header")" 'FLAGS VERMAGIC_STRING' |
			gcc -E -P -x c - | grep '^FLAGS' | grep -o '"[^"]*"' | tr -d '"\n')
		run driver-kabi check "$KO" --symvers "$kdir" --json
		[ "K $(jq -r .flags <<<"$output")" = "$expected" ]
	done
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
