#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# driver-kabi why and diff on a real driver and real kernel-devels.
# CPULEVEL_KDIR_A and _B name two whose CRCs differ.

bats_require_minimum_version 1.5.0

setup_file() {
	local dir=$BATS_FILE_TMPDIR

	TOP=$(readlink -f "$BATS_TEST_DIRNAME/../..")
	make -s -C "$TOP/kabi" O="$dir/build" >&2
	PATH=$dir/build:$PATH
	export PATH TOP
	[[ ${CPULEVEL_KDIR_A:-} && ${CPULEVEL_KDIR_B:-} ]] || return 0

	A=$CPULEVEL_KDIR_A
	B=$CPULEVEL_KDIR_B
	export A B
	mkdir "$dir/src"
	cp "$TOP"/examples/acme-edu/{Kbuild,acme_edu.c} "$dir/src"
	make -s -C "$A" M="$dir/src" modules >&2
	mv "$dir/src/acme_edu.ko" "$dir"
	make -s -C "$A" M="$dir/src" clean >&2
	driver-kabi why "$dir/acme_edu.ko" --from "$A" --to "$B" >"$dir/why.txt" || true
	driver-kabi why "$dir/acme_edu.ko" --from "$A" --to "$B" --json >"$dir/why.json" || true
}

setup() {
	[[ ${A:-} ]] || skip "CPULEVEL_KDIR_A and CPULEVEL_KDIR_B are not set"
	W=$BATS_FILE_TMPDIR
	KO=$W/acme_edu.ko
	export LC_ALL=C
	cd "$BATS_TEST_TMPDIR" || return
}

exports() { awk '{ print $2, $1 }' "$1/Module.symvers" | sort; }

# A kernel-devel that is A but for one header, which FILE's sed script edits.
make_kdir() {	# DIR HEADER SED-SCRIPT SYMBOL...
	local dir=$1 common header=$2 script=$3 symbol

	common=$(sed -n 's#^include \(.*\)/Makefile#\1#p' "$A/Makefile")
	mkdir -p "$dir"
	cp -rs "$A/." "$dir/devel"
	[[ $common ]] || skip "this kernel-devel is no Debian one"
	cp -rs "$common/." "$dir/common"
	rm "$dir/devel/Makefile" "$dir/common/include/$header" "$dir/devel/Module.symvers"
	sed "s#$common/#$dir/common/#" "$A/Makefile" >"$dir/devel/Makefile"
	sed "$script" "$common/include/$header" >"$dir/common/include/$header"
	! cmp -s "$common/include/$header" "$dir/common/include/$header"
	cp "$A/Module.symvers" "$dir/devel/Module.symvers"
	for symbol in "${@:4}"; do
		sed -i "s/^0x[0-9a-f]*\t$symbol\t/0x12345678\t$symbol\t/" "$dir/devel/Module.symvers"
	done
}

@test "why names exactly the symbols whose CRCs differ" {
	jq -r '.changed[].symbol' "$W/why.json" | sort >ours
	/sbin/modprobe --dump-modversions "$KO" | awk '{ print $2 }' | sort >imports
	join <(exports "$A") <(exports "$B") | awk '$2 != $3 { print $1 }' | join - imports >theirs
	[ -s theirs ]
	diff ours theirs
}

@test "why finds a cause for nearly every symbol, with offsets, and groups them" {
	[ "$(jq '[.changed[] | select(.causes | length > 0)] | length' "$W/why.json")" -ge \
		"$(jq '.changed | length - 2' "$W/why.json")" ]
	[ "$(jq -r .no_offsets "$W/why.json")" = null ]
	grep -qE '^ *[0-9]+\. (struct|union) [a-z_0-9]+ (grew|shrank|kept its) .* at [0-9]+' "$W/why.txt"
	grep -qE '^[0-9]+ symbols changed because of [0-9]+ types$' "$W/why.txt"
}

@test "between 6.1.0-47 and -56 struct device grew by an appended field" {
	[[ $A == *6.1.0-47-amd64 && $B == *6.1.0-56-amd64 ]] || skip "other kernels are compared"
	grep -qF 'struct device grew 744 -> 752: + long unsigned int flags[1] at 744 (appended)' "$W/why.txt"
	grep -qF 'struct key_tag grew 24 -> 32: + atomic64_t index_id at 16' "$W/why.txt"
}

