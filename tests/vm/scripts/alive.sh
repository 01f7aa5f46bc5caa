# SPDX-License-Identifier: GPL-2.0-only
# The harness itself: this is a dom0 of the Xen and the kernel that were asked for.
# shellcheck shell=bash disable=SC1091 # guest/ is in /mnt there
t "this is dom0" grep -q control_d /proc/xen/capabilities
t "the root disk is writable" touch /root/here
show uname -r
