# SPDX-License-Identifier: GPL-2.0-only
# A running kernel takes the modules that driver-kabi calls the same, and refuses the others.
# shellcheck shell=bash

loads() {	# FILE NAME
	insmod "$1" && grep "^$2 " /proc/modules && rmmod "$2"
}

while read -r file verdict; do
	name=acme_edu
	case $file/$verdict in
	missing/*) t "$file: refused, as its symbol is gone" fails 1 "Unknown symbol" insmod "modules/$file.ko" ;;
	*/changed) t "$file: refused, as its symbols have other CRCs" fails 1 "nvalid" insmod "modules/$file.ko" ;;
	*/same) t "$file: loads" loads "modules/$file.ko" "$name" ;;
	esac
	dmesg | tail -n 3
done <modules/verdicts
t "the kernel named the symbol that it disagrees about" eval 'dmesg | grep -q "acme_edu: disagrees about version of symbol"'
t "and the one that it does not know" eval 'dmesg | grep -q "gone: Unknown symbol no_kernel_has_this"'
