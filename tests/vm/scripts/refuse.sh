# SPDX-License-Identifier: GPL-2.0-only
# Disks that must be refused, by the copy of driver-disk that each disk brings and by the host's own.
# shellcheck shell=bash disable=SC1091 # guest/ is in /mnt there

# All that an install could have touched; a file's change time cannot be set back.
state() {
	rpm -qa | sort
	find /lib/modules /boot /etc /var/update /usr/libexec -printf '%p %s %C@\n' 2>/dev/null | sort || true
	find /tmp -mindepth 1 ! -name state.before
	mount
}

unchanged() { diff <(state) /tmp/state.before; }

# refused NAME ISO STATUS TEXT: one line of reason, the documented status, nothing changed.
refused() {
	t "$1: refused with exit code $3" fails "$3" "$4" "${INSTALL[@]}" "$2"
	t "$1: nothing was changed" unchanged
}

all_refused() {	# PREFIX
	refused "$1 truncated ISO" disks/truncated.iso 6 "truncated.iso"
	refused "$1 tampered RPM" disks/tampered.iso 6 "checksum differs"
	refused "$1 edited metadata" disks/edited.iso 6 "no good signature"
	refused "$1 unsigned RPM" disks/unsigned.iso 6 "not signed by a trusted key"
	refused "$1 wrong key" disks/stranger.iso 6 "no good signature by a key this host trusts"
	refused "$1 disk for another kernel" disks/other-kernel.iso 1 "which is not installed here"
	refused "$1 file that is no ISO" /etc/passwd 6 "/etc/passwd"
	refused "$1 missing file" disks/nosuch.iso 2 "no such file"
}

# The disk's own copy, as on a host that never saw a driver disk.
mkdir -p /media /run/tool
mount -o loop,ro disks/good.iso /media
cp -r /media/driver-disk /run/tool/
umount /media
state >/tmp/state.before
INSTALL=(/run/tool/driver-disk/driver-disk install)
all_refused "own copy:"

mount -o loop,ro disks/stranger.iso /media
t "a stranger's install script is refused too" fails 6 "no good signature" /media/install
umount /media
t "and changed nothing" unchanged

t "a dry run says what it would do" fails 0 "install acme-edu-$(uname -r)-modules-1.1-1" "${INSTALL[@]}" --dry-run disks/good.iso
t "and does none of it" unchanged
mkdir folder
cp disks/good.iso disks/other-kernel.iso folder/
t "from a folder it takes the disk for the installed kernel" "${INSTALL[@]}" folder
t "its driver is the one to load" fails 0 1.1 modinfo -F version acme_edu
t "a second run finds nothing to do" fails 0 "installed already" "${INSTALL[@]}" disks/good.iso
t "removing its packages brings the in-box driver back" rpm -e "update-acme-edu" "control-acme-edu" "acme-edu-$(uname -r)-modules"
t "at once" fails 0 1.0 modinfo -F version acme_edu
