# SPDX-License-Identifier: GPL-2.0-only
# What must hold before a disk's packages go in: conflicts, precheck, EULA, room.
# shellcheck shell=bash disable=SC2034 # other parts read these

disk_kernels() {	# RPM... -> the kernels their modules are for
	local rpm

	for rpm; do rpm_files "$rpm"; done |
		sed -n 's,^/lib/modules/\([^/]*\)/.*,\1,p' | sort -u
}

value_of() {	# KEY: of packinfo's lines on stdin, the first that it has
	local line

	while IFS= read -r line; do
		[[ $line != "$1="* ]] || { printf '%s\n' "${line#*=}"; return; }
	done
	return 0
}

not_here() {	# wanted|optional ITEM K
	[[ $1 = optional ]] ||
		die 1 "$2: is for kernel $3, which is not installed here ($(kernels_here)); get the disk for an installed kernel"
	note "$2: skipped, its kernel $3 is not installed"
}

# The disk must be for one kernel, and its metadata must say the same.
accept_update() {	# wanted|optional ITEM STAGE
	local kernels said info label uuid

	kernels=$(disk_kernels "$3"/Packages/*.rpm)
	info=$("$PACKINFO" update "$3/update.xml") || exit 6
	said=$(value_of kernel <<<"$info")
	label=$(value_of name-label <<<"$info")
	uuid=$(value_of uuid <<<"$info")
	[[ -n $kernels && $kernels != *$'\n'* && ${said:-$kernels} = "$kernels" ]] ||
		die 6 "$2: its modules are for '${kernels//$'\n'/ }', its metadata says '${said:-nothing}'; get a disk for one kernel"
	if ! is_kernel "$kernels"; then
		not_here "$1" "$2" "$kernels"
		return
	fi
	if [[ $1 = optional && -n ${WANTED_LABELS:-} && " $WANTED_LABELS " != *" $label "* ]]; then
		note "$2: skipped, $label is not among the packs to renew"
		return
	fi
	KERNELS+=("$kernels")
	RPMS+=("$3"/Packages/*.rpm)
	LABELS+=("$label")
	# The update package writes this itself, unless another kernel's serves for it.
	[[ -e $ROOT/var/update/applied/$uuid ]] ||
		RECORD+=("var/update/applied/$uuid"$'\t'"$3/update.xml")
	PRECHECKS+=("$uuid"$'\t'"$3")
}

# Two packs with the same module: which one loads would be depmod's guess.
check_conflicts() {	# RPM...
	local rpm name file k module other

	for rpm; do
		name=$(rpm_name "$rpm")
		while IFS= read -r file; do
			[[ $file =~ ^/lib/modules/[^/]+/(updates|extra|override)/.*\.ko ]] || continue
			k=${file#/lib/modules/} k=${k%%/*} module=$(module_name "$file")
			[[ $'\n'$PACKED = *$'\n'"$k"$'\t'"$module"$'\t'* ]] || continue
			other=$(awk -F '\t' -v k="$k" -v m="$module" -v n="$name" '$1 == k && $2 == m && $3 != n && $3 != "unpackaged" { print $3; exit }' <<<"$PACKED")
			[[ -z $other ]] ||
				die 1 "${rpm##*/}: brings $module for $k, which $other has brought already; remove that one first ('driver-disk remove')"
		done <<<"$(rpm_files "$rpm")"
	done
}

from_rpm() {	# RPM PATTERN -> the file's content
	rpm2cpio "$1" 2>/dev/null | cpio -i --quiet --to-stdout "$2" 2>/dev/null
}

# The control package's word on whether this host may have it; it was verified.
run_prechecks() {
	local line uuid stage rpm file dir rc

	for line in ${PRECHECKS[@]+"${PRECHECKS[@]}"}; do
		IFS=$'\t' read -r uuid stage <<<"$line"
		for rpm in "$stage"/Packages/control-*.rpm; do
			[[ -f $rpm ]] || continue
			file=/var/update/$uuid/precheck
			[[ $'\n'$(rpm_files "$rpm")$'\n' = *$'\n'"$file"$'\n'* ]] || continue
			need cpio rpm2cpio
			dir=$(mktemp -d "$ROOT/var/tmp/precheck.XXXXXX") || die 5 "$ROOT/var/tmp: no room for the disk's precheck; free some space"
			from_rpm "$rpm" "*${file#/}" >"$dir/precheck"
			chmod 700 "$dir/precheck"
			note "running the disk's precheck"
			rc=0
			in_root "${dir#"$ROOT"}/precheck" >"$WORK/precheck.log" 2>&1 9>&- || rc=$?
			rm -rf "$dir"
			[[ $rc = 0 ]] || die 1 "the disk's precheck says no: $(precheck_reason)"
		done
	done
}

# The answer is XML for xapi: <error errorcode="..."><found>..</found>...
precheck_reason() {
	tr '\n' ' ' <"$WORK/precheck.log" | LC_ALL=C tr -cd '\40-\176' |
		sed 's/<error errorcode="\([A-Z_]*\)">/\1 /; s,</\(found\|required\)>,; ,g; s/<\(found\|required\)>/\1 /g; s/<[^>]*>//g; s/[; ]*$//' |
		cut -c 1-300
}

show_eulas() {	# RPM...: agreed beforehand, or now by whom sits there
	local rpm path answer seen=

	for rpm; do
		while IFS= read -r path; do
			[[ $path = *EULA && $seen != *"$path "* ]] || continue
			seen+="$path "
			need cpio rpm2cpio
			from_rpm "$rpm" "*${path#/}" | LC_ALL=C tr -cd '\11\12\40-\176\200-\377' | head -c 200000
			[[ -z $ACCEPT_EULA ]] || continue
			[[ -t 0 ]] || die 1 "${rpm##*/}: has the licence above; give --accept-eula if you agree to it"
			read -r -p "Accept? (y/N) " answer
			[[ $answer = [Yy]* ]] || die 1 "${rpm##*/}: its licence was not accepted; nothing was changed"
		done <<<"$(rpm_files "$rpm")"
	done
}

room_at() {	# PATH -> KiB
	local _ room

	df -Pk "$1" | { read -r _; read -r _ _ _ room _; printf '%s\n' "$room"; }
}

size_of() {	# PATH... -> KiB in all
	local total

	total=$(du -ck --apparent-size "$@") || return
	total=${total##*$'\n'}
	printf '%s\n' "${total%%$'\t'*}"
}

check_room() {	# RPM...: is there room to keep them?
	local room size

	[[ -w $ROOT/lib/modules && -w $ROOT/var/lib ]] ||
		die 5 "$ROOT/lib/modules or $ROOT/var/lib cannot be written (read-only?); nothing was changed"
	[[ $# -gt 0 ]] || return 0
	room=$(room_at "$ROOT/var/lib")
	size=$((2 * $(size_of "$@") + 1024))
	[[ $room -ge $size ]] || die 5 "$ROOT/var/lib: $room KiB free, $size needed; nothing was changed, free some space"
}

check_boot() {	# K...: can each one's initrd be replaced?
	local k initrd size room

	for k; do
		{ initrd=$(initrd_of "$k") && initrd_builder >/dev/null; } || continue
		[[ -w ${initrd%/*} ]] ||
			die 5 "${initrd%/*}: cannot be written (read-only?), and $initrd has to be; nothing was changed"
		size=$(($(size_of "$initrd") * 6 / 5 + 64))
		room=$(room_at "${initrd%/*}")
		[[ $room -ge $size ]] || die 5 "${initrd%/*}: $room KiB free, $size needed for the new initrd of $k; nothing was changed, free some space"
	done
}
