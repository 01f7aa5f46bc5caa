# SPDX-License-Identifier: GPL-2.0-only
# A pack's life: the root disk's own driver, which has to be in the initrd.
# shellcheck shell=bash disable=SC1091 # guest/ is in /mnt there
. /mnt/guest/life.sh

t "the root disk's driver is in-box" in_box virtio_blk
t "a pack with it is installed" show driver-disk install ${UNSIGNED:+"$UNSIGNED"} "disks/acme-blk-2.0-$(uname -r).iso"
t "dracut put it into the initrd" initrd_has virtio_blk 2.0
