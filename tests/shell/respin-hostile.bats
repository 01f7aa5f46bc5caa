#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Disks and source packages made to do harm: nothing is written outside the work folders, nothing runs
# outside the sandbox, and what a stranger wrote is never a command.

# shellcheck disable=SC2030,SC2031 # what bats does

load pack

setup_file() {
	have_kernels || return 0
	setup_key
	build_disk "$CPULEVEL_KDIR_A" "$W/out" 2>/dev/null
	open_iso "$W/out/acme-edu-1.1-$KA.iso" "$W/disk"
}

teardown_file() { stop_agent "$BATS_FILE_TMPDIR/trust"; }

setup() {
	have_kernels || skip "CPULEVEL_KDIR_A and CPULEVEL_KDIR_B name no kernel-devel folders"
	T=$BATS_TEST_TMPDIR
	cd "$T" || return
	mkdir evil
}

need_sandbox() { bwrap --ro-bind / / true 2>/dev/null || skip "bubblewrap does not work here"; }

respin() { run "$RESPIN" --sign "$KEY" --cache "$T/c" --kernel-devel "$CPULEVEL_KDIR_B" --out "$T/new" "$@"; echo "$output"; }

# One signed as it should be, with another update.xml.
resign() {	# SED-SCRIPT -> hostile.iso
	cp -r "$W/disk" disk
	sed -i "$1" disk/update.xml
	gpg --batch --yes --quiet --local-user "$KEY" --armor --detach-sign --output disk/update.xml.asc disk/update.xml
	xorriso -as mkisofs -quiet -r -J -o hostile.iso disk 2>/dev/null
}

