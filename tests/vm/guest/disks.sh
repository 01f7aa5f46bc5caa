# SPDX-License-Identifier: GPL-2.0-only
# What the scripts that handle driver disks share.
# shellcheck shell=bash

# As an admin does it: mount each ISO of the working folder, run its install.
install_disks() {
	local iso
	mkdir -p /media
	for iso in *.iso; do
		show mount -o loop,ro "$iso" /media
		t "${iso%.iso} installs" show /media/install
		show umount /media
	done
}

loaded() {	# MODULE -> the version that is in the kernel now
	cat "/sys/module/$1/version" 2>/dev/null || echo none
}

# For the table at the end of the story.
note_loaded() {
	loaded acme_edu >"$OUT/acme_edu"
	loaded cpulevel >"$OUT/cpulevel"
}

equal() { [[ $1 = "$2" ]] || { echo "'$1' is not '$2'"; return 1; }; }
