# SPDX-License-Identifier: GPL-2.0-only
# What the kernel has found wrong since the abuse began: reports in its log, leaks, lockdep's end.
# shellcheck shell=bash

KMEMLEAK=/sys/kernel/debug/kmemleak
BEGIN="abuse begins here"
HEAD='WARNING:|BUG[: ]|Oops|general protection|KASAN|UBSAN|ODEBUG|usercopy:|INFO: |detected stall'
HEAD+='|locking dependency|inconsistent lock|suspicious RCU|bad unlock|held lock freed'
HEAD+='|scheduling while atomic|Call Trace|refcount_t|list_(add|del)|corruption|kmemleak: '

begin_log() { echo "$BEGIN" >/dev/kmsg; }

since_begin() {
	dmesg | grep -q "$BEGIN" || { echo "BUG: the log no longer has its beginning"; return; }
	dmesg | sed "1,/$BEGIN/d"
}

# A report ends where the log pauses.
reports() {
	since_begin | HEAD=$HEAD awk '
		{ time = substr($0, 2) + 0 }
		n && (time - last > 3 || n > 200) { n = 0 }
		n || $0 ~ ENVIRON["HEAD"] { print; n++; last = time }'
}

no_report() { reports | head -n 60 | { ! grep .; }; }

# Of two scans the second sees what the first had too little time for.  Once
# out of memory, kmemleak has turned itself off and refuses to scan.
leaks() {
	echo scan >$KMEMLEAK || return
	sleep 6
	echo scan >$KMEMLEAK || return
	cat $KMEMLEAK
}
no_leak() {
	local found
	found=$(leaks) || { echo "kmemleak is off"; return 1; }
	printf '%s\n' "$found" | head -n 40
	[[ -z $found ]]
}

# Whatever lockdep reports turns it off.
still_checking() { grep -E 'debug_locks: +1' /proc/lockdep_stats; }
