#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Driver disks of real drivers, as Debian ships their sources: made for each kernel for which a bare
# make builds the driver, refused with the compiler's own words for each other.
# CPULEVEL_LONG: every driver for every kernel that Debian offers.

load pack

setup_file() {
	have_kernels || return 0
	export W=$BATS_FILE_TMPDIR GNUPGHOME=$BATS_FILE_TMPDIR/trust
	KEY=$(new_key "$GNUPGHOME" vendor)
	export KEY
}

teardown_file() { stop_agent "$BATS_FILE_TMPDIR/trust"; }

setup() {
	have_kernels || skip "CPULEVEL_KDIR_A and CPULEVEL_KDIR_B name no kernel-devel folders"
	DRIVERS=$TOP/tests/drivers
	cd "$BATS_TEST_TMPDIR" || return
}

# In a sample the newest kernel is for two: at the time of writing one
# driver builds for it and one does not.
kernels_of() {	# NAME -> kernel-devel folders
	local k
	if [[ -n ${CPULEVEL_LONG-} ]]; then
		"$TOP/tests/vm/kernels" list | while read -r k; do "$TOP/tests/vm/kernels" devel "$k"; done
		return
	fi
	echo "$CPULEVEL_KDIR_A"
	[[ $1 != acpi-call && $1 != v4l2loopback ]] ||
		"$TOP/tests/vm/kernels" devel "$("$TOP/tests/vm/kernels" list | tail -n 1)"
}

state() { find "$1" -printf '%P %m %s %T@\n' | sort; find "$1" -type f -exec sha256sum {} + | sort; }

modules() {	# FOLDER -> of every module below it name, version, kernel and imports
	find "$1" -name '*.ko' | while read -r ko; do
		printf "%s %s %s %s\n" "${ko##*/}" "$(modinfo -F version "$ko")" "$(modinfo -F vermagic "$ko")" \
			"$(modprobe --dump-modversions "$ko" | sort | sha256sum)"
	done | sort
}

disk_is_right() {	# NAME K: its modules are those of the bare build, in updates/
	open_iso out/*.iso disk
	mkdir files
	find disk/Packages -name "$1-$2-modules-*.rpm" -exec rpm2cpio {} \; | (cd files && cpio --quiet -idm)
	modules bare >want
	[ -s want ]
	modules "files/lib/modules/$2/updates" | diff want -
	rm -rf disk files
}

# The compiler may meet several files' errors in any order: what is told must be one of them.
told_the_error() {	# LOG, and what was told on stdin
	local told
	told=$(grep -oE '[^ /]+:[0-9]+:[0-9]+: (fatal )?error:' | head -n 1)
	[ -n "$told" ]
	grep -qF "$told" "$1"
}

agree() {	# NAME KDIR
	local k rc=0
	k=$(kernel_of "$2")
	rm -rf bare out
	MAKEFLAGS=-k "$DRIVERS" compile "$1" "$2" bare >bare.log 2>&1 || rc=$?
	"$DRIVERS" config "$1" >pack.conf
	run "$BUILD" --config pack.conf --source "$("$DRIVERS" source "$1")" \
		--kernel-devel "$2" --sign "$KEY" --out out
	if [[ $rc -eq 0 ]]; then
		echo "$output"
		[ "$status" -eq 0 ]
		disk_is_right "$1" "$k"
		built=$((built + 1))
		return
	fi
	echo "bare make fails:"; grep -m 3 error: bare.log; echo "the pack says: $output"
	[ "$status" -eq 1 ]
	told_the_error bare.log <<<"$output"
	[ "$(find out -type f | grep -vc '\.log$')" -eq 0 ]
}

agree_for_each_kernel() {	# NAME
	local kdir built=0 source
	source=$("$DRIVERS" source "$1")
	state "$source" >before
	for kdir in $(kernels_of "$1"); do
		agree "$1" "$kdir"
	done
	state "$source" | diff before -
	[ "$built" -gt 0 ]
}

@test "acpi-call" { agree_for_each_kernel acpi-call; }
@test "bbswitch" { agree_for_each_kernel bbswitch; }
@test "dm-writeboost" { agree_for_each_kernel dm-writeboost; }
@test "openvpn-dco, in a folder of its own and with arguments for make" { agree_for_each_kernel openvpn-dco; }
@test "rapiddisk, two modules" { agree_for_each_kernel rapiddisk; }
@test "v4l2loopback" { agree_for_each_kernel v4l2loopback; }

@test "every driver of the table has its test" {
	diff <("$DRIVERS" list) <(sed -n 's/.*agree_for_each_kernel \([a-z].*\);.*/\1/p' "$BATS_TEST_FILENAME")
}

@test "a driver that Debian does not have is refused" {
	run "$DRIVERS" source no-such-driver
	[ "$status" -eq 5 ]
	[[ $output = *"no-such-driver-dkms: no such package"* ]]
}
