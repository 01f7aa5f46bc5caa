# SPDX-License-Identifier: GPL-2.0-only
# driver-disk remove: take a pack out, with its records, for all kernels.
# shellcheck shell=bash disable=SC2034 # other parts read these

parse_change() {	# for remove and rollback: DRY_RUN, ITEMS
	DRY_RUN='' ITEMS=()
	while [[ $# -gt 0 ]]; do
		case $1 in
		--dry-run) DRY_RUN=1 ;;
		--root) take_root "${2:-}"; shift ;;
		-*) bad_usage "$1: no such option" ;;
		*) ITEMS+=("$1") ;;
		esac
		shift
	done
}

start_change() {	# WHAT
	need rpm modinfo modprobe depmod flock sha256sum find awk
	[[ -n $DRY_RUN ]] || need_root "$1"
	if [[ -z $DRY_RUN ]]; then take_lock; fi
	make_work
	check_rpmdb
	[[ -n $DRY_RUN ]] || recover || die 1 "the interrupted operation could not be finished; see above"
	PACKED=$(packed_modules)
	PACKS=$(all_packs)
}

# An update that brought no driver is a hotfix; taking that out is not for us.
check_pack() {	# NAME
	local need

	! cut -f 1,4 <<<"$PACKS" | tr '\t' '\n' | grep -qxF -e "$1" || return 0
	while IFS= read -r need; do
		[[ -z $need || $need = rpmlib* ]] || ! installed "$need" ||
			die 1 "$1: an update that brought no driver; nothing was changed"
	done <<<"$(host_rpm -q --qf '[%{REQUIRENAME}\n]' "update-$1" 2>/dev/null || true)"
}

# Its packages' names: of what the records list the drivers and what has the
# pack's name, the two that stand for the pack, and the modules that it brought
# for other kernels.  This command itself stays.
pack_rpms() {	# NAME
	{
		awk -F '\t' -v n="$1" -v packed="$(cut -f 3 <<<"$PACKED")" '
			BEGIN { c = split(packed, o, "\n"); for (i = 1; i <= c; i++) has[o[i]] }
			$1 != n && $4 != n { next }
			$3 == "legacy" || $5 in has || $5 == n || index($5, n "-") == 1 { print $5 }' <<<"$PACKS"
		[[ $1 = *:* ]] || printf '%s\n' "update-$1" "control-$1"
		awk -F '\t' -v n="$1" 'index($3, n "-") == 1 && $3 == n "-" $1 "-modules" { print $3 }' <<<"$PACKED"
	} | sort -u | while IFS= read -r name; do
		[[ $name = driver-disk ]] || ! installed "$name" || printf '%s\n' "$name"
	done
}

pack_records() {	# NAME -> the paths of its records
	local stamp info dir

	for stamp in "$ROOT"/var/update/applied/*; do
		[[ -f $stamp ]] || continue
		info=$("$PACKINFO" update "$stamp" 2>/dev/null) || continue
		[[ $(value_of name-label <<<"$info") != "$1" ]] || printf '%s\n' "${stamp#"$ROOT"/}"
	done
	awk -F '\t' -v n="$1" '$3 == "legacy" && ($1 == n || $4 == n) { print $4 }' <<<"$PACKS" | sort -u |
		while IFS= read -r dir; do
			printf '%s\n' "etc/xensource/installed-repos/$dir/XS-REPOSITORY" "etc/xensource/installed-repos/$dir/XS-PACKAGES"
		done
}

kernels_of() {	# RPM NAME... -> the kernels it has modules for
	local name

	for name; do
		awk -F '\t' -v n="$name" '$3 == n { print $1 }' <<<"$PACKED"
	done | sort -u
}

test_erase() {	# NAME...
	host_rpm -e --test "$@" >"$WORK/rpm.log" 2>&1 9>&- && return
	sed "s,^,$PROG: rpm: ," "$WORK/rpm.log" >&2
	die 1 "rpm would refuse to remove these packages, so nothing was changed; see its reasons above"
}

cmd_remove() {
	local name path id kernels all
	local -a names=()

	parse_change "$@"
	[[ ${#ITEMS[@]} -eq 1 && -n ${ITEMS[0]} ]] || bad_usage "remove: give the name of one pack; 'driver-disk status --json' lists them"
	start_change remove
	check_pack "${ITEMS[0]}"
	mapfile -t names <<<"$(pack_rpms "${ITEMS[0]}")"
	all=$(cut -f 1 <<<"$PACKS" | sort -u | paste -sd ' ')
	[[ -n ${names[0]} ]] ||
		die 1 "${ITEMS[0]}: no such pack is installed; ${all:+installed are: }${all:-no pack is}"
	kernels=$(kernels_of "${names[@]}")
	[[ -n $DRY_RUN ]] || check_room
	test_erase "${names[@]}"
	for name in "${names[@]}"; do printf 'remove %s\n' "$(installed_nevra "$name" | paste -sd ' ')"; done
	[[ -z $DRY_RUN ]] || return 0
	# shellcheck disable=SC2086 # kernels' names are words
	check_boot $kernels
	new_op "remove ${ITEMS[0]}"
	for name in "${names[@]}"; do
		while IFS= read -r id; do printf 'erase\t%s\n' "$id" >>"$OPDIR/plan"; done <<<"$(installed_nevra "$name")"
		plan_was "$name"
	done
	while IFS= read -r path; do [[ -z $path ]] || plan_gone "$path"; done <<<"$(pack_records "${ITEMS[0]}")"
	# shellcheck disable=SC2086
	plan_kernels $kernels
	finish_op
	note "done: what is loaded stays until the next boot"
	(hook_warnings) || true
}
