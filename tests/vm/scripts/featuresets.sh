# SPDX-License-Identifier: GPL-2.0-only
# All six featuresets, all policies and the levelling capabilities against Xen's own tool and log.
# shellcheck shell=bash disable=SC1091 # guest/ is in /mnt there
. /mnt/guest/oracle.sh
. /mnt/guest/policies.sh
install -m 0755 cpulevel /usr/bin/cpulevel
t "the module loads" insmod ./cpulevel.ko
all_agree
all_policies_agree
cpulevel show | tee "$OUT/show.txt"
cpulevel show --json >"$OUT/show.json"
cpulevel save "$OUT/host.save"
(cd / && tar -c sys/class/misc/cpulevel/ --dereference --ignore-failed-read 2>/dev/null) >"$OUT/sysfs.tar" || true
t "vendor and signature are those in Xen's log" grep -q "raw 0*$(sed s/^0*// "$SYSFS"/cpu/signature)" <(xl dmesg)
t "the microcode is xen-ucode's, or unknown to both" microcode_agrees
t "the CPUs are uniform" grep -qx 1 "$SYSFS/cpu/uniform"
t "an unprivileged user may read" setpriv --reuid 65534 --clear-groups cpulevel show
t "the module unloads" rmmod cpulevel
t "and leaves nothing behind" test ! -e "$SYSFS" -a ! -e /dev/cpulevel
