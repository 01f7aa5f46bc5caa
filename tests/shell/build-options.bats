#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The calls that vendors have scripts for, and what each option puts on the disk:
# the driver kit's, build-update's and XCP-ng's create-driver-disk's.

load pack

setup_file() {
	have_kernels || return 0
	setup_key
	make -s -C "$TOP/pack" >&2
	fake_kernel 3.10.0+2
	build_disk "$CPULEVEL_KDIR_A" "$W/out" 2>"$W/log" || cat "$W/log" >&2
	open_iso "$W/out/acme-edu-1.1-$KA.iso" "$W/disk"
	build_disk "$W/kernel/3.10.0+2" "$W/out" 2>"$W/log" || cat "$W/log" >&2
	open_iso "$W/out/acme-edu-1.1-3.10.0+2.iso" "$W/legacy"
	gpg --armor --export "$KEY" >"$W/RPM-GPG-KEY-acme"
	# Two releases that a later one replaces.
	export U1=11111111-2222-4333-8444-555555555555 U2=22222222-2222-4333-8444-555555555555
}

teardown_file() { stop_agent "$BATS_FILE_TMPDIR/trust"; }

setup() {
	need_kernels
	OUT=$BATS_TEST_TMPDIR/out
	D=$BATS_TEST_TMPDIR/disk
	RPM=$W/disk/Packages/acme-edu-$KA-modules-1.1-1.x86_64.rpm
	P=$TOP/build/packinfo
}

field() { "$P" update "$D/update.xml" | sed -n "s/^$1=//p"; }

# No source, so that it takes no time: the disk of a ready RPM.
pack_ready() {	# [OPTION...]
	"$BUILD" --label acme-edu --version 2 --text "Acme EDU driver" --vendor-code acme \
		--vendor-name "Acme Ltd" --sign "$KEY" --out "$OUT" "$@" "$RPM" || return
	open_iso "$OUT/acme-edu-2-$KA.iso" "$D"
}

@test "the driver kit's call works unchanged: no key, no kernel-devel, the ISO named by the label" {
	"$BUILD" --output="$OUT" --vendor-code=acme --vendor-name="Acme Ltd" --label=acme-edu \
		--text="Acme EDU driver" --version=1.1 --build=7 --mem=16 --homogeneous --tarball \
		"$W/legacy/acme-edu-3.10.0+2-modules-1.1-1.x86_64.rpm"
	[ "$(ls "$OUT")" = $'acme-edu.iso\nacme-edu.iso.md5\nacme-edu.metadata.md5\nacme-edu.tar.gz' ]
	open_iso "$OUT/acme-edu.iso" "$D"
	run "$P" xs-repository "$D/XS-REPOSITORY"
	for line in originator=acme name=acme-edu version=1.1 build=7 memory-requirement-mb=16 enforce-homogeneity=true \
		"description=Acme EDU driver" "requires=xs main eq 6.5.0"; do
		grep -qxF -e "$line" <<<"$output"
	done
	(cd "$OUT" && md5sum -c acme-edu.iso.md5)
}

@test "build-update's call works unchanged: short options, one file, no vendor" {
	"$BUILD" --uuid "$U1" -l driver-acme -v 3.0 -d "Acme's driver" -o "$OUT/its-name.iso" -k "$KEY" \
		--keyfile "$W/RPM-GPG-KEY-acme" --base-requires "product-version = 8.2.1" --after-apply restartXAPI,restartHost \
		--no-passphrase --rollups "$U2" "$RPM"
	[ "$(ls "$OUT")" = its-name.iso ]
	open_iso "$OUT/its-name.iso" "$D"
	[ "$(field name-label)/$(field version)/$(field uuid)/$(field key)" = "driver-acme/3.0/$U1/RPM-GPG-KEY-acme" ]
	[ "$(field after-apply-guidance)" = restartXAPI,restartHost ]
	[ "$(field rollsup)" = "$U2 driver-acme" ]
	run rpm -qp --nosignature --requires "$D"/Packages/control-driver-acme-3.0-*.rpm
	[[ $output = *"product-version = 8.2.1"* && $output != *kernel-uname-r* ]]
}

