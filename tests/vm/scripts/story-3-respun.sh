# SPDX-License-Identifier: GPL-2.0-only
# Day 3, the hotfix with the re-spun disks: everything is back by itself.
# shellcheck shell=bash disable=SC1091 # guest/ is in /mnt there
. /mnt/guest/oracle.sh
. /mnt/guest/disks.sh

show uname -r
t "acme_edu 1.1 serves the device" equal "$(loaded acme_edu)" 1.1
t "cpulevel was loaded at boot" test -e "$SYSFS"/abi
all_agree
t "status finds nothing to say" show driver-disk status
note_loaded
