# SPDX-License-Identifier: GPL-2.0-only
# Two real drivers at work: each is loaded from updates/ and does what it is for.
# shellcheck shell=bash

from_updates() {	# MODULE
	[[ $(modinfo -F filename "$1" | tee /dev/stderr) = "/lib/modules/$(uname -r)/updates/"* ]]
}

hex() { od -An -v -tx1 "$1" | tr -d ' \n'; }

# The build id of what is in the kernel is in that file.
same_build() {	# MODULE
	local id
	id=$(hex "/sys/module/${1//-/_}/notes/.note.gnu.build-id")
	[[ ${#id} -ge 40 && $(hex "$(modinfo -F filename "$1")") = *"$id"* ]]
}

works() {	# MODULE
	t "$1: modprobe takes the file in updates/" from_updates "$1"
	t "$1: it loads" show modprobe "$1"
	t "$1: and is that build" same_build "$1"
}

both_work() {
	works v4l2loopback
	t "v4l2loopback: there is its video device" grep . /sys/class/video4linux/video0/name
	works dm-writeboost
	t "dm-writeboost: the device mapper has it" test -d /sys/module/dm_mod/holders/dm_writeboost
}
