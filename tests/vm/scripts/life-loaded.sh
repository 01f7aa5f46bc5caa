# SPDX-License-Identifier: GPL-2.0-only
# A pack's life, after a reboot into the next kernel: its drivers are the packs'.
# shellcheck shell=bash disable=SC1091 # guest/ is in /mnt there
. /mnt/guest/life.sh

t "acme_edu 1.2 is loaded from the pack" from_pack acme_edu 1.2
[[ ! -e long ]] || t "the root disk's driver, too, in the initrd" from_pack virtio_blk 2.0
t "nothing is lost" driver-disk status
