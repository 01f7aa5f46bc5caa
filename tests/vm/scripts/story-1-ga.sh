# SPDX-License-Identifier: GPL-2.0-only
# Day 1, the GA kernel: install both driver disks and use them; then the kernel hotfix arrives.
# shellcheck shell=bash disable=SC1091 # guest/ is in /mnt there
. /mnt/guest/oracle.sh
. /mnt/guest/disks.sh

t "at first the in-box 1.0 serves the device" equal "$(loaded acme_edu)" 1.0
install_disks
rmmod acme_edu
show modprobe -a acme_edu cpulevel
t "acme_edu 1.1 replaces the in-box 1.0" equal "$(loaded acme_edu)" 1.1
t "cpulevel is loaded" test -e "$SYSFS"/abi
show cpulevel show
all_agree
t "a pool is made" cpulevel pool create lab
t "this host joins it" show cpulevel pool join
t "nothing would be lost by a reboot yet" driver-disk status
note_loaded

t "the kernel hotfix installs" show rpm -i kernel-*.rpm
t "rpm's own output says that acme_edu would fall back" grep -q 'acme_edu falls back from 1.1 to the in-box 1.0' /tmp/shown
t "and that cpulevel would have no module" grep -q 'cpulevel has no module at all' /tmp/shown
show driver-disk status || echo "exit status $?" | tee /tmp/status
t "status says the same, with exit code 4" grep -qx 'exit status 4' /tmp/status
t "in the same words" grep -q 'acme_edu falls back from 1.1 to the in-box 1.0' /tmp/shown
