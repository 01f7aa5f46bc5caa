# SPDX-License-Identifier: GPL-2.0-only
# After a pack's life: the host boots with its own drivers again.
# shellcheck shell=bash disable=SC1091 # guest/ is in /mnt there
. /mnt/guest/life.sh

t "the in-box acme_edu is loaded" equal "$(loaded acme_edu)" 1.0
t "the root disk's driver is the in-box one" in_box virtio_blk
t "and it is what was loaded" equal "$(loaded virtio_blk)" none
t "no package of a pack is left" fails 1 "" grep -E 'acme|rival|driver-disk' <(rpm -qa)
