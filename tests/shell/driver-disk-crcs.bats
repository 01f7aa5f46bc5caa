#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# driver-disk status: do the checksums fit, where packed modules use what other packed modules export?

# shellcheck disable=SC2016,SC2030,SC2031,SC2154,SC2164 # texts for others; what bats does

load pack
load dom0

setup_file() {
	have_kernels || return 0
	setup_key
	make -s -C "$TOP/pack" install-parts PARTS="$W/tool" O="$W/build"
	make_pair "$W/pair"
	make_pair "$W/wider" -DWIDER
}

teardown_file() { stop_agent "$BATS_FILE_TMPDIR/trust"; }

setup() {
	load_lab
	one_kernel
	gzip -c "$CPULEVEL_KDIR_A/Module.symvers" >"$R/boot/symvers-$KA.gz"
}

# acme_core.ko exports acme_ping, acme_user.ko calls it; WIDER changes its argument.
make_pair() {	# DIR [FLAG]
	mkdir -p "$1"
	cat >"$1/ping.h" <<-'END'
		#include <linux/module.h>
		struct acme_ping {
			int a;
		#ifdef WIDER
			long b;
		#endif
		};
		int acme_ping(struct acme_ping *ping);
		MODULE_LICENSE("GPL");
		MODULE_VERSION("1");
	END
	cat >"$1/acme_core.c" <<-'END'
		#include "ping.h"
		int acme_ping(struct acme_ping *ping) { return ping->a; }
		EXPORT_SYMBOL_GPL(acme_ping);
	END
	cat >"$1/acme_user.c" <<-'END'
		#include "ping.h"
		static int __init begin(void) { struct acme_ping ping = {}; return acme_ping(&ping); }
		module_init(begin);
	END
	echo 'obj-m := acme_core.o acme_user.o' >"$1/Kbuild"
	make -s -C "$CPULEVEL_KDIR_A" M="$1" KCFLAGS="${2:-}" modules >"$1/log" 2>&1 || cat "$1/log" >&2
}

put() {	# FROM MODULE... below updates/, in the index
	local from=$1 name

	shift
	for name; do install -D -m 644 "$W/$from/$name.ko" "$R/lib/modules/$KA/updates/$name.ko"; done
	depmod -b "$R" "$KA"
}

crcs() { dd_ status --json | jq -r --arg m "$1" '.drivers[] | select(.module == $m) | .crcs + " " + (.changed_symbols | join(","))'; }	# MODULE

@test "what another packed module exports fits where its checksum does" {
	put pair acme_core acme_user
	[ "$(crcs acme_user)" = "fits " ]
	[ "$(crcs acme_core)" = "fits " ]
}

@test "what another packed module exports with another checksum is changed, by name" {
	put pair acme_user
	put wider acme_core
	[ "$(crcs acme_user)" = "changed:1 acme_ping" ]
	[ "$(crcs acme_core)" = "fits " ]
	put wider acme_user
	[ "$(crcs acme_user)" = "fits " ]
}

@test "a symbol that nothing exports is unknown" {
	put pair acme_user
	[ "$(crcs acme_user)" = "unknown " ]
	# A module that lies there, but is not what modprobe would load, is no help.
	put pair acme_core
	mkdir "$R/lib/modules/$KA/aside"
	mv "$R/lib/modules/$KA/updates/acme_core.ko" "$R/lib/modules/$KA/aside/"
	[ "$(crcs acme_user)" = "unknown " ]
}

@test "an exporting module without checksums proves nothing" {
	put pair acme_core acme_user
	objcopy --rename-section __versions=__none "$R/lib/modules/$KA/updates/acme_core.ko"
	[ "$(crcs acme_user)" = "unknown " ]
}

@test "a packed module that replaces an exporting one of the kernel's counts, not the kernel's list" {
	local version

	version=$(modprobe --dump-modversions "$W/pair/acme_user.ko" | awk '$2 == "acme_ping" { print $1 }')
	install -D -m 644 "$W/pair/acme_core.ko" "$R/lib/modules/$KA/kernel/acme_core.ko"
	{ cat "$CPULEVEL_KDIR_A/Module.symvers"; printf '%s\tacme_ping\tkernel/acme_core\tEXPORT_SYMBOL_GPL\t\n' "$version"; } |
		gzip -c >"$R/boot/symvers-$KA.gz"
	put pair acme_user
	[ "$(crcs acme_user)" = "fits " ]
	put wider acme_core
	[ "$(crcs acme_user)" = "changed:1 acme_ping" ]
}

