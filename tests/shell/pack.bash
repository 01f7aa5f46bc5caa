# SPDX-License-Identifier: GPL-2.0-only
# What the pack tests share: a vendor's key, a disk for each kernel, a small dom0.
# shellcheck shell=bash disable=SC2034,SC2154,SC2164

TOP=$(readlink -f "${BATS_TEST_DIRNAME:-.}/../..")
BUILD=$TOP/scripts/build-supplemental-pack.sh
RESPIN=$TOP/scripts/respin-driver-disks.sh

# The harness names two kernel-devel trees whose symbol CRCs differ.
have_kernels() { [[ -n ${CPULEVEL_KDIR_A:-} && -n ${CPULEVEL_KDIR_B:-} ]]; }

kernel_of() { awk -F '"' '/UTS_RELEASE/ { print $2 }' "$1/include/generated/utsrelease.h"; }

new_key() {	# HOMEDIR NAME -> a key of ultimate trust; prints its fingerprint
	mkdir -m 700 "$1"
	GNUPGHOME=$1 gpg --batch --quiet --passphrase '' \
		--quick-gen-key "$2 <$2@example.org>" rsa2048 sign never 2>/dev/null
	GNUPGHOME=$1 gpg --with-colons --list-secret-keys 2>/dev/null |
		awk -F: '$1 == "fpr" { print $10; exit }'
}

build_disk() {	# KDIR OUT [option...]; the options override
	"$BUILD" --label acme-edu --version 1.1 --text "Acme EDU driver" \
		--vendor-code acme --vendor-name "Acme & Sons" \
		--source "$TOP/examples/acme-edu" --kernel-devel "$1" \
		--sign "$KEY" --out "$2" "${@:3}"
}

open_iso() {	# ISO DIR
	mkdir -p "$2"
	xorriso -osirrox on -indev "$1" -extract / "$2" >/dev/null 2>&1
	chmod -R u+w "$2"
}

need_kernels() { have_kernels || skip "CPULEVEL_KDIR_A and CPULEVEL_KDIR_B name no kernel-devel folders"; }

# A vendor's key, and which kernels there are: $GNUPGHOME $KEY $KA $KB
setup_key() {
	export W=$BATS_FILE_TMPDIR
	export GNUPGHOME=$W/trust
	KEY=$(new_key "$W/trust" vendor)
	export KEY KA KB
	KA=$(kernel_of "$CPULEVEL_KDIR_A")
	KB=$(kernel_of "$CPULEVEL_KDIR_B")
}

# XenServer 6.2's kernel, without the flavour.
V62=2.6.32.43-0.4.1.xs1.8.0.835.170778

# The headers of kernel A under another name: the kernels of old hosts are not to be had.
fake_kernel() {	# K -> $W/kernel/K
	local dir=$W/kernel/$1 link

	mkdir -p "$W/kernel"
	cp -rP "$CPULEVEL_KDIR_A" "$dir"
	for link in scripts tools; do
		[[ ! -L $dir/$link ]] || ln -sfn "$(readlink -f "$CPULEVEL_KDIR_A/$link")" "$dir/$link"
	done
	echo "#define UTS_RELEASE \"$1\"" >"$dir/include/generated/utsrelease.h"
	echo "$1" >"$dir/include/config/kernel.release"
}

# Make the parts every test file uses, once: $W/trust $KEY $W/out $W/disk $W/tool
setup_pack() {
	setup_key
	make -s -C "$TOP/pack" install-parts PARTS="$W/tool" O="$W/build"
	build_disk "$CPULEVEL_KDIR_A" "$W/out" 2>"$W/build.log" || cat "$W/build.log" >&2
	open_iso "$W/out/acme-edu-1.1-$KA.iso" "$W/disk"
}

stop_agent() { [[ ! -d $1 ]] || GNUPGHOME=$1 gpgconf --kill all; }

# ---- a dom0 in a folder, with the real rpm, kmod and shell working on it ----

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

make_rpm() {	# OUT SPECLINE... -> an RPM without a compiler's help
	local out=$1

	shift
	printf '%s\n' "$@" >"$BATS_TEST_TMPDIR/stub.spec"
	rpmbuild -bb -D "_topdir $BATS_TEST_TMPDIR/rpmbuild" -D "_rpmdir $out" \
		-D '_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.rpm' \
		-D '__os_install_post %{nil}' "$BATS_TEST_TMPDIR/stub.spec" >/dev/null 2>&1
}

# A kernel as its RPM: the provide, a boot file, and an in-box acme_edu 1.0.
make_kernel_rpm() {	# OUT K KDIR
	local src=$BATS_TEST_TMPDIR/inbox-$2 kver

	cp -r "$TOP/examples/acme-edu" "$src"
	make -s -C "$3" M="$src" KCFLAGS="-DACME_EDU_VERSION='\"1.0\"'" modules >/dev/null
	kver=$(. "$TOP/pack/common.sh" && rpm_kver "$2")
	make_rpm "$1" "Name: kernel" "Version: ${kver//-/.}" "Release: 1" \
		"Summary: kernel $2" "License: GPL" "AutoReqProv: no" \
		"Provides: kernel-uname-r = $kver" "%description" "kernel" "%install" \
		"install -D -m 644 $src/acme_edu.ko %{buildroot}/lib/modules/$2/kernel/acme_edu.ko" \
		"install -d %{buildroot}/boot; echo $2 >%{buildroot}/boot/vmlinuz-$2" \
		"cd %{buildroot}/lib/modules/$2; touch modules.order modules.builtin modules.builtin.modinfo" \
		"%post" "/sbin/depmod $2" "%files" "/lib/modules/$2" "/boot/vmlinuz-$2"
}

make_dom0() {	# ROOT
	[[ $EUID -eq 0 ]] || skip "rpm installs below --root only as root"
	mkdir -p "$1"/{usr/{bin,sbin,lib,lib64},dev,run,tmp,var/{lib,tmp},etc/depmod.d}
	ln -s usr/bin usr/sbin usr/lib usr/lib64 "$1"
	copy_program "$1" bash mkdir rm cat kmod
	ln -s bash "$1/bin/sh"
	ln -s ../bin/kmod "$1/sbin/depmod"
	[[ -e $W/rpms/base-1-1.rpm ]] ||
		make_rpm "$W/rpms" "Name: base" "Version: 1" "Release: 1" \
			"Summary: base" "License: GPL" "Provides: /bin/sh" \
			"%description" "base" "%files"
	rpm --root "$1" -i "$W/rpms/base-1-1.rpm"
}

add_kernel() {	# ROOT K KDIR
	local kver

	kver=$(. "$TOP/pack/common.sh" && rpm_kver "$2")
	[[ -e $W/rpms/kernel-${kver//-/.}-1.rpm ]] || make_kernel_rpm "$W/rpms" "$2" "$3"
	rpm --root "$1" -i "$W/rpms/kernel-${kver//-/.}-1.rpm"
}
