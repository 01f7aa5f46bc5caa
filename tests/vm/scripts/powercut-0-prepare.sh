# SPDX-License-Identifier: GPL-2.0-only
# Go through the states once, undisturbed, and note what each looks like.
# shellcheck shell=bash disable=SC1091 # guest/ is in /mnt there
. /mnt/guest/powercut.sh

mkdir -p "$CUT/ref"
mkdir -p /var/update/applied
dracut -f "/boot/initrd-$K.img" "$K"
echo 0 >"$CUT/state"
depmod "$K"
look >"$CUT/ref/0"
t "acme-edu 1.1 installs" driver-disk install "acme-edu-1.1-$K.iso"
became 1.1
look >"$CUT/ref/1.1"
t "its module is in the initrd" grep -q "initrd $K: renewed" /var/log/driver-disk.log
t "acme-edu 1.2 installs" change install
look >"$CUT/ref/1.2"
t "nothing to repair" driver-disk verify
t "and the three states differ" test "$(sha256sum "$CUT"/ref/* | cut -d " " -f 1 | sort -u | wc -l)" = 3
