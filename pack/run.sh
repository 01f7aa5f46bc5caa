# SPDX-License-Identifier: GPL-2.0-only
# Carry out a planned operation, from its folder alone: the first time, or again after a power cut.
# shellcheck shell=bash disable=SC2034 # other parts read these

# Packages' own scripts call these by name for each package; driver-disk does
# it once per kernel afterwards.
scriptlet_path() { printf '%s/quiet:/sbin:/bin:/usr/sbin:/usr/bin\n' "$HERE"; }

# Our own kernel hook would look at a transaction half done.
rpm_transaction() {	# ARGUMENT...
	forget_rpmdb
	DRIVER_DISK_INSTALL=1 host_rpm --define "_install_script_path $(scriptlet_path)" "$@" >&2 9>&-
}

check_kept() {	# OPDIR: are its RPMs what was verified?
	local word id file sum now

	now=$'\n'$(cd "$1/rpms" && sha256sum -- * 2>/dev/null)$'\n'
	while IFS=$'\t' read -r word id file sum; do
		[[ $word = add ]] || continue
		[[ $now = *$'\n'"$sum  $file"$'\n'* ]] || { note "$1/rpms/$file: changed or missing; $id cannot be installed from it"; return 1; }
	done <"$1/plan"
}

intact() {	# NVRA: installed, with every file as it was packed?
	installed "$1" && host_rpm -V --nodeps --noscripts --nomtime "$1" >/dev/null 2>&1
}

only_version() {	# NVRA: is it the one of its name?
	[[ $(installed_nevra "$(nevra_name "$1")") = "$1" ]]
}

