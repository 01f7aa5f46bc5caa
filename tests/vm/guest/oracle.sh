# SPDX-License-Identifier: GPL-2.0-only
# What Xen's own tools and log say, in the words of cpulevel's sysfs.
# shellcheck shell=bash

SYSFS=/sys/class/misc/cpulevel
SETS='raw host pv_default hvm_default pv_max hvm_max'

# xen_says SET: the words as xen-cpuid prints them, joined by dashes.
xen_says() {
	xen-cpuid | awk -v want="$1" '
		/^Dynamic sets:/ { on = 1; next }
		on && NF {
			words = $NF
			$NF = ""
			name = tolower($0)
			sub(/ *$/, "", name)
			gsub(/ /, "_", name)
			if (name == want) {
				gsub(/:/, "-", words)
				print words
			}
		}'
}

offered() { [[ -n ${1//[-0]/} ]]; }	# a set of zeros is not offered

# agrees SET: sysfs and the command say what xen-cpuid says, or all say nothing.
agrees() {
	local xen file=$SYSFS/featuresets/$1
	xen=$(xen_says "$1")
	[[ -n $xen ]] || { echo "xen-cpuid prints no set $1"; return 1; }
	if ! offered "$xen"; then
		[[ ! -e $file ]] || { echo "Xen does not offer $1, but $file is there"; return 1; }
		return 0
	fi
	echo "xen-cpuid: $xen"
	echo "sysfs:     $(cat "$file")"
	[[ $(cat "$file") = "$xen" ]] && cpulevel show --json | grep -qF "\"$xen\""
}

# Xen's log has "Levelling caps: 0x1e" when it boots with cpuinfo.
caps_agree() {
	local log caps
	log=$(xl dmesg | sed -n 's/.*Levelling caps: \([0-9a-fx]*\).*/\1/p' | tail -n 1)
	caps=$(cat $SYSFS/levelling/caps)
	echo "Xen's log: $log, sysfs: $caps"
	[[ -n $log && $((log)) -eq $((caps)) ]]
}

# Xen tells its microcode from 4.18 on; these machines have one kind of CPU.
microcode_agrees() {
	local xen ours
	xen=$(xen-ucode show-cpu-info 2>/dev/null | sed -n 's/.* revision //p' | head -n 1)
	ours=$(cat $SYSFS/cpu/microcode 2>/dev/null)
	echo "xen-ucode: ${xen:-nothing}, sysfs: ${ours:-nothing}"
	[[ $((xen)) -eq $((ours)) ]]
}

all_agree() {
	local set
	for set in $SETS; do
		t "$set equals xen-cpuid's" agrees "$set"
	done
	t "the levelling capabilities equal Xen's log" caps_agree
}
