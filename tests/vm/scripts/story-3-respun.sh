# SPDX-License-Identifier: GPL-2.0-only
# Day 3, the hotfix with the re-spun disks: everything is back by itself.  The CPUs have lost BMI2
# meanwhile, as by a change of microcode, and systemd's boot tells the pool.
# shellcheck shell=bash disable=SC1091 # guest/ is in /mnt there
. /mnt/guest/oracle.sh
. /mnt/guest/disks.sh
UNIT=cpulevel-report.service
RETRY=cpulevel-report-retry.service

# What systemd keeps of a unit.
kept() { systemctl show -p "$2" --value "$1"; }	# UNIT PROPERTY

ended_well() {	# UNIT
	systemctl show -p ActiveState -p Result -p ExecMainStatus "$1"
	equal "$(kept "$1" ActiveState)/$(kept "$1" Result)/$(kept "$1" ExecMainStatus)" active/success/0
}

# It began once that was there.
began_after() {	# UNIT...
	local began there unit
	began=$(kept "$UNIT" ExecMainStartTimestampMonotonic)
	for unit; do
		there=$(kept "$unit" ActiveEnterTimestampMonotonic)
		echo "$UNIT: $began us, $unit: $there us"
		[[ $there -gt 0 && $there -le $began ]] || return
	done
}

# Within a minute.
becomes() {	# UNIT STATE
	local i
	for ((i = 0; i < 60; i++)); do
		[[ $(kept "$1" ActiveState) != "$2" ]] || return 0
		sleep 1
	done
	systemctl status "$1"
	return 1
}

# An error of the report, which is not a no.
fails_to_report() {
	! systemctl restart $UNIT
	equal "$(kept $UNIT ActiveState)/$(kept $UNIT ExecMainStatus)" failed/2
}

tries_again() { becomes $RETRY activating && equal "$(kept $UNIT ActiveState)" failed; }
made_at_last() { becomes $UNIT active && ended_well $UNIT; }

show uname -r
t "acme_edu 1.1 serves the device" equal "$(loaded acme_edu)" 1.1
t "cpulevel was loaded at boot" test -e "$SYSFS"/abi
all_agree
t "status finds nothing to say" show driver-disk status
note_loaded

t "systemd booted, and this host reported" ended_well $UNIT
t "after the module was loaded, and when the network was there" began_after systemd-modules-load.service network-online.target
t "and before guests start" grep -qw xendomains.service <(kept $UNIT Before)
t "once, after it had joined" equal "$(cpulevel pool history | grep -cw report)" 1
t "what it reported was read again, after loading" equal "$(cat "$SYSFS"/generation)" 2
t "and is what the pool knows now" grep -qF "pv_default $(cat "$SYSFS"/featuresets/pv_default)" <(cpulevel pool export)
t "the system's log warns of the feature that the level lost" \
	grep "host dom0 lowers the PV level of pool lab: VMs that start now lack .*BMI2" <(journalctl -q -b -p warning -t cpulevel)
show journalctl -q -b -o cat -u $UNIT

mkdir -p /run/systemd/system/$RETRY.d
printf '[Service]\nRestartSec=1\n' >/run/systemd/system/$RETRY.d/soon.conf
systemctl daemon-reload
mv /var/lib/cpulevel/pool.db /var/lib/cpulevel/away.db
t "a report to a store that is away fails" fails_to_report
t "it is made again, and again" tries_again
mv /var/lib/cpulevel/away.db /var/lib/cpulevel/pool.db
t "until the store is back" made_at_last
t "and then no more" becomes $RETRY inactive
