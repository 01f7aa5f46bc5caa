# SPDX-License-Identifier: GPL-2.0-only
# Day 2, the reboot into the hotfix: what was announced has happened; then the re-spun disks are installed.
# shellcheck shell=bash disable=SC1091 # guest/ is in /mnt there
. /mnt/guest/disks.sh

show uname -r
t "the in-box 1.0 is back" equal "$(loaded acme_edu)" 1.0
t "cpulevel has no module" equal "$(loaded cpulevel)" none
note_loaded
install_disks
t "nothing would be lost by a reboot any more" show driver-disk status
