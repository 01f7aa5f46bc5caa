# SPDX-License-Identifier: GPL-2.0-only
# What a kernel-devel tree is for, and whether a module fits it.
# shellcheck shell=bash

# UTS_RELEASE is what goes into vermagic; distributions override kernel.release.
kernel_release() {	# KDIR -> K
	awk -F '"' '$1 ~ /define UTS_RELEASE/ { print $2 }' \
		"$1/include/generated/utsrelease.h" 2>/dev/null | grep .
}

# Each module below DIR must be for K and load there by its symbols' CRCs.
check_modules() {	# DIR K KDIR DRIVER_KABI
	local ko magic bad=0
	local -a modules

	mapfile -t modules < <(cd "$1" && find lib -name '*.ko' | sort)
	[[ ${#modules[@]} -gt 0 ]] || return 0
	for ko in "${modules[@]}"; do
		magic=$(modinfo -F vermagic "$1/$ko") || magic=unreadable
		[[ ${magic%% *} = "$2" ]] && continue
		note "${ko##*/}: built for kernel ${magic%% *}, not $2; build it with this --kernel-devel"
		bad=1
	done
	[[ $bad = 0 ]] || return 1
	(cd "$1" && "$4" check "${modules[@]}" --symvers "$3/Module.symvers") >&2
}
