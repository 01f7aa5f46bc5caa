# SPDX-License-Identifier: GPL-2.0-only
# abuse against the module, racing with rmmod, insmod, CPU hotplug and readers of sysfs; ./plan says how much.
# shellcheck shell=bash disable=SC1091 # guest/ is in /mnt there
# shellcheck source=/dev/null
. ./plan
: "${ioctls:?}" "${threads:?}" "${seed:?}" "${reload_seconds:?}"

SYSFS=/sys/class/misc/cpulevel
CPU1=/sys/devices/system/cpu/cpu1/online
BEGIN="abuse begins here"
REPORT='WARNING:|BUG:|Oops|general protection|KASAN|UBSAN|ODEBUG|usercopy:|INFO: task|INFO: rcu|self-detected stall'
REPORT+='|locking dependency|inconsistent lock|suspicious RCU|possible recursive|bad unlock|held lock freed|scheduling while atomic'
REPORT+='|Call Trace|refcount_t|kmemleak: [1-9]'

until_stop() { until [[ -e /run/stop ]]; do "$@"; done; }

plug() {
	echo 0 >$CPU1 && sleep 0.2 && echo 1 >$CPU1 && sleep 0.2 && echo >>/run/plugged
}

# While somebody has the device open, the module cannot go.
try_rmmod() {
	local said
	if said=$(rmmod cpulevel 2>&1); then
		echo >>/run/went
	elif [[ $said = *"in use"* || $said = *"Resource temporarily unavailable"* ]]; then
		echo >>/run/stayed
	else
		printf '%s\n' "$said" >>/run/strange
	fi
	sleep 0.1
}

walk_sysfs() {
	local dir=$SYSFS/
	find "$dir" -type f ! -path '*/power/*' ! -name uevent -exec cat {} + >/dev/null 2>&1 || true
	echo >>/run/walked
}

# The module comes and goes under the eyes of readers that wait for it.
reload() {
	if insmod ./cpulevel.ko >>/run/insmod.log 2>&1; then
		echo >>/run/loaded
		sleep "0.$((RANDOM % 3))"
	elif [[ ! -e /sys/module/cpulevel ]]; then
		echo >>/run/not_loaded
	fi
	until rmmod cpulevel 2>/dev/null; do [[ -e /sys/module/cpulevel ]] || break; done
}

# Not with wc: its AVX2 dies of SIGILL under Xen in emulation.
count() { if [[ -e /run/$1 ]]; then grep -c '' "/run/$1"; else echo 0; fi; }
at_least() { [[ $(count "$2") -ge $1 ]] || { echo "$(count "$2") times $2, expected $1"; return 1; }; }
never() { [[ ! -e /run/$1 ]] || { echo "$(count "$1") times $1"; head -n 5 "/run/$1"; return 1; }; }

# abused NAME OPTION...: one run of the program; its summary goes to the harness.
abused() {
	local name=$1 rc=0
	shift
	./abuse --threads "$threads" --seed "$seed" "$@" >"$OUT/$name.txt" 2>&1 || rc=$?
	cat "$OUT/$name.txt"
	grep -v '^violation' "$OUT/$name.txt" | sed "s/^/# $name: /" >&3
	return $rc
}

since_begin() { dmesg | sed "1,/$BEGIN/d"; }

no_report() {
	since_begin | grep -E -A 15 "$REPORT" | head -n 40 | { ! grep .; }
}

# Of two scans the second sees what the first had too little time for.
leaks() {
	echo scan >/sys/kernel/debug/kmemleak
	sleep 6
	echo scan >/sys/kernel/debug/kmemleak
	cat /sys/kernel/debug/kmemleak
}
no_leak() { leaks | head -n 40 | { ! grep .; }; }

still_checking() { grep -qE 'debug_locks: +1' /proc/lockdep_stats; }

rm -f /run/{stop,plugged,went,stayed,strange,walked,loaded,not_loaded}
[[ ! -d /sys/kernel/debug ]] || mount -t debugfs debugfs /sys/kernel/debug || true
[[ ! -e /sys/kernel/debug/kmemleak ]] || { leaks >/dev/null; echo clear >/sys/kernel/debug/kmemleak; }
echo "$BEGIN" >/dev/kmsg

t "there are two CPUs" test "$(nproc)" = 2
t "the module loads" insmod ./cpulevel.ko
exec 9</dev/cpulevel	# so that it stays until all have opened it
for racer in plug try_rmmod walk_sysfs; do
	until_stop $racer &
done
t "$ioctls ioctls: every answer is as documented" abused soak --ioctls "$ioctls"
touch /run/stop
wait
exec 9<&-
t "root's refreshes went through" grep -qE '^REFRESH +ok [1-9]' "$OUT/soak.txt"
t "nobody's were refused" grep -qE '^REFRESH .* EPERM [1-9]' "$OUT/soak.txt"
t "CPU 1 was unplugged and came back meanwhile" at_least 3 plugged
t "the module in use could not go" at_least 3 stayed
t "and did not" never went
t "nor did rmmod say anything else" never strange
t "sysfs was walked meanwhile" at_least 3 walked
t "the module unloads" rmmod cpulevel

rm /run/stop
for racer in plug reload walk_sysfs; do
	until_stop $racer &
done
t "loading and unloading under open and read" abused reload --ioctls 1000000000 --seconds "$reload_seconds" --reopen
touch /run/stop
wait
t "it was loaded many times" at_least 5 loaded
t "and no load failed" never not_loaded
printf '# %s loads, %s hotplugs, %s refused rmmods, %s walks\n' "$(count loaded)" "$(count plugged)" "$(count stayed)" "$(count walked)" >&3
t "it leaves nothing behind" test ! -e /dev/cpulevel -a ! -e $SYSFS -a ! -e /sys/module/cpulevel

[[ ! -e /proc/lockdep_stats ]] || t "lockdep was on to the end" still_checking
[[ ! -e /sys/kernel/debug/kmemleak ]] || t "no memory leaked" no_leak
t "the kernel log has no report" no_report
since_begin >"$OUT/dmesg.txt"
