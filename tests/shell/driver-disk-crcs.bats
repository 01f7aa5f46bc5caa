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
