# SPDX-License-Identifier: GPL-2.0-only
# Install the driver disks of real drivers, and use the drivers.
# shellcheck shell=bash disable=SC1091 # guest/ is in /mnt there
. /mnt/guest/disks.sh
. /mnt/guest/drivers.sh

t "before, modprobe finds no v4l2loopback" fails 1 "not found" modprobe v4l2loopback
t "before, modprobe finds no dm-writeboost" fails 1 "not found" modprobe dm-writeboost
cd disks || exit
install_disks
both_work
