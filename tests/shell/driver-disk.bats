#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# driver-disk on a dom0 in a folder: real rpm, gpg and kmod; what it installs,
# what it says about the next boot, and what it refuses.

# shellcheck disable=SC2030,SC2031 # what bats does

load pack

setup_file() {
	have_kernels || return 0
	setup_pack
	export TOOL=$W/tool/driver-disk
}

teardown_file() { stop_agent "$BATS_FILE_TMPDIR/trust"; }

setup() {
	have_kernels || skip "CPULEVEL_KDIR_A and CPULEVEL_KDIR_B name no kernel-devel folders"
	D=$BATS_TEST_TMPDIR/disk
	R=$BATS_TEST_TMPDIR/root
	cp -r "$W/disk" "$D"
}

dom0() { make_dom0 "$R"; add_kernel "$R" "$KA" "$CPULEVEL_KDIR_A"; }

untouched() { [[ ! -e $R/lib/modules/$KA/updates ]] && ! rpm --root "$R" -qa | grep acme; }

# Nothing to be verified may depend on which kernels this machine has.
refused() {	# WORDS...: exit 6, each word said, and no disk got through
	run "$TOOL" install --dry-run --keyring "${TRUST:-$W/trust}" "$D"
	echo "$output"
	[ "$status" -eq 6 ]
	for word; do [[ $output = *"$word"* ]]; done
}

@test "a disk is installed, and modprobe would take its module" {
	dom0
	run "$TOOL" install --root "$R" --keyring "$W/trust" "$D"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(modinfo -b "$R" -k "$KA" -F version acme_edu)" = 1.1 ]
	[ "$(rpm --root "$R" -qa | grep -c acme-edu)" -eq 3 ]
	uuid=$("$W/tool/packinfo" update "$D/update.xml" | sed -n 's/^uuid=//p')
	cmp "$R/var/update/applied/$uuid" "$D/update.xml"
	grep -qx "$uuid" "$R/run/reboot-required.hfxs"

	run "$TOOL" install --root "$R" --keyring "$W/trust" "$D"
	[ "$status" -eq 0 ]
	[[ $output = *"installed already"* ]]
}

@test "a dry run shows the plan and changes nothing" {
	dom0
	run "$TOOL" install --dry-run --root "$R" --keyring "$W/trust" "$D"
	[ "$status" -eq 0 ]
	[[ $output = *"install acme-edu-$KA-modules-1.1-1.x86_64"* ]]
	untouched
}

@test "status says what the next boot loses, and nothing once the disk for it is in" {
	dom0
	"$TOOL" install --root "$R" --keyring "$W/trust" "$D"
	run "$TOOL" status --root "$R"
	[ "$status" -eq 0 ]
	[[ $output != *WARNING* ]]

	add_kernel "$R" "$KB" "$CPULEVEL_KDIR_B"
	run "$TOOL" status --root "$R"
	echo "$output"
	[ "$status" -eq 4 ]
	[[ $output = *"after the next reboot (kernel $KB) acme_edu falls back from 1.1 to the in-box 1.0: install acme-edu's driver disk for $KB"* ]]
	rm "$R/lib/modules/$KB/kernel/acme_edu.ko"
	depmod -b "$R" "$KB"
	run "$TOOL" status --warnings --root "$R"
	[ "$status" -eq 4 ]
	[[ $output = *"(kernel $KB) acme_edu has no module at all"* ]]
	ln -s "vmlinuz-$KA" "$R/boot/vmlinuz-xen"
	run "$TOOL" status --root "$R"
	[ "$status" -eq 0 ]
	rm "$R/boot/vmlinuz-xen"

	build_disk "$CPULEVEL_KDIR_B" "$BATS_TEST_TMPDIR/out"
	open_iso "$BATS_TEST_TMPDIR/out/acme-edu-1.1-$KB.iso" "$BATS_TEST_TMPDIR/b"
	"$TOOL" install --root "$R" --keyring "$W/trust" "$BATS_TEST_TMPDIR/b"
	[ "$(modinfo -b "$R" -k "$KA" -F version acme_edu)" = 1.1 ]
	run "$TOOL" status --json --root "$R"
	[ "$status" -eq 0 ]
	[ "$(jq -r '.schema, .next_kernel, (.drivers | length), (.warnings | length)' <<<"$output" | paste -sd ' ')" = \
		"driver-disk/status/1 $KB 2 0" ]
	[ "$(jq -r --arg k "$KB" '.drivers[] | select(.kernel == $k) | .owner' <<<"$output")" = "acme-edu-$KB-modules" ]
}

