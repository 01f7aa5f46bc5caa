# SPDX-License-Identifier: GPL-2.0-only
# The first host again: what was saved on another model goes on here, and keeps its set, also while it migrates.
# shellcheck shell=bash disable=SC1091 # guest/ is in /mnt there
. /mnt/guest/oracle.sh
. /mnt/guest/guests.sh
this_host epyc

resumed() {	# GUEST
	cpulevel vm resume "$1" --host epyc
	xl restore "$GUESTS/$1.save"
}
# A host's sets are taken afresh at every boot, by a command that knows who it is.
at_boot() { read -ra command < <(sed -n 's,^ExecStart=/usr/sbin/,,p' cpulevel-report.service) && "${command[@]}" && [[ -e $CPULEVEL_STATE/this-host.json ]]; }
printf 'another\n' >/proc/sys/kernel/hostname
t "this host reports, by what the unit runs" at_boot
t "and is still the one that it joined as" grep -q '"name": "epyc"' $CPULEVEL_STATE/this-host.json
printf '%s\n' "$HOST" >/proc/sys/kernel/hostname
t "the level is as it was" level_is_common
for guest in web old; do
	t "$guest may go on here, and does" resumed $guest
	next_look $guest >/tmp/look
	t "$guest sees what it saw there" eval "grep '^flags' /tmp/look | cmp - <(grep '^flags' $GUESTS/$guest.look)"
done
next_look web >/tmp/look
t "web's CPUID is the level still" cpuid_is /tmp/look "$(set_of web)"
t "web migrates, to this host" xl migrate -s '' web 'xl migrate-receive'
next_look web >/tmp/look
t "and sees the level still" cpuid_is /tmp/look "$(set_of web)"
t "/proc/cpuinfo too" flags_are /tmp/look "$(set_of web)"
# Four domains on one emulated CPU hardly move.
xl destroy old
xl destroy web
t "what had all of this host may go on as well" resumed free
next_look free >/tmp/look
t "free sees what it saw" eval "grep '^flags' /tmp/look | cmp - <(grep '^flags' $GUESTS/free.look)"
t "it is shown to have more than the level" grep -q '^above_level' <(cpulevel vm show free)
