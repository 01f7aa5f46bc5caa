# SPDX-License-Identifier: GPL-2.0-only
# A lesser host joins: the level sinks, and the guest with more is kept away for a reason.
# shellcheck shell=bash disable=SC1091 # guest/ is in /mnt there
. /mnt/guest/oracle.sh
. /mnt/guest/guests.sh
this_host opteron

# Each feature that stands in the way is one that the guest really has.
has_what_is_missing() {	# GUEST
	local name n=0 set
	local -a lacks
	grep -v '^flags' "$GUESTS/$1.look" >/tmp/cpuid
	set=$(cpulevel show --json /tmp/cpuid | raw_set)
	mapfile -t lacks < <(cpulevel vm resume "$1" --host opteron --check | sed -n 's/ (.*): opteron lacks it$//p')
	for name in "${lacks[@]}"; do
		cpulevel decode "$set" | grep -qw -- "$name" || { echo "the guest has no $name"; return 1; }
		n=$((n + 1))
	done
	echo "$n features are missing here: ${lacks[*]}"
	[[ $n -gt 0 ]]
}

# Xen asks for CPUID leaves alone, and says which.  A PV guest, as QEMU gives this
# model no nested paging.  The command is asked on the third host, and has to say
# the same of a guest whose features fit.
not_let_in() {	# GUEST
	local rc=0
	xl restore "$GUESTS/$1.save" >/tmp/restored 2>&1 || rc=$?
	cat /tmp/restored
	[[ $rc -ne 0 ]] && ! xl domid "$1" &&
		sed -n 's/.*CPUID policy: leaf \([0-9a-f]*\),.*/\1/p' /tmp/restored | head -n 1 | tee "$GUESTS/refused-leaf" | grep .
}

# The disk is the first host's, and so is what it keeps for itself.
as_the_first() { fails 1 "epyc: is another machine" env CPULEVEL_STATE="${CPULEVEL_STATE%/*}/epyc" cpulevel pool report; }

t "it does not report as the host whose disk it has a copy of" as_the_first
t "this host joins" cpulevel pool join --name opteron
t "the level is what both have" level_is_common
t "the guest without levelling may not go on here" fails 1 "opteron lacks it" cpulevel vm resume free --host opteron --check
t "it carries each feature that is named" has_what_is_missing free
t "Xen itself lets no guest of the first host in, as it numbers more leaves" not_let_in plain
t "and stays suspended" grep -q suspended <(cpulevel vm show free)