@test "XCP-ng's configuration files: name and version come from the RPM" {
	cp "$RPM" "$W/RPM-GPG-KEY-acme" "$BATS_TEST_TMPDIR/"
	sum=$(sha256sum <"$RPM")
	cfg() { printf 'PACK_DESC="Acme EDU"\nPACK_UUID="%s"\nPACK_BUILD="pack.0.1"\nRPM_FILE="%s"\nRPM_SHA256="%s"\nGPG_PUBKEY_FILE="RPM-GPG-KEY-acme"\n' \
		"$U1" "${RPM##*/}" "$1" >"$BATS_TEST_TMPDIR/acme.cfg"; }
	cfg "${sum%% *}"
	run "$BUILD" --config "$BATS_TEST_TMPDIR/acme.cfg" --label acme-cfg --out "$OUT"
	echo "$output"
	[ "$status" -eq 0 ]
	open_iso "$OUT/acme-edu-$KA-modules-1.1+1+pack.0.1.iso" "$D"
	[ "$(field name-label)/$(field version)/$(field uuid)/$(field description)" = "acme-cfg/1.1+1+pack.0.1/$U1/Acme EDU" ]
	cfg "$(tr 0-9a-f 1-9a-f0 <<<"${sum%% *}")"
	run "$BUILD" --config "$BATS_TEST_TMPDIR/acme.cfg" --out "$OUT/2"
	[ "$status" -eq 6 ]
	[[ $output = *"is not the file that RPM_SHA256"* ]]
}

@test "a configuration is read, not run; the command line is stronger" {
	printf '# a pack\nlabel = x\n' >"$BATS_TEST_TMPDIR/bad.conf"
	run "$BUILD" --config "$BATS_TEST_TMPDIR/bad.conf"
	[ "$status" -eq 2 ]
	[[ $output = *"bad.conf:2: not key=value"* ]]
	# shellcheck disable=SC2016
	for bad in 'frob=1' 'text=$(touch /tmp/x)' 'tarball=perhaps' 'lint=x'; do
		printf '%s\n' "$bad" >"$BATS_TEST_TMPDIR/bad.conf"
		run "$BUILD" --config "$BATS_TEST_TMPDIR/bad.conf"
		echo "$output"
		[ "$status" -eq 2 ]
		[[ $output = *"bad.conf:1: "* ]]
	done
	mkdir "$BATS_TEST_TMPDIR/src"
	cp "$TOP"/examples/acme-edu/{Kbuild,acme_edu.c} "$BATS_TEST_TMPDIR/src"
	printf 'label=conf\nversion=4\ntext="Acme'"'"'s driver"\r\nvendor-code=acme\nvendor-name=Acme Ltd\nsource=.\nhomogeneous=yes\ntarball=no\n' >"$BATS_TEST_TMPDIR/src/pack.conf"
	run "$BUILD" --config "$BATS_TEST_TMPDIR/src/pack.conf" --version 5 --kernel-devel "$CPULEVEL_KDIR_A" --sign "$KEY" --out "$OUT" --dry-run
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output = "$OUT/conf-5-$KA.iso"* ]]
	[ ! -e "$OUT" ]
}

@test "base-requires, scripts, guidance, homogeneity and groups are on the disk" {
	printf '#!/bin/sh\nexit 0\n' >"$BATS_TEST_TMPDIR/script"
	{
		echo '<comps>'
		printf '<group><id>%s</id><name>mine</name><packagelist><packagereq type="mandatory">update-acme-edu</packagereq></packagelist></group>\n' update drivers mine
		echo '</comps>'
	} >"$BATS_TEST_TMPDIR/groups"
	pack_ready --precheck "$BATS_TEST_TMPDIR/script" --remove "$BATS_TEST_TMPDIR/script" --after-apply restartXAPI \
		--homogeneous --groupfile "$BATS_TEST_TMPDIR/groups" --rollups "$U1" --rollups "$U2"
	uuid=$(field uuid)
	run rpm -qp --nosignature -lv --requires "$D"/Packages/control-acme-edu-2-*.rpm
	[[ $output = *"-rwxr-xr-x"*"/var/update/$uuid/precheck"* && $output = *"/var/update/$uuid/remove"* ]]
	[[ $output = *"kernel-uname-r = ${KA/-amd64/_amd64}"* ]]
	grep -q 'enforce-homogeneity="true"' "$D/update.xml"
	run rpm -qp --nosignature --scripts "$D"/Packages/update-acme-edu-2-*.rpm
	[[ $output != *reboot-required* ]]
	[[ $output = *"/var/update/applied/$U1"*"rolled-up-by name-label=\"acme-edu\" uuid=\"$uuid\""*"/var/update/applied/$U2"* ]]
	href=$("$P" repomd "$D/repodata/repomd.xml" | awk '$1 == "group" { print $3 }')
	run "$P" comps "$D/$href"
	[[ $output = *$'group mine\npackage mine update-acme-edu' ]]
}

