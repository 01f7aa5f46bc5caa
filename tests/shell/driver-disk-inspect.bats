#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# driver-disk inspect and compare: what reads and never changes; and the completion of its command line.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154,SC2164 # texts for others; what bats does

load pack
load dom0

setup_file() {
	have_kernels || return 0
	setup_pack
}

teardown_file() { stop_agent "$BATS_FILE_TMPDIR/trust"; }

setup() { load_lab; }

@test "a disk's identity, kernels, packages and signer are shown" {
	run dd_ inspect --keyring "$W/trust" "$W/disk"
	exits 0
	says "verdict:           verified" "family:            update" "name:              acme-edu" "version:           1.1" \
		"$(tr A-F a-f <<<"${KEY: -16}") vendor <vendor@example.org>" "for-kernel:        $KA" \
		"/lib/modules/$KA/updates/acme_edu.ko" "kernel-uname-r ="
}

@test "an ISO can be inspected as it is" {
	run dd_ inspect --keyring "$W/trust" "$W/out/acme-edu-1.1-$KA.iso"
	exits 0
	says "verdict:           verified"
}

@test "a disk by an unknown key, a changed one and a legacy one: shown, with exit 1 and the reason" {
	mkdir -m 700 "$BATS_TEST_TMPDIR/none"
	run dd_ inspect --keyring "$BATS_TEST_TMPDIR/none" "$W/disk"
	exits 1
	says "verdict:           not-verified" "no good signature by a key this host trusts" "name:              acme-edu"
	cp -r "$W/disk" "$BATS_TEST_TMPDIR/changed"
	printf '\xff' | dd of="$(echo "$BATS_TEST_TMPDIR"/changed/Packages/acme-edu-*.rpm)" bs=1 seek=5000 conv=notrunc status=none
	run dd_ inspect --keyring "$W/trust" "$BATS_TEST_TMPDIR/changed"
	exits 1
	says "checksum differs"
	legacy_disk "$BATS_TEST_TMPDIR/old" acme 1.0 "$W"/disk/Packages/acme-edu-*.rpm
	run dd_ inspect "$BATS_TEST_TMPDIR/old"
	exits 1
	says "family:            legacy" "verdict:           unsigned" "requires:          xs main eq 6.5.0" "product:           XenServer"
	printf x | dd of="$(echo "$BATS_TEST_TMPDIR"/old/*.rpm)" bs=1 seek=3000 conv=notrunc status=none
	run dd_ inspect "$BATS_TEST_TMPDIR/old"
	exits 6
	says "verdict:           damaged" "md5 sum differs"
}

@test "what is no disk is said to be none" {
	mkdir "$BATS_TEST_TMPDIR/empty"
	run dd_ inspect "$BATS_TEST_TMPDIR/empty"
	exits 6
	run dd_ inspect /etc/passwd
	exits 6
	run dd_ inspect /no/such
	exits 2
}

@test "scripts beyond a driver's business are shown" {
	one_kernel
	module_tree "$BATS_TEST_TMPDIR/tree" "$KA" evil
	rpm_of "$BATS_TEST_TMPDIR" evil-modules 1 "$BATS_TEST_TMPDIR/tree" %post "wget http://example.org"
	hand_disk "$BATS_TEST_TMPDIR/d" evil "$KA" "$BATS_TEST_TMPDIR/evil-modules-1-1.rpm"
	run dd_ inspect --keyring "$W/trust" "$BATS_TEST_TMPDIR/d"
	exits 0
	says "odd:               runs: wget http://example.org"
}

@test "its JSON is JSON, with lists where there can be several" {
	dd_ inspect --json --keyring "$W/trust" "$W/disk" >"$BATS_TEST_TMPDIR/j"
	[ "$(jq -r '.schema, .verdict, .name, (.package | length), .["for-kernel"][0]' "$BATS_TEST_TMPDIR/j" | paste -sd ' ')" = \
		"driver-disk/inspect/1 verified acme-edu 3 $KA" ]
}

# ---- compare ----

host() {	# NAME VERSION
	jq --arg h "$1" --arg v "$2" '.host = $h | .packs[].version = $v | (.drivers[] | select(.kernel == .kernel) | .version) = $v' "$BATS_TEST_TMPDIR/status" >"$BATS_TEST_TMPDIR/$1.json"
}

@test "hosts that differ are shown in one table, what differs is marked, and the exit code says it" {
	one_kernel
	dd_ install "$W/disk" >/dev/null 2>&1
	dd_ status --json >"$BATS_TEST_TMPDIR/status"
	host one 1.1
	host two 1.1
	host three 1.2
	cd "$BATS_TEST_TMPDIR"
	run dd_ compare one.json two.json
	exits 0
	says "  pack: acme-edu       1.1" "the hosts are alike"
	run dd_ compare one.json two.json three.json
	exits 1
	says "! pack: acme-edu       1.1             1.1             1.2" "! next boot: acme_edu  1.1             1.1             1.2" \
		"  kernel: boots next   $KA"
	dd_ compare --json one.json three.json >c.json || true
	[ "$(jq -r '.rows[] | select(.same | not) | .what' c.json | paste -sd,)" = "pack: acme-edu,next boot: acme_edu" ]
}

@test "files that are no status are refused by name" {
	cd "$BATS_TEST_TMPDIR"
	echo '{"schema":"driver-disk/status/1","host":"a"}' >good
	for bad in '' '{' '{"schema":1}' '[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]' '{"schema":"driver-disk/status/1"} x' '{"a":"'; do
		printf '%s' "$bad" >bad
		run dd_ compare good bad
		exits 2
		says "bad: not what 'driver-disk status --json' writes"
	done
	run dd_ compare good
	exits 2
	printf '{"schema":"driver-disk/status/1","host":"$(touch pwned)","next_kernel":"a\\"b\\\\c\\u0041"}' >odd
	run dd_ compare good odd
	[ ! -e pwned ]
	says 'a"b\c?'
}

# ---- completion ----

completed() {
	local -a COMP_WORDS=(driver-disk "$@") COMPREPLY=()
	local COMP_CWORD=$#

	source "$TOP/pack/completion.bash"
	_driver_disk
	echo "${COMPREPLY[*]-}"
}

@test "completion knows the verbs and options that the command has" {
	for verb in $("$TOOL" --help | sed -n 's/.*driver-disk \([a-z]*\) .*/\1/p'); do
		[[ " $(completed '') " = *" $verb "* ]] || { echo "$verb"; return 1; }
	done
	for verb in status install remove rollback history verify inspect compare; do
		for option in $(completed $verb --); do
			"$TOOL" --help | tr '\n' ' ' | sed 's/driver-disk \([a-z]*\) /\n\1 /g' | grep "^$verb " | grep -qe "$option" ||
				{ echo "$verb $option"; return 1; }
		done
	done
	[ "$(completed status --k)" = --kernel ]
	[ "$(completed in)" = "install inspect" ]
}