@test "one field added to one header is the one that is named, with its place" {
	make_kdir "$PWD/made" linux/pci.h 's/^struct pci_slot {$/&\n\tunsigned long acme_field;/' \
		__pci_register_driver pci_unregister_driver
	run driver-kabi why "$KO" --from "$A" --to made/devel
	[ "$status" -eq 3 ]
	[[ ${lines[1]} == "2 symbols changed because of 1 type" ]]
	[[ ${lines[2]} == *"struct pci_slot grew "*": + long unsigned int acme_field at 0; "*" moved"* ]]
	[[ ${lines[3]} == "2 symbols changed because of struct pci_slot: __pci_register_driver pci_unregister_driver" ]]
}

@test "a changed prototype is its own cause" {
	make_kdir "$PWD/made" linux/pci.h 's/^void pci_unregister_driver(struct pci_driver \*dev);/void pci_unregister_driver(struct pci_driver *dev, int acme);/' \
		pci_unregister_driver
	run driver-kabi why "$KO" --from "$A" --to made/devel
	[ "$status" -eq 3 ]
	[[ $output == *"pci_unregister_driver void pci_unregister_driver(struct pci_driver *) became void pci_unregister_driver(struct pci_driver *, int)"* ]]
}

@test "why says when it cannot know" {
	make_kdir "$PWD/made" linux/pci.h '1s/^/\n/' devm_kmalloc __stack_chk_fail
	run driver-kabi why "$KO" --from "$A" --to made/devel
	[ "$status" -eq 3 ]
	[[ $output == *"cannot know why 1 symbol changed, what the headers say is equal"*": devm_kmalloc"* ]]
}

# A vmlinux for make_kdir's DIR whose BTF has struct device_private, once for each list of fields.
make_btf() {	# DIR FIELDS...
	local dir=$1 fields nr=0
	local -a objects

	for fields in "${@:2}"; do
		nr=$((nr + 1))
		printf 'struct device_private { %s }; struct device_private *p%d;\n' "$fields" $nr >"$dir/$nr.c"
		gcc -g -gdwarf-4 -c -o "$dir/$nr.o" "$dir/$nr.c"
		objects+=("$dir/$nr.o")
	done
	ld -r -o "$dir/devel/vmlinux" "${objects[@]}"
	pahole -J "$dir/devel/vmlinux"
}

@test "a private type is looked up in BTF, unless BTF has several types of that name" {
	make_kdir "$PWD/old" linux/pci.h '1s/^/\n/'
	make_kdir "$PWD/new" linux/pci.h '1s/^/\n/' pci_unregister_driver
	make_btf old 'int a;'
	make_btf new 'int a; int b;'
	run driver-kabi why "$KO" --from old/devel --to new/devel
	echo "$output"
	[ "$status" -eq 3 ]
	[[ $output == *"struct device_private grew 4 -> 8: + int b at 4 (appended)"* ]]
	[[ $output == *"1 symbol may have changed because of struct device_private: pci_unregister_driver"* ]]
	make_btf new 'int a;' 'int a; int b;'
	run driver-kabi why "$KO" --from old/devel --to new/devel
	echo "$output"
	[ "$status" -eq 3 ]
	[[ $output == *"cannot know why 1 symbol changed"*": pci_unregister_driver"* ]]
	[[ $output != *"device_private grew"* ]]
}

@test "a blank line in a header: identical, proved by source, command and object" {
	make_kdir "$PWD/made" linux/pci.h '1s/^/\n/'
	run driver-kabi why "$KO" --from "$A" --to made/devel --source "$W/src"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ ${lines[1]} == "identical: the preprocessed source, the compiler's command and the object code of 1 file are equal" ]]
	run driver-kabi why "$KO" --from "$A" --to made/devel
	[[ ${lines[1]} == "alike: all "*" types behind the symbols are equal; "* ]]
}

@test "equal CRCs do not make it identical" {
	# shellcheck disable=SC2016 # a sed script
	make_kdir "$PWD/made" linux/pci.h '$s/^/static inline void acme_inline(void) { }\n/'
	run driver-kabi why "$KO" --from "$A" --to made/devel --source "$W/src"
	[ "$status" -eq 0 ]
	[[ $output == *"not identical: $W/src/acme_edu.c: the preprocessed source"* ]]
}

@test "what is no kernel-devel: exit 5, one line, nothing left behind" {
	mkdir empty tmp
	cp "$A/Module.symvers" empty
	export TMPDIR=$PWD/tmp
	run --separate-stderr driver-kabi why "$KO" --from "$A" --to empty
	[ "$status" -eq 5 ]
	# shellcheck disable=SC2154 # run --separate-stderr sets it
	[ "$(printf '%s\n' "$stderr" | wc -l)" -eq 1 ]
	[ -z "$(ls tmp)" ]
}

