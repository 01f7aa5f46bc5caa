# SPDX-License-Identifier: GPL-2.0-only
# After a power cut: is all well?  Then begin the next operation, whose end is not seen.
# shellcheck shell=bash disable=SC1091 # guest/ is in /mnt there
. /mnt/guest/powercut.sh

loaded=$(cat /sys/module/acme_edu/version 2>/dev/null || echo none)
next=$(<next)

if [[ -e "$CUT/doing" ]]; then
	read -r verb old new <"$CUT/doing"
	t "$verb: the initrd is whole and has $old's driver or $new's" grep -qx "$loaded" <(version_of "$old"; version_of "$new")
	t "$verb: verify is clean, after one repair at most" clean
	t "$verb: exactly the old state or the new one" old_or_new "$old" "$new"
fi

[[ $next != remove || $(<"$CUT/state") != 0 ]] || t "there is something to remove" change install
sync
printf '# next: %s\n' "$next" >&3
[[ $next != none ]] || return 0
tell_steps
change "$next" cut
sleep 30	# the power goes now
