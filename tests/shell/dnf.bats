#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# A driver disk as dnf, rpm and the host's installer see it, with every signature check on.

load pack

setup_file() {
	have_kernels && command -v dnf >/dev/null || return 0
	setup_pack
	gpg --batch --armor --export "$KEY" >"$W/vendor.asc"
	new_key "$W/stranger" stranger >/dev/null
	GNUPGHOME=$W/stranger gpg --batch --armor --export >"$W/stranger.asc"
}

teardown_file() { stop_agent "$BATS_FILE_TMPDIR/trust"; stop_agent "$BATS_FILE_TMPDIR/stranger"; }

setup() {
	have_kernels || skip "CPULEVEL_KDIR_A and CPULEVEL_KDIR_B name no kernel-devel folders"
	command -v dnf >/dev/null || skip "no dnf here"
	ROOT=$BATS_TEST_TMPDIR/root
	MODULES=acme-edu-$KA-modules
}

dom0() {	# K KDIR
	make_dom0 "$ROOT"
	add_kernel "$ROOT" "$1" "$2"
}

# As xapi configures it, but for the path of the key.
dnf_here() {	# DISK PUBKEY ARGUMENT...
	cat >"$BATS_TEST_TMPDIR/dnf.conf" <<-END
		[main]
		reposdir=/nonexistent
		cachedir=$BATS_TEST_TMPDIR/cache
		logdir=$BATS_TEST_TMPDIR
		persistdir=$BATS_TEST_TMPDIR/persist
		plugins=0
		[disk]
		name=disk
		baseurl=file://$1
		gpgcheck=1
		repo_gpgcheck=1
		gpgkey=file://$2
	END
	run dnf --config "$BATS_TEST_TMPDIR/dnf.conf" --releasever=/ --installroot "$ROOT" "${@:3}"
	echo "$output"
}

installed() { rpm --root "$ROOT" -qa --qf '%{NAME}\n' | grep -vx 'base\|kernel\|gpg-pubkey' | sort; }

all_installed() {	# with control-acme-edu, which only the installer's own call brings
	[ "$status" -eq 0 ]
	diff <(printf '%s\n' "$@" "$MODULES" update-acme-edu | sort) <(installed)
	[ -f "$ROOT/lib/modules/$KA/updates/acme_edu.ko" ]
	[ -n "$(ls "$ROOT/var/update/applied")" ]
	modinfo -b "$ROOT" -k "$KA" -F version acme_edu | grep -qx 1.1
}

nothing_installed() {	# TEXT
	[ "$status" -ne 0 ]
	[[ $output = *"$1"* ]]
	[ -z "$(installed)" ]
	[ ! -e "$ROOT/lib/modules/$KA/updates" ]
}

