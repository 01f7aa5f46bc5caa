# SPDX-License-Identifier: GPL-2.0-only
# driver-disk rollback: back to the packs of before the last change.
# shellcheck shell=bash disable=SC2034 # other parts read these

# Someone else may have used rpm since; then there is no "before" any more.
check_unchanged() {	# OPDIR
	local id now name

	while IFS= read -r id; do
		[[ -n $id ]] || continue
		name=$(nevra_name "$id")
		now=$(installed_nevra "$name") || now="not installed"
		[[ $now = "$id" ]] ||
			die 1 "$name: has been changed since, without driver-disk (${now//$'\n'/ }, not $id); nothing was changed, install the disk that you want"
	done <<<"$(planned "$1" add)"
	while IFS= read -r id; do
		[[ -n $id ]] || continue
		! installed "$(nevra_name "$id")" || planned "$1" add | grep -q "^$(regex "$(nevra_name "$id")")-" ||
			die 1 "$(nevra_name "$id"): has been installed since, without driver-disk; nothing was changed"
	done <<<"$(planned "$1" erase)"
}

# rpm cannot be asked about both at once: what goes may be needed by what is
# about to be replaced.  Should it then refuse, everything is undone.
test_plan() {	# OPDIR
	local -a files=() names=()

	mapfile -t files <<<"$(awk -F '\t' -v d="$1/rpms/" '$1 == "add" { print d $3 }' "$1/plan")"
	mapfile -t names <<<"$(planned "$1" erase)"
	if [[ -n ${files[0]} ]]; then
		host_rpm -U --test --nosignature --oldpackage "${files[@]}" >"$WORK/rpm.log" 2>&1 9>&-
	elif [[ -n ${names[0]} ]]; then
		host_rpm -e --test "${names[@]}" >"$WORK/rpm.log" 2>&1 9>&-
	fi
}

cmd_rollback() {
	local last from verb

	parse_change "$@"
	[[ ${#ITEMS[@]} -eq 0 ]] || bad_usage "rollback: takes no name; it undoes the last change"
	start_change rollback
	last=$(last_done) || die 1 "rollback: no change by driver-disk is recorded, so there is nothing to go back to; 'driver-disk history' shows what rpm did"
	from=$(ops_dir)/$last
	verb=$(planned "$from" verb)
	check_unchanged "$from"
	new_op "rollback of $last ($verb)"
	LOST=
	plan_inverse "$from" || { drop_op; die 1 "no copy of $LOST was kept (driver-disk did not install it); nothing was changed, install its disk"; }
	if ! test_plan "$OPDIR"; then
		drop_op
		sed "s,^,$PROG: rpm: ," "$WORK/rpm.log" >&2
		die 1 "rpm would refuse to go back, so nothing was changed; see its reasons above"
	fi
	awk -F '\t' '$1 == "add" { print "install " $2 } $1 == "erase" { print "remove " $2 }' "$OPDIR/plan"
	[[ -z $DRY_RUN ]] || { drop_op; return 0; }
	check_room
	# shellcheck disable=SC2046 # kernels' names are words
	check_boot $(planned "$OPDIR" kernel)
	finish_op
	note "done: undid '$verb'; a second rollback brings it back"
	(hook_warnings) || true
}
