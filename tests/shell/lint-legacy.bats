#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# What --lint finds in XS-REPOSITORY and XS-PACKAGES.

# shellcheck disable=SC1083,SC2016,SC2030,SC2031,SC2034  # the parts are variables of lint.bash
load lint

setup_file() {
	have_kernels || return 0
	setup_lint
	new_legacy
	legacy_disk "$W/disk"
}

teardown_file() { stop_agent "$BATS_FILE_TMPDIR/trust"; }

setup() {
	need_kernels
	start_lint
	D=$BATS_TEST_TMPDIR/disk
	BAD=0
}

# Each line: the numbers that must be found, then what is done to the good disk.
changed() {	# lines on stdin
	while IFS='|' read -r want change; do
		rm -rf "$D"
		cp -r "$W/disk" "$D"
		(cd "$D" && source /dev/stdin <<<"$change")
		expect "$D" "${want%"${want##*[! ]}"}" "$change"
	done
	[ "$BAD" = 0 ]
}

repository() { sed -i "$1" XS-REPOSITORY; }
packages() { sed -i "$1" XS-PACKAGES; }

@test "XS-REPOSITORY" {
	changed <<-'END'
		601 | repository 's/ originator="acme"//'
		601 | repository 's/ product="XenServer" version="1.1"/ version="1.1"/'
		601 | repository 's/<description>.*/<x\/>&/'
		601 | repository 's/test="eq"/test="equal"/'
		601 | repository 's/6[.]5[.]0/6.5.0a/'
		603 | repository 's/Acme driver/A driver with much too long a name/'
		604 | repository 's/version="1.1"/version="1.1a"/'
		605 | repository 's/\(name="acme" product=\)"XenServer"/\1"XCP-ng"/'
		618 | repository 's/originator="acme" name="acme"/originator="xs" name="linux"/'
		619 | repository '/requires/d'
		621 | repository "s/version=\"1.1\"/version='1.1'/"
		621 | repository 's/Acme driver/Acme \&amp; Sons/'
		621 | repository 's/$/\r/'
	END
}

@test "XS-PACKAGES" {
	changed <<-'END'
		602 | packages 's/ label="acme-tools"//'
		602 | packages 's/ kernel="[^"]*"//'
		602 | packages 's/type="rpm"/type="deb"/'
		606 | packages 's/size="/size="1/'
		606 | packages 's/md5="......../md5="00000000/'
		607 | rm tools.rpm
		608 | packages '/acme-tools/d'
		610 613 | packages 's/type="driver-rpm"/type="rpm"/'
		611 | packages 's/label="acme"/label="other"/'
		203 613 | packages 's/kernel="[^"]*"/kernel="any"/'
		620 | packages 's/type="rpm"/type="firmware"/'
		621 | packages 's/>tools.rpm/> tools.rpm/'
		621 | packages 's/>tools.rpm/\n>tools.rpm/'
		621 | packages 's/label="acme-tools"/xlabel="y" &/'
		621 | packages 's/<packages>/<!-- all -->&/'
	END
}

@test "what else is on the disk" {
	changed <<-'END'
		101 | rm XS-REPOSITORY
		101 | rm XS-REPOSITORY XS-PACKAGES *.rpm SRPMS/*
		102 | echo '<update/>' >update.xml
		102 | mkdir repodata
		103 | touch 'a;b'
		103 | mv SRPMS/source.src.rpm 'SRPMS/source[1].rpm'; cp "$W/good/source.rpm" SRPMS/
		104 | ln -s /etc/passwd link
		104 | mkfifo pipe
		105 | echo http://example.org/ >more.rpm
		105 | head -c 500 tools.rpm >SRPMS/more.rpm
		116 | rm -r SRPMS
		117 | mv SRPMS/source.src.rpm .
		614 | chmod 644 install
		615 | rm install.sh
	END
}

@test "how the packages stand to each other" {
	new_legacy
	M_TAGS+=$'\nRequires: acme-tools'
	legacy_disk "$D"
	expect "$D" 617 "a package before its requirement"
	new_legacy
	T_NAME=$M_NAME
	legacy_disk "$D"
	expect "$D" 308 "two packages of one name"
	new_legacy
	M_GROUP='System Environment/Base'
	legacy_disk "$D"
	expect "$D" 609 "a driver of the wrong group"
	new_legacy
	T_INSTALL='install -D -m 644 /etc/hostname %{buildroot}/lib/modules/x' T_LIST=/lib/modules/x
	legacy_disk "$D"
	expect "$D" 613 "a file under /lib/modules in an rpm"
	[ "$BAD" = 0 ]
}

# XenServer 6.2's kernels end in xen and kdump, and its packages say so before the release.
@test "the two kernels of 6.2" {
	new_legacy
	L_MAIN=6.2.0 L_KERNEL=2.6.32-1.x8xen
	M_K=$L_KERNEL M_DIR=extra M_KO=$W/old.ko M_NAME=acme-modules-xen-2.6.32-1.x8
	M_POST="/sbin/depmod $M_K" M_POSTUN=$M_POST M_TAGS='Requires: kernel-xen = 2.6.32-1.x8'
	sed "s/$LK/$M_K/" "$W/good.ko" >"$W/old.ko"
	legacy_disk "$D"
	LINT_KDIR='' expect "$D" '208 612' "no kdump package"
	M_NAME=acme-modules
	legacy_disk "$D"
	LINT_KDIR='' expect "$D" '208 302 611 612' "a name without a kernel"
	[ "$BAD" = 0 ]
}