# update-<label> has the same name on the disks of all kernels; rpm keeps one.
@test "disks for two kernels go in together, or the older kernel's last" {
	build_disk "$CPULEVEL_KDIR_B" "$BATS_TEST_TMPDIR/out"
	open_iso "$BATS_TEST_TMPDIR/out/acme-edu-1.1-$KB.iso" "$BATS_TEST_TMPDIR/b"
	for order in "$D $BATS_TEST_TMPDIR/b" "$BATS_TEST_TMPDIR/b then $D"; do
		rm -rf "$R"
		dom0
		add_kernel "$R" "$KB" "$CPULEVEL_KDIR_B"
		# shellcheck disable=SC2086
		run "$TOOL" install --root "$R" --keyring "$W/trust" ${order%% then *}
		echo "$output"
		[ "$status" -eq 0 ]
		run "$TOOL" install --root "$R" --keyring "$W/trust" "$D"
		echo "$output"
		[ "$status" -eq 0 ]
		for k in "$KA" "$KB"; do
			[ "$(modinfo -b "$R" -k "$k" -F version acme_edu)" = 1.1 ]
		done
		[ "$(rpm --root "$R" -q --qf '%{RELEASE}' update-acme-edu)" = "1.${KB//-/_}" ]
		[ "$(find "$R/var/update/applied" -type f | wc -l)" -eq 2 ]
	done
}

# The hook runs inside rpm's transaction, in the root: it needs the tools there.
@test "installing a kernel says at once what it would lose, and is not stopped" {
	"$BUILD" --label cpulevel --version "$(<"$TOP/VERSION")" --text T --vendor-code c --vendor-name C \
		--source "$TOP" --spec "$TOP/specs/cpulevel.spec.in" --kernel-devel "$CPULEVEL_KDIR_A" \
		--sign "$KEY" --out "$BATS_TEST_TMPDIR"
	open_iso "$BATS_TEST_TMPDIR/cpulevel-$(<"$TOP/VERSION")-$KA.iso" "$BATS_TEST_TMPDIR/cpu"
	dom0
	copy_program "$R" rpm modprobe modinfo cut mv awk sed sort find grep paste tail uname basename dirname readlink env
	ln -s kmod "$R/bin/modinfo"; ln -s kmod "$R/bin/modprobe"
	ln -sf "$(basename "$(readlink -f "$(command -v awk)")")" "$R/bin/awk"
	cp -r /usr/lib/rpm "$R/usr/lib/"
	mknod "$R/dev/null" c 1 3
	"$TOOL" install --root "$R" --keyring "$W/trust" "$BATS_TEST_TMPDIR/cpu"
	# What reports the host to its pool at boot came along, and is wanted.
	[ -s "$R/usr/lib/systemd/system/multi-user.target.wants/cpulevel-report.service" ]
	run add_kernel "$R" "$KB" "$CPULEVEL_KDIR_B"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output = *"WARNING: after the next reboot (kernel $KB) cpulevel has no module at all: install cpulevel's driver disk for $KB"* ]]
	grep -q "cpulevel has no module at all" "$R/run/driver-disk/warning"
}

@test "CRCs are compared with the kernel's list, else with its own modules, and unknown otherwise" {
	dom0
	"$TOOL" install --root "$R" --keyring "$W/trust" "$D"
	crcs() { "$TOOL" status --json --root "$R" | jq -r '.drivers[0].crcs'; }
	[ "$(crcs)" = fits ]
	rm "$R/lib/modules/$KA/kernel/acme_edu.ko"
	[ "$(crcs)" = unknown ]
	gzip -c "$CPULEVEL_KDIR_A/Module.symvers" >"$R/boot/symvers-$KA.gz"
	[ "$(crcs)" = fits ]
	gzip -c "$CPULEVEL_KDIR_B/Module.symvers" >"$R/boot/symvers-$KA.gz"
	[[ $(crcs) = changed:* ]]
	run "$TOOL" status --root "$R"
	[ "$status" -eq 4 ]
	[[ $output = *"acme_edu 1.1 of acme-edu-$KA-modules will not load ("*" symbols changed: "*" ...)"* ]]
}

@test "a disk for a kernel that is not installed is refused" {
	make_dom0 "$R"
	add_kernel "$R" "$KB" "$CPULEVEL_KDIR_B"
	run "$TOOL" install --root "$R" --keyring "$W/trust" "$D"
	[ "$status" -eq 1 ]
	[[ $output = *"is for kernel $KA, which is not installed here ($KB)"* ]]
	untouched
}

