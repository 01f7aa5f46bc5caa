# SPDX-License-Identifier: GPL-2.0-only
# Where a build happens: its private folder, its child processes, its one line
# of progress, and that nothing of these is left whatever ends it.
# shellcheck shell=bash disable=SC2034  # MADE_FOLDER is open_output's

WORK='' CHILD='' SIGNER='' PROGRESS='' SAID='' LEFTOVERS=() MADE_FOLDER=''

open_workplace() {
	umask 022
	trap 'leave $?' EXIT
	trap 'interrupted HUP 129' HUP
	trap 'interrupted INT 130' INT
	trap 'interrupted TERM 143' TERM
	WORK=$(mktemp -d 2>/dev/null) || WORK=
	mkdir "${WORK:-/nonexistent}"/{home,tmp,lint,src{,/SOURCES,/SRPMS}} 2>/dev/null ||
		die 5 "${TMPDIR:-/tmp}: no temporary folder can be made there; free space, or set TMPDIR"
}

interrupted() {	# SIGNAL CODE
	note "interrupted by SIG$1; nothing was made"
	SAID=1
	exit "$2"
}

leave() {	# CODE
	local rc=$1 full

	trap '' HUP INT TERM
	stop_child
	stop_signer
	end_progress
	if [[ $rc != 0 && -z $SAID ]]; then
		full=$(full_folders)
		[[ -z $full ]] || note "$full is full; free space, or choose another"
	fi
	rm -rf ${WORK:+"$WORK"} ${LEFTOVERS[@]+"${LEFTOVERS[@]}"}
	# A folder that we made and that nothing came into goes again.
	[[ -z $MADE_FOLDER || ! -d $MADE_FOLDER ]] ||
		find "$MADE_FOLDER" -depth -type d -empty -delete
}

full_folders() {
	local name free

	for name in "TMPDIR ${TMPDIR:-/tmp}" "--out $O_OUT"; do
		free=$(df -Pk "${name#* }" 2>/dev/null | awk 'NR == 2 { print $4 }')
		[[ -z $free || $free -ge 1024 ]] || printf '%s\n' "$name"
	done | paste -sd ,
}

# Run a program that takes long.  It is a process group, so that a signal ends
# all of it at once: bash would only look at the signal when it is over.
run_job() {	# TEXT LOG COMMAND...
	local text=$1 log=$2 rc=0

	shift 2
	setsid "$@" >"$log" 2>&1 </dev/null &
	CHILD=$!
	if [[ -t 2 ]]; then
		show_job "$text" "$log"
	fi
	wait "$CHILD" || rc=$?
	CHILD=
	return $rc
}

show_job() {	# TEXT LOG
	local last

	while kill -0 "$CHILD" 2>/dev/null; do
		last=$(grep -oE '^ +(CC|LD|AR|MODPOST) .*' "$2" 2>/dev/null | tail -n 1) || true
		progress "$1 ${last##*/}"
		sleep 0.2
	done
}

stop_child() { stop_group "$CHILD"; CHILD=; }
stop_signer() { stop_group "$SIGNER"; SIGNER=; }

# One that was just started may not have its group yet.
stop_group() {	# PID
	[[ -n $1 ]] || return 0
	kill -TERM -- "-$1" 2>/dev/null || kill -TERM "$1" 2>/dev/null || true
	wait "$1" 2>/dev/null || true
	kill -KILL -- "-$1" 2>/dev/null || true
}

# One line on a terminal, nothing in a pipe.
progress() {
	[[ -t 2 ]] || return 0
	PROGRESS=1
	printf '\r\033[K%.*s' "$((${COLUMNS:-80} - 1))" "$PROG: $*" >&2
}

end_progress() {
	[[ -n $PROGRESS ]] || return 0
	printf '\r\033[K' >&2
	PROGRESS=
}

# As in pack/common.sh, but a message must not end up behind the progress.
note() { end_progress; printf '%s: %s\n' "$PROG" "$*" >&2; }
die() { local code=$1; shift; note "$@"; SAID=1; exit "$code"; }	# CODE MESSAGE
