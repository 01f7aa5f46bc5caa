# SPDX-License-Identifier: GPL-2.0-only
# Hosts that cannot take a driver disk: each is told why, and is as it was.
# shellcheck shell=bash disable=SC1091 # guest/ is in /mnt there
. /mnt/guest/powercut.sh

# The one of the two that is not in.
iso=acme-edu-1.1-$K.iso
[[ $(<"$CUT/state") != 1.1 ]] || iso=acme-edu-1.2-$K.iso
look >/tmp/before

refused() {	# NAME STATUS TEXT MEND...: install fails so; after MEND nothing has changed
	local name=$1
	t "$name: refused with exit code $2" fails "$2" "$3" driver-disk install --downgrade "$iso"
	"${@:4}"
	look >/tmp/after
	t "$name: nothing was changed" diff /tmp/before /tmp/after
}

fill() {	# FILE: take all the room that there is
	fallocate -l "$(($(df -Pk / | awk 'NR == 2 { print $4 }') - 100))K" "$1"
	dd if=/dev/zero of="$1.rest" bs=4k status=none || true
}

fill /root/fill
away=()
refused "a full disk" 5 "free some space" rm /root/fill /root/fill.rest

mount --bind /boot /boot
mount -o remount,bind,ro /boot
refused "a read-only /boot" 5 "/boot: cannot be written (read-only?)" umount /boot

mount -o remount,ro /
refused "a read-only disk" 5 "cannot be written" mount -o remount,rw /

while path=$(command -v depmod); do
	mv "$path" "$path.away"
	away+=("$path")
	hash -r
done
back() { local path; for path in "${away[@]}"; do mv "$path.away" "$path"; done; }
refused "no depmod" 5 "depmod: not found" back

# Without what SQLite keeps beside it, which may hold the same pages whole.
cp -a /var/lib/rpm /tmp/rpm
rm -f /var/lib/rpm/rpmdb.sqlite-*
whole() { rm -rf /var/lib/rpm && cp -a /tmp/rpm /var/lib/rpm; }
dd if=/dev/urandom of=/var/lib/rpm/rpmdb.sqlite bs=20k count=1 conv=notrunc status=none
refused "a damaged rpm database" 5 "rpm's database " whole

now=$(date +%s)
date -s 2020-01-01 >/dev/null
refused "a clock that is years behind" 6 "set the clock" date -s "@$now"
