# SPDX-License-Identifier: GPL-2.0-only
# A pack's life: a kernel hotfix arrives, says what it would lose, and gets its disks.
# shellcheck shell=bash disable=SC1091 # guest/ is in /mnt there
. /mnt/guest/life.sh
read -r B <next
GUARD=/run/systemd/system/reboot.target.d/driver-disk.conf

printf 'guard=yes\n' >/etc/driver-disk.conf
t "the hotfix kernel installs" show rpm -i kernels/kernel-*.rpm
t "at once it says what would be lost" \
	grep -q "(kernel $B) acme_edu falls back from 1.2 to the in-box 1.0: install acme-edu's driver disk for $B" /tmp/shown
[[ ! -e long ]] || t "the root disk's driver, too" grep -q "virtio_blk falls back from 2.0 to the in-box driver" /tmp/shown
t "monitoring finds it" grep -q "install acme-edu's driver disk for $B" /run/driver-disk/warning
t "a reboot would be refused" grep -q RefuseManualStart=yes $GUARD
t "status has exit code 4 and names the missing pack" fails 4 "install acme-edu's driver disk for $B" driver-disk status
t "the re-spun disks are installed" show driver-disk install ${UNSIGNED:+"$UNSIGNED"} respun
t "now nothing would be lost" show driver-disk status
t "the alarm is over" test ! -e /run/driver-disk/warning -a ! -e $GUARD
[[ ! -e long ]] || t "the hotfix's initrd has the root disk's driver" initrd_has virtio_blk 2.0 "$B"
t "everything is whole" driver-disk verify
