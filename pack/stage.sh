# SPDX-License-Identifier: GPL-2.0-only
# Find driver disks and copy them, so that what is verified is what is used.
# shellcheck shell=bash disable=SC2034 # other parts read these

family() {	# FOLDER -> update | legacy
	if [[ -f $1/update.xml ]]; then
		echo update
	elif [[ -f $1/XS-REPOSITORY && -f $1/XS-PACKAGES ]]; then
		echo legacy
	else
		return 1
	fi
}

check_item() {	# ITEM: can it be a disk at all?
	[[ $1 != *[[:cntrl:]]* ]] || die 2 "a name with control characters: it cannot be shown; rename it"
	[[ -e $1 ]] || die 2 "'$1': no such file or folder; give an ISO or a folder"
	[[ -f $1 || -d $1 ]] || die 2 "$1: neither a file nor a folder; give an ISO or a folder"
	[[ -r $1 && (-f $1 || -x $1) ]] || die 5 "$1: may not be read by this user; run as root"
}

# A folder of ISOs serves hosts with different kernels; a disk named by itself
# is wanted, so its kernel must be here.
find_disks() {	# ITEM...: fills DISKS ("wanted" or "optional", TAB, path)
	local item iso

	DISKS=()
	for item; do
		check_item "$item"
		if [[ -f $item ]] || family "$item" >/dev/null; then
			DISKS+=("wanted"$'\t'"$item")
			continue
		fi
		for iso in "$item"/*.iso; do
			[[ -f $iso ]] || die 6 "$item: neither a driver disk nor a folder of ISOs; give another"
			[[ $iso != *[[:cntrl:]]* ]] || { note "$item: an ISO with control characters in its name is skipped"; continue; }
			DISKS+=("optional"$'\t'"$iso")
		done
	done
	[[ ${#DISKS[@]} -gt 0 ]] || die 6 "no disk to use; give another folder"
}

room_for() {	# PATH...: would a copy of them fit into WORK?
	local size room

	size=$(size_of "$@" 2>/dev/null) || size=0	# cp tells what is missing
	room=$(room_at "$WORK")
	[[ $size -lt $room ]]
}

copy_parts() {	# STAGE PATH...
	local stage=$1

	shift
	room_for "$@" || { echo "No space for it" >"$WORK/cp.log"; return 1; }
	cp -RP -- "$@" "$stage/" 2>"$WORK/cp.log"
}

# A legacy disk is flat: take only what its list names.
copy_legacy() {	# FOLDER STAGE
	local list file
	local -a files=()

	copy_parts "$2" "$1/XS-REPOSITORY" "$1/XS-PACKAGES" || return
	list=$("$PACKINFO" xs-packages "$2/XS-PACKAGES" 2>"$WORK/cp.log") || return
	while IFS= read -r file; do
		[[ $file != */* && $file != [-.]* ]] || { echo "'$file' is no plain name" >"$WORK/cp.log"; return 1; }
		[[ -z $file ]] || files+=("$1/$file")
	done <<<"$(awk -F '\t' '{ print $NF }' <<<"$list")"
	[[ ${#files[@]} -eq 0 ]] || copy_parts "$2" "${files[@]}"
}

copy_disk() {	# FOLDER STAGE
	mkdir -p "$2" || return
	family "$1" >/dev/null || { echo "it has neither update.xml nor XS-REPOSITORY and XS-PACKAGES" >"$WORK/cp.log"; return 1; }
	if [[ $(family "$1") = legacy ]]; then
		copy_legacy "$1" "$2"
		return
	fi
	copy_parts "$2" "$1/update.xml" "$1/repodata" "$1/Packages" || return
	[[ ! -e $1/update.xml.asc ]] || cp -P "$1/update.xml.asc" "$2/"
}

copy_failed() {	# ITEM
	local reason

	grep -q 'No space' "$WORK/cp.log" &&
		die 5 "$1: no room to copy it to $WORK; free some space"
	# Some tools greet first, and all name our own copy.
	reason=$({ grep -im 1 'failure *:\|error' "$WORK/cp.log" || head -n 1 "$WORK/cp.log"; } | sed 's/^.*FAILURE : //')
	die 6 "$1: cannot be read as a driver disk: ${reason//"$WORK/iso/"}; get a complete disk"
}

# Where nothing can be mounted (no root, a container), a program may read it.
unpack_iso() {	# ISO STAGE
	mkdir -p "$WORK/iso"
	if command -v bsdtar >/dev/null; then
		bsdtar -C "$WORK/iso" -xf "$1" 2>"$WORK/cp.log" || return
	elif command -v xorriso >/dev/null; then
		xorriso -abort_on FAILURE -osirrox on -indev "$1" -extract / "$WORK/iso" >/dev/null 2>"$WORK/cp.log" || return
	else
		return 2
	fi
	chmod -R u+rwX "$WORK/iso"
	copy_disk "$WORK/iso" "$2" || return
	rm -rf "$WORK/iso"
}

stage_iso() {	# ISO STAGE
	local rc=0 reason

	mkdir -p "$WORK/mnt"
	if mount -t iso9660 -o loop,ro,nosuid,nodev,noexec "$1" "$WORK/mnt" 2>"$WORK/cp.log"; then
		copy_disk "$WORK/mnt" "$2" || { umount "$WORK/mnt"; copy_failed "$1"; }
		umount "$WORK/mnt"
		return
	fi
	reason=$(head -n 1 "$WORK/cp.log")
	grep -q 'unknown filesystem\|loop device\|ermission\|superuser\|only root' "$WORK/cp.log" ||
		die 6 "$1: cannot be mounted: $reason; get a complete ISO"
	unpack_iso "$1" "$2" || rc=$?
	[[ $rc != 2 ]] ||
		die 5 "$1: this host cannot mount it: $reason; mount it elsewhere and give the folder"
	[[ $rc = 0 ]] || copy_failed "$1"
}

stage() {	# ITEM STAGE
	if [[ -f $1 ]]; then
		stage_iso "$1" "$2"
		return
	fi
	copy_disk "$1" "$2" || copy_failed "$1"
}