install_planned() {	# OPDIR [again]
	local word id file sum
	local -a todo=() how=(-U --nosignature --oldpackage)

	[[ -z ${2:-} ]] || how+=(--replacepkgs)
	while IFS=$'\t' read -r word id file sum; do
		[[ $word = add ]] || continue
		[[ -n ${2:-} ]] && intact "$id" && only_version "$id" && continue
		todo+=("$1/rpms/$file")
	done <"$1/plan"
	[[ ${#todo[@]} -gt 0 ]] || return 0
	check_kept "$1" || return
	step "rpm install ${#todo[@]}"
	rpm_transaction "${how[@]}" "${todo[@]}"
}

erase_planned() {	# OPDIR
	local id
	local -a todo=()

	while IFS= read -r id; do
		installed "$id" && todo+=("$id")
	done <<<"$(planned "$1" erase)"
	[[ ${#todo[@]} -gt 0 ]] || return 0
	step "rpm erase ${#todo[@]}"
	rpm_transaction -e "${todo[@]}"
}

# What rpm was writing when the power went is no package's file.
remove_leftovers() {
	find "$ROOT"/lib/modules/*/{updates,extra,override} -name '*;[0-9a-f]*' -type f 2>/dev/null |
		grep -E ';[0-9a-f]{8}$' | while IFS= read -r file; do rm -f "$file"; done || true
	rm -f "$ROOT"/boot/.*.driver-disk
}

write_records() {	# OPDIR
	local path

	step "record"
	while IFS= read -r path; do
		[[ -n $path ]] || continue
		{ [[ -d $ROOT/${path%/*} ]] || mkdir -p "$ROOT/${path%/*}"; } && cp "$1/files/$path" "$ROOT/${path%/*}/.${path##*/}" &&
			mv "$ROOT/${path%/*}/.${path##*/}" "$ROOT/$path" || return
	done <<<"$(find "$1/files" -type f -printf '%P\n')"
	while IFS= read -r path; do
		[[ -n $path && $path != *..* ]] || continue
		rm -f "$ROOT/$path"
		rmdir "$ROOT/${path%/*}" 2>/dev/null || true
	done <<<"$(planned "$1" gone)"
	[[ -d $ROOT/${RECORDS[0]} ]] || mkdir -p "$ROOT/${RECORDS[0]}"
	# xapi shows what lies there.
	[[ -n $ROOT ]] || ! command -v xe >/dev/null || [[ ! -r /etc/xensource-inventory ]] ||
		xe host-refresh-pack-info host-uuid="$(sed -n "s/^INSTALLATION_UUID='\(.*\)'/\1/p" /etc/xensource-inventory)" \
			>/dev/null 2>&1 || true
}

run_depmod() {	# K
	[[ -d $ROOT/lib/modules/$1 ]] || return 0
	step "depmod $1"
	depmod ${ROOT:+-b "$ROOT"} "$1"
}

# What counts is which file modprobe will take.
check_result() {	# OPDIR
	local wanted tag k module file bad=0
	local -A names=() loads=()

	wanted=$(planned_modules "$1")
	while IFS=$'\t' read -r k module file; do
		[[ -z $k ]] || names[$k]+="$module "
	done <<<"$wanted"
	for k in "${!names[@]}"; do
		# shellcheck disable=SC2086 # modules' names are words
		while IFS=$'\t' read -r tag k module file; do
			loads[$k/$module]=$file
		done <<<"$(chosen_files "$k" ${names[$k]})"
	done
	while IFS=$'\t' read -r k module file; do
		[[ -n $k ]] || continue
		tag=${loads[$k/$module]}
		[[ $tag = "$ROOT$file" || $(readlink -f "$tag") = "$(readlink -f "$ROOT$file")" ]] && continue
		note "$file: installed, but modprobe would load ${tag/#-/nothing}; look at /etc/depmod.d"
		bad=1
	done <<<"$wanted"
	return "$bad"
}

planned_modules() {	# OPDIR -> "K<TAB>module<TAB>path" of what it installs
	local word id rpm sum file k

	while IFS=$'\t' read -r word id rpm sum; do
		[[ $word = add ]] || continue
		while IFS= read -r file; do
			[[ $file =~ ^/lib/modules/[^/]+/(updates|extra|override)/.*\.ko ]] || continue
			k=${file#/lib/modules/}
			printf '%s\t%s\t%s\n' "${k%%/*}" "$(module_name "$file")" "$file"
		done <<<"$(rpm_files "$1/rpms/$rpm")"
	done <"$1/plan"
}

run_kernels() {	# COMMAND: for each kernel of the plan that is installed
	local k bad=0

	while IFS= read -r k; do
		{ [[ -n $k ]] && is_kernel "$k"; } || continue
		"$1" "$k" || bad=1
	done <<<"$(planned "$OPDIR" kernel)"
	return "$bad"
}

# 1: rpm did not do it.  2: it is in, but what follows is not finished.
# 3: it is finished, but what will load is not what was wanted.
run_op() {	# [again]
	local rc=0

	install_planned "$OPDIR" "${1:-}" && erase_planned "$OPDIR" || return 1
	[[ -z ${1:-} ]] || remove_leftovers
	run_kernels run_depmod || { note "depmod failed; run 'driver-disk verify --repair'"; rc=2; }
	write_records "$OPDIR" || { note "the records could not be written; free some space and run 'driver-disk verify --repair'"; rc=2; }
	# An initrd that cannot be made must not bar the way back: verify tells of it.
	run_kernels renew_initrd || [[ $rc != 0 ]] || rc=3
	step "check"
	[[ $rc != 0 ]] || check_result "$OPDIR" || rc=3
	[[ $rc = 2 ]] || end_op
	return "$rc"
}

# Nothing may stay half done: where rpm failed, put back what was.
undo_op() {
	local broken=$OPDIR number=$OP

	note "undoing operation $number"
	snapshot "$broken/after"
	new_op "undo $number"
	LOST=
	if ! plan_inverse "$broken"; then
		drop_op
		OP=$number OPDIR=$broken
		note "$LOST: no copy to put back; mend what rpm said and run 'driver-disk verify --repair'"
		return 1
	fi
	begin_op
	run_op again
}

# Finish what a power cut left, or undo it; true if there was nothing.
recover() {
	local n rc=0

	n=$(pending_op) || return 0
	OP=$n OPDIR=$(ops_dir)/$n
	[[ -r $OPDIR/plan ]] || { rm -f "$ROOT$STATE_DIR/pending"; return 0; }
	note "operation $OP ($(planned "$OPDIR" verb)) was interrupted; finishing it"
	step "again"
	run_op again || rc=$?
	case $rc in
	1) undo_op ;;
	*) return "$rc" ;;
	esac
}
