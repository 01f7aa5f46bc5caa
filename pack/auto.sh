# SPDX-License-Identifier: GPL-2.0-only
# driver-disk auto: what the units run, at boot and after a kernel came.
# shellcheck shell=bash disable=SC2034 # other parts read these

# rpm's own lock, by what the kernel knows of it: we may be inside its transaction.
rpm_busy() {
	local inode

	inode=$(stat -c %i "$ROOT/var/lib/rpm/.rpm.lock" 2>/dev/null) || return 1
	awk -v i="$inode" '$2 != "->" { n = split($6, d, ":"); if (d[n] == i) busy = 1 } END { exit !busy }' /proc/locks 2>/dev/null
}

wait_for_rpm() {
	local tries

	for ((tries = 0; tries < 300; tries++)); do
		rpm_busy || return 0
		sleep 2
	done
	die 5 "rpm: has been busy for ten minutes; install the disks by hand"
}

# Only packs that this host has already, and that the next boot would lose.
cmd_auto() {
	local folder

	[[ ${1:-} != --root ]] || { take_root "${2:-}"; shift 2; }
	[[ $# -eq 0 ]] || bad_usage "$1: no such option"
	need_root "auto"
	if pending_op >/dev/null; then cmd_verify --repair ${ROOT:+--root "$ROOT"} || true; clean_up; fi
	wait_for_rpm
	hook_warnings && return
	folder=$(config folder)
	[[ -n $folder ]] || return 4
	WANTED_LABELS=$(cut -f 1 <<<"$PACKS" | sort -u | paste -sd ' ')
	[[ -d $ROOT$folder && -n $WANTED_LABELS ]] || return 4
	cmd_install ${ROOT:+--root "$ROOT"} "$ROOT$folder"
	hook_warnings
}
