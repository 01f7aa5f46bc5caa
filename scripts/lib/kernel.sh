# SPDX-License-Identifier: GPL-2.0-only
# What a kernel-devel tree is for, and which products have that kernel.
# shellcheck shell=bash

# UTS_RELEASE is what goes into vermagic; distributions override kernel.release.
kernel_release() {	# KDIR -> K
	local line

	[[ -r $1/include/generated/utsrelease.h ]] || return
	while IFS= read -r line; do
		[[ $line =~ define\ UTS_RELEASE\ +\"(.+)\" ]] || continue
		printf '%s\n' "${BASH_REMATCH[1]}"
		return
	done <"$1/include/generated/utsrelease.h"
	return 1
}

# The kernel-devel folders by kernel: KDIRS[K], and K in the order given: KERNELS.
open_kernels() {
	local given folder k

	declare -gA KDIRS=()
	KERNELS=()
	for given in ${O_KERNELS[@]+"${O_KERNELS[@]}"}; do
		folder=$given
		[[ ! -f $given ]] || folder=$(unpack_kernel_devel "$given" "$WORK/devel.${#KERNELS[@]}") || exit
		k=$(kernel_release "$folder") ||
			die 5 "$given: not a prepared kernel-devel folder (no UTS_RELEASE in include/generated/utsrelease.h); install kernel-devel"
		[[ $k =~ ^[A-Za-z0-9._+-]+$ ]] ||
			die 5 "$given: names its kernel '$k', which no package can carry; build kernel-devel with another name"
		[[ -r $folder/Module.symvers ]] ||
			die 5 "$given/Module.symvers: missing; without it no module can be checked, install the whole kernel-devel"
		[[ -z ${KDIRS[$k]-} ]] ||
			die 2 "--kernel-devel $given: is for $k, like ${KDIRS[$k]}; give each kernel once"
		KDIRS[$k]=$(CDPATH='' cd -P "$folder" && pwd)
		KERNELS+=("$k")
	done
}

unpack_kernel_devel() {	# RPM DIR -> the folder in it
	local header

	mkdir "$2"
	unpack_rpm "$1" "$2" || die 5 "$1: not a kernel-devel RPM that can be unpacked; get it again"
	header=$(find "$2" -path '*/include/generated/utsrelease.h')
	[[ -n $header && $header != *$'\n'* ]] ||
		die 5 "$1: holds no kernel-devel folder; give the kernel-devel package, not the kernel's"
	printf '%s\n' "${header%/include/generated/utsrelease.h}"
}

# The version of XenServer whose driver kit builds for K.
product_version_of() {	# K
	case $1 in
	2.6.32.*xs5.6.100.*) echo 5.6.100 ;;
	2.6.32.*xs6.0.2.*) echo 6.0.2 ;;
	2.6.32.*xs6.0.0.*) echo 6.0.0 ;;
	2.6.32.*xs1.6.*) echo 6.1.0 ;;
	2.6.32.*xs1.8.*) echo 6.2.0 ;;
	3.10.0+*) echo 6.5.0 ;;
	4.4.0+2) echo 7.0.0 ;;
	esac
}

# The xen and kdump flavours of XenServer up to 6.2 are two kernels of one ABI.
kernel_abi() {	# K
	case $1 in
	2.6.*xen) printf '%s\n' "${1%xen}" ;;
	2.6.*kdump) printf '%s\n' "${1%kdump}" ;;
	*) printf '%s\n' "$1" ;;
	esac
}
