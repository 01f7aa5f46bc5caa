#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# What build-supplemental-pack.sh's spec makes of a driver: its packages for each
# kind of file, era and kernel, with real rpm and kmod; and of a foreign spec.

load pack

setup_file() {
	have_kernels || return 0
	setup_key
	fake_kernel 3.10.0+2
	fake_kernel "${V62}xen"
	fake_kernel "${V62}kdump"
	rich_source "$W/rich"
	build_rich "$CPULEVEL_KDIR_A" --kernel-devel "$CPULEVEL_KDIR_B" 2>"$W/log" || cat "$W/log" >&2
	open_iso "$W/out/acme-edu-1.1-$KA.iso" "$W/a"
	open_iso "$W/out/acme-edu-1.1-$KB.iso" "$W/b"
}

teardown_file() { stop_agent "$BATS_FILE_TMPDIR/trust"; }

setup() { need_kernels; }

# A driver with everything that a disk can carry.
rich_source() {	# DIR
	mkdir -p "$1"/{src,fw/acme,tools}
	cp "$TOP"/examples/acme-edu/{Kbuild,acme_edu.c} "$1/src/"
	echo blob >"$1/fw/acme/edu.bin"
	echo 'options acme_edu debug=1' >"$1/edu.conf"
	echo 'SUBSYSTEM=="pci", ATTR{vendor}=="0x1234", MODE="0640"' >"$1/edu.rules"
	printf 'int main(void) { return 0; }\n' >"$1/tools/edutool.c"
	# shellcheck disable=SC2016
	printf 'edutool: edutool.c\n\t$(CC) $(CFLAGS) -o $@ $< $(LDFLAGS)\ninstall: edutool\n\tinstall -D edutool $(DESTDIR)/usr/sbin/edutool\n' >"$1/tools/Makefile"
	echo 'You may.' >"$W/licence"
}

build_rich() {	# KDIR [OPTION...]
	build_disk "$1" "$W/out" --source "$W/rich" --kbuild src --firmware fw \
		--modprobe-conf edu.conf --udev-rules edu.rules --userspace tools \
		--eula "$W/licence" --module-dir extra "${@:2}"
}

files() { rpm -qpl --nosignature "$1" 2>/dev/null; }

@test "each kind of file goes into its package" {
	m=$W/a/Packages/acme-edu-$KA-modules-1.1-1.x86_64.rpm
	[ "$(files "$m" | grep -v '/$' | sort | tr '\n' ' ')" = "/lib/firmware/updates/$KA /lib/firmware/updates/$KA/acme /lib/firmware/updates/$KA/acme/edu.bin /lib/modules/$KA/extra /lib/modules/$KA/extra/acme_edu.ko " ]
	[ "$(files "$W/a/Packages/acme-edu-1.1-1.x86_64.rpm" | sort | tr '\n' ' ')" = "/etc/depmod.d/acme-edu.conf /etc/modprobe.d/acme-edu.conf /etc/udev/rules.d/60-acme-edu.rules /usr/share/doc/acme-edu /usr/share/doc/acme-edu/EULA " ]
	[ "$(files "$W/a/Packages/acme-edu-tools-1.1-1.x86_64.rpm")" = /usr/sbin/edutool ]
	rpm2cpio "$W/a/Packages/acme-edu-tools-1.1-1.x86_64.rpm" | (cd "$BATS_TEST_TMPDIR" && cpio --quiet -idm)
	run file "$BATS_TEST_TMPDIR/usr/sbin/edutool"
	[[ $output = *"statically linked"*" stripped"* ]]
}

@test "the module package needs its kernel, and the package with what ranks it" {
	run rpm -qp --nosignature --requires --provides "$W/a/Packages/acme-edu-$KA-modules-1.1-1.x86_64.rpm"
	[[ $output = *"kernel-uname-r = ${KA/-amd64/_amd64}"* ]]
	# Once for as long as it is installed, once for the order of the scriptlets.
	[ "$(grep -c 'acme-edu >= 1.1-1' <<<"$output")" -eq 2 ]
	[[ $output = *vendor-driver* ]]
}

