#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# build-supplemental-pack.sh with real kernel headers,
# rpm, gpg, createrepo_c and xorriso.

load pack

setup_file() {
	have_kernels || return 0
	setup_pack
}

teardown_file() { stop_agent "$BATS_FILE_TMPDIR/trust"; }

setup() {
	have_kernels || skip "CPULEVEL_KDIR_A and CPULEVEL_KDIR_B name no kernel-devel folders"
	D=$W/disk
	ISO=$W/out/acme-edu-1.1-$KA.iso
	OUT=$BATS_TEST_TMPDIR/out
	P=$W/tool/packinfo
}

field() { "$P" update "$1/update.xml" | sed -n "s/^$2=//p"; }
unsigned() {	# DISK DIR: its parts without what a signature changes
	mkdir -p "$2"
	cp "$1"/Packages/*.rpm "$1"/SRPMS/*.rpm "$2"
	rpmsign --delsign "$2"/*.rpm >/dev/null 2>&1
	cp "$1/update.xml" "$1/install" "$2"; cp -r "$1/driver-disk" "$2"
}

@test "K in rpm versions keeps its first dash only" {
	. "$TOP/pack/common.sh"
	[ "$(rpm_kver 6.1.0-47-amd64)" = 6.1.0-47_amd64 ]
	[ "$(rpm_kver 4.19.0+1)" = 4.19.0+1 ]
	[ "$(rpm_kver 5.10.0-46)" = 5.10.0-46 ]
	[ "$(rpm_kver a-b-c-d)" = a-b_c_d ]
}

@test "text is escaped for XML, and is no macro in a spec" {
	. "$TOP/scripts/lib/rpm.sh"
	. "$TOP/scripts/lib/update.sh"
	[ "$(xml_escape 'a<b>&"c"')" = 'a&lt;b&gt;&amp;&quot;c&quot;' ]
	printf 'x @A@ y @A@\n' >"$BATS_TEST_TMPDIR/t"
	[ "$(fill_spec "$BATS_TEST_TMPDIR/t" A '100% & more')" = 'x 100%% & more y 100%% & more' ]
}

@test "the disk has the layout and names that hosts expect" {
	for file in update.xml.asc repodata/repomd.xml.asc install driver-disk/{driver-disk,packinfo,verify.sh} \
		"Packages/acme-edu-$KA-modules-1.1-1.x86_64.rpm" SRPMS/acme-edu-1.1-1.src.rpm \
		"Packages/update-acme-edu-1.1-1.${KA//-/_}.noarch.rpm" \
		"Packages/control-acme-edu-1.1-1.${KA//-/_}.noarch.rpm"; do
		[ -f "$D/$file" ]
	done
	run isoinfo -d -i "$ISO"
	[[ $output = *"Volume id: acme-edu"* ]]
	[[ $output = *"Application id: $(field "$D" uuid)"* ]]
	[[ $output = *Joliet* && $output = *"Rock Ridge"* ]]
	file "$D/driver-disk/packinfo" | grep -q 'statically linked'
}

@test "update.xml says what the disk is, and which kernel it is for" {
	[ "$(field "$D" name-label)/$(field "$D" version)/$(field "$D" kernel)" = "acme-edu/1.1/$KA" ]
	[ "$(field "$D" vendor-name)" = "Acme & Sons" ]
	[ "$(field "$D" control)" = control-acme-edu ]
	[ "$(field "$D" after-apply-guidance)" = restartHost ]
	size=0
	for rpm in "$D"/Packages/acme-edu-*.rpm; do
		size=$((size + $(rpm -qp --nosignature --qf '%{SIZE}' "$rpm")))
	done
	[ "$(field "$D" installation-size)" = "$size" ]
}

@test "the repository is gzip and sha256, lists the packages only, and has both groups" {
	"$P" repomd "$D/repodata/repomd.xml" >"$BATS_TEST_TMPDIR/repomd"
	href=$(awk '$1 == "primary" { print $3 }' "$BATS_TEST_TMPDIR/repomd")
	gzip -dc "$D/$href" | "$P" primary - >"$BATS_TEST_TMPDIR/primary"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/primary")" -eq 3 ]
	while IFS=$'\t' read -r _ _ sum href; do
		[ "$(sha256sum <"$D/$href")" = "$sum  -" ]
	done <"$BATS_TEST_TMPDIR/primary"
	href=$(awk '$1 == "group" { print $3 }' "$BATS_TEST_TMPDIR/repomd")
	run "$P" comps "$D/$href"
	[ "$output" = $'group update\npackage update update-acme-edu\ngroup drivers\npackage drivers update-acme-edu' ]
}

@test "the module RPM is one kernel's: its name, its dependency, its folder" {
	rpm=$D/Packages/acme-edu-$KA-modules-1.1-1.x86_64.rpm
	run rpm -qp --nosignature --qf '%{GROUP}/%{VENDOR}\n' --provides --requires -l "$rpm"
	[[ $output = *"System Environment/Kernel/Acme & Sons"* ]]
	[[ $output = *vendor-driver* ]]
	[[ $output = *"kernel-uname-r = ${KA/-amd64/_amd64}"* ]]
	[[ $output = *"/lib/modules/$KA/updates/acme_edu.ko"* ]]
	rpm2cpio "$rpm" | (cd "$BATS_TEST_TMPDIR" && cpio --quiet -idm)
	ko=$BATS_TEST_TMPDIR/lib/modules/$KA/updates/acme_edu.ko
	[ "$(modinfo -F version "$ko")" = 1.1 ]
	run grep -aF -e "${TMPDIR:-/tmp}/tmp." -e "$TOP" "$ko"
	[ "$status" -eq 1 ]
}

@test "all packages and the source package are signed, by the key asked for" {
	mkdir "$BATS_TEST_TMPDIR/db"
	gpg --armor --export "$KEY" >"$BATS_TEST_TMPDIR/key"
	rpmkeys --dbpath "$BATS_TEST_TMPDIR/db" --import "$BATS_TEST_TMPDIR/key"
	for rpm in "$D"/Packages/*.rpm "$D"/SRPMS/*.rpm; do
		rpmkeys --dbpath "$BATS_TEST_TMPDIR/db" -Kv "$rpm" | grep 'Signature.*: OK'
	done
}

@test "the same inputs give the same bytes, but for the signatures" {
	cp -r "$TOP/examples/acme-edu" "$BATS_TEST_TMPDIR/elsewhere"
	SOURCE_DATE_EPOCH=1700000000 build_disk "$CPULEVEL_KDIR_A" "$OUT/1"
	TMPDIR=$BATS_TEST_TMPDIR SOURCE_DATE_EPOCH=1700000000 \
		build_disk "$CPULEVEL_KDIR_A" "$OUT/2" --source "$BATS_TEST_TMPDIR/elsewhere"
	for i in 1 2; do
		open_iso "$OUT/$i/acme-edu-1.1-$KA.iso" "$OUT/disk$i"
		unsigned "$OUT/disk$i" "$OUT/unsigned$i"
	done
	diff -r "$OUT/unsigned1" "$OUT/unsigned2"
}

@test "ready RPMs are packed as they are, and refused where they do not fit" {
	rpm=$D/Packages/acme-edu-$KA-modules-1.1-1.x86_64.rpm
	ready() { "$BUILD" --label acme-edu --version 2 --text T --vendor-code acme --vendor-name A \
		--kernel-devel "$1" --sign "$KEY" --out "$OUT" "$rpm"; }
	ready "$CPULEVEL_KDIR_A"
	[ -f "$OUT/acme-edu-2-$KA.iso" ]
	run ready "$CPULEVEL_KDIR_B"
	[ "$status" -eq 1 ]
	[[ $output = *"built for kernel $KA, not $KB"* ]]
	[ ! -e "$OUT/acme-edu-2-$KB.iso" ]
}

@test "a compile error is shown with file and line, the log kept, nothing else left" {
	cp -r "$TOP/examples/acme-edu" "$BATS_TEST_TMPDIR/src"
	echo 'int broken(void) { return nowhere; }' >>"$BATS_TEST_TMPDIR/src/acme_edu.c"
	run build_disk "$CPULEVEL_KDIR_A" "$OUT" --source "$BATS_TEST_TMPDIR/src"
	[ "$status" -eq 1 ]
	[[ $output =~ acme_edu\.c:[0-9]+:[0-9]+:\ error: ]]
	[[ $output = *"the whole log is $OUT/acme-edu-1.1-$KA.log"* ]]
	[ "$(ls -A "$OUT")" = "acme-edu-1.1-$KA.log" ]
}

@test "wrong options are refused before anything is built" {
	while IFS='|' read -r code message args; do
		# shellcheck disable=SC2086
		run build_disk "$CPULEVEL_KDIR_A" "$OUT" $args
		echo "$args: $status $output"
		[ "$status" -eq "$code" ]
		[[ $output = *"$message"* ]]
		[ ! -e "$OUT" ]
	done <<-END
		2|without '-'|--version 1-1
		2|up to 32|--label a/b
		2|up to 32|--label a23456789012345678901234567890123
		2|no such option|--frob x
		2|needs a value|--uuid
		2|lower-case UUID|--uuid ABC
		2|.respinM|--release 0
		5|no such secret key|--sign nobody@nowhere.example
		5|not a prepared kernel-devel|--kernel-devel /nowhere
		5|cannot be read|--source /nowhere
	END
}
