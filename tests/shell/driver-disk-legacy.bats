#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Disks of before XenServer 7.1, which have md5 sums and nothing that vouches for them.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154,SC2164 # texts for others; what bats does

load pack
load dom0

setup_file() {
	have_kernels || return 0
	setup_pack
}

teardown_file() { stop_agent "$BATS_FILE_TMPDIR/trust"; }

setup() {
	load_lab
	D=$BATS_TEST_TMPDIR/disk
	one_kernel
	xenserver
	legacy_disk "$D" acme-edu 1.1 "$W"/disk/Packages/acme-edu-*.rpm
}

untouched() { [[ ! -e $R/lib/modules/$KA/updates && ! -e $R/etc/xensource/installed-repos/acme:acme-edu ]]; }

refused() {	# STATUS WORDS...
	local code=$1

	shift
	run dd_ install --allow-unsigned "$D"
	exits "$code"
	says "$@"
	untouched
}

@test "it goes in where that is allowed by name, and is recorded byte for byte" {
	run dd_ install "$D"
	exits 6
	says "nothing vouches for who made it" "--allow-unsigned"
	untouched
	run dd_ install --allow-unsigned "$D"
	exits 0
	says "nothing vouches for who made this disk; you allowed that"
	for file in XS-REPOSITORY XS-PACKAGES; do
		cmp "$D/$file" "$R/etc/xensource/installed-repos/acme:acme-edu/$file"
	done
	[ "$(dd_ status --json | jq -r '.packs[] | select(.family == "legacy") | .identity')" = acme:acme-edu ]
	[ "$(dd_ status --json | jq -r '.drivers[0].pack')" = acme-edu ]
	run dd_ verify
	exits 0
}

@test "it can be removed by its name or its identity, and brought back" {
	dd_ install --allow-unsigned "$D" >/dev/null 2>&1
	run dd_ remove acme:acme-edu
	exits 0
	untouched
	[ -e "$R/etc/xensource/installed-repos/xs:main/XS-REPOSITORY" ]
	run dd_ rollback
	exits 0
	cmp "$D/XS-PACKAGES" "$R/etc/xensource/installed-repos/acme:acme-edu/XS-PACKAGES"
	run dd_ remove acme-edu
	exits 0
	untouched
}

@test "a record of which no package is left is found and removed" {
	dd_ install --allow-unsigned "$D" >/dev/null 2>&1
	rpm --root "$R" -e "acme-edu-$KA-modules" 2>/dev/null
	run dd_ verify
	exits 1
	says "installed-repos/acme:acme-edu: records a pack of which nothing is installed"
	run dd_ verify --repair
	exits 0
	untouched
}

@test "a damaged, truncated or missing package is refused" {
	printf x | dd of="$(echo "$D"/*.rpm)" bs=1 seek=3000 conv=notrunc status=none
	refused 6 "md5 sum differs"
	truncate -s 2000 "$D"/*.rpm
	refused 6 "bytes long; get a complete disk"
	rm "$D"/*.rpm
	refused 6 "cannot be read as a driver disk"
}

@test "another product's disk is refused unless --any-product" {
	sed -i 's/product="XenServer"/product="Other"/' "$D/XS-REPOSITORY"
	refused 1 "is for Other; this host is XenServer (XCP)"
	run dd_ install --allow-unsigned --any-product "$D"
	exits 0
}

@test "what it requires must be here, in the version it says" {
	sed -i 's/version="6.5.0"\/>/version="6.2.0"\/>/' "$D/XS-REPOSITORY"
	refused 1 "needs xs:main eq 6.2.0, here is 6.5.0"
	sed -i 's/name="main"/name="missing"/' "$D/XS-REPOSITORY"
	refused 1 "needs xs:missing, which is not installed here"
}

@test "versions are compared arc by arc, then by their number" {
	source "$TOP/pack/legacy_disk.sh"
	while read -r a test b; do
		version_holds "$a" "$test" "$b" || { echo "$a $test $b"; return 1; }
	done <<-END
		6.5.0 eq 6.5.0
		6.5 ne 6.5.0
		6.5.0 gt 6.5
		6.10 gt 6.9
		6.2.0 lt 6.10
		6.5 le 6.5
		7.0 ge 6.99.99
	END
	run version_holds 6.5 eq 6.5.0
	exits 1
}

@test "packages for kernels that are not here are left out; none for this host is a refusal" {
	mkdir "$BATS_TEST_TMPDIR/t"
	build_disk "$CPULEVEL_KDIR_B" "$BATS_TEST_TMPDIR/out" >/dev/null 2>&1
	open_iso "$BATS_TEST_TMPDIR/out/acme-edu-1.1-$KB.iso" "$BATS_TEST_TMPDIR/b"
	rm -rf "$D"
	legacy_disk "$D" acme-edu 1.1 "$W"/disk/Packages/acme-edu-*.rpm "$BATS_TEST_TMPDIR"/b/Packages/acme-edu-*.rpm
	run dd_ install --allow-unsigned "$D"
	exits 0
	rpm --root "$R" -q "acme-edu-$KA-modules"
	run rpm --root "$R" -q "acme-edu-$KB-modules"
	exits 1
	dd_ remove acme-edu >/dev/null 2>&1
	rm -rf "$D"
	legacy_disk "$D" acme-edu 1.1 "$BATS_TEST_TMPDIR"/b/Packages/acme-edu-*.rpm
	refused 1 "is for kernel $KB, which is not installed here ($KA)"
}

@test "a list that names a file elsewhere, twice, or an obsolete package is refused" {
	cp "$D/XS-PACKAGES" "$BATS_TEST_TMPDIR/good"
	sed -i 's,>acme-edu,>../acme-edu,' "$D/XS-PACKAGES"
	refused 6
	sed 's,\(.*<package .*\),\1\n\1,' "$BATS_TEST_TMPDIR/good" >"$D/XS-PACKAGES"
	refused 6 "twice"
	sed 's,type="driver-rpm",type="tbz2" root="/",' "$BATS_TEST_TMPDIR/good" >"$D/XS-PACKAGES"
	refused 6 "obsolete type tbz2"
}

@test "a hotfix that brings a kernel is no driver disk" {
	rm -rf "$D"
	legacy_disk "$D" hotfix 1.0 "$W/rpms/kernel-$(. "$TOP/pack/common.sh" && rpm_kver "$KA" | tr - .)-1.rpm"
	refused 1 "brings a kernel"
}