@test "what does not depend on the kernel is the same package on both disks" {
	for name in acme-edu acme-edu-tools; do
		for d in a b; do
			cp "$W/$d/Packages/$name-1.1-1.x86_64.rpm" "$BATS_TEST_TMPDIR/$d.rpm"
			rpmsign --delsign "$BATS_TEST_TMPDIR/$d.rpm" >/dev/null 2>&1
		done
		cmp "$BATS_TEST_TMPDIR/a.rpm" "$BATS_TEST_TMPDIR/b.rpm"
	done
}

@test "depmod prefers a module in extra/ to an in-box one because of the disk's file" {
	R=$BATS_TEST_TMPDIR/root
	mkdir -p "$R/lib/modules/$KA/kernel" "$R/etc/depmod.d"
	for rpm in "$W"/a/Packages/acme-edu-*.rpm; do
		rpm2cpio "$rpm" | (cd "$R" && cpio --quiet -idmu)
	done
	cp "$R/lib/modules/$KA/extra/acme_edu.ko" "$R/lib/modules/$KA/kernel/"
	touch "$R/lib/modules/$KA"/modules.{order,builtin}
	echo 'search updates built-in extra' >"$R/etc/depmod.d/00-host.conf"
	depmod -b "$R" -C "$R/etc/depmod.d" "$KA"
	grep '^extra/acme_edu.ko:' "$R/lib/modules/$KA/modules.dep"
	rm "$R/etc/depmod.d/acme-edu.conf"
	depmod -b "$R" -C "$R/etc/depmod.d" "$KA"
	grep '^kernel/acme_edu.ko:' "$R/lib/modules/$KA/modules.dep"
}

@test "the scriptlets alone are complete: module lists and an initrd of either era" {
	rpm -qp --nosignature --qf '%{POSTIN}\n' "$W/a/Packages/acme-edu-$KA-modules-1.1-1.x86_64.rpm" 2>/dev/null >"$BATS_TEST_TMPDIR/post"
	rpm -qp --nosignature --qf '%{POSTTRANS}\n' "$W/a/Packages/acme-edu-$KA-modules-1.1-1.x86_64.rpm" 2>/dev/null >"$BATS_TEST_TMPDIR/posttrans"
	R=$BATS_TEST_TMPDIR/host
	mkdir -p "$R"/{boot,bin}
	touch "$R/boot/initrd-$KA.img"
	sed -i "s# /boot# $R/boot#g; s#/var/lib/rpm-state#$R/state#g" "$BATS_TEST_TMPDIR"/post*
	for program in mkinitrd dracut; do
		# shellcheck disable=SC2016 # the program's own
		printf '#!/bin/sh\necho %s "$@" >>%s/called\necho new >"$2"\n' "$program" "$R" >"$R/bin/$program"
		chmod +x "$R/bin/$program"
		echo old >"$R/boot/initrd-$KA.img"
		PATH=$R/bin:/bin sh -e "$BATS_TEST_TMPDIR/post"
		[ -e "$R/state/regenerate-initrd-$KA" ]
		PATH=$R/bin:/bin sh -e "$BATS_TEST_TMPDIR/posttrans"
		[ ! -e "$R/state/regenerate-initrd-$KA" ]
		grep -qx "$program -f $R/boot/initrd-$KA.img.new $KA" "$R/called"
		[ "$(ls "$R/boot")/$(cat "$R/boot/initrd-$KA.img")" = "initrd-$KA.img/new" ]
	done
	# One that dies half-way leaves the host the initrd that it had.
	echo 'exit 1' >>"$R/bin/dracut"
	echo old >"$R/boot/initrd-$KA.img"
	PATH=$R/bin:/bin sh -e "$BATS_TEST_TMPDIR/post"
	PATH=$R/bin:/bin sh -e "$BATS_TEST_TMPDIR/posttrans"
	[ "$(ls "$R/boot")/$(cat "$R/boot/initrd-$KA.img")" = "initrd-$KA.img/old" ]
}

