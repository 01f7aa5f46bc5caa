# SPDX-License-Identifier: GPL-2.0-only
# A pack's life: the next kernel gets its disks from the configured folder, by what the unit runs.
# shellcheck shell=bash disable=SC1091 # guest/ is in /mnt there
. /mnt/guest/life.sh
read -r C <next

mkdir -p /var/lib/driver-disks
cp respun/*.iso /var/lib/driver-disks/
printf 'folder=/var/lib/driver-disks\nguard=yes\n' >/etc/driver-disk.conf
t "the second hotfix installs" show rpm -i kernels/kernel-*.rpm
t "at once it says what would be lost" grep -q "(kernel $C) acme_edu falls back from 1.2 to the in-box 1.0" /tmp/shown
if [[ $(cat /proc/1/comm) = systemd ]]; then
	t "systemd refuses to reboot into it" refused systemctl reboot
	t "the unit that it queued ends well" finished driver-disk-auto.service
	t "systemd would reboot now" equal "$(systemctl show -p RefuseManualStart --value reboot.target)" no
else
	t "what the unit runs at boot installs the disks for it" driver-disk auto
fi
t "nothing would be lost" show driver-disk status
t "acme_edu 1.2 would be loaded there" would_load acme_edu 1.2 "$C"
[[ ! -e long ]] || t "its initrd has the root disk's driver" initrd_has virtio_blk 2.0 "$C"