@test "one ISO for each kernel, each with its own identity" {
	build_disk "$CPULEVEL_KDIR_A" "$OUT" --kernel-devel "$CPULEVEL_KDIR_B"
	[ "$(ls "$OUT")" = "acme-edu-1.1-$KA.iso"$'\n'"acme-edu-1.1-$KB.iso" ]
	for k in "$KA" "$KB"; do
		open_iso "$OUT/acme-edu-1.1-$k.iso" "$D.$k"
		[ -f "$D.$k/Packages/acme-edu-$k-modules-1.1-1.x86_64.rpm" ]
		"$P" update "$D.$k/update.xml" | grep '^uuid=' >>"$BATS_TEST_TMPDIR/uuids"
	done
	[ "$(sort -u "$BATS_TEST_TMPDIR/uuids" | wc -l)" -eq 2 ]
}

@test "source and ready RPMs together" {
	make_rpm "$BATS_TEST_TMPDIR" "Name: acme-doc" "Version: 1" "Release: 1" "Summary: s" "License: l" "BuildArch: noarch" \
		"%description" "d" "%install" "install -D /dev/null %{buildroot}/usr/share/doc/acme/README" "%files" "/usr/share/doc/acme"
	build_disk "$CPULEVEL_KDIR_A" "$OUT" "$BATS_TEST_TMPDIR/acme-doc-1-1.rpm"
	open_iso "$OUT/acme-edu-1.1-$KA.iso" "$D"
	run rpm -qp --nosignature --requires "$D"/Packages/update-acme-edu-*.rpm
	[[ $output = *"acme-doc >= 1-1"* && $output = *"acme-edu-$KA-modules >= 1.1-1"* ]]
}

@test "a dry run says what would be made, with which kernel, and makes nothing" {
	run build_disk "$CPULEVEL_KDIR_A" "$OUT" --dry-run
	echo "$output"
	[ "$status" -eq 0 ]
	for line in "$OUT/acme-edu-1.1-$KA.iso" "acme-edu-$KA-modules-1.1-1.x86_64" "compiled-with  $(readlink -f "$CPULEVEL_KDIR_A")"; do
		[[ $output = *"$line"* ]]
	done
	[[ $output = *"uuid           $(D=$W/disk field uuid)"* ]]
	[[ $output = *sandboxed* ]]
	[ ! -e "$OUT" ]
}

@test "results and plans as JSON" {
	build_disk "$CPULEVEL_KDIR_A" "$OUT" --json 2>/dev/null >"$BATS_TEST_TMPDIR/json"
	[ "$(jq -r '.schema, .["dry-run"], .disks[0].file, .disks[0].package[0]' "$BATS_TEST_TMPDIR/json" | tr '\n' ' ')" = "cpulevel-pack 1 false $OUT/acme-edu-1.1-$KA.iso acme-edu-$KA-modules-1.1-1.x86_64 " ]
	[ "$(jq -r '.disks[0].sha256' "$BATS_TEST_TMPDIR/json")  -" = "$(sha256sum <"$OUT/acme-edu-1.1-$KA.iso")" ]
	build_disk "$CPULEVEL_KDIR_A" "$OUT" --json --dry-run --kernel-devel "$CPULEVEL_KDIR_B" | jq -e '.["dry-run"] and (.disks | length == 2)'
}

@test "a folder or a tarball in place of the ISO" {
	pack_ready >/dev/null
	"$BUILD" --label acme-edu --version 2 --text "Acme EDU driver" --vendor-code acme --vendor-name "Acme Ltd" \
		--sign "$KEY" --out "$OUT/2" --no-iso --tarball "$RPM"
	[ "$(ls "$OUT/2")" = "acme-edu-2-$KA.tar.gz" ]
	[ "$(tar -tzf "$OUT/2/acme-edu-2-$KA.tar.gz" | grep -c update.xml)" -eq 2 ]
	"$BUILD" --label acme-edu --version 2 --text "Acme EDU driver" --vendor-code acme --vendor-name "Acme Ltd" \
		--sign "$KEY" --out "$OUT/3" --no-iso "$RPM"
	[ -f "$OUT/3/acme-edu-2-$KA/update.xml.asc" ]
}