@test "XenServer 6.2: both kernels on one disk, named and required as its tools expect" {
	build_disk "$W/kernel/${V62}xen" "$BATS_TEST_TMPDIR" --kernel-devel "$W/kernel/${V62}kdump" --version 1.2
	D=$BATS_TEST_TMPDIR/disk
	open_iso "$BATS_TEST_TMPDIR/acme-edu-1.2-$V62.iso" "$D"
	for flavour in xen kdump; do
		rpm=$D/acme-edu-modules-$flavour-$V62-1.2-1.x86_64.rpm
		rpm -qp --nosignature --requires "$rpm" 2>/dev/null | grep -x "kernel-$flavour = $V62"
		files "$rpm" | grep -x "/lib/modules/$V62$flavour/extra/acme_edu.ko"
	done
	grep -c 'type="driver-rpm".* kernel="'"$V62"'\(xen\|kdump\)"' "$D/XS-PACKAGES" | grep -x 2
	[ -f "$D/SRPMS/acme-edu-1.2-1.src.rpm" ]
}

@test "XenServer 6.2: each kernel's modules are checked with its own symbols" {
	cd "$BATS_TEST_TMPDIR" || return
	pair=("$W/kernel/${V62}xen" out --kernel-devel changed --product XenServer:6.2.0)
	cp -rP "$W/kernel/${V62}kdump" changed
	build_disk "${pair[@]}" 2>log
	! grep " 20[458]: " log || return 1
	run "$BUILD" --lint out/*.iso --kernel-devel "$W/kernel/${V62}kdump" --kernel-devel "$W/kernel/${V62}xen"
	echo "$output"
	[[ $status -eq 0 && $output != *" 20"[458]": "* ]]
	sed -i 's/^0x[0-9a-f]*\(\t__pci_register_driver\t\)/0x12345678\1/' changed/Module.symvers
	run "$BUILD" --lint out/*.iso --kernel-devel changed --kernel-devel "$W/kernel/${V62}xen"
	echo "$output"
	[ "$status" -eq 1 ]
	[ "$(grep -c 'error 205: ' <<<"$output")" = 1 ]
	[[ $output = *"error 205: acme-edu-modules-kdump-"*"__pci_register_driver"* ]]
	# Nor is such a disk made.
	open_iso out/*.iso disk
	for flavour in xen kdump; do
		mkdir -p "built/$V62$flavour"
		rpm2cpio disk/acme-edu-modules-$flavour-*.rpm | (cd "built/$V62$flavour" && cpio --quiet -idm)
	done
	run build_disk "${pair[@]}" --built built --built-for "$V62" --version 1.3
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output = *"error 205: acme-edu-modules-kdump-"* ]]
	# In whatever order, and for another pair than it was built for: each with its like.
	for k in xen kdump; do
		cp -rP "$W/kernel/${V62}$k" "next-$k"
		echo "#define UTS_RELEASE \"2.6.32.43-0.4.1.xs1.8.0.999.1$k\"" >"next-$k/include/generated/utsrelease.h"
	done
	cp changed/Module.symvers next-kdump/
	for order in "next-xen next-kdump" "next-kdump next-xen"; do
		run "$BUILD" --lint out/*.iso --kernel-devel "${order% *}" --kernel-devel "${order#* }"
		echo "$order: $output"
		[ "$(grep -c 'error 205: ' <<<"$output")" = 1 ]
		[[ $output = *"error 205: acme-edu-modules-kdump-"* ]]
	done
	run "$BUILD" --lint out/*.iso --kernel-devel next-kdump
	echo "$output"
	[ "$(grep -c ' 20[58]: ' <<<"$output")" = 2 ]
	[[ $output = *"error 205: acme-edu-modules-kdump-"* && $output = *" 208: "*"the other kernel's modules"* ]]
	# What cannot be read says nothing of the disk.
	: >next-kdump/Module.symvers
	run "$BUILD" --lint out/*.iso --kernel-devel next-xen --kernel-devel next-kdump
	echo "$output"
	[[ $output = *" 208: "* && $output != *" 212: "* && $output != *" 205: "* ]]
	# None gets the other's module.
	mv "built/${V62}kdump" .
	run build_disk "${pair[@]}" --built built --built-for "$V62" --version 1.4
	echo "$output"
	[[ $status -eq 2 && $output = *"${V62}kdump: no such folder"* ]]
	cp -r "built/${V62}xen" "built/${V62}kdump"
	cp "$W/kernel/${V62}kdump/Module.symvers" changed/
	for k in "$V62" "${V62}xen"; do
		run build_disk "${pair[@]}" --built built --built-for "$k" --version 1.4
		echo "$output"
		[[ $status -eq 1 && $output = *"error 201: acme-edu-modules-kdump-"* ]]
	done
	run "$BUILD" --lint out/*.iso --kernel-devel "$W/kernel/${V62}xen" --kernel-devel "$W/kernel/3.10.0+2"
	[ "$status" -eq 2 ]
	[[ $output = *"a disk is for one kernel"* ]]
}

@test "XenServer 6.5: firmware and settings are a package of no kernel, for rpm 4.4" {
	build_disk "$W/kernel/3.10.0+2" "$BATS_TEST_TMPDIR" --source "$W/rich" --kbuild src --firmware fw --udev-rules edu.rules
	D=$BATS_TEST_TMPDIR/disk
	open_iso "$BATS_TEST_TMPDIR/acme-edu-1.1-3.10.0+2.iso" "$D"
	[ "$(files "$D/acme-edu-1.1-1.x86_64.rpm" | grep edu.bin)" = /lib/firmware/acme/edu.bin ]
	[ "$(files "$D/acme-edu-3.10.0+2-modules-1.1-1.x86_64.rpm")" = $'/lib/modules/3.10.0+2/updates\n/lib/modules/3.10.0+2/updates/acme_edu.ko' ]
	for rpm in "$D"/*.rpm "$D"/SRPMS/*.rpm; do
		run rpm -qp --nosignature --qf '%{FILEDIGESTALGO}/%{PAYLOADCOMPRESSOR}\n' --requires "$rpm"
		[[ $output = *"(none)/gzip"* || $output = *1/gzip* ]]
		[[ $output != *FileDigests* ]]
	done
	run isoinfo -d -i "$BATS_TEST_TMPDIR/acme-edu-1.1-3.10.0+2.iso"
	[[ $output = *"Volume id: Acme EDU driver"* && $output = *"Application id: Acme & Sons"* && $output = *"System id: LINUX"* ]]
}

@test "modules are signed for their kernel, after strip" {
	openssl req -new -x509 -newkey rsa:2048 -nodes -subj /CN=acme -days 3650 \
		-keyout "$BATS_TEST_TMPDIR/key" -out "$BATS_TEST_TMPDIR/cert" 2>/dev/null
	build_disk "$CPULEVEL_KDIR_A" "$BATS_TEST_TMPDIR/out" --module-key "$BATS_TEST_TMPDIR/key" --module-cert "$BATS_TEST_TMPDIR/cert"
	open_iso "$BATS_TEST_TMPDIR/out/acme-edu-1.1-$KA.iso" "$BATS_TEST_TMPDIR/disk"
	rpm2cpio "$BATS_TEST_TMPDIR/disk/Packages/acme-edu-$KA-modules-1.1-1.x86_64.rpm" | (cd "$BATS_TEST_TMPDIR" && cpio --quiet -idm)
	run modinfo "$BATS_TEST_TMPDIR/lib/modules/$KA/updates/acme_edu.ko"
	[[ $output = *"signer:"*acme* && $output = *"sig_hashalgo:"*sha256* ]]
	run grep -rl 'PRIVATE KEY' "$BATS_TEST_TMPDIR/disk"
	[ "$status" -eq 1 ]
}

@test "a key that cannot sign modules is said, and nothing waits for it" {
	echo nonsense >"$BATS_TEST_TMPDIR/key"
	run build_disk "$CPULEVEL_KDIR_A" "$BATS_TEST_TMPDIR/out" --module-key "$BATS_TEST_TMPDIR/key" --module-cert "$BATS_TEST_TMPDIR/key"
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output = *"error: acme_edu.ko could not be signed: "*"$BATS_TEST_TMPDIR/key"* ]]
	[ -z "$(find "$BATS_TEST_TMPDIR/out" -name '*.iso')" ]
}

@test "a kernel-devel RPM serves like the folder" {
	mkdir -p "$BATS_TEST_TMPDIR/tree"
	make_rpm "$BATS_TEST_TMPDIR" "Name: kernel-devel" "Version: 6.1" "Release: 1" "Summary: headers" "License: GPL" \
		"AutoReqProv: no" "%define _binary_payload w1.gzdio" "%description" "headers" "%install" \
		"mkdir -p %{buildroot}/usr/src/kernels; cp -rP $W/kernel/3.10.0+2 %{buildroot}/usr/src/kernels/" "%files" "/usr/src/kernels"
	build_disk "$BATS_TEST_TMPDIR/kernel-devel-6.1-1.rpm" "$BATS_TEST_TMPDIR/out" --format legacy
	[ -f "$BATS_TEST_TMPDIR/out/acme-edu-1.1-3.10.0+2.iso" ]
}

# As XCP-ng's own driver packages are written.
foreign_srpm() {	# DIR -> the SRPM
	mkdir -p "$1/SOURCES"
	cp -r "$TOP/examples/acme-edu" "$1/"
	echo 'static const char where[] __attribute__((used)) = __FILE__;' >>"$1/acme-edu/acme_edu.c"
	tar -C "$1" -czf "$1/SOURCES/edu.tar.gz" acme-edu
	cat >"$1/SOURCES/other-edu.spec" <<-'END'
		%define vendor_name Other
		Name: other-edu
		Version: 5.0
		Release: 3%{?dist}
		Summary: Other's driver
		License: GPL
		Source0: edu.tar.gz
		BuildRequires: gcc, kernel-devel
		Provides: vendor-driver
		Requires: kernel-uname-r = %{kernel_uname_r}
		Requires(post): /usr/sbin/depmod
		%description
		driver
		%prep
		%autosetup -n acme-edu
		%build
		make -C /lib/modules/%{kernel_version}/build M=$(pwd) modules
		%install
		make -C /lib/modules/%{kernel_version}/build M=$(pwd) INSTALL_MOD_PATH=%{buildroot} INSTALL_MOD_DIR=%{module_dir} DEPMOD=/bin/true modules_install
		rm -f %{buildroot}/lib/modules/%{kernel_version}/modules.*
		find %{buildroot}/lib/modules/%{kernel_version} -name '*.ko' | xargs chmod u+x
		%post
		/sbin/depmod %{kernel_version}
		%{regenerate_initrd_post}
		%postun
		/sbin/depmod %{kernel_version}
		%{regenerate_initrd_postun}
		%posttrans
		%{regenerate_initrd_posttrans}
		%files
		/lib/modules/%{kernel_version}/*/*.ko
	END
	rpmbuild -bs --nodeps -D "_topdir $1" -D 'dist .xcpng8.3' "$1/SOURCES/other-edu.spec" >/dev/null 2>&1
	echo "$1"/SRPMS/*.src.rpm
}

@test "a foreign source package keeps its names, and the plan says what it replaces" {
	srpm=$(foreign_srpm "$BATS_TEST_TMPDIR/foreign")
	run build_disk "$CPULEVEL_KDIR_A" "$BATS_TEST_TMPDIR/out" --label other --source "$srpm" --dry-run
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output = *"other-edu-5.0-3.xcpng8.3.x86_64"* ]]
	[[ $output = *"replaces any other-edu of a host"* ]]
	build_disk "$CPULEVEL_KDIR_A" "$BATS_TEST_TMPDIR/out" --label other --source "$srpm" --release 1.respin2
	open_iso "$BATS_TEST_TMPDIR/out/other-1.1-$KA.iso" "$BATS_TEST_TMPDIR/disk"
	rpm=$BATS_TEST_TMPDIR/disk/Packages/other-edu-5.0-3.xcpng8.3.respin2.x86_64.rpm
	[ "$(files "$rpm")" = "/lib/modules/$KA/updates/acme_edu.ko" ]
	run rpm -qp --nosignature --scripts "$rpm"
	[[ $output = *"/var/lib/rpm-state/regenerate-initrd-$KA"*"dracut -f /boot/initrd-$KA.img.new $KA"* ]]
	rpm2cpio "$rpm" | (cd "$BATS_TEST_TMPDIR" && cpio --quiet -idm)
	ko=$BATS_TEST_TMPDIR/lib/modules/$KA/updates/acme_edu.ko
	run grep -ac -e "${TMPDIR:-/tmp}/" "$ko"
	[ "$output" = 0 ]
	run readelf -S "$ko"
	[[ $output = *.text* && $output != *debug_info* ]]
}