# The disk's source package with another spec, and what else SOURCES holds.
resource() {	# SED-SCRIPT -> hostile.src.rpm
	mkdir -p src made
	(cd src && rpm2cpio "$W"/disk/SRPMS/*.src.rpm | cpio --quiet -idm)
	sed -i "$1" src/*.spec
	(cd src && rpmbuild -bs --nodeps -D "_sourcedir ." -D "_srcrpmdir $T/made" ./*.spec >/dev/null 2>&1)
	rm -rf evil/*	# what it did while we made it is no matter
	mv made/*.src.rpm hostile.src.rpm
}

@test "a disk whose name leads elsewhere, or is a command for make or the shell, is refused" {
	while IFS= read -r name; do
		rm -rf disk
		resign "s#name-label=\"acme-edu\"#name-label=\"$name\"#"
		respin hostile.iso
		[ "$status" -eq 1 ]
		[[ $output = *"name-label has an illegal character"*"refused	hostile.iso"* ]]
		[ -z "$(ls -A evil)" ]
	done <<-END
		../../../../../$T/evil/x
		\$(shell touch $T/evil/x)
		x: ; touch evil/x
	END
}

@test "a disk whose key file or version leads elsewhere is refused" {
	resign "s#<update #<update key=\"../../../../$T/evil/x\" #"
	respin hostile.iso
	[ "$status" -eq 1 ]
	[[ $output = *"key has an illegal character"*"refused	hostile.iso"* ]]
	rm -rf disk
	resign 's#version="1.1"#version="1.1/../../evil"#'
	respin hostile.iso
	[ "$status" -eq 1 ]
	[[ $output = *"version has an illegal character"*"refused	hostile.iso"* ]]
	[ -z "$(ls -A evil)" ]
}

@test "what reaches the names of files and targets is looked at again, whatever read it" {
	. "$TOP/pack/common.sh"
	. "$TOP/scripts/lib/respin/packs.sh"
	PROG=respin-driver-disks.sh
	printf '%s\n' name-label=acme-edu version=1.1 kernel=6.1 key=acme.asc >info
	check_info x.iso .
	while IFS= read -r line; do
		printf '%s\n' "$line" name-label=acme-edu version=1.1 kernel=6.1 key=acme.asc >info
		run check_info x.iso .
		echo "$line: $output"
		[ "$status" -eq 6 ]
	done <<-'END'
		name-label=../x
		name-label=a b
		name-label=$(x)
		name-label=-x
		name-label=a23456789012345678901234567890123
		version=1/1
		version=1 1
		kernel=6.1/x
		kernel=6 1
		key=../x
		key=.x
	END
}

@test "a spec that runs commands when it is read runs them in the sandbox" {
	need_sandbox
	resource "2i %global mine %(touch $T/evil/x; cat $GNUPGHOME/pubring.kbx >$T/evil/y; echo y)"
	respin hostile.src.rpm
	[ -z "$(ls -A evil)" ]
	# One of another maker goes another way.
	sed -i 's/%{?respin}/%{?dist}/' src/*.spec
	resource "3i %global yours %(touch $T/evil/z; echo z)"
	respin hostile.src.rpm
	[ -z "$(ls -A evil)" ]
}

@test "a build cannot undo the sandbox, nor reach the signing keys" {
	need_sandbox
	resource "s#^%build#%build\nmount -o remount,rw,bind / || :\ntouch $T/evil/x || :\nls -A $GNUPGHOME >keys\nls $GNUPGHOME | sed 's/^/stolen /' >\&2\nfalse#"
	respin hostile.src.rpm
	[ "$status" -eq 1 ]
	[ -z "$(ls -A evil)" ]
	grep -h "^stolen" "$T"/c/cells/*/log && return 1
	grep -qh 'permission denied\|must be superuser' "$T"/c/cells/*/log
}

@test "a build cannot talk to who listens on this machine" {
	need_sandbox
	perl -MIO::Socket::UNIX -e 'alarm 300; $l = IO::Socket::UNIX->new(Local => $ARGV[0], Listen => 1); $l->accept; open F, ">", $ARGV[1]' "$T/a socket" "$T/evil/x" 3>&- &
	until [[ -S "$T/a socket" ]]; do sleep 0.1; done
	talk="print STDERR IO::Socket::UNIX->new(Peer => q($T/a socket)) ? qq(stolen\\\\n) : qq(refused\\\\n);"
	talk+=" print STDERR socketpair(A, B, AF_UNIX, SOCK_DGRAM, 0) ? qq(stolen\\\\n) : qq(refused\\\\n);"
	talk+=" print STDERR socketpair(A, B, AF_UNIX, SOCK_STREAM, 0) ? qq(connected\\\\n) : qq(stolen\\\\n)"
	resource "s#^%build#%build\nperl -MIO::Socket::UNIX -MSocket -e '$talk'\nfalse#"
	respin hostile.src.rpm
	kill $! || true
	[ -z "$(ls -A evil)" ]
	[ "$(grep -hcx refused "$T"/c/cells/*/log)" = 2 ]
	grep -hx connected "$T"/c/cells/*/log
}

@test "a build cannot read the modules' key, nor have anything else written than its answer" {
	need_sandbox
	openssl req -new -x509 -newkey rsa:2048 -nodes -subj /CN=acme -days 3650 -keyout "$T/my key" -out "$T/my cert" 2>/dev/null
	resource "s#^%install#%install\nif grep PRIVATE '$T/my key'; then echo error: stolen; exit 1; fi\nfor f in \$TMPDIR/../sign/*; do rm -f \$f; ln -sf $T/evil/x \$f; done || :\nmv \$TMPDIR/../sign \$TMPDIR/../gone || :#"
	respin hostile.src.rpm --module-key "$T/my key" --module-cert "$T/my cert"
	[ "$status" -eq 0 ]
	[ -z "$(ls -A evil)" ]
	open_iso new/*.iso disk
	(cd disk && rpm2cpio Packages/*-modules-*.rpm | cpio --quiet -idm)
	[ "$(find disk -name '*.ko' -exec modinfo -F signer {} +)" = acme ]
}

# An archive may hold a link and then a file below its name.
hostile_tarball() {	# FILE
	mkdir -p t/acme-edu-1.1
	ln -s "$T/evil" t/acme-edu-1.1/sub
	tar -C t -cf h.tar acme-edu-1.1
	rm t/acme-edu-1.1/sub
	mkdir t/acme-edu-1.1/sub
	echo pwned >t/acme-edu-1.1/sub/x
	echo 'obj-m := x.o' >t/acme-edu-1.1/Kbuild
	tar -C t -rf h.tar acme-edu-1.1
	echo up >up
	tar -P --transform "s#up#../../../../../../../../$T/evil/up#" -rf h.tar up
	gzip -c h.tar >"$1"
}

@test "a source archive with links and .. writes nothing outside" {
	mkdir src
	(cd src && rpm2cpio "$W"/disk/SRPMS/*.src.rpm | cpio --quiet -idm)
	hostile_tarball src/*.tar.gz
	mkdir made
	(cd src && rpmbuild -bs --nodeps -D "_sourcedir ." -D "_srcrpmdir $T/made" ./*.spec >/dev/null 2>&1)
	respin made/*.src.rpm
	[ "$status" -eq 1 ]
	[ -z "$(ls -A evil)" ]
}

@test "a source package or an RPM that brings a link and a file below it writes nothing outside" {
	. "$TOP/scripts/lib/rpm.sh"
	# cpio archives with one name twice, which no tool makes: two, the first without its end.
	mkdir p
	ln -s "$T/evil" p/x.ko
	(cd p && echo x.ko | cpio --quiet -o -H newc) >one
	rm p/x.ko
	mkdir p/x.ko
	echo pwned >p/x.ko/y.ko
	(cd p && echo x.ko/y.ko | cpio --quiet -o -H newc) >two
	at=$(grep -abo TRAILER one | cut -d : -f 1)
	head -c $((at - 110)) one | cat - two >payload
	(cd "$T" && mkdir o && cd o && cpio --quiet -idm <../payload 2>/dev/null) || true
	[ -e evil/y.ko ]	# so it is a real danger
	rm evil/y.ko
	# The header of an RPM, with this payload.
	rpm=$(ls "$W"/disk/Packages/*-modules-*.rpm)
	start=$(LC_ALL=C grep -aboP '\x1f\x8b\x08' "$rpm" | tail -n 1 | cut -d : -f 1)
	head -c "$start" "$rpm" >hostile.rpm
	gzip -9nc payload >>hostile.rpm
	mkdir inside
	unpack_rpm hostile.rpm inside || true
	[ -z "$(ls -A evil)" ]
}

@test "an RPM's link is not the way for the next RPM of the disk" {
	. "$TOP/pack/common.sh"
	. "$TOP/scripts/lib/rpm.sh"
	. "$TOP/pack/rpm.sh"
	. "$TOP/scripts/lib/respin/packs.sh"
	make_rpm "$T/rpms" "Name: a" "Version: 1" "Release: 1" "Summary: a" "License: GPL" "%description" "a" "%install" \
		"mkdir -p %{buildroot}; ln -s $T/evil %{buildroot}/lib; echo a >%{buildroot}/z.ko" "%files" "/lib" "/z.ko"
	make_rpm "$T/rpms" "Name: b" "Version: 1" "Release: 1" "Summary: b" "License: GPL" "%description" "b" "%install" \
		"mkdir -p %{buildroot}/lib %{buildroot}/opt; echo pwned | tee %{buildroot}/lib/x.ko >%{buildroot}/opt/y.ko" "%files" "/lib/x.ko" "/opt"
	extract_modules "$T/rpms" "$T/out"
	[ -z "$(ls -A evil)" ]
	[ "$(cd out && find . -type f | sort | paste -sd ' ')" = "./lib/x.ko ./opt/y.ko ./z.ko" ]
}

@test "a folder that nobody may read is no reason to stop" {
	[[ $EUID -eq 0 ]] || skip "needs root to be another user"
	. "$TOP/pack/common.sh"
	. "$TOP/scripts/lib/respin/packs.sh"
	# bats keeps its own folders to itself.
	C=$(mktemp -d /tmp/respin.XXXXXX)
	chmod 777 "$C"
	open_pack() { mkdir -p "$3/locked/in" && chmod 0 "$3/locked" && return 6; }
	start() { "$@" & }
	await() { wait "$@"; }
	make_rpm_keyring() { return 6; }
	open_confinement() { :; }
	export -f open_pack start await make_rpm_keyring open_confinement open_new_packs open_share pack_folder
	run setpriv --reuid 65534 --regid 65534 --clear-groups env CACHE="$C/c" WORK="$C" TMPDIR="$C" TRUSTED=0 TOOLS=0 O_KEYRING= O_JOBS=1 bash -euc '
		LEFTOVERS=() good=(x.iso) sums=(0)
		mkdir "$CACHE"; cd "$CACHE"
		open_new_packs
		find . -mindepth 1 -printf "%P "'
	rm -rf "$C"
	echo "$output"
	[ "$status/$output" = "0/packs " ]
}

@test "a program that an ISO has taken over can write to its folder alone" {
	need_sandbox
	. "$TOP/pack/common.sh"
	. "$TOP/scripts/lib/sandbox.sh"
	. "$TOP/scripts/lib/respin/packs.sh"
	PROG=respin-driver-disks.sh WORK=$T
	mkdir bin in
	printf '#!/bin/sh\ntouch %q/in/disk/x\ntouch %q/evil/x\n' "$T" "$T" >bin/xorriso
	chmod +x bin/xorriso
	open_confinement
	PATH=$T/bin:$PATH open_iso "$T/h.iso" "$T/in/disk" || true
	[ -e in/disk/x ]
	[ -z "$(ls -A evil)" ]
}

@test "that disks are opened without a sandbox is said" {
	. "$TOP/pack/common.sh"
	. "$TOP/scripts/lib/sandbox.sh"
	mkdir bin
	printf '#!/bin/sh\nexit 1\n' >bin/bwrap
	chmod +x bin/bwrap
	PROG=respin WORK=$T
	PATH=$T/bin:$PATH run open_confinement
	[ "$status/$output" = "0/respin: bubblewrap does not work here: disks are opened not sandboxed" ]
}

# rpm prints a tag as it is, and a line of info says one thing.
@test "a source package's header adds no line to what is known of it" {
	. "$TOP/pack/common.sh"
	. "$TOP/scripts/lib/respin/packs.sh"
	PROG=respin
	summary=fine
	rpm_tag() { case $2 in *RELEASE*) printf '3\nkey=../x\n' ;; *SUMMARY*) printf '%s\n' "$summary" ;; *) echo 1 ;; esac; }
	: >a.src.rpm
	open_srpm a.src.rpm one
	note_release one
	[ "$(sort one/info | paste -sd ' ')" = "description=fine family=update kernel= name-label=1 release=3 vendor-code=1 vendor-name=1 version=1" ]
	summary=$'fine\nkey=../x'
	run open_srpm a.src.rpm two
	[ "$status/$output" = "6/respin: a.src.rpm: its header holds control characters; it is damaged or hostile, do not use it" ]
}
