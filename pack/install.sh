# SPDX-License-Identifier: GPL-2.0-only
# driver-disk install: verify disks, then put their packages in, all or nothing.
# shellcheck shell=bash disable=SC2034 # other parts read these

KEYRING=/opt/xensource/gpg

parse_install() {
	DRY_RUN='' ACCEPT_EULA='' ALLOW_SCRIPTS='' ALLOW_UNSIGNED='' ANY_PRODUCT='' DOWNGRADE='' ITEMS=()
	while [[ $# -gt 0 ]]; do
		case $1 in
		--dry-run) DRY_RUN=1 ;;
		--accept-eula) ACCEPT_EULA=1 ;;
		--allow-scripts) ALLOW_SCRIPTS=1 ;;
		--allow-unsigned) ALLOW_UNSIGNED=1 ;;
		--any-product) ANY_PRODUCT=1 ;;
		--downgrade) DOWNGRADE=1 ;;
		--keyring)
			[[ -d ${2:-} ]] || bad_usage "$1: '${2:-}' is not a folder; give one with keys"
			KEYRING=$2
			shift ;;
		--root) take_root "${2:-}"; shift ;;
		-*) bad_usage "$1: no such option" ;;
		*) ITEMS+=("$1") ;;
		esac
		shift
	done
	[[ ${#ITEMS[@]} -gt 0 ]] || bad_usage "install: nothing to install; give an ISO or a folder"
}

# Verify all disks before looking at what any of them wants.
verify_all() {
	local i item stage

	for i in "${!DISKS[@]}"; do
		item=${DISKS[i]#*$'\t'} stage=$WORK/disk$i
		note "$item: verifying"
		stage "$item" "$stage"
		if [[ $(family "$stage") != legacy ]]; then
			verify_disk "$stage" "$item" "$KEYRING" "$WORK/trust$i" ||
				die 6 "$item: refused, nothing was changed"
			continue
		fi
		verify_legacy "$stage" "$item" || die 6 "$item: refused, nothing was changed"
		[[ -n $ALLOW_UNSIGNED ]] ||
			die 6 "$item: a disk of the legacy family: md5 sums show damage, but nothing vouches for who made it; give --allow-unsigned if you know where it comes from"
		note "$item: nothing vouches for who made this disk; you allowed that"
		SIGNED=
	done
}

stage_all() {	# fills RPMS, KERNELS, LABELS, RECORD and PRECHECKS
	local i kind item

	RPMS=() KERNELS=() LABELS=() RECORD=() PRECHECKS=() SIGNED=1
	verify_all
	for i in "${!DISKS[@]}"; do
		IFS=$'\t' read -r kind item <<<"${DISKS[i]}"
		"accept_$(family "$WORK/disk$i")" "$kind" "$item" "$WORK/disk$i"
	done
	[[ ${#RPMS[@]} -gt 0 ]] ||
		die 1 "install: no disk for an installed kernel ($(kernels_here)); get one"
}

for_a_kernel() { [[ $'\n'$(rpm_files "$1") = *$'\n'/lib/modules/* ]]; }

# newer "VERSION RELEASE" "VERSION RELEASE": is the first the newer one, as rpm sees it?
newer() {
	local a b order

	[[ $1 != "$2" ]] || return 1
	# To rpm's Lua they are program text.
	[[ "$1 $2" != *[!A-Za-z0-9._+~^\ -]* ]] || return 1
	read -ra a <<<"$1"
	read -ra b <<<"$2"
	order=$(rpm --eval "%{lua:
		local o = rpm.vercmp('${a[0]}', '${b[0]}')
		if o == 0 then o = rpm.vercmp('${a[1]}', '${b[1]}') end
		print(o)}")
	[[ $order -gt 0 ]]
}

# The disks of one driver for several kernels share the packages that are for
# no kernel; the newest of these serves all, whichever disk comes first.
superseded() {	# RPM
	local name evr other

	rpm_fact "$1" || return 1
	name=$R_NAME evr="$R_VERSION $R_RELEASE"
	while read -r other; do
		[[ -z $other ]] || ! newer "$other" "$evr" || return 0
	done <<<"$(
		[[ -n $DOWNGRADE ]] || installed_evr "$name"
		for other in "${RPMS[@]}"; do
			! rpm_fact "$other" || [[ $R_NAME != "$name" ]] || printf '%s %s\n' "$R_VERSION" "$R_RELEASE"
		done
	)"
	return 1
}

# rpm -U would fail on what is there already; a second run must not.
drop_installed() {	# RPMS -> NEW
	local rpm id seen=' '

	NEW=()
	for rpm in "${RPMS[@]}"; do
		id=$(nevra "$rpm")
		[[ $seen != *" $id "* ]] || continue
		seen+="$id "
		! installed "$id" || continue
		for_a_kernel "$rpm" || ! superseded "$rpm" || continue
		NEW+=("$rpm")
	done
}

# rpm would tell it in terms of what needs what.
refuse_older() {
	local rpm evr there

	for rpm in ${NEW[@]+"${NEW[@]}"}; do
		rpm_fact "$rpm" || continue
		evr="$R_VERSION $R_RELEASE"
		while read -r there; do
			[[ -z $there ]] || ! newer "$there" "$evr" ||
				die 1 "$R_NAME ${evr/ /-}: older than ${there/ /-}, which is installed, so nothing was changed; give --downgrade to go back to it"
		done <<<"$(installed_evr "$R_NAME")"
	done
}

test_transaction() {
	host_rpm -U --test --nosignature ${DOWNGRADE:+--oldpackage} "${NEW[@]}" >"$WORK/rpm.log" 2>&1 9>&- && return
	[[ -n $DOWNGRADE ]] || refuse_older
	sed "s,^,$PROG: rpm: ," "$WORK/rpm.log" >&2
	die 1 "rpm would refuse these packages, so nothing was changed; see its reasons above"
}

show_plan() {
	local rpm k

	for rpm in ${NEW[@]+"${NEW[@]}"}; do
		printf 'install %s\n' "$(nevra "$rpm")"
	done
	[[ ${#NEW[@]} -gt 0 ]] || { echo "everything on the disk is installed already"; return; }
	for k in $(printf '%s\n' "${KERNELS[@]}" | sort -u); do
		printf 'depmod %s\n' "$k"
		! initrd_of "$k" >/dev/null || ! initrd_builder >/dev/null || printf 'initrd %s, if its modules change\n' "$k"
	done
}

# A release's scripts leave its record, for it may be rolled up in the one that takes its place.
plan_records_gone() {	# of what is newer than what is to come
	local rpm name uuid

	for rpm in ${NEW[@]+"${NEW[@]}"}; do
		name=$(rpm_name "$rpm")
		{ [[ $name = update-* ]] && installed "$name"; } || continue
		while read -r _ uuid; do
			[[ -z $uuid ]] || plan_gone "var/update/applied/$uuid"
		done <<<"$(comm -23 <(stamps_of host_rpm -q "$name") <(stamps_of rpm -qp --nosignature "$rpm"))"
	done
}

# Everything is in the journal, then done; 0 only if it is in and will load.
apply() {
	local rpm line rc=0

	new_op "install ${LABELS[*]}"
	for rpm in ${NEW[@]+"${NEW[@]}"}; do plan_add "$rpm"; done
	for line in ${RECORD[@]+"${RECORD[@]}"}; do plan_file "${line%%$'\t'*}" "${line#*$'\t'}"; done
	[[ -z $DOWNGRADE ]] || plan_records_gone
	plan_kernels ${KERNELS[@]+"${KERNELS[@]}"}
	finish_op
}

# Run what is planned; undo it where rpm fails.
finish_op() {
	local rc=0

	begin_op
	run_op || rc=$?
	[[ $rc != 1 ]] || { undo_op || exit 1; die 1 "rpm failed, see its reasons above; what was here before is here again"; }
	[[ $rc = 0 ]] || exit 1
}

nothing_to_do() {
	local line

	[[ ${#NEW[@]} -eq 0 ]] || return 1
	for line in ${RECORD[@]+"${RECORD[@]}"}; do
		cmp -s "$ROOT/${line%%$'\t'*}" "${line#*$'\t'}" || return 1
	done
}

cmd_install() {
	parse_install "$@"
	need rpm rpmkeys gpg modinfo modprobe depmod flock sha256sum md5sum gzip find awk
	[[ -n $DRY_RUN ]] || need_root install
	if [[ -z $DRY_RUN ]]; then take_lock; fi
	make_work
	check_rpmdb
	[[ -n $DRY_RUN ]] || recover || die 1 "the interrupted operation could not be finished; see above"
	find_disks "${ITEMS[@]}"
	stage_all
	drop_installed
	PACKED=$(packed_modules)
	check_scripts ${NEW[@]+"${NEW[@]}"}
	check_conflicts ${NEW[@]+"${NEW[@]}"}
	show_eulas ${NEW[@]+"${NEW[@]}"}
	# Before rpm, which calls a read-only disk a full one.
	[[ -n $DRY_RUN ]] || nothing_to_do || check_room ${NEW[@]+"${NEW[@]}"}
	[[ ${#NEW[@]} -eq 0 ]] || { run_prechecks; test_transaction; }
	show_plan
	[[ -z $DRY_RUN ]] || return 0
	if ! nothing_to_do; then
		check_boot ${KERNELS[@]+"${KERNELS[@]}"}
		apply
	fi
	note "done: kernel $(printf '%s\n' ${KERNELS[@]+"${KERNELS[@]}"} | sort -u | paste -sd ' ')"
	(hook_warnings) || true	# another kernel may boot next
}
