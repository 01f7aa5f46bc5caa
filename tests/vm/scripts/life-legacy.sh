# SPDX-License-Identifier: GPL-2.0-only
# A pack's life, a legacy disk in the GA kernel: its own installer, then driver-disk; each time that is what loads.
# shellcheck shell=bash disable=SC1091 # guest/ is in /mnt there
. /mnt/guest/life.sh
A=$(uname -r)

own_install() {	# ISO
	local rc=0
	mkdir -p /media
	mount -o loop,ro "$1" /media
	/media/install --batch || rc=$?
	umount /media
	return $rc
}

all_files >/var/lib/files.before
t "at first the in-box 1.0 is loaded" equal "$(loaded acme_edu)" 1.0
t "1.1 is installed by its own installer" show own_install "disks/acme-edu-1.1-$A.iso"
load_again
t "1.1 is loaded from the pack" from_pack acme_edu 1.1
t "it is recorded for xapi" grep -q 'version="1.1"' /etc/xensource/installed-repos/acme:acme-edu/XS-REPOSITORY

t "driver-disk comes later" rpm -i driver-disk-*.rpm
t "status knows the pack" fails 0 "1.1" driver-disk status
t "the installer hands over to driver-disk, which wants to be told that nobody vouches for the disk" \
	fails 6 "give --allow-unsigned" own_install "disks/acme-edu-1.2-$A.iso"
t "1.2 is installed over it" show driver-disk install --allow-unsigned "disks/acme-edu-1.2-$A.iso"
t "1.2 would be loaded" would_load acme_edu 1.2
t "1.1 is refused now, as it is older" fails 1 "older than 1.2-1, which is installed" driver-disk install --allow-unsigned "disks/acme-edu-1.1-$A.iso"
t "unless that is wanted" driver-disk install --allow-unsigned --downgrade "disks/acme-edu-1.1-$A.iso"
t "1.1 would be loaded" would_load acme_edu 1.1
t "and is what the record says" grep -q 'version="1.1"' /etc/xensource/installed-repos/acme:acme-edu/XS-REPOSITORY
t "a rollback goes back" show driver-disk rollback
t "to 1.2" would_load acme_edu 1.2
t "with its record" grep -q 'version="1.2"' /etc/xensource/installed-repos/acme:acme-edu/XS-REPOSITORY
load_again
t "which is loaded from the pack" from_pack acme_edu 1.2

t "a rival is refused by name" fails 1 "has brought already" driver-disk install --allow-unsigned "disks/rival-0.9-$A.iso"
