# SPDX-License-Identifier: GPL-2.0-only
# What the legacy tests share: small real RPMs, disks made of them, a dom0 to chroot into.
# shellcheck shell=bash disable=SC2034,SC2154,SC2164

TOP=$(readlink -f "${BATS_TEST_DIRNAME:-.}/../..")
K65=3.10.0+2
KVER62=2.6.32.43-0.4.1.xs1.8.0.835.170778

# An RPM as old hosts can read it: gzip payload and md5 digests, unless told.
stub() {	# OUT NAME VERSION GROUP FILES [SPECLINE...]; FILES: paths, EULA's text is its path
	local top=$BATS_TEST_TMPDIR/stub file

	mkdir -p "$top"
	{
		printf '%s\n' "Name: $2" "Version: $3" "Release: 1" "Summary: $2" "License: x" \
			"Group: $4" "BuildArch: noarch" "AutoReqProv: no" "${@:6}" %description "$2" %install
		for file in $5; do
			printf 'install -d %%{buildroot}%s; echo %s %s >%%{buildroot}%s\n' "${file%/*}" "$file" "$3" "$file"
		done
		printf '%s\n' %files
		# shellcheck disable=SC2086 # a list
		printf '%s\n' $5
	} >"$top/stub.spec"
	mkdir -p "$1"
	rpmbuild -bb -D "_topdir $top" -D "_rpmdir $1" -D '_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm' \
		-D "_binary_payload ${PAYLOAD:-w9.gzdio}" -D "_binary_filedigest_algorithm ${DIGEST:-1}" \
		-D '__os_install_post %{nil}' "$top/stub.spec" >"$top/log" 2>&1 || { cat "$top/log" >&2; return 1; }
}

module() {	# OUT NAME K [FILE]: a driver's module RPM
	stub "$1" "$2" 1.1 "System Environment/Kernel" "${4:-/lib/modules/$3/extra/acme_edu.ko}"
}

# Call a function of legacy.sh as build-supplemental-pack.sh does.
legacy() {	# [VAR=VALUE...] FUNCTION ARGUMENT...
	(
		set -euo pipefail
		export LC_ALL=C SOURCE_DATE_EPOCH=1400000000
		PROG=build WORK=$BATS_TEST_TMPDIR/work K=$K65
		O_LABEL=acme-edu O_VERSION=1.1 O_TEXT="Acme EDU driver" O_VENDOR_CODE=acme O_VENDOR_NAME=Acme
		O_PRODUCT=XenServer O_PRODUCT_VERSION=6.5.0 O_REORDER=1 O_ERA=''
		O_BUILD='' O_MEM='' O_HOMOGENEOUS='' O_XCP='' O_TARBALL='' O_HIDDEN='' O_EULA='' O_REQUIRES=()
		. "$TOP/pack/common.sh"
		. "$TOP/scripts/lib/legacy.sh"
		while [[ $1 = *=* ]]; do
			case $1 in
			REQUIRES=*) O_REQUIRES+=("${1#*=}") ;;
			62=) O_PRODUCT_VERSION=6.2.0 K=${KVER62}xen ;;
			*) printf -v "${1%%=*}" %s "${1#*=}" ;;
			esac
			shift
		done
		mkdir -p "$WORK"
		legacy_check_options
		"$@"
	)
}

not_done() {	# CODE MESSAGE [VAR=VALUE...] FUNCTION ARGUMENT...
	local code=$1 message=$2

	shift 2
	run legacy "$@"
	echo "$output"
	[ "$status" -eq "$code" ]
	[[ $output = "build: "*"$message"* ]]
	[ "${#lines[@]}" -eq 1 ]
}

# The kernel-devel folder of a kernel called K; its code is that of KDIR.
rename_kernel() {	# KDIR FOLDER K
	local link

	cp -r "$1" "$2"
	find "$1" -maxdepth 1 -type l -printf '%P\n' | while read -r link; do
		ln -sfn "$(readlink -f "$1/$link")" "$2/$link"
	done
	printf '#define UTS_RELEASE "%s"\n' "$3" >"$2/include/generated/utsrelease.h"
}

# ---- a dom0 of those days, with the real rpm, cpio and one of the shells ----

copy_program() {	# ROOT PROGRAM... with the libraries each one loads
	local root=$1 program lib

	shift
	for program; do
		program=$(readlink -f "$(command -v "$program")")
		for lib in "$program" $(ldd "$program" 2>/dev/null | grep -o '/[^ ]*'); do
			[[ -e $root$lib ]] || install -D "$(readlink -f "$lib")" "$root$lib"
		done
	done
}

# XenServer 6.5, as far as a disk's installer looks at it.
make_base() {	# ROOT RPMS
	[[ $EUID -eq 0 ]] || skip "chroot needs root"
	mkdir -p "$1"/{usr/{bin,sbin,lib,lib64},dev,tmp,etc/xensource/installed-repos/xs:main,opt/xensource/bin,var/lib/rpm}
	ln -s usr/bin usr/sbin usr/lib usr/lib64 "$1"
	copy_program "$1" bash dash busybox rpm rpm2cpio cpio sed grep tr cut wc md5sum cp mv rm mkdir dirname id cat sleep
	cp -r /usr/lib/rpm "$1/usr/lib/"
	mknod -m 666 "$1/dev/null" c 1 3
	cat >"$1/etc/xensource-inventory" <<-'END'
		PRIMARY_DISK='/dev/sda'
		PRODUCT_BRAND='XenServer'
		PLATFORM_NAME='XCP'
		PRODUCT_VERSION='6.5.0'
		INSTALLATION_UUID='11111111-2222-3333-4444-555555555555'
	END
	cat >"$1/etc/xensource/installed-repos/xs:main/XS-REPOSITORY" <<-'END'
		<?xml version="1.0" ?>
		<repository build="90233c" name="main" originator="xs" product="XenServer" version="6.5.0">
		  <description>XenServer Pack</description>
		</repository>
	END
	printf '%s\n' '#!/bin/sh' 'echo "$*" >>/tmp/xe.log' >"$1/opt/xensource/bin/xe"
	printf '%s\n' '#!/bin/sh' 'echo "$*" >>/tmp/depmod.log' >"$1/sbin/depmod"
	chmod 755 "$1/opt/xensource/bin/xe" "$1/sbin/depmod"
	stub "$2" base 1 System "" "Provides: /bin/sh" "Provides: /sbin/depmod" "Provides: /usr/sbin/depmod"
	stub "$2" kernel 3.10.0 System "/boot/vmlinuz-$K65" "Provides: kernel-uname-r = $K65"
	rpm --root "$1" -i "$2/base-1-1.noarch.rpm" "$2/kernel-3.10.0-1.noarch.rpm"
}

# rpm's database (Debian's is in /root) must be a copy of one's own; /usr is only read.
make_dom0() {	# BASE ROOT SHELL
	cp -al "$1" "$2"
	rm -rf "${2:?}"/{root,var,etc,tmp} "$2/bin/sh"
	cp -a "$1"/{root,var,etc,tmp} "$2/"
	ln -s "$3" "$2/bin/sh"
}
