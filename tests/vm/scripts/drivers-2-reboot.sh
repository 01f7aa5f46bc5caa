# SPDX-License-Identifier: GPL-2.0-only
# The same dom0 after a reboot: the drivers are still the ones from the disks.
# shellcheck shell=bash disable=SC1091 # guest/ is in /mnt there
. /mnt/guest/drivers.sh

t "nothing loaded them yet" fails 1 "" grep -E '^(v4l2loopback|dm_writeboost) ' /proc/modules
both_work
