# SPDX-License-Identifier: GPL-2.0-only
# A pack's life, a legacy disk: nothing installs what nobody signed by itself; an admin may.
# shellcheck shell=bash disable=SC1091 # guest/ is in /mnt there
. /mnt/guest/life.sh
read -r C <next

mkdir -p /var/lib/driver-disks
cp respun/*.iso /var/lib/driver-disks/
printf 'folder=/var/lib/driver-disks\n' >/etc/driver-disk.conf
t "the second hotfix installs" show rpm -i kernels/kernel-*.rpm
t "at once it says what would be lost" grep -q "(kernel $C) acme_edu falls back from 1.2 to the in-box 1.0" /tmp/shown
t "no unsigned disk is installed by itself" fails 6 "nothing vouches for who made it" driver-disk auto
t "acme_edu 1.0 would be loaded there" would_load acme_edu 1.0 "$C"
t "an admin may" driver-disk install --allow-unsigned /var/lib/driver-disks
t "nothing would be lost" driver-disk status
t "acme_edu 1.2 would be loaded there" would_load acme_edu 1.2 "$C"
