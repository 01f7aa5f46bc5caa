# SPDX-License-Identifier: GPL-2.0-only
# abuse against the module, racing with rmmod, insmod, CPU hotplug and readers of sysfs;
# ./plan says how much.
# shellcheck shell=bash disable=SC1091 # guest/ is in /mnt there
# shellcheck source=/dev/null
. ./plan
: "${ioctls:?}" "${threads:?}" "${seed:?}" "${reloads:?}"

. ./reports.sh

SYSFS=/sys/class/misc/cpulevel
CPU1=/sys/devices/system/cpu/cpu1/online

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
	sleep 0.5
}

walk_sysfs() {
	find $SYSFS/ -type f ! -path '*/power/*' ! -name uevent -exec cat {} + || true
	echo >>/run/walked
	sleep 0.5
} >/dev/null 2>&1

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
at_least() {	# TIMES WHAT
	[[ $(count "$2") -ge $1 ]] || { echo "$(count "$2") times $2, expected $1"; return 1; }
}
never() {	# WHAT
	[[ ! -e /run/$1 ]] || { echo "$(count "$1") times $1"; head -n 5 "/run/$1"; return 1; }
}

# race TIMES RACER: so often at least, and then on until the callers have ended.
race() {
	local i
	for ((i = 0; i < $1; i++)); do "$2" || true; done
	echo >>/run/enough
	until [[ -e /run/stop ]]; do "$2" || true; done
}

# When all racers have raced enough, the callers may end.
conduct() {	# RACERS
	until [[ -s /run/abuse.pid && $(count enough) -eq $1 ]]; do sleep 0.5; done
	kill "$(cat /run/abuse.pid)"
}

# abused NAME OPTION...: one run of the program; its summary goes to the harness.
abused() {
	local name=$1 rc=0
	shift
	./abuse --threads "$threads" --seed "$seed" --until-term "$@" >"$OUT/$name.txt" 2>&1 &
	echo $! >/run/abuse.pid
	wait $! || rc=$?
	touch /run/stop
	cat "$OUT/$name.txt"
	grep -v '^violation' "$OUT/$name.txt" | sed "s/^/# $name: /" >&3
	return $rc
}

# against TIMES RACER [TIMES RACER]...: start them all.
against() {
	local racers=$(($# / 2))
	rm -f /run/{stop,enough,abuse.pid}
	while [[ $# -gt 0 ]]; do
		race "$1" "$2" &
		shift 2
	done
	conduct $racers &
}

rm -f /run/{plugged,went,stayed,strange,walked,loaded,not_loaded}
[[ ! -d /sys/kernel/debug ]] || mount -t debugfs debugfs /sys/kernel/debug || true
# kmemleak's own scans would be starved by the callers, inside RCU's read side.
[[ ! -e $KMEMLEAK ]] || { echo scan=off >"$KMEMLEAK"; leaks >/dev/null; echo clear >"$KMEMLEAK"; }
begin_log

t "there are two CPUs" test "$(nproc)" = 2
t "the module loads" insmod ./cpulevel.ko
exec 9</dev/cpulevel	# so that it stays until all have opened it
against 5 plug 5 try_rmmod 5 walk_sysfs
t "$ioctls ioctls: every answer is as documented" abused soak --ioctls "$ioctls"
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

against 1 plug 1 walk_sysfs "$reloads" reload
t "loading and unloading under open and read" abused reload --ioctls 0 --reopen
wait
t "it was loaded $reloads times" at_least "$reloads" loaded
t "and no load failed" never not_loaded
printf '# %s loads, %s hotplugs, %s refused rmmods, %s walks\n' \
	"$(count loaded)" "$(count plugged)" "$(count stayed)" "$(count walked)" >&3
t "it leaves nothing behind" test ! -e /dev/cpulevel -a ! -e $SYSFS -a ! -e /sys/module/cpulevel

[[ ! -e $KMEMLEAK ]] || t "no memory leaked" no_leak
t "the kernel log has no report" no_report
[[ ! -e /proc/lockdep_stats ]] || t "lockdep was on to the end" still_checking
since_begin >"$OUT/dmesg.txt"
