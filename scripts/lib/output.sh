# SPDX-License-Identifier: GPL-2.0-only
# Where the finished disks go: whole or not at all, and one build at a time.
# shellcheck shell=bash disable=SC2034  # MADE_FOLDER is workplace.sh's

STAGE=''

# The disks' names are ours until we leave.
open_output() {
	local missing=$O_OUT abi

	while [[ ! -e $missing && $missing != . && $missing != / ]]; do
		MADE_FOLDER=$missing
		missing=$(dirname "$missing")
	done
	[[ -d $O_OUT ]] || mkdir -p "$O_OUT" 2>/dev/null || true
	[[ -d $O_OUT && -w $O_OUT ]] || die 5 "$O_OUT: cannot be written; choose another --out"
	STAGE=$O_OUT/.making.$HOSTNAME.$$
	LEFTOVERS+=("$STAGE")
	for abi in "${DISKS[@]}"; do lock_output "$(disk_name "$abi")"; done
	mkdir "$STAGE"
}

lock_output() {	# NAME
	local file=$O_OUT/.$1.lock fd

	while :; do
		exec {fd}<>"$file" || die 5 "$O_OUT: cannot be written; choose another --out"
		flock -n "$fd" ||
			die 1 "$O_OUT/$1.iso: process $(cat "$file") is making it; wait for that, or choose another --out"
		# Its last holder may have taken it away while we waited.
		[[ ! $file -ef /proc/$$/fd/$fd ]] || break
		exec {fd}>&-
	done
	LEFTOVERS+=("$file")
	echo "$$" >"$file"
}

# Check the disk's folder and write it as what was asked for.
stage_disk() {	# ABI DISK
	local iso volume=$O_LABEL application
	iso=$STAGE/$(disk_name "$1").iso

	application=${UUID-}
	[[ $O_FORMAT = update ]] || volume=$O_TEXT application=$O_VENDOR_NAME
	[[ -n $O_NO_ISO ]] || start_iso "$2" "$iso" "$volume" "$application"
	check_disk "$1" "$2"
	progress "$O_LABEL $O_VERSION: writing ${iso##*/}"
	[[ -n $O_NO_ISO ]] || finish_iso "$iso" "$volume" "$application"
	if [[ $O_FORMAT = legacy ]]; then
		legacy_side_files "$iso" "$2"
	elif [[ -n $O_TARBALL ]]; then
		make_disk_tarball "$2" "${iso%.iso}.tar.gz"
	fi
	[[ -z $O_NO_ISO || -n $O_TARBALL ]] || cp -a "$2" "${iso%.iso}"
}

disk_result() {	# ABI -> the path that the caller is to know
	local name
	name=$O_OUT/$(disk_name "$1")

	if [[ -z $O_NO_ISO ]]; then
		printf '%s.iso\n' "$name"
	elif [[ -n $O_TARBALL ]]; then
		printf '%s.tar.gz\n' "$name"
	else
		printf '%s\n' "$name"
	fi
}

publish() {
	local made abi

	for made in "$STAGE"/*; do
		[[ ! -d $made ]] || rm -rf "${O_OUT:?}/${made##*/}"
		mv -fT "$made" "$O_OUT/${made##*/}"
	done
	for abi in "${DISKS[@]}"; do	# of an earlier failure
		[[ ! -e $O_OUT/$O_LABEL-$O_VERSION-$abi.log ]] || rm -f "$O_OUT/$O_LABEL-$O_VERSION-$abi.log"
	done
}