@test "an older release over a newer one is refused, and nothing changes" {
	dom0
	"$TOOL" install --root "$R" --keyring "$W/trust" "$D"
	build_disk "$CPULEVEL_KDIR_A" "$BATS_TEST_TMPDIR/out" --version 1.0
	open_iso "$BATS_TEST_TMPDIR/out/acme-edu-1.0-$KA.iso" "$BATS_TEST_TMPDIR/old"
	run "$TOOL" install --root "$R" --keyring "$W/trust" "$BATS_TEST_TMPDIR/old"
	[ "$status" -eq 1 ]
	[[ $output = *"nothing was changed"* ]]
	rpm --root "$R" -q "acme-edu-$KA-modules-1.1-1"
}

@test "a changed update.xml is refused" {
	sed -i 's/1\.1/1.2/' "$D/update.xml"
	refused update.xml "no good signature"
}

@test "an unsigned update.xml is refused" {
	rm "$D/update.xml.asc"
	refused update.xml "not signed"
}

@test "changed repository data is refused" {
	printf x >>"$(echo "$D"/repodata/*-primary.xml.gz)"
	refused primary.xml "checksum differs"
}

@test "a tampered RPM is refused, with nothing changed" {
	dom0
	rpm=$(echo "$D"/Packages/acme-edu-*.rpm)
	printf '\xff' | dd of="$rpm" bs=1 seek=5000 conv=notrunc status=none
	run "$TOOL" install --root "$R" --keyring "$W/trust" "$D"
	[ "$status" -eq 6 ]
	[[ $output = *"checksum differs"* ]]
	untouched
}

@test "an incomplete disk is refused" {
	truncate -s 3000 "$D"/Packages/acme-edu-*.rpm
	refused "checksum differs"
	rm "$D"/Packages/acme-edu-*.rpm
	refused missing
	rm -r "$D/repodata"
	refused "cannot be read"
}

# Signed metadata vouches for the checksum of RPMs that nobody signed.
@test "an unsigned RPM is refused though the signed metadata lists it" {
	rpmsign --delsign "$D"/Packages/update-*.rpm
	rm -r "$D/repodata"
	createrepo_c --quiet --no-database --general-compress-type gz \
		--excludes '*.src.rpm' "$D"
	gpg --batch --yes --armor --detach-sign "$D/repodata/repomd.xml"
	refused update-acme-edu "not signed by a trusted key"
}

@test "a good signature by a key without ultimate trust is refused" {
	mkdir -m 700 "$BATS_TEST_TMPDIR/other"
	export TRUST=$BATS_TEST_TMPDIR/other
	refused "no good signature"
	gpg --export "$KEY" | gpg --homedir "$TRUST" --batch --quiet --import
	refused "trusts ultimately"
}

# The rpm of XenServer 7 and XCP-ng 8 adds each sum to its line; this is what it prints.
@test "rpm 4.11's word on a package is understood" {
	. "$TOP/pack/common.sh"
	. "$TOP/pack/verify.sh"
	PROG=test VERIFY_AT=p VERIFY_NAME=p
	said() { words=("$@"); }
	rpmkeys() { printf '%s\n' p.rpm: "    Header V3 RSA/SHA256 Signature, key ID be1229cf: ${words[0]}" "    Header SHA1 digest: ${words[1]}" "    MD5 digest: ${words[2]}"; }
	said OK "OK (927a3b54)" "OK (c04ff605)"
	verify_rpms db p.rpm
	said OK "OK (927a3b54)" "BAD (Expected c04ff605 != d04ff605)"
	run verify_rpms db p.rpm
	[ "$status" -eq 6 ]
	said BAD "OK (927a3b54)" "OK (c04ff605)"
	run verify_rpms db p.rpm
	[ "$status" -eq 6 ]
	said NOKEY "OK (927a3b54)" "OK (c04ff605)"
	run verify_rpms db p.rpm
	[ "$status" -eq 6 ]
}

# Each is judged by what is said below its own name, whatever that name is.
@test "one package's signature is no other's" {
	. "$TOP/pack/common.sh"
	. "$TOP/pack/verify.sh"
	PROG=test VERIFY_AT=p VERIFY_NAME=p
	signed="    Header V3 RSA/SHA256 Signature, key ID be1229cf: OK"
	rpmkeys() { printf '%s\n' "${lines_of_rpm[@]}"; }
	lines_of_rpm=(a.rpm: "$signed" "signature.rpm:" "$signed")
	verify_rpms db a.rpm signature.rpm
	lines_of_rpm=(a.rpm: "    Header SHA1 digest: OK" b.rpm: "$signed")
	run verify_rpms db a.rpm b.rpm
	[ "$status/${output%%: not signed*}" = "6/test: a.rpm" ]
	# One that rpm cannot open has no lines of its own.
	lines_of_rpm=(a.rpm: "    Header SHA1 digest: OK" "error: open of b.rpm failed" "$signed")
	run verify_rpms db a.rpm b.rpm
	[ "$status/${output%%: not signed*}" = "6/test: a.rpm" ]
	lines_of_rpm=(b.rpm: "$signed" "    Header SHA1 digest: BAD (1 != 2)" a.rpm: "$signed")
	run verify_rpms db a.rpm b.rpm
	[ "$status/${output%%: not signed*}" = "6/test: b.rpm" ]
}