# The disk, its repository made and signed again after COMMAND spoilt it.
spoilt() {	# KEYHOME COMMAND... {}: one RPM
	local rpm
	cp -r "$W/disk" "$BATS_TEST_TMPDIR/disk"
	cp "$BATS_TEST_TMPDIR"/disk/repodata/*comps*.xml "$BATS_TEST_TMPDIR/comps.xml" 2>/dev/null ||
		cp "$BATS_TEST_TMPDIR"/disk/repodata/*groups.xml "$BATS_TEST_TMPDIR/comps.xml"
	rpm=$(echo "$BATS_TEST_TMPDIR/disk/Packages/$MODULES"-*.rpm)
	GNUPGHOME=$1 "${@:2}" "$rpm" >/dev/null 2>&1
	createrepo_c -q --no-database --general-compress-type gz --groupfile "$BATS_TEST_TMPDIR/comps.xml" \
		--excludes '*.src.rpm' "$BATS_TEST_TMPDIR/disk"
	GNUPGHOME=$W/trust gpg --batch --yes --quiet --armor --detach-sign "$BATS_TEST_TMPDIR/disk/repodata/repomd.xml"
}

@test "dnf installs the group drivers, as the installer does with a driver disk" {
	dom0 "$KA" "$CPULEVEL_KDIR_A"
	dnf_here "$W/disk" "$W/vendor.asc" -y install @drivers
	all_installed
}

@test "dnf installs the group update, as xapi does" {
	dom0 "$KA" "$CPULEVEL_KDIR_A"
	dnf_here "$W/disk" "$W/vendor.asc" -y install @update
	all_installed
}

@test "dnf installs control-L and update-L, as the installer does with an update" {
	dom0 "$KA" "$CPULEVEL_KDIR_A"
	dnf_here "$W/disk" "$W/vendor.asc" -y install control-acme-edu update-acme-edu
	all_installed control-acme-edu
}

@test "dnf lists the group by which the installer knows a driver disk" {
	make_dom0 "$ROOT"
	dnf_here "$W/disk" "$W/vendor.asc" -y -q group list --ids
	[ "$status" -eq 0 ]
	[[ $output = *"(drivers)"* && $output = *"(update)"* ]]
}

@test "dnf refuses the disk where its kernel is not" {
	dom0 "$KB" "$CPULEVEL_KDIR_B"
	dnf_here "$W/disk" "$W/vendor.asc" -y install @drivers
	nothing_installed "nothing provides kernel-uname-r = "
}

@test "dnf refuses a repository that another key signed" {
	dom0 "$KA" "$CPULEVEL_KDIR_A"
	dnf_here "$W/disk" "$W/stranger.asc" -y install @drivers
	nothing_installed "GPG signature verification error"
}

@test "dnf refuses a repository without a signature" {
	dom0 "$KA" "$CPULEVEL_KDIR_A"
	cp -r "$W/disk" "$BATS_TEST_TMPDIR/disk"
	rm "$BATS_TEST_TMPDIR/disk/repodata/repomd.xml.asc"
	dnf_here "$BATS_TEST_TMPDIR/disk" "$W/vendor.asc" -y install @drivers
	nothing_installed "repomd.xml.asc"
}

@test "dnf refuses an RPM without a signature in a signed repository" {
	dom0 "$KA" "$CPULEVEL_KDIR_A"
	spoilt "$W/trust" rpmsign --delsign
	dnf_here "$BATS_TEST_TMPDIR/disk" "$W/vendor.asc" -y install @drivers
	nothing_installed "is not signed"
}

@test "dnf refuses an RPM that another key signed in a signed repository" {
	dom0 "$KA" "$CPULEVEL_KDIR_A"
	spoilt "$W/stranger" rpmsign -D "_gpg_name stranger" -D "__gpg $(command -v gpg)" --resign
	dnf_here "$BATS_TEST_TMPDIR/disk" "$W/vendor.asc" -y install @drivers
	nothing_installed "GPG check FAILED"
}

@test "rpm -K: every package and source package has a good signature of the vendor's key, not of another" {
	for who in vendor stranger; do
		rpmkeys --dbpath "$BATS_TEST_TMPDIR/$who" --import "$W/$who.asc"
	done
	n=0
	for rpm in "$W"/disk/Packages/*.rpm "$W"/disk/SRPMS/*.rpm; do
		run rpm -K --dbpath "$BATS_TEST_TMPDIR/vendor" "$rpm"
		echo "$output"
		[ "$status" -eq 0 ]
		[[ $output = *"digests signatures OK"* ]]
		run rpm -K --dbpath "$BATS_TEST_TMPDIR/stranger" "$rpm"
		[ "$status" -ne 0 ]
		[[ $output = *"SIGNATURES NOT OK"* ]]
		n=$((n + 1))
	done
	[ "$n" -ge 4 ]
}

@test "isoinfo: the volume id is the label, the application id the UUID" {
	uuid=$("$W/tool/packinfo" update "$W/disk/update.xml" | sed -n 's/^uuid=//p')
	isoinfo -d -i "$W/out/acme-edu-1.1-$KA.iso" >"$BATS_TEST_TMPDIR/ids"
	grep -qx 'Volume id: acme-edu' "$BATS_TEST_TMPDIR/ids"
	grep -qx "Application id: $uuid" "$BATS_TEST_TMPDIR/ids"
	grep -q '^Joliet' "$BATS_TEST_TMPDIR/ids"
	grep -q '^Rock Ridge' "$BATS_TEST_TMPDIR/ids"
}
