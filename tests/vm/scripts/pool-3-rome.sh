# SPDX-License-Identifier: GPL-2.0-only
# The third host: a PVH and a PV guest with the mask see exactly the level; the first goes to sleep.
# shellcheck shell=bash disable=SC1091 # guest/ is in /mnt there
. /mnt/guest/oracle.sh
. /mnt/guest/guests.sh
this_host rome
# Its features fit the lesser host, at the level as they are; its leaves do not.
kept_away_by_leaves() {	# GUEST
	local verdict
	verdict=$(cpulevel vm resume "$1" --host opteron --check --json || true)
	printf '%s\n' "$verdict"
	[[ $(json answer <<<"$verdict") = leaves && $(json leaf <<<"$verdict") = "$(cat $GUESTS/refused-leaf)" ]]
}

t "this host joins" cpulevel pool join --name rome
t "the level is what all three have" level_is_common
level=$(cpulevel pool level --json)
t "a PVH guest starts with the mask" started web pvh
t "Xen gave it what the record says" given web
t "which is the level" is_level web "$(json hvm <<<"$level")"
next_look web >"$GUESTS/web.look"
t "in CPUID it sees exactly the level" cpuid_is "$GUESTS/web.look" "$(set_of web)"
t "/proc/cpuinfo has exactly the level" flags_are "$GUESTS/web.look" "$(set_of web)"
t "a PV guest starts with the mask" started old pv
t "Xen gave it what the record says, PV" given old
t "which is the PV level" is_level old "$(json pv <<<"$level")"
next_look old >"$GUESTS/old.look"
# Its CPUID would need masking registers, and QEMU's do nothing.
t "/proc/cpuinfo has exactly the PV level" flags_are "$GUESTS/old.look" "$(set_of old)"
t "the PV guest's memory is saved" xl save old "$GUESTS/old.save"
t "and the PVH guest's" xl save web "$GUESTS/web.save"
t "the records say so" eval 'cpulevel vm suspend old && cpulevel vm suspend web'
for guest in web old; do
	t "$guest numbers more leaves than the second host lets in: no, for the leaf that Xen named" kept_away_by_leaves $guest
done
