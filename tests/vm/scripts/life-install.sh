# SPDX-License-Identifier: GPL-2.0-only
# A pack's life, the GA kernel: installed, upgraded, downgraded, rolled back; each time that is what loads.
# shellcheck shell=bash disable=SC1091 # guest/ is in /mnt there
. /mnt/guest/life.sh
A=$(uname -r)

all_files >/var/lib/files.before
t "driver-disk itself is installed" rpm -i driver-disk-*.rpm
t "at first the in-box 1.0 is loaded" equal "$(loaded acme_edu)" 1.0
t "1.1 is installed" show driver-disk install "disks/acme-edu-1.1-$A.iso"
load_again
t "1.1 is loaded from the pack" from_pack acme_edu 1.1
t "1.2 is installed over it" driver-disk install "disks/acme-edu-1.2-$A.iso"
t "1.2 would be loaded" would_load acme_edu 1.2
t "1.1 is refused now, as it is older" fails 1 "older than 1.2-1, which is installed" driver-disk install "disks/acme-edu-1.1-$A.iso"
t "unless that is wanted" driver-disk install --downgrade "disks/acme-edu-1.1-$A.iso"
t "1.1 would be loaded" would_load acme_edu 1.1
t "a rollback goes back" show driver-disk rollback
load_again
t "to 1.2, which is loaded from the pack" from_pack acme_edu 1.2
