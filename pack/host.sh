# SPDX-License-Identifier: GPL-2.0-only
# This host: its tools, configuration, lock and log.
# shellcheck shell=bash disable=SC2034 # other parts read these

STATE_DIR=/var/lib/driver-disk
LOG_FILE=/var/log/driver-disk.log
CONFIG=/etc/driver-disk.conf

take_root() {	# DIR
	[[ -n $1 ]] || bad_usage "--root: needs a value; give a folder"
	[[ -d $1 ]] || bad_usage "--root: '$1' is not a folder; give one"
	ROOT=$(readlink -f "$1")
	[[ $ROOT != / ]] || ROOT=
}

need() {	# TOOL...
	local tool

	for tool; do
		command -v "$tool" >/dev/null || die 5 "$tool: not found; install it"
	done
}

need_root() {	# WHAT
	[[ $EUID -eq 0 ]] || die 5 "$1: needs root; run it as root"
}

config() {	# KEY -> its value in the configuration, which is data and never run
	[[ -r $ROOT$CONFIG ]] || return 0
	sed -n "s/^[ \t]*$1[ \t]*=[ \t]*//p" "$ROOT$CONFIG" 2>/dev/null | sed 's/[ \t]*$//' | tail -n 1
}

take_lock() {
	local file=$ROOT/run/driver-disk.lock

	if ! { [[ -d $ROOT/run ]] || mkdir -p "$ROOT/run"; } || ! { exec 9>>"$file"; } 2>/dev/null; then
		die 5 "$file: cannot be written; run as root, or look whether that disk is full or read-only"
	fi
	flock -n 9 ||
		die 5 "$file: held by process $(<"$file"); wait for it to end"
	echo $$ >"$file"
}

# Each step is in the log before it begins: what was cut short is the last line.
step() {
	local now

	TZ=UTC0 printf -v now '%(%Y-%m-%dT%H:%M:%SZ)T' -1
	{ printf '%s %s %s\n' "$now" "${OP:-"-"}" "$*" >>"$ROOT$LOG_FILE"; } 2>/dev/null || true
}

to_syslog() {	# PRIORITY TEXT
	[[ -z $ROOT ]] && command -v logger >/dev/null || return 0
	logger -t driver-disk -p "$1" -- "$2" 2>/dev/null || true
}

make_work() {
	WORK=$(mktemp -d) || die 5 "no room for temporary files; free some space"
	trap clean_up EXIT
	trap 'exit 1' HUP INT TERM
}

clean_up() {
	[[ ! -d $WORK/mnt ]] || umount "$WORK/mnt" 2>/dev/null || true
	rm -rf "$WORK"
}