@test "packages of thousands of files are read in a moment, and none gets another's" {
	. "$TOP/pack/rpm.sh"
	rpm() {	# -qp --nosignature --qf FORMAT FILE...
		local word='' file
		[[ $4 != *]@* ]] || word=@${4##*]@}
		for file in "${@:5}"; do
			printf '%s\t1\t1\tnoarch\t\n' "$file"
			seq -f "-rw-r--r--	/lib/firmware/$file/%g	" 3000
			printf '%b' "$word"
		done
	}
	SECONDS=0
	read_rpms a b
	[ "$SECONDS" -lt 20 ]
	for name in a b; do
		rpm_fact "$name"
		[ "$R_NAME" = "$name" ]
		[ "$(rpm_files "$name" | grep -c "^/lib/firmware/$name/")" = 3000 ]
	done
}

@test "of keys that rpm cannot use the second disk is told what the first was" {
	. "$TOP/pack/common.sh"
	. "$TOP/pack/verify.sh"
	PROG=test VERIFY_AT=p VERIFY_NAME=p
	cd "$BATS_TEST_TMPDIR"
	trusted_keys() { echo ABC; }
	read_gpg() { [[ $1 != unreadable ]]; }
	rpmkeys() { false; }
	run make_rpm_keyring ring trust/rpmdb
	[ "$status/$output" = "6/test: ring: rpm cannot use the trusted keys; use RSA keys" ]
	[ ! -e trust/rpmdb ]
	run make_rpm_keyring unreadable trust/rpmdb
	[[ $status -eq 6 && $output = *"its trusted keys cannot be read"* && ! -e trust/rpmdb ]]
}

@test "a signed list of packages that are not there is refused" {
	. "$TOP/pack/common.sh"
	. "$TOP/pack/rpm.sh"
	. "$TOP/pack/verify.sh"
	PROG=test VERIFY_AT=p VERIFY_NAME=p
	mkdir -p "$BATS_TEST_TMPDIR/p/Packages"
	cd "$BATS_TEST_TMPDIR"
	: | gzip >p/primary.gz
	PACKINFO=listed
	listed() { printf 'a\t1-1\tsum\ta.rpm\n'; }
	verify_sha256() { :; }
	verify_rpms() { :; }
	read_rpms() { FACTS[p/a.rpm]=$'a\t1\t1\tnoarch\t'; }
	run verify_packages p db primary.gz
	[ "$status/$output" = "6/test: p/Packages: holds other files than the signed list names; get a sound disk" ]
}

@test "a file in Packages that the signed list does not name is refused" {
	cp "$D"/Packages/update-*.rpm "$D/Packages/extra.rpm"
	refused "holds other files than the signed list names"
}

@test "a link in place of a file is refused" {
	mv "$D/repodata/repomd.xml" "$D/real"
	ln -s ../../real "$D/repodata/repomd.xml"
	refused "neither a file nor a folder"
}

@test "a second install waits for nobody: it names the process that holds the lock" {
	dom0
	exec 8>>"$R/run/driver-disk.lock"
	flock 8
	echo 4242 >"$R/run/driver-disk.lock"
	run "$TOOL" install --root "$R" --keyring "$W/trust" "$D"
	[ "$status" -eq 5 ]
	[[ $output = *"held by process 4242"* ]]
	untouched
}

@test "wrong usage is exit 2, and says how" {
	for args in "" "frob" "install" "install --frob" "install --root /nowhere x" "status --frob" "status --root /no/where" "install /nowhere"; do
		# shellcheck disable=SC2086
		run "$TOOL" $args
		[ "$status" -eq 2 ]
		[[ $output = driver-disk:* ]]
	done
}

@test "the disk's own install says whose driver-disk it uses" {
	[[ ! -x /usr/sbin/driver-disk ]] || skip "this machine has a driver-disk of its own"
	run sh "$D/install" --dry-run --keyring "$W/nowhere"
	[ "$status" -eq 2 ]
	[[ $output = *"only as trusted as the disk itself"* ]]
}
