# SPDX-License-Identifier: GPL-2.0-only
# Without Xen there is nothing to ask: loading fails, in one line that says why.
# shellcheck shell=bash disable=SC1091 # guest/ is in /mnt there
t "loading is refused" fails 1 "No such device" insmod ./cpulevel.ko
t "in one line" test "$(dmesg | grep -c 'cpulevel: .*\(Xen\|control domain\)')" = 1
t "and nothing is left behind" test ! -e /dev/cpulevel -a ! -e /sys/class/misc/cpulevel
