#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# A legacy disk from its driver's source to its installation, for 6.5 and for 6.2's two kernels.
# shellcheck disable=SC2086,SC2030,SC2031  # words without spaces; each test's run is its own

bats_require_minimum_version 1.5.0

load legacy

setup_file() {
	[[ $EUID -eq 0 && -n ${CPULEVEL_KDIR_A:-} ]] || return 0
	export W=$BATS_FILE_TMPDIR
	BATS_TEST_TMPDIR=$W
	make -s -C "$TOP/pack" O="$W"
	make_base "$W/base" "$W/rpms"
	echo "Read this." >"$W/licence"
	for k in $K65 ${KVER62}xen ${KVER62}kdump; do rename_kernel "$CPULEVEL_KDIR_A" "$W/$k" $k; done
	build 6.5.0 --kernel-devel "$W/$K65" --eula "$W/licence" --tarball
	build 6.2.0 --kernel-devel "$W/${KVER62}xen" --kernel-devel "$W/${KVER62}kdump"
}

setup() {
	[[ $EUID -eq 0 ]] || skip "chroot needs root"
	[[ -n ${CPULEVEL_KDIR_A:-} ]] || skip "CPULEVEL_KDIR_A names no kernel-devel folder"
}

build() {	# PRODUCT_VERSION OPTION... -> $W/iso-VERSION, and its content in $W/disk-VERSION
	"$TOP/scripts/build-supplemental-pack.sh" --format legacy --product XenServer:$1 --label acme-edu --version 1.1 \
		--text "Acme EDU driver" --vendor-code acme --vendor-name "Acme Ltd" --source "$TOP/examples/acme-edu" \
		--out "$W/iso-$1" "${@:2}" >"$W/$1.out" 2>"$W/$1.log" || { cat "$W/$1.log" >&2; return 1; }
	xorriso -osirrox on -indev "$W/iso-$1"/*.iso -extract / "$W/disk-$1" >/dev/null 2>&1
}

packages() { "$W/packinfo" xs-packages "$W/disk-$1/XS-PACKAGES"; }

@test "the ISO has the ids that the driver kit gave it" {
	run isoinfo -d -i "$W"/iso-6.5.0/*.iso
	for id in "System id: LINUX" "Volume id: Acme EDU driver" "Application id: Acme Ltd" Joliet "Rock Ridge"; do
		[[ $output = *"$id"* ]]
	done
	[[ $(stat -c %A "$W"/disk-6.5.0/install "$W"/disk-6.5.0/install.sh | sort -u) = -r-xr-xr-x ]]
}

@test "side files lie beside the ISO and are right" {
	cd "$W/iso-6.5.0"
	md5sum -c --quiet ./*.iso.md5
	[ "$(cat ./*.metadata.md5)" = "$(cat "$W"/disk-6.5.0/XS-{REPOSITORY,PACKAGES} | md5sum | cut -c 1-32)" ]
	mkdir "$BATS_TEST_TMPDIR/tar"
	tar -xzf ./*.tar.gz -C "$BATS_TEST_TMPDIR/tar"
	diff -r "$BATS_TEST_TMPDIR/tar" "$W/disk-6.5.0"
}

@test "each RPM is one that rpm 4.4 can read, and its name tells its kernel" {
	for version in 6.5.0 6.2.0; do
		for rpm in "$W/disk-$version"/*.rpm; do
			[ "$(rpm -qp --nosignature --qf '%{PAYLOADCOMPRESSOR} %{FILEDIGESTALGO}' "$rpm")" = "gzip (none)" ] ||
				[ "$(rpm -qp --nosignature --qf '%{PAYLOADCOMPRESSOR} %{FILEDIGESTALGO}' "$rpm")" = "gzip 1" ]
		done
	done
	[ "$(packages 6.5.0 | cut -f 1-3 | sort | tr '\t\n' ' ;')" = "driver-rpm acme-edu $K65;driver-rpm acme-edu any;" ]
	[ "$(packages 6.2.0 | cut -f 3 | sort | grep -v any | tr '\n' ' ')" = "${KVER62}kdump ${KVER62}xen " ]
}

@test "what was built from source installs, after its licence, and can be installed again" {
	R=$BATS_TEST_TMPDIR/dom0
	make_dom0 "$W/base" "$R" dash
	cp -r "$W/disk-6.5.0" "$R/disk"
	run chroot "$R" /disk/install --batch </dev/null
	[ "$status" -eq 4 ]
	[[ $output = *"Read this."* ]]
	run ! chroot "$R" rpm -q acme-edu
	run chroot "$R" /disk/install <<<Y
	[ "$status" -eq 0 ]
	[ -s "$R/lib/modules/$K65/updates/acme_edu.ko" ]
	grep -q "$K65" "$R/tmp/depmod.log"
	run chroot "$R" /disk/install <<<Y
	[ "$status" -eq 0 ]
	[[ $output = *"already installed"* ]]
}

@test "6.2's disk goes in beside both kernels" {
	R=$BATS_TEST_TMPDIR/dom0
	make_dom0 "$W/base" "$R" busybox
	sed -i 's/6\.5\.0/6.2.0/' "$R/etc/xensource/installed-repos/xs:main/XS-REPOSITORY"
	for flavour in xen kdump; do
		stub "$BATS_TEST_TMPDIR/kernels" kernel-$flavour ${KVER62%-*} System /boot/vmlinuz-$KVER62$flavour \
			"Provides: kernel-uname-r = $KVER62$flavour" "Provides: kernel-$flavour = $KVER62"
	done
	rpm --root "$R" -i "$BATS_TEST_TMPDIR/kernels"/*.rpm
	cp -r "$W/disk-6.2.0" "$R/disk"
	run chroot "$R" /disk/install.sh
	echo "$output"
	[ "$status" -eq 0 ]
	for flavour in xen kdump; do
		[ -s "$R/lib/modules/$KVER62$flavour/extra/acme_edu.ko" ]
	done
}
