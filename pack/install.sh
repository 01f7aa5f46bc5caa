# SPDX-License-Identifier: GPL-2.0-only
# driver-disk install: verify disks, then put their packages in, all or nothing.
# shellcheck shell=bash

KEYRING=/opt/xensource/gpg

parse_install() {
	DRY_RUN='' ITEMS=()
	while [[ $# -gt 0 ]]; do
		case $1 in
		--dry-run) DRY_RUN=1; shift; continue ;;
		--keyring | --root)
			[[ -d ${2:-} ]] || bad_usage "$1: '${2:-}' is not a folder" ;;
		-*) bad_usage "$1: no such option" ;;
		*) ITEMS+=("$1"); shift; continue ;;
		esac
		if [[ $1 = --keyring ]]; then KEYRING=$2; else ROOT=$(readlink -f "$2"); fi
		shift 2
	done
	[[ ${#ITEMS[@]} -gt 0 ]] || bad_usage "nothing to install; give an ISO or a folder"
}

check_host() {
	local tool

	for tool in rpm rpmkeys gpg modinfo depmod flock sha256sum gzip; do
		command -v "$tool" >/dev/null ||
			die 5 "$tool: not found; install it"
	done
	[[ -n $DRY_RUN || $EUID -eq 0 ]] ||
		die 5 "installing needs root; run it as root, or with --dry-run"
	[[ $ROOT != / ]] || ROOT=
}

take_lock() {
	local file=$ROOT/run/driver-disk.lock

	if ! mkdir -p "$ROOT/run" || ! exec 9>>"$file"; then
		die 5 "$file: cannot be written"
	fi
	flock -n 9 ||
		die 5 "$file: held by process $(<"$file"); wait for it to end"
	echo $$ >"$file"
}

# A copy cannot change between verification and use, nor vanish with a stick.
copy_disk() {	# FOLDER STAGE
	mkdir -p "$2" &&
		cp -RP "$1/update.xml" "$1/repodata" "$1/Packages" "$2/" 2>"$WORK/cp.log" &&
		{ [[ ! -e $1/update.xml.asc ]] || cp -P "$1/update.xml.asc" "$2/"; }
}

copy_failed() {	# ITEM
	grep -q 'No space' "$WORK/cp.log" &&
		die 5 "$1: no room to copy it to $WORK; free some space"
	die 6 "$1: cannot be read as a driver disk: $(head -n 1 "$WORK/cp.log"); get a complete disk"
}

stage_iso() {	# ISO STAGE
	mkdir -p "$WORK/mnt"
	if ! mount -t iso9660 -o loop,ro,nosuid,nodev,noexec "$1" "$WORK/mnt" 2>"$WORK/cp.log"; then
		grep -q 'unknown filesystem\|loop device\|ermission\|superuser' "$WORK/cp.log" &&
			die 5 "$1: this host cannot mount it: $(head -n 1 "$WORK/cp.log"); mount it elsewhere and give the folder"
		die 6 "$1: cannot be mounted: $(head -n 1 "$WORK/cp.log"); get a complete ISO"
	fi
	copy_disk "$WORK/mnt" "$2" || { umount "$WORK/mnt"; copy_failed "$1"; }
	umount "$WORK/mnt"
}

stage() {	# ITEM STAGE
	if [[ -f $1 ]]; then
		stage_iso "$1" "$2"
		return
	fi
	copy_disk "$1" "$2" || copy_failed "$1"
}

# A folder of ISOs serves hosts with different kernels; a disk named by itself
# is wanted, so its kernel must be here.
find_disks() {	# fills DISKS ("wanted" or "optional", TAB, path)
	local item iso

	DISKS=()
	for item in "${ITEMS[@]}"; do
		if [[ -f $item || -f $item/update.xml ]]; then
			DISKS+=("wanted"$'\t'"$item")
			continue
		fi
		[[ -d $item ]] || die 2 "$item: no such file or folder; give an ISO or a folder"
		for iso in "$item"/*.iso; do
			[[ -f $iso ]] || die 6 "$item: neither a driver disk nor a folder of ISOs; give another"
			DISKS+=("optional"$'\t'"$iso")
		done
	done
}

disk_kernels() {	# STAGE -> the kernels its modules are for, from the RPMs
	rpm -qp --nosignature --qf '[%{FILENAMES}\n]' "$1"/Packages/*.rpm 2>/dev/null |
		sed -n 's,^/lib/modules/\([^/]*\)/.*,\1,p' | sort -u
}

# The disk must be for one kernel, and its metadata must say the same.
check_kernel() {	# wanted|optional ITEM STAGE -> K; 3: not for this host
	local kernels said

	kernels=$(disk_kernels "$3")
	said=$("$PACKINFO" update "$3/update.xml" | sed -n 's/^kernel=//p')
	[[ -n $kernels && $kernels != *$'\n'* && ${said:-$kernels} = "$kernels" ]] ||
		die 6 "$2: its modules are for '${kernels//$'\n'/ }', its metadata says '${said:-nothing}'; get a disk for one kernel"
	printf '%s\n' "$kernels"
	installed_kernels | grep -qxF -e "$kernels" && return
	[[ $1 = optional ]] ||
		die 1 "$2: is for kernel $kernels, which is not installed here ($(installed_kernels | paste -sd ' ')); get the disk for an installed kernel"
	note "$2: skipped, its kernel $kernels is not installed"
	return 3
}

# Verify all disks before looking at what any of them wants.
stage_all() {	# fills RPMS, KERNELS and STAMPS
	local i disk kind item stage k rc

	RPMS=() KERNELS=() STAMPS=()
	for i in "${!DISKS[@]}"; do
		disk=${DISKS[i]} stage=$WORK/disk$i
		item=${disk#*$'\t'}
		note "$item: verifying"
		stage "$item" "$stage"
		verify_disk "$stage" "$item" "$KEYRING" "$WORK/trust$i" ||
			die 6 "$item: refused, nothing was changed"
	done
	for i in "${!DISKS[@]}"; do
		IFS=$'\t' read -r kind item <<<"${DISKS[i]}"
		rc=0
		k=$(check_kernel "$kind" "$item" "$WORK/disk$i") || rc=$?
		[[ $rc != 3 ]] || continue
		[[ $rc = 0 ]] || exit "$rc"
		KERNELS+=("$k")
		RPMS+=("$WORK/disk$i"/Packages/*.rpm)
		STAMPS+=("$WORK/disk$i/update.xml")
	done
	[[ ${#RPMS[@]} -gt 0 ]] ||
		die 1 "no disk for an installed kernel ($(installed_kernels | paste -sd ' ')); get one"
}

rpm_query() { rpm -qp --nosignature --qf "$2" "$1" 2>/dev/null; }	# RPM FORMAT

for_a_kernel() { rpm_query "$1" '[%{FILENAMES}\n]' | grep -q '^/lib/modules/'; }

# newer "VERSION RELEASE" "VERSION RELEASE": is the first the newer one, as rpm sees it?
newer() {
	local a b order

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

	name=$(rpm_query "$1" '%{NAME}')
	evr=$(rpm_query "$1" '%{VERSION} %{RELEASE}')
	while read -r other; do
		! newer "$other" "$evr" || return 0
	done < <(
		host_rpm -q --qf '%{VERSION} %{RELEASE}\n' "$name" 2>/dev/null || true
		rpm -qp --nosignature --qf '%{NAME}\t%{VERSION} %{RELEASE}\n' "${RPMS[@]}" 2>/dev/null |
			awk -F '\t' -v n="$name" '$1 == n { print $2 }'
	)
	return 1
}

# rpm -U would fail on what is there already; a second run must not.
drop_installed() {	# RPMS -> NEW
	local rpm nevra seen=' '

	NEW=()
	for rpm in "${RPMS[@]}"; do
		nevra=$(rpm_query "$rpm" '%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}')
		[[ $seen != *" $nevra "* ]] || continue
		seen+="$nevra "
		! host_rpm -q "$nevra" >/dev/null 2>&1 || continue
		for_a_kernel "$rpm" || ! superseded "$rpm" || continue
		NEW+=("$rpm")
	done
}

test_transaction() {
	host_rpm -U --test --nosignature "${NEW[@]}" >"$WORK/rpm.log" 2>&1 && return
	sed "s,^,$PROG: rpm: ," "$WORK/rpm.log" >&2
	die 1 "rpm would refuse these packages, so nothing was changed; see its reasons above"
}

show_plan() {
	local rpm

	for rpm in ${NEW[@]+"${NEW[@]}"}; do
		printf 'install %s\n' "$(basename "$rpm" .rpm)"
	done
	[[ ${#NEW[@]} -gt 0 ]] || echo "everything on the disk is installed already"
}

# What counts is which file modprobe will take.
check_result() {
	local rpm file k module got bad=0

	for rpm in "${RPMS[@]}"; do
		while IFS= read -r file; do
			k=${file#/lib/modules/} module=${file##*/}
			k=${k%%/*} module=${module%%.ko*}
			got=$(host_modinfo -k "$k" -F filename "$module" 2>/dev/null) || got=nothing
			[[ $(readlink -f "$got") = "$(readlink -f "$ROOT$file")" ]] && continue
			note "$file: installed, but modprobe would load $got; look at /etc/depmod.d"
			bad=1
		done < <(rpm -qp --nosignature --qf '[%{FILENAMES}\n]' "$rpm" 2>/dev/null |
			grep '^/lib/modules/.*\.ko')
	done
	return "$bad"
}

# The update package writes this itself, unless another kernel's serves for it.
record() {
	local xml uuid dir=$ROOT/var/update/applied

	for xml in "${STAMPS[@]}"; do
		uuid=$("$PACKINFO" update "$xml" | sed -n 's/^uuid=//p')
		[[ ! -e $dir/$uuid ]] || continue
		if ! mkdir -p "$dir" || ! cp "$xml" "$dir/.$uuid" || ! mv "$dir/.$uuid" "$dir/$uuid"; then
			die 1 "$dir/$uuid: cannot be written; the packages are installed, run it again to record them"
		fi
	done
}

apply() {
	local k

	if [[ ${#NEW[@]} -gt 0 ]]; then
		# Our own kernel hook would look at a transaction half done.
		DRIVER_DISK_INSTALL=1 host_rpm -U --nosignature "${NEW[@]}" >&2 ||
			die 1 "rpm failed; see its reasons above, and 'driver-disk status' for what loads now"
	fi
	while IFS= read -r k; do
		depmod ${ROOT:+-b "$ROOT"} "$k" || die 1 "depmod $k failed; run it again"
	done < <(printf '%s\n' "${KERNELS[@]}" | sort -u)
	record
	check_result || exit 1
}

clean_up() {
	umount "$WORK/mnt" 2>/dev/null || true
	rm -rf "$WORK"
}

cmd_install() {
	parse_install "$@"
	check_host
	find_disks
	[[ -n $DRY_RUN ]] || take_lock
	WORK=$(mktemp -d) || die 5 "no room for temporary files; free some space"
	trap clean_up EXIT
	trap 'exit 1' HUP INT TERM
	stage_all
	drop_installed
	[[ ${#NEW[@]} -eq 0 ]] || test_transaction
	show_plan
	[[ -z $DRY_RUN ]] || return 0
	apply
	note "done: kernel $(printf '%s\n' "${KERNELS[@]}" | sort -u | paste -sd ' ')"
	(cmd_status --warnings) || true	# another kernel may boot next
}
