# SPDX-License-Identifier: GPL-2.0-only
# A pool's first host, alone: guests that have all of it are started there, and saved.
# shellcheck shell=bash disable=SC1091 # guest/ is in /mnt there
. /mnt/guest/oracle.sh
. /mnt/guest/guests.sh
this_host epyc
t "a pool is made, and this host joins" eval 'cpulevel pool create lab && cpulevel pool join --name epyc'
t "its level is this host's" level_is_common
t "a PVH guest starts" started free pvh
t "Xen gave it what the record says" given free
next_look free >"$GUESTS/free.look"
t "in CPUID it sees exactly that" cpuid_is "$GUESTS/free.look" "$(set_of free)"
t "/proc/cpuinfo has exactly that" flags_are "$GUESTS/free.look" "$(set_of free)" "$NO_XSAVE"
t "its memory is saved" xl save free "$GUESTS/free.save"
t "and the record says so" cpulevel vm suspend free
t "a PV guest starts" started plain pv
next_look plain >"$GUESTS/plain.look"
t "its memory is saved, PV" xl save plain "$GUESTS/plain.save"
t "and the record says so, PV" cpulevel vm suspend plain