@test "without the kernel's list the kernel's modules and the packed one are asked together" {
	rm "$R/boot/symvers-$KA.gz"
	# Something of the kernel's own that imports what the packed modules do.
	install -D -m 644 "$W/pair/acme_user.ko" "$R/lib/modules/$KA/kernel/of_the_kernel.ko"
	put pair acme_core acme_user
	[ "$(crcs acme_user)" = "fits " ]
	put wider acme_core
	[ "$(crcs acme_user)" = "changed:1 acme_ping" ]
}

of_kernel() {	# FILE AS: below kernel/
	install -D -m 644 "$1" "$R/lib/modules/$KA/kernel/drivers/$2"
}

@test "without the kernel's list a small packed module of the kernel's is found" {
	rm "$R/boot/symvers-$KA.gz"
	rm "$R/lib/modules/$KA/kernel/acme_edu.ko"
	put pair acme_core
	[ "$(crcs acme_core)" = "unknown " ]
	xz -k --check=crc32 "$W/wider/acme_core.ko" -c >"$BATS_TEST_TMPDIR/other.ko.xz"
	of_kernel "$BATS_TEST_TMPDIR/other.ko.xz" other.ko.xz
	depmod -b "$R" "$KA"
	[ "$(crcs acme_core)" = "fits " ]
}

@test "without the kernel's list a module that has a symbol's name in it is not taken for one that imports it" {
	rm "$R/boot/symvers-$KA.gz"
	rm "$R/lib/modules/$KA/kernel/acme_edu.ko"
	objcopy --rename-section __versions=__none "$W/pair/acme_core.ko" "$BATS_TEST_TMPDIR/named.ko"
	for name in a b c d e f; do of_kernel "$BATS_TEST_TMPDIR/named.ko" $name.ko; done
	put pair acme_core
	[ "$(crcs acme_core)" = "unknown " ]
	of_kernel "$W/wider/acme_core.ko" zzz.ko
	depmod -b "$R" "$KA"
	[ "$(crcs acme_core)" = "fits " ]
}

@test "without the kernel's list what a module of the kernel's exports is known from those that use it" {
	rm "$R/boot/symvers-$KA.gz"
	of_kernel "$W/pair/acme_core.ko" acme_core.ko
	install -D -m 644 "$W/pair/acme_user.ko" "$R/lib/modules/$KA/updates/new_user.ko"
	depmod -b "$R" "$KA"
	[ "$(crcs new_user)" = "unknown " ]
	of_kernel "$W/pair/acme_user.ko" acme_user.ko
	depmod -b "$R" "$KA"
	[ "$(crcs new_user)" = "fits " ]
	install -D -m 644 "$W/wider/acme_user.ko" "$R/lib/modules/$KA/updates/new_user.ko"
	[ "$(crcs new_user)" = "changed:1 acme_ping" ]
}

@test "--quiet looks at the checksums of the kernel that boots next, --kernel at its own as well" {
	local calls=$BATS_TEST_TMPDIR/calls

	add_kernel "$R" "$KB" "$CPULEVEL_KDIR_B"
	put pair acme_core
	install -D -m 644 "$W/pair/acme_core.ko" "$R/lib/modules/$KB/updates/acme_core.ko"
	depmod -b "$R" "$KB"
	asked() {	# OPTION...: the kernels whose modules' checksums it reads
		strace -f -qq -s 999 -e trace=execve -e signal=none -o "$calls" "$TOOL" status --root "$R" "$@" >/dev/null || true
		grep dump-modversions "$calls" | grep -oE "/lib/modules/[^/]*/updates" | sort -u | cut -d/ -f4 | paste -sd ' '
	}
	[ "$(asked)" = "$KA $KB" ]
	[ "$(asked --quiet)" = "$KB" ]
	[ "$(asked --warnings)" = "$KB" ]
	[ "$(asked --kernel "$KA" --json)" = "$KA $KB" ]
	[ "$(asked --kernel "$KB")" = "$KB" ]
}