@test "the types read from genksyms' definitions are those that it writes itself" {
	# shellcheck disable=SC1090
	. <(sed '$d' "$TOP/kabi/why/work.sh")
	mkdir d
	printf '#include <linux/%s>\n' module.h pci.h netdevice.h >d/unit.c
	printf '%s\n' pci_unregister_driver register_netdev device_add >d/symbols
	: >d/definitions
	step_flags "$A" "$PWD/d"
	step_symtypes "$A" "$PWD/d" "$A"
	genksyms=$(genksyms_of "$A")
	{ cat d/unit.i; sed "s/.*/$(keyword "$genksyms")(&);/" d/symbols; } | "$genksyms" -T theirs >/dev/null 2>&1
	[ "$(wc -l <theirs)" -gt 500 ]
	diff <(sort d/symtypes) <(sort theirs)
}

@test "a signal at any step leaves no folder and no compiler behind" {
	mkdir tmp
	for at in TERM:from/make.log INT:from/unit.i HUP:to/layout.c; do
		TMPDIR=$PWD/tmp env --default-signal driver-kabi why "$KO" --from "$A" --to "$B" >/dev/null 3>&- &
		pid=$!
		until compgen -G "tmp/driver-kabi.*/${at#*:}" >/dev/null; do
			kill -0 $pid
			sleep 0.02
		done
		kill "-${at%:*}" $pid
		status=0
		wait $pid || status=$?
		[ "$status" -eq $((128 + $(kill -l "${at%:*}"))) ]
		ls tmp
		[ -z "$(ls tmp)" ]
		! pgrep -f "$PWD/tmp/driver-kabi"
	done
}

@test "a reader that goes away leaves no folder behind" {
	mkdir tmp
	TMPDIR=$PWD/tmp driver-kabi diff "$A" "$B" | head -n 1
	[ -z "$(ls tmp)" ]
}

@test "wrong command lines: exit 2" {
	for args in "why" "why $KO" "why $KO --from $A" "why --from $A --to $B" "why $KO --symvers $A" \
		"diff" "diff $A" "diff $A $B $KO" "diff $A $B --source x"; do
		# shellcheck disable=SC2086 # words on purpose
		run driver-kabi $args
		[ "$status" -eq 2 ]
	done
}

@test "diff lists what join finds, and the disks that it touches" {
	run --separate-stderr driver-kabi diff "$A/Module.symvers" "$B/Module.symvers" --disks "$KO"
	[ "$status" -eq 3 ]
	[[ $output == *"changed  $KO  "* ]]
	grep '^~ ' <<<"$output" | cut -d' ' -f2 | sort >ours
	join <(exports "$A") <(exports "$B") | awk '$2 != $3 { print $1 }' >theirs
	diff ours theirs
	grep '^- ' <<<"$output" | cut -d' ' -f2 | sort >ours
	join -v 1 <(exports "$A") <(exports "$B") | cut -d' ' -f1 >theirs
	diff ours theirs
	run driver-kabi diff "$A" "$A" --disks "$KO"
	[ "$status" -eq 0 ]
}

@test "diff of two kernel-devels names the type behind the changes" {
	make_kdir "$PWD/made" linux/pci.h 's/^struct pci_slot {$/&\n\tunsigned long acme_field;/' \
		__pci_register_driver pci_unregister_driver
	run driver-kabi diff "$A" made/devel --json
	[ "$status" -eq 3 ]
	[ "$(jq -r '.why.causes[].type' <<<"$output")" = "struct pci_slot" ]
	[ "$(jq -r '.exports.EXPORT_SYMBOL.changed' <<<"$output")" = 2 ]
}

@test "the examples of driver-kabi(1) for why and diff work" {
	cp "$KO" acme_edu.ko
	ln -s "$A" old
	ln -s "$B" new
	sed -n '/^\.SH EXPLANATIONS/,/^\.SH EXAMPLES/p' "$TOP/man/driver-kabi.1" |
		sed -n 's/^\$ //p' | sed 's/\\-/-/g' >examples
	[ "$(wc -l <examples)" -eq 3 ]
	run bash <(sed -n 1p examples)
	[ "$status" -eq 3 ]
	diff <(sed 1d <<<"$output") <(sed 1d "$W/why.txt")
	[ "$(bash <(sed -n 2p examples) | sort)" = "$(jq -r '.causes[].type' "$W/why.json" | sort)" ]
	run bash <(sed -n 3p examples)
	[ "$status" -eq 3 ]
}