@test "the kernel or the product chooses the family" {
	while IFS='|' read -r format options; do
		# shellcheck disable=SC2086
		run build_disk "$W/kernel/3.10.0+2" "$OUT" --dry-run $options
		echo "$options: $output"
		[ "$status" -eq 0 ]
		[[ $output = *"format         $format"* ]]
	done <<-END
		legacy|
		update|--format update
		update|--product XCP-ng
		update|--product XenServer:8.2.1
		legacy|--product XenServer:7.0.0
	END
}

@test "modules that were built before are packaged as they are, and kept for a kernel where they load" {
	mkdir "$BATS_TEST_TMPDIR/built"
	rpm2cpio "$RPM" | (cd "$BATS_TEST_TMPDIR" && cpio --quiet -idm)
	ko=$BATS_TEST_TMPDIR/lib/modules/$KA/updates/acme_edu.ko
	cp "$ko" "$BATS_TEST_TMPDIR/built/"
	cp -r "$TOP/examples/acme-edu" "$BATS_TEST_TMPDIR/uncompilable"
	echo 'int x = y;' >>"$BATS_TEST_TMPDIR/uncompilable/acme_edu.c"
	build_disk "$CPULEVEL_KDIR_A" "$OUT" --source "$BATS_TEST_TMPDIR/uncompilable" --built "$BATS_TEST_TMPDIR/built" --release 1.respin1 --changelog "for a test: 100%"
	open_iso "$OUT/acme-edu-1.1-$KA.iso" "$D"
	rpm=$D/Packages/acme-edu-$KA-modules-1.1-1.respin1.x86_64.rpm
	[[ $(rpm -qp --nosignature --changelog "$rpm" 2>/dev/null) = *"Acme & Sons - 1.1-1.respin1"*"- for a test: 100%"* ]]
	mkdir "$BATS_TEST_TMPDIR/again"
	rpm2cpio "$rpm" | (cd "$BATS_TEST_TMPDIR/again" && cpio --quiet -idm)
	cmp "$ko" "$BATS_TEST_TMPDIR/again/lib/modules/$KA/updates/acme_edu.ko"

	# The same symbols under another kernel's name: kept only when that is asked for.
	cp -r "$W/kernel/3.10.0+2" "$BATS_TEST_TMPDIR/9.9"
	echo '#define UTS_RELEASE "9.9"' >"$BATS_TEST_TMPDIR/9.9/include/generated/utsrelease.h"
	run build_disk "$BATS_TEST_TMPDIR/9.9" "$OUT/2" --built "$BATS_TEST_TMPDIR/built"
	[ "$status" -eq 1 ]
	build_disk "$BATS_TEST_TMPDIR/9.9" "$OUT/2" --built "$BATS_TEST_TMPDIR/built" --built-for "$KA"
	[ -f "$OUT/2/acme-edu-1.1-9.9.iso" ]
}

@test "the release before: it must be older, and is rolled up" {
	run build_disk "$CPULEVEL_KDIR_A" "$OUT" --version 1.0 --previous "$W/out/acme-edu-1.1-$KA.iso"
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output = *"error "* ]]
	[ ! -e "$OUT" ]
	build_disk "$CPULEVEL_KDIR_A" "$OUT" --version 1.2 --previous "$W/out/acme-edu-1.1-$KA.iso" --rollups "$U1"
	open_iso "$OUT/acme-edu-1.2-$KA.iso" "$D"
	[ "$(field rollsup)" = "$U1 acme-edu"$'\n'"$(D=$W/disk field uuid) acme-edu" ]
}

