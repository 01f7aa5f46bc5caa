# SPDX-License-Identifier: GPL-2.0-only
# Write a disk's folder as an ISO image, and read one.
# shellcheck shell=bash

# xorriso mostly waits, so it works while the disk is checked.
start_iso() {	# DISK ISO VOLUME_ID APPLICATION_ID
	local date

	TZ=UTC printf -v date '%(%Y%m%d%H%M%S00)T' "$SOURCE_DATE_EPOCH"
	setsid xorriso -as mkisofs -quiet -r -J -joliet-long -sysid LINUX -V "$3" -A "$4" \
		-publisher "${O_VENDOR_NAME:-$O_VENDOR_CODE}" \
		--modification-date="$date" --set_all_file_dates "$date" \
		-o "$2" "$1" >"$WORK/iso.log" 2>&1 </dev/null &
	CHILD=$!
}

finish_iso() {	# ISO VOLUME_ID APPLICATION_ID
	local rc=0

	wait "$CHILD" || rc=$?
	CHILD=
	[[ $rc = 0 ]] || build_failed "$WORK/iso.log" "xorriso"
	# xorriso turns ids into upper case; hosts show them as they are meant.
	patch_iso "$1" 40 32 "$2"
	patch_iso "$1" 574 128 "$3"
}

patch_iso() {	# ISO OFFSET LENGTH TEXT: in the primary volume descriptor
	local padded

	printf -v padded "%-$3.$3s" "$4"
	dd of="$1" bs=1 seek=$((16 * 2048 + $2)) count="$3" conv=notrunc status=none <<<"$padded"
}

open_iso() {	# ISO DIR
	mkdir -p "$2"
	xorriso -abort_on FAILURE -osirrox on -indev "$1" -extract / "$2" >"$2.log" 2>&1 ||
		die 6 "$1: not a complete ISO ($(grep -m 1 FAILURE "$2.log" || tail -n 1 "$2.log")); get a sound disk"
	chmod -R u+w "$2"
}

# As the legacy family's: flat inside, the same bytes from the same disk.
make_disk_tarball() {	# DISK FILE
	(cd "$1" && find . -mindepth 1 -printf '%P\0' | sort -z |
		tar --null --no-recursion -T - --owner=0 --group=0 --numeric-owner \
			--mode=u+rw,go=rX --mtime="@$SOURCE_DATE_EPOCH" --format=gnu -cf -) |
		gzip -9n >"$2"
}
