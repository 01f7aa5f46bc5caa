# SPDX-License-Identifier: GPL-2.0-only
# A pack's life: the oldest kernel goes, with the drivers for it.
# shellcheck shell=bash disable=SC1091 # guest/ is in /mnt there
. /mnt/guest/life.sh
read -r A <first

drivers=("acme-edu-$A-modules")
[[ ! -e long ]] || drivers+=("acme-blk-$A-modules")
t "the GA kernel cannot go while drivers need it" fails 1 "is needed by" rpm -e "$(rpm -qf "/boot/vmlinuz-$A")"
t "it can, with them" rpm -e "$(rpm -qf "/boot/vmlinuz-$A")" "${drivers[@]}"
t "nothing of it stays" test ! -e "/lib/modules/$A" -a ! -e "/boot/initrd-$A.img"
t "nothing is lost" driver-disk status
t "everything is whole" driver-disk verify