@test "anybody's disk can be checked, and a finding be explained" {
	run "$BUILD" --lint "$W/out/acme-edu-1.1-$KA.iso" --kernel-devel "$CPULEVEL_KDIR_A" --json
	echo "$output"
	[ "$status" -eq 0 ]
	jq -e '.schema == "cpulevel-lint 1" and .errors == 0' <<<"$output"
	cp -r "$W/disk" "$D"
	rm "$D/update.xml.asc"
	run "$BUILD" --lint "$D"
	[ "$status" -eq 1 ]
	[[ $output =~ error\ ([0-9]+):\  ]]
	"$BUILD" --explain "${BASH_REMATCH[1]}" | grep "^${BASH_REMATCH[1]} error"
	[ "$("$BUILD" --explain all | grep -c '^[0-9]')" -gt 50 ]
	run "$BUILD" --explain 99999
	[ "$status" -eq 2 ]
}

@test "whose a disk is can be checked with a key, and its ids on the ISO alone" {
	local iso=$W/out/acme-edu-1.1-$KA.iso

	run "$BUILD" --lint "$iso" --kernel-devel "$CPULEVEL_KDIR_A"
	[ "$status" -eq 0 ]
	[[ $output = *"warning 528: .: no key was given"* && $output != *" 521: "* ]]
	run "$BUILD" --lint "$iso" --kernel-devel "$CPULEVEL_KDIR_A" --keyfile "$W/RPM-GPG-KEY-acme"
	[ "$status" -eq 0 ]
	[[ $output != *" 52[578]: "* && $output != *" 528: "* ]]
	GNUPGHOME=$BATS_TEST_TMPDIR/other new_key "$BATS_TEST_TMPDIR/other" other
	GNUPGHOME=$BATS_TEST_TMPDIR/other gpg --export >"$BATS_TEST_TMPDIR/other.gpg"
	stop_agent "$BATS_TEST_TMPDIR/other"
	run "$BUILD" --lint "$iso" --kernel-devel "$CPULEVEL_KDIR_A" --keyfile "$BATS_TEST_TMPDIR/other.gpg"
	[ "$status" -eq 1 ]
	[[ $output = *"error 525: update.xml: "*"error 527: Packages/"*"error 527: SRPMS/"* ]]
	run "$BUILD" --lint "$iso" --keyfile "$BUILD"
	[ "$status" -eq 5 ]
	[[ $output = *"no public key; make it with 'gpg --armor --export KEY'"* ]]
	cp "$iso" "$BATS_TEST_TMPDIR/renamed.iso"
	printf %-8s other | dd of="$BATS_TEST_TMPDIR/renamed.iso" bs=1 seek=$((16 * 2048 + 40)) conv=notrunc status=none
	run "$BUILD" --lint "$BATS_TEST_TMPDIR/renamed.iso"
	[ "$status" -eq 1 ]
	[[ $output = *'error 521: ISO: volume id is "other", the label acme-edu'* ]]
	run "$BUILD" --lint "$W/disk"
	[ "$status" -eq 0 ]
}

@test "progress is for terminals: none in a pipe" {
	run build_disk "$CPULEVEL_KDIR_A" "$OUT" --keyfile "$W/RPM-GPG-KEY-acme"
	[ "$output" = "$OUT/acme-edu-1.1-$KA.iso" ]
	export -f build_disk
	export BUILD TOP
	SHELL=/bin/bash script -qec "build_disk $CPULEVEL_KDIR_A $OUT" /dev/null >"$BATS_TEST_TMPDIR/terminal" </dev/null
	grep -q $'\r\033\[K.*packing and signing' "$BATS_TEST_TMPDIR/terminal"
}

@test "every option is in the manual page, and in what bash completes" {
	mandoc -T ascii "$TOP/man/build-supplemental-pack.8" | col -bx >"$BATS_TEST_TMPDIR/page"
	"$BUILD" --help >"$BATS_TEST_TMPDIR/help"
	while read -r option; do
		grep -qE -- "$option([ ,=.]|\$)" "$BATS_TEST_TMPDIR/page" || { echo "$option is not in the page"; false; }
	done < <(grep -oE -- '--[a-z-]+' "$BATS_TEST_TMPDIR/help" | sort -u)
	. "$TOP/scripts/completion.bash"
	COMP_WORDS=(build-supplemental-pack.sh --base) COMP_CWORD=1
	PATH=$TOP/scripts:$PATH _build_supplemental_pack
	[ "${COMPREPLY[*]}" = --base-requires ]
	COMP_WORDS=(build-supplemental-pack.sh --module-dir '') COMP_CWORD=2
	PATH=$TOP/scripts:$PATH _build_supplemental_pack
	[ "${COMPREPLY[*]}" = "updates extra override" ]
}
