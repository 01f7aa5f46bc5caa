# SPDX-License-Identifier: GPL-2.0-only
# A pack's life: another pack brings the same module, past driver-disk, and goes again.
# shellcheck shell=bash disable=SC1091 # guest/ is in /mnt there
. /mnt/guest/life.sh
A=$(uname -r)

t "another pack with acme_edu is refused by name" \
	fails 1 "which acme-edu-$A-modules has brought already" driver-disk install "disks/rival-0.9-$A.iso"
t "rpm alone would take it" rpm_alone "disks/rival-0.9-$A.iso"
t "its 0.9 wins, for it says so in depmod.d" would_load acme_edu 0.9
t "status tells of it, with exit code 4" fails 4 "acme_edu falls back from 1.2 to 0.9 of rival-$A-modules" driver-disk status
t "verify names the file that is passed over" fails 1 "updates/acme_edu.ko: is there, but modprobe would load" driver-disk verify
t "without it" driver-disk remove rival
t "1.2 is back" would_load acme_edu 1.2
t "and nothing is lost" driver-disk status
