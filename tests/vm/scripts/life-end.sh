# SPDX-License-Identifier: GPL-2.0-only
# The end of a pack's life: it is removed, and nothing stays behind.
# shellcheck shell=bash disable=SC1091 # guest/ is in /mnt there
. /mnt/guest/life.sh

# A file of the update family, a folder of the legacy one; the product's own is no pack's.
record=$(grep -rl acme-edu /var/update/applied /etc/xensource/installed-repos 2>/dev/null | head -n 1)
record=${record%/XS-*}
cp -a "$record" /tmp/record

t "acme-edu is removed" show driver-disk remove acme-edu
t "the in-box 1.0 would be loaded" would_load acme_edu 1.0
if [[ -e long ]]; then
	t "acme-blk is removed" driver-disk remove acme-blk
	t "the initrd has the in-box one again" initrd_has virtio_blk ""
fi
t "no driver here came from a pack" fails 0 "no driver here came from a pack" driver-disk status
t "everything is whole" driver-disk verify
made=$(mkdir -pv "${record%/*}")
cp -a /tmp/record "$record"
t "a record of what is gone is found" fails 1 "${record#/}: records" driver-disk verify
t "and removed" driver-disk verify --repair
[[ -z $made ]] || rmdir "${record%/*}"
t "driver-disk itself is removed" rpm -e driver-disk
rm -rf /etc/driver-disk.conf /var/lib/driver-disks
all_files >/tmp/files.after
t "every file is as it was in the beginning" diff /var/lib/files.before /tmp/files.after
