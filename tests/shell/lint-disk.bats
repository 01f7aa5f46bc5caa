#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Lint's answers as such, strangers' disks, and disks that mean harm.

# shellcheck disable=SC1083,SC2016,SC2030,SC2031,SC2034  # the parts are variables of lint.bash
load lint

bats_require_minimum_version 1.5.0

setup_file() {
	have_kernels || return 0
	setup_lint
	new_update
	update_disk "$W/disk"
}

teardown_file() { stop_agent "$BATS_FILE_TMPDIR/trust"; }

setup() {
	need_kernels
	start_lint
	new_update
	LINT_KDIR=$CPULEVEL_KDIR_A
	D=$BATS_TEST_TMPDIR/disk
	LINT=$TOP/scripts/lib
	export LINT_WORK LINT_KDIR LINT_KABI LINT_PACKINFO
	BAD=0
}

# ---- numbers and texts ----

numbers_in_code() {
	grep -hoE "(finding|print|told\(|bad\(|words\(|trap\(|number =.*) ?[1-6][0-9]{2}|'[1-6][0-9]{2}.t|[?:] ?20[5-7]" \
		"$LINT/lint.sh" "$LINT"/lint/* | grep -oE '[1-6][0-9]{2}' | sort -u
}

@test "every number in the code has a text, every text a number" {
	diff <(numbers_in_code) <(grep -hoE '^[1-6][0-9]{2}' "$LINT"/findings/* | sort)
	[ -z "$(grep -hoE '^[0-9]+' "$LINT"/findings/* | sort | uniq -d)" ]
	grep -hE '^[0-9]' "$LINT"/findings/* | grep -vE '^[1-6][0-9]{2} (error|warning) [A-Za-z]' && return 1
	# What breaks, how to repair it, and where the rule comes from.
	[ "$(cat "$LINT"/findings/* | grep -c '^    Source: ')" -eq "$(cat "$LINT"/findings/* | grep -cE '^[1-6]')" ]
}

@test "every number is shown by a test" {
	local n

	for n in $(numbers_in_code); do
		grep -qE "(^|[\"' 	^])$n([\"' \\]|$)" "$BATS_TEST_DIRNAME"/lint*.bats || { echo "$n: no test"; BAD=1; }
	done
	[ "$BAD" = 0 ]
}

@test "explain tells one, or all, and knows what it does not know" {
	run -0 lint_explain 205
	[ "${lines[0]}" = "205 error A symbol that the kernel does not have like this" ]
	[[ $output != *"206 error"* && $output = *"Source: "* ]]
	run -0 lint_explain
	[[ $output = *"101 error"* && $output = *"621 error"* ]]
	run -1 lint_explain 999
	[ -z "$output" ]
}

@test "the report as text and as JSON" {
	printf '%s\t%s\t%s\t%s\n' 105 error 'a"b\c' 'no RPM' 116 warning . 'no source' >"$BATS_TEST_TMPDIR/f"
	run -0 lint_report <"$BATS_TEST_TMPDIR/f"
	[ "${lines[0]}" = 'error 105: a"b\c: no RPM' ]
	[ "${lines[1]}" = 'warning 116: .: no source' ]
	O_JSON=1 lint_report <"$BATS_TEST_TMPDIR/f" >"$BATS_TEST_TMPDIR/json"
	[ "$(jq -r '.schema, .errors, .warnings, .findings[0].object' "$BATS_TEST_TMPDIR/json" | tr '\n' ' ')" = 'cpulevel-lint 1 1 1 a"b\c ' ]
	O_JSON=1 lint_report </dev/null | jq -e '.errors == 0 and .findings == []'
}

@test "findings are sorted and told once; an error makes the answer no, a warning does not" {
	cp -r "$W/disk" "$D"
	rm -r "$D/SRPMS"
	run -0 lint_disk "$D"
	[ "${output%%	*}" = 116 ]
	rm "$D/update.xml.asc"
	run -1 lint_disk "$D"
	[ "${lines[0]%%	*}/${lines[1]%%	*}" = 116/519 ]
	first=$output
	run -1 lint_disk "$D"
	[ "$output" = "$first" ]
}

# ---- with what else is known ----

@test "the signatures of packages against a key ring" {
	gpg --export >"$W/ring.gpg" 2>/dev/null
	other=$(new_key "$BATS_TEST_TMPDIR/other" other)
	GNUPGHOME=$BATS_TEST_TMPDIR/other gpg --export >"$BATS_TEST_TMPDIR/other.gpg" 2>/dev/null
	LINT_STRANGER=1 expect "$W/disk" 528 "no ring, and the disk is a stranger's"
	LINT_STRANGER=1 LINT_KEYRING=$W/ring.gpg expect "$W/disk" '' "the vendor's ring"
	LINT_KEYRING=$BATS_TEST_TMPDIR/other.gpg expect "$W/disk" '525 527' "another's ring"
	[ "$(grep -c ^527 <<<"$FOUND")" -eq "$(find "$W/disk" -name '*.rpm' | wc -l)" ]
	cp -r "$W/disk" "$D"
	GNUPGHOME=$BATS_TEST_TMPDIR/other KEY=$other sign_rpms_here "$D/Packages/control.rpm"
	index "$D"
	sign_metadata "$D"
	LINT_KEYRING=$W/ring.gpg expect "$D" 527 "one package of another's"
	[[ $FOUND = 527*Packages/control.rpm*NOKEY* ]]
	cat "$W/ring.gpg" "$BATS_TEST_TMPDIR/other.gpg" >"$BATS_TEST_TMPDIR/both.gpg"
	LINT_KEYRING=$BATS_TEST_TMPDIR/both.gpg expect "$D" '' "a ring of both"
	# Only its payload: the header's signature and sha256 in the repository go on being good.
	printf '\xff' | dd of="$D/Packages/module.rpm" bs=1 seek=$(($(stat -c %s "$D/Packages/module.rpm") - 20)) conv=notrunc status=none
	index "$D"
	sign_metadata "$D"
	LINT_KEYRING=$BATS_TEST_TMPDIR/both.gpg run lint_disk "$D"
	echo "$output"
	[[ $output = *527*Packages/module.rpm* ]]
	stop_agent "$BATS_TEST_TMPDIR/other"
	[ "$BAD" = 0 ]
}

@test "a key ring, the ISO's ids, the previous release" {
	gpg --export >"$W/ring.gpg" 2>/dev/null
	LINT_KEYRING=$W/ring.gpg expect "$W/disk" '' "the vendor's ring"
	cp -r "$W/disk" "$D"
	cp "$D/update.xml.asc" "$D/repodata/repomd.xml.asc"
	LINT_KEYRING=$W/ring.gpg expect "$D" 525 "another file's signature"
	xorriso -as mkisofs -quiet -r -J -V acme -A "$U_UUID" -o "$W/good.iso" "$W/disk" 2>/dev/null
	printf '%-128s' "$U_UUID" | dd of="$W/good.iso" bs=1 seek=$((16 * 2048 + 574)) conv=notrunc status=none
	LINT_ISO=$W/good.iso expect "$W/disk" '' "an ISO"
	xorriso -as mkisofs -quiet -r -J -V other -A other -o "$W/bad.iso" "$W/disk" 2>/dev/null
	LINT_ISO=$W/bad.iso expect "$W/disk" 521 "an ISO of other ids"
	LINT_PREVIOUS=$W/disk expect "$W/disk" 522 "the same uuid"
	rm -rf "$D"
	mkdir "$D"
	sed "s/$U_UUID/3f6c1a52-0000-4000-8000-000000000000/" "$W/disk/update.xml" >"$D/update.xml"
	LINT_PREVIOUS=$D expect "$W/disk" 526 "not rolled up"
	U_MORE='<rollsup name-label="acme" uuid="3f6c1a52-0000-4000-8000-000000000000"/>'
	cp -r "$D" "$BATS_TEST_TMPDIR/old"
	update_disk "$D"
	LINT_PREVIOUS=$BATS_TEST_TMPDIR/old expect "$D" '' "rolled up"
	[ "$BAD" = 0 ]
}

@test "relative names of the tools and folders do" {
	cd "$W"
	LINT_KDIR=$CPULEVEL_KDIR_A LINT_PACKINFO=tool/packinfo LINT_WORK=lint-work
	expect disk '' relative
	[ "$BAD" = 0 ]
}

# ---- strangers' disks ----

# XCP-ng's create-driver-disk: no control package, no source, its own key, no K in the name.
@test "a disk in the style of XCP-ng's is usable, and what it lacks is said" {
	U_CONTROL='' U_SRPM='' U_ATTRIBUTES='key="RPM-GPG-KEY-XCP-SingleUse" after-apply-guidance="restartHost"'
	M_NAME=acme M_DIR=override
	U_REQUIRES='acme >= 1.1-1'
	update_disk "$D"
	expect "$D" '116 217 302 504' XCP-ng
	[ "$BAD" = 0 ]
	run -0 lint_disk "$D"
}

# ---- disks that mean harm ----

# None of these may run anything, write outside LINT_WORK, or end the check.
@test "names and links on the disk" {
	cp -r "$W/disk" "$D"
	touch "$D"/Packages/{'$(touch pwned).rpm','-D x.rpm','a
b.rpm','[ab].rpm',$'\e[31m.rpm'} "$D/Packages/--pipe=touch pwned.rpm" "$D/"$'x\t105\terror'
	cp "$W/good/tools.rpm" "$D/Packages/--eval=x.rpm"
	ln -s / "$D/Packages/root"
	ln -s /etc/passwd "$D/Packages/link.rpm"
	echo 'https://example.org/evil.rpm' >"$D/Packages/list.rpm"
	(cd "$BATS_TEST_TMPDIR" && lint_disk "$D" >out) || true
	[ "$(cut -f 1 "$BATS_TEST_TMPDIR/out" | sort -u | tr '\n' ' ')" = '103 104 105 507 515 517 524 ' ]
	[ "$(grep -c . "$BATS_TEST_TMPDIR/out")" -eq "$(grep -cE $'^[0-9]+\t(error|warning)\t[^\t]*\t[^\t]+$' "$BATS_TEST_TMPDIR/out")" ]
	run ! grep -q $'\e' "$BATS_TEST_TMPDIR/out"
	[ -z "$(find "$BATS_TEST_TMPDIR" "$D" -name 'pwned*')" ]
}

@test "metadata that leads out of the disk" {
	cp -r "$W/disk" "$D"
	sed -i 's,href="repodata/[^"]*primary,href="../../etc/primary,' "$D/repodata/repomd.xml"
	expect "$D" 513 "a path out of the disk"
	rm "$D/repodata/repomd.xml"
	ln -s /dev/zero "$D/repodata/repomd.xml"
	expect "$D" '104 513' "an endless file"
	for file in update.xml.asc repodata/repomd.xml Packages/update.rpm; do
		rm -rf "$D"
		cp -r "$W/disk" "$D"
		rm "$D/$file"
		mkfifo "$D/$file"
		run -1 timeout 20 bash -c '. "$1"; lint_disk "$2"' bash "$LINT/lint.sh" "$D"
		[[ $output = *$'104\terror\t'"$file"* ]]
	done
	[ "$BAD" = 0 ]
}

# rpmbuild does not make such packages: the payload of a good one is replaced.
hostile_rpm() {	# FILE CPIO: tools.rpm's header, then this payload
	local size
	size=$(rpm2cpio_offset "$W/good/tools.rpm")
	{ head -c "$size" "$W/good/tools.rpm"; gzip -n <"$2"; } >"$1"
}

# The payload is the last gzip member: its magic, deflate, no name.
rpm2cpio_offset() { LC_ALL=C grep -obUaP '\x1f\x8b\x08\x00' "$1" | tail -n 1 | cut -d: -f1; }

@test "a payload that is not what its header says is not unpacked" {
	local t=$BATS_TEST_TMPDIR/t

	mkdir -p "$t/in/usr/share" "$t/out"
	cp -r "$W/disk" "$D"
	(cd "$t/in" && echo pwned >../escaped && printf '%s\n' ../escaped | cpio -o -H newc --quiet) >"$t/up.cpio"
	ln -s "$t/out" "$t/in/usr/share/acme"
	(cd "$t/in" && { echo ./usr/share/acme; } | cpio -o -H newc --quiet) >"$t/link.cpio"
	head -c 200 /dev/urandom >"$t/noise.cpio"
	rm -f "$t/escaped"
	for evil in up link noise; do
		hostile_rpm "$D/Packages/evil.rpm" "$t/$evil.cpio"
		FOUND=$(lint_disk "$D") || true
		grep -q $'^106\terror\tPackages/evil.rpm' <<<"$FOUND" || { echo "$evil: $FOUND"; BAD=1; }
	done
	[ "$BAD" = 0 ]
	[ ! -e "$t/escaped" ]
	[ -z "$(ls "$t/out")" ]
	[ -z "$(find "$LINT_WORK" -name escaped)" ]
}

@test "device files, and a package that goes through its own link" {
	[[ $EUID -eq 0 ]] || skip "only root makes device files"
	T_TAGS='' RPM_OPTIONS=()
	T_INSTALL='mknod %{buildroot}/usr/share/acme/null c 1 3'
	make_part "$BATS_TEST_TMPDIR/r" tools
	cp -r "$W/disk" "$D"
	cp "$BATS_TEST_TMPDIR/r/tools.rpm" "$D/Packages/"
	FOUND=$(lint_disk "$D") || true
	grep -q $'^108\terror\tPackages/tools.rpm' <<<"$FOUND"
	[ -z "$(find "$LINT_WORK" -type c)" ]
}

# rpm itself writes no such header; an attacker's own program does.
@test "a header's value that goes on in the next line cannot pass for another value" {
	L=$BATS_TEST_TMPDIR
	echo a.rpm >"$L/rpms"
	: >"$L/facts"
	printf '@1@\tname\tacme\n@1@\tgroup\tBase\n@2@\tname\tother\n@1@\trequires\t=\t1\tx\n' >"$L/query"
	run -0 lint_normalise @1@
	[ "${output%%	*}" = 307 ]
	[ "$(cut -f 2 "$L/facts" | tr '\n' ' ')" = 'name group requires ' ]
}
