# SPDX-License-Identifier: GPL-2.0-only
# What the kernel has found wrong since the abuse began: reports in its log, leaks, lockdep's end.
# shellcheck shell=bash
#
# $known is a regex for reports of the kernel's own making; '' for none.
: "${known?}"

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

# reports known|unknown: a report ends where the log pauses.  One that names the
# module, or that a sanitizer wrote, is never a known one.
reports() {
	since_begin | HEAD=$HEAD known=$known want=$1 awk '
		function judge(	is_known) {
			is_known = ENVIRON["known"] != "" && report ~ ENVIRON["known"] &&
				report !~ /\[cpulevel\]|KASAN|UBSAN|ODEBUG/
			if (n && is_known == (ENVIRON["want"] == "known"))
				printf "%s", report
			report = ""
			n = 0
		}
		{ time = substr($0, 2) + 0 }
		n && (time - last > 3 || n > 200) { judge() }
		n || $0 ~ ENVIRON["HEAD"] { report = report $0 "\n"; n++; last = time }
		END { judge() }'
}

no_report() {
	reports known | grep -E "$HEAD" | grep -v 'Call Trace' |
		sed "s/^/# a report of the kernel's own: /" >&3
	reports unknown | head -n 60 | { ! grep .; }
}

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
still_checking() {
	grep -qE 'debug_locks: +1' /proc/lockdep_stats && return
	[[ -n $(reports known) ]] || return
	echo "# lockdep was off after the kernel's own report" >&3
}
