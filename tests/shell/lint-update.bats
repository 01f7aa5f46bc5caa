#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# What --lint finds on disks of the update family.

# shellcheck disable=SC1083,SC2016,SC2030,SC2031,SC2034  # the parts are variables of lint.bash
load lint

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
	LINT_KDIR=$CPULEVEL_KDIR_A
	new_update
	D=$BATS_TEST_TMPDIR/disk
	BAD=0
}

copy() { rm -rf "$D"; cp -r "$W/disk" "$D"; }

@test "a good disk of the update family has no finding" {
	run lint_disk "$W/disk"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

# The record in the update package is compared with update.xml, so both change.
restamp() { sed -i "$1" update.xml; }

# Each line: the numbers that must be found, then what is done to the good disk.
@test "a disk that was changed after it was made" {
	while IFS='|' read -r want change; do
		copy
		(cd "$D" && source /dev/stdin <<<"$change")
		expect "$D" "${want%"${want##*[! ]}"}" "$change"
	done <<-'END'
		501 | sed -i 's/ uuid="[^"]*"//' update.xml
		501 | sed -i 's/name-label="acme"/name-label="ac me"/' update.xml
		501 | sed -i 's/ version="1.1"/ version="1-1"/' update.xml
		501 | sed -i 's/.*name-description.*//' update.xml
		501 | sed -i '1i <!DOCTYPE update [<!ENTITY a "b">]>' update.xml
		116 | rm -r SRPMS
		117 | mv SRPMS/source.src.rpm Packages/
		513 | rm repodata/repomd.xml
		513 518 | printf 'no xml' | gzip -n >"$(echo repodata/*primary.xml.gz)"
		515 516 | mv Packages/control.rpm Packages/other.rpm
		516 | rm repodata/*other.xml.gz
		518 | printf x >>"$(echo repodata/*filelists.xml.gz)"
		519 | rm update.xml.asc
		519 | rm repodata/repomd.xml.asc
		519 | echo none >update.xml.asc
	END
	[ "$BAD" = 0 ]
}

@test "a disk that was made wrong" {
	while IFS='|' read -r want change; do
		new_update
		source /dev/stdin <<<"$change"
		update_disk "$D"
		expect "$D" "${want%"${want##*[! ]}"}" "$change"
	done <<-'END'
		502 | U_CONTROL=''
		503 | U_ATTRIBUTES=${U_ATTRIBUTES/restartHost/restartHost,restartAll}
		504 507 | U_ATTRIBUTES='key="RPM-GPG-KEY-acme"'
		505 512 | U_LABEL=other
		506 | U_PROVIDES=''
		507 | U_REQUIRES=''
		507 | U_REQUIRES="acme-$KA-modules >= 1.0-1"
		508 | U_STAMP=other
		509 | U_NOISE=$'\n<more/>'
		510 | U_GROUPS=drivers
		511 | U_GROUPS=update
		512 | U_MEMBER=update-other
		514 | U_PACKERS='--general-compress-type xz'
		517 | U_UNSIGNED=1
		202 204 520 | M_INSTALL="install -D $W/good.ko %{buildroot}/lib/modules/$LK/updates/acme_edu.ko" M_LIST=/lib/modules/$LK/updates/acme_edu.ko
		523 | U_ATTRIBUTES='control="control-acme"'
		524 | U_SIZE=7
	END
	[ "$BAD" = 0 ]
}
