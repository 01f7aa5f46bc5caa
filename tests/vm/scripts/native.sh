# SPDX-License-Identifier: GPL-2.0-only
# A machine without Xen: the module's own reading of CPUID against the program cpuid; CPUs that come and go.
# shellcheck shell=bash disable=SC1091 # guest/ is in /mnt there
. /mnt/guest/cpuid.sh
SYSFS=/sys/class/misc/cpulevel
CPU1=/sys/devices/system/cpu/cpu1/online
install -m 0755 cpulevel /usr/bin/cpulevel
modprobe -q cpuid || true
cpuid -r >/run/cpuid

is() {	# FILE VALUE
	echo "$1: $(cat "$SYSFS/$1"); expected $2"
	[[ $(cat "$SYSFS/$1") = "$2" ]]
}

only_raw_and_host() { [[ $(cd $SYSFS/featuresets && echo *) = 'host raw' ]]; }

leaves_agree() {
	local id values n=0
	while read -r id _ values; do
		leaf_agrees "${id%:*}" "${id#*:}" "$values" || { echo "leaf $id is $values"; return 1; }
		n=$((n + 1))
	done < <(sed -n '/^Raw/,/ MSRs/s/^  \(........:........ -> [0-9a-f].*\)/\1/p' /run/our.policies)
	echo "$n leaves"
	[[ $n -gt 10 ]]
}

grows() {	# GENERATION: there will be a newer one
	local try
	for ((try = 0; try < 100; try++)); do
		[[ $(cat $SYSFS/generation) -le $1 ]] || return 0
		sleep 0.1
	done
	echo "still generation $(cat $SYSFS/generation)"
	return 1
}

hotplug() {	# 0|1
	local before
	before=$(cat $SYSFS/generation)
	echo "$1" >$CPU1
	grows "$before"
}

facts_agree() {
	local cpu words
	for cpu in 0 1; do
		words=$(cpuid_words $cpu)
		is featuresets/raw "$words" && is featuresets/host "$words" || return 1
	done
	is cpu/uniform 1
}

t "the module loads" insmod ./cpulevel.ko
t "the backend is native" is backend native
t "there are two CPUs" grep -q '^CPU 1:' /run/cpuid
t "raw and host are all there is" only_raw_and_host
t "and what cpuid says of both CPUs" facts_agree
t "nothing is said of Xen" test ! -e $SYSFS/xen/sysctl_version
t "the vendor is cpuid's" is cpu/vendor "$(awk '$1 == "vendor_id" { print $3; exit }' /proc/cpuinfo)"
t "so is the signature" is cpu/signature "$(printf '%08x' "$(register 0 1 0 eax)")"
t "the microcode is the kernel's" is cpu/microcode "$(awk '$1 == "microcode" { print $3; exit }' /proc/cpuinfo)"
t "the levelling capabilities are probed" is levelling/source probed
t "and those of this model" is levelling/caps "$(cat caps)"
./policies >/run/our.policies
t "raw and host are all the policies" test "$(grep -c ' policy: ' /run/our.policies)" = 2
t "every leaf is what cpuid says" leaves_agree
t "the command shows it" cpulevel show
t "a CPU that goes makes a new snapshot" hotplug 0
t "with the same facts" facts_agree
t "a CPU that comes makes another" hotplug 1
t "with the same facts, too" facts_agree
cp /run/cpuid /run/our.policies "$OUT/"
t "the module unloads" rmmod cpulevel
t "and leaves nothing behind" test ! -e "$SYSFS" -a ! -e /dev/cpulevel
