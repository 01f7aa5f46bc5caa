# SPDX-License-Identifier: GPL-2.0-only
# What the scripts of a pack's life share: which driver is in the kernel, which would be, what is said.
# shellcheck shell=bash

# Nothing vouches for a legacy disk, so each install has to say that it may go in.
# shellcheck disable=SC2034 # the scripts'
UNSIGNED=
[[ ! -e legacy ]] || UNSIGNED=--allow-unsigned

equal() { [[ $1 = "$2" ]] || { echo "'$1' is not '$2'"; return 1; }; }

loaded() {	# MODULE -> the version that is in the kernel now
	cat "/sys/module/$1/version" 2>/dev/null || echo none
}

load_again() {
	rmmod acme_edu
	modprobe acme_edu
}

# The one in the kernel is the file that modprobe takes, and that is VERSION in a pack's folder.
from_pack() {	# MODULE VERSION
	local file
	file=$(modinfo -F filename "$1")
	echo "$file: $(modinfo -F version "$1"), in the kernel: $(loaded "$1")"
	[[ $file =~ ^/lib/modules/[^/]*/(updates|extra)/ ]] && equal "$(loaded "$1")" "$2" &&
		equal "$(cat "/sys/module/$1/srcversion")" "$(modinfo -F srcversion "$1")"
}

in_box() { [[ $(modinfo -F filename "$1" | tee /dev/stderr) = "/lib/modules/$(uname -r)/kernel/"* ]]; }	# MODULE

would_load() { equal "$(modinfo -k "${3:-$(uname -r)}" -F version "$1")" "$2"; }	# MODULE VERSION [K]

# In the initrd of K: VERSION of MODULE, "" for one that has none.
initrd_has() {	# MODULE VERSION [K]
	local dir k=${3:-$(uname -r)} file rc=0
	dir=$(mktemp -d)
	(cd "$dir" && cpio -idm --quiet <"/boot/initrd-$k.img" 2>/dev/null) || true
	file=$(find "$dir" -name "$1.ko")
	echo "in the initrd of $k: ${file#"$dir"}"
	[[ -n $file ]] && equal "$(modinfo -F version "$file")" "$2" || rc=1
	rm -rf "$dir"
	return $rc
}

# Every file that is there for good, whatever the kernel is called, and the
# folders of packs and kernels; other folders are the distribution's, if it has them.
# Not what systemd makes at its first boot, which comes later: users and their backups.
all_files() {
	find /boot /etc /lib /usr /var /opt -xdev \( ! -type d -o -path '/lib/modules*' -o -path '*installed-repos*' -o -path '*acme*' \) \
		! -path '/var/lib/rpm/*' ! -path '/var/log/*' ! -path '/var/lib/systemd*' ! -path '/var/lib/driver-disk*' \
		! -path '/opt/xensource/gpg/*' ! -name ld.so.cache ! -name '.updated' ! -path /etc/.pwd.lock ! -regex '/etc/g?\(passwd\|shadow\|group\)-?' -printf '%p\n' |
		sed 's/[0-9.]*[-+][0-9]*[-.]amd64/K/g' | sort -u
}

# As xapi or rpm would, which know nothing of driver-disk.
rpm_alone() {	# ISO
	local rc=0
	mkdir -p /media
	mount -o loop,ro "$1" /media
	rpm -U --nosignature /media/Packages/*.rpm || rc=$?
	umount /media
	return $rc
}

refused() {	# COMMAND...: systemd does not do it
	local out
	! out=$("$@" 2>&1) || return
	echo "$out"
	[[ $out = *refuse* ]]
}

finished() {	# UNIT: it ends, in time, well
	local i
	for ((i = 0; i < 600; i++)); do
		[[ $(systemctl show -p ActiveState --value "$1") = activating ]] || break
		sleep 1
	done
	systemctl show -p ActiveState -p Result "$1"
	[[ $(systemctl show -p ActiveState --value "$1") = inactive && $(systemctl show -p Result --value "$1") = success ]]
}
