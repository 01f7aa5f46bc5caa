# SPDX-License-Identifier: GPL-2.0-only
# What a kernel's arrival or a boot calls: say what would be lost, where people and monitoring look.
# shellcheck shell=bash disable=SC2034 # other parts read these

WARNING_FILE=/run/driver-disk/warning
GUARD_FILE=run/systemd/system/reboot.target.d/driver-disk.conf

# systemd then refuses to reboot, whoever asks; --force is the way round.
set_guard() {	# WARNINGS, or nothing to take it away
	local file=$ROOT/$GUARD_FILE

	if [[ -n $1 && $(config guard) = yes ]]; then
		mkdir -p "${file%/*}" && cat >"$file" <<-END
			# driver-disk: $(head -n 1 <<<"$1")
			[Unit]
			Description=reboot (driver-disk: a driver would be lost; see /run/driver-disk/warning, or use --force)
			RefuseManualStart=yes
		END
	else
		[[ -e $file ]] || return 0
		rm -f "$file"
		rmdir "${file%/*}" 2>/dev/null || true
	fi
	[[ -n $ROOT || ! -d /run/systemd/system ]] || systemctl daemon-reload 2>/dev/null || true
}

# Warn on stderr, to syslog and in /run; and forget it where it is mended.
hook_warnings() {
	local found line file=$ROOT$WARNING_FILE

	collect
	found=$(warnings)
	set_guard "$found"
	if [[ -z $found ]]; then
		rm -f "$file"
		return 0
	fi
	{ mkdir -p "${file%/*}" && printf '%s\n' "$found" >"$file.new" && mv "$file.new" "$file"; } 2>/dev/null || true
	while IFS= read -r line; do
		printf 'driver-disk: WARNING: %s\n' "$line" >&2
		to_syslog daemon.warning "$line"
	done <<<"$found"
	return 4
}

cmd_kernel-changed() {
	local leave=

	while [[ $# -gt 0 ]]; do
		case $1 in
		--root) take_root "${2:-}"; shift ;;
		--leave) leave=1 ;;
		*) bad_usage "$1: no such option" ;;
		esac
		shift
	done
	if [[ -z $leave ]]; then
		hook_warnings || queue_auto
		return
	fi
	# Nobody would ever take these away again.
	set_guard ''
	rm -rf "$ROOT/run/driver-disk"
}

# rpm's lock is held now: systemd installs what the folder has once it is free.
queue_auto() {
	[[ -z $ROOT && -n $(config folder) && -d /run/systemd/system ]] || return 0
	systemctl start --no-block driver-disk-auto.service 2>/dev/null || true
}
