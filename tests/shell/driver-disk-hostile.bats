#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Disks made to hurt the host that looks at them, also by one who has a trusted key; and what is asked before a disk goes in.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154,SC2164 # texts for others; what bats does

load pack
load dom0

setup_file() {
	have_kernels || return 0
	setup_pack
}

teardown_file() { stop_agent "$BATS_FILE_TMPDIR/trust"; }

setup() {
	load_lab
	D=$BATS_TEST_TMPDIR/disk
	T=$BATS_TEST_TMPDIR/tree
	one_kernel
}

# An RPM with a module for KA under another name, and what SPECLINES add.
evil_rpm() {	# SPECLINE...
	rm -rf "$T"
	module_tree "$T" "$KA" evil
	rpm_of "$BATS_TEST_TMPDIR" evil-modules 1 "$T" "$@"
	echo "$BATS_TEST_TMPDIR/evil-modules-1-1.rpm"
}

untouched() { [[ ! -e $R/lib/modules/$KA/updates && ! -e $R/pwned && ! -e /pwned && ! -e $R/etc/pwned ]] && ! rpm --root "$R" -qa | grep evil; }

refused() {	# STATUS WORDS...
	local code=$1

	shift
	run dd_ install "$D"
	exits "$code"
	says "$@"
	untouched
}

@test "an XML bomb in update.xml is refused, though it is well signed" {
	hand_disk "$D" evil "$KA" "$(evil_rpm)"
	cat >"$D/update.xml" <<-'END'
		<!DOCTYPE update [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
		<update name-label="evil" version="1" uuid="00000000-0000-0000-0000-000000000001"><name-description>&c;</name-description></update>
	END
	index_disk "$D"
	refused 6 "document type"
}

@test "a package list of a gigabyte ends at its limit" {
	hand_disk "$D" evil "$KA" "$(evil_rpm)"
	primary=$(echo "$D"/repodata/*-primary.xml.gz)
	{ echo '<metadata>'; head -c 1000M /dev/zero | tr '\0' ' '; } | gzip -1 >"$primary"
	sum=$(sha256sum <"$primary")
	old=$(basename "$primary" | cut -c 1-64)
	sed -i "s/$old\"\?/${sum%% *}/; s/>$old</>${sum%% *}</" "$D/repodata/repomd.xml"
	sed -i "s,href=\"repodata/[0-9a-f]*-primary,href=\"repodata/$old-primary," "$D/repodata/repomd.xml"
	rm "$D"/repodata/*.asc
	gpg --batch --quiet --armor --detach-sign "$D/repodata/repomd.xml"
	refused 6 "larger than"
}

@test "a list that leads out of the disk is refused" {
	hand_disk "$D" evil "$KA" "$(evil_rpm)"
	sed -i 's,href="repodata/,href="../../etc/,' "$D/repodata/repomd.xml"
	rm "$D"/repodata/*.asc
	gpg --batch --quiet --armor --detach-sign "$D/repodata/repomd.xml"
	refused 6 "not a plain path inside the disk"
}

@test "device nodes, links and pipes on the disk are refused" {
	hand_disk "$D" evil "$KA" "$(evil_rpm)"
	for make in "mknod $D/Packages/x b 7 0" "ln -s /etc/passwd $D/Packages/x" "mkfifo $D/Packages/x"; do
		$make
		refused 6 "neither a file nor a folder"
		rm "$D/Packages/x"
	done
}

@test "a file larger than all room is not copied" {
	hand_disk "$D" evil "$KA" "$(evil_rpm)"
	truncate -s 100T "$D/Packages/huge.rpm" 2>/dev/null || truncate -s 8T "$D/Packages/huge.rpm" || skip "no large files here"
	refused 5 "no room to copy it"
}

@test "an RPM with a device node is refused, though a trusted key signed it" {
	rpm=$(evil_rpm "mkdir -p %{buildroot}/dev")
	sed -i 's,^%files,%files\n%dev(c 1 3) /dev/evil,' "$BATS_TEST_TMPDIR/stub.spec"
	rpmbuild -bb -D "_topdir $BATS_TEST_TMPDIR/rpmbuild" -D "_rpmdir $BATS_TEST_TMPDIR" \
		-D '_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.rpm' "$BATS_TEST_TMPDIR/stub.spec" >/dev/null 2>&1
	hand_disk "$D" evil "$KA" "$rpm"
	refused 6 "a device node, pipe or socket: /dev/evil"
}

@test "a link out of the modules in an RPM is refused" {
	rm -rf "$T"
	module_tree "$T" "$KA" evil
	ln -s /etc/passwd "$T/lib/modules/$KA/updates/other.ko"
	rpm_of "$BATS_TEST_TMPDIR" evil-modules 1 "$T"
	hand_disk "$D" evil "$KA" "$BATS_TEST_TMPDIR/evil-modules-1-1.rpm"
	refused 6 "a link out of the modules"
}

@test "scripts beyond a driver's business are shown before a signed disk goes in" {
	hand_disk "$D" evil "$KA" "$(evil_rpm %post "echo hello >/pwned" "/sbin/depmod $KA" %postun "rm -rf /etc/pwned")"
	run dd_ install --dry-run "$D"
	exits 0
	says "script evil-modules-1-1.rpm:" "runs: echo hello >/pwned" "runs: rm -rf /etc/pwned"
	[[ $output != *"runs: /sbin/depmod"* ]]
	untouched
}

@test "such scripts of a disk that nobody vouches for are not run without --allow-scripts" {
	xenserver
	legacy_disk "$D" evil 1.0 "$(evil_rpm %pre "echo hello | cat >/pwned")"
	run dd_ install --allow-unsigned "$D"
	exits 6
	says "runs: echo hello | cat >/pwned" "nobody vouches" "--allow-scripts"
	untouched
	run dd_ install --allow-unsigned --allow-scripts "$D"
	exits 0
	[ -e "$R/pwned" ]
}

@test "scripts written to look harmless are seen" {
	source "$TOP/pack/common.sh"
	source "$TOP/pack/scripts.sh"
	odd() {	# SCRIPT: is some line of it shown?
		make_rpm "$BATS_TEST_TMPDIR" "Name: s" "Version: 1" "Release: 1" "Summary: s" "License: GPL" "AutoReqProv: no" \
			"%description" s "%post ${2:-}" "$1" "%files"
		[ -n "$(odd_scripts "$BATS_TEST_TMPDIR/s-1-1.rpm")" ]
	}
	for script in 'depmod $(touch /pwned)' 'depmod; touch /pwned' 'depmod `id`' 'depmod && /tmp/x' 'depmod | sh' 'depmod x >/etc/passwd' \
		'rm -f /var/lib/rpm-state/../../../etc/passwd' 'touch /etc/passwd' '[ "$(id)" ]' 'mv -f /boot/../x /y' 'if curl x; then' \
		'cat >/etc/passwd <<END-OF-STAMP' 'command -v x && y' 'dracut -f /boot/x & sh' $'depmod \\' 'eval depmod' '. /tmp/x' 'exec sh'; do
		odd "$script" || { echo "not seen: $script"; return 1; }
	done
	odd 'os.execute("id")' '-p <lua>'
	for script in "[ ! -d /lib/modules/$KA ] || /sbin/depmod $KA" "depmod -a $KA" ':' 'exit 0' "dracut -f /boot/initrd-$KA.img $KA" \
		'if [ "$1" -eq 0 ]; then'$'\n''depmod 4.19.0+1 || :'$'\n'fi 'udevadm trigger --attr-nomatch=driver && udevadm settle -t 30'; do
		! odd "$script" || { echo "seen: $script"; return 1; }
	done
}

@test "whatever runs later, on a trigger of any kind, is seen" {
	local on kind

	source "$TOP/pack/common.sh"
	source "$TOP/pack/scripts.sh"
	odd() {	# SPECLINES: its lines that are shown
		make_rpm "$BATS_TEST_TMPDIR" "Name: s" "Version: 1" "Release: 1" "Summary: s" "License: GPL" "AutoReqProv: no" \
			"%description" s "$@" "%files"
		odd_scripts "$BATS_TEST_TMPDIR/s-1-1.rpm"
	}
	for kind in triggerprein triggerin triggerun triggerpostun {,trans}filetrigger{in,un,postun}; do
		on=kernel
		[[ $kind != *file* ]] || on="/lib/modules, /boot"
		[ "$(odd "%$kind -- $on" "touch /pwned")" = "touch /pwned" ] || { echo "not seen: %$kind"; return 1; }
		[ -z "$(odd "%$kind -- $on" "/sbin/depmod -a || :")" ] || { echo "seen: %$kind"; return 1; }
		[[ $(odd "%$kind -p <lua> -- $on" "-- x") = *"<lua>"* ]] || { echo "not seen: %$kind -p <lua>"; return 1; }
	done
	[[ $(odd "%filetriggerin -- /etc" "depmod -a") = *"-- /etc" ]]
	[[ $(odd "%filetriggerin -- /lib/modules/../../etc" "depmod -a") = *"../etc" ]]
}

@test "a file trigger of a disk that nobody vouches for is shown, and refused; inspect shows it" {
	xenserver
	legacy_disk "$D" evil 1 "$(evil_rpm "%transfiletriggerin -- /lib/modules" "touch /pwned")"
	run dd_ install --allow-unsigned "$D"
	exits 6
	says "evil-modules-1-1.rpm" "runs: touch /pwned" "--allow-scripts"
	untouched
	run dd_ inspect "$D"
	says "runs: touch /pwned"
}

@test "rpm 4.11, which knows no file triggers, is no failure" {
	local rpm

	rpm=$(evil_rpm "%post" "touch /pwned")
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\ncase $* in *--filetriggers*) echo "rpm: --filetriggers: unknown option" >&2; exit 1 ;; esac\nexec %s "$@"\n' "$(command -v rpm)" >"$BATS_TEST_TMPDIR/bin/rpm"
	chmod 755 "$BATS_TEST_TMPDIR/bin/rpm"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH
	[ "$(set -euo pipefail; source "$TOP/pack/scripts.sh"; odd_scripts "$rpm")" = "touch /pwned" ]
}

@test "our own disks' scripts are a driver's business" {
	source "$TOP/pack/common.sh"
	source "$TOP/pack/scripts.sh"
	for rpm in "$W"/disk/Packages/*.rpm; do
		[ -z "$(odd_scripts "$rpm")" ] || { odd_scripts "$rpm"; return 1; }
	done
}

@test "folders and ISOs with spaces, quotes and shell characters in their names are just names" {
	mkdir -p "$BATS_TEST_TMPDIR/a \$(touch pwned) 'b\" ;"
	cp -r "$W/disk" "$BATS_TEST_TMPDIR/a \$(touch pwned) 'b\" ;/-rf"
	cd "$BATS_TEST_TMPDIR"
	D="$BATS_TEST_TMPDIR/a \$(touch pwned) 'b\" ;/-rf"
	run dd_ install "$D"
	exits 0
	[ ! -e pwned ]
	[ "$(modinfo -b "$R" -k "$KA" -F version acme_edu)" = 1.1 ]
	mkdir -p "two
lines"
	touch "two
lines/x.iso"
	run dd_ install "two
lines"
	exits 2
	says "control characters"
}

@test "nothing of a disk runs before its signature is verified" {
	hand_disk_with_precheck 'touch /pwned; exit 0'
	printf x >>"$D/update.xml"
	refused 6 "no good signature"
}

hand_disk_with_precheck() {	# SCRIPT
	local uuid=12345678-1234-1234-1234-123456789abc tree=$BATS_TEST_TMPDIR/control

	mkdir -p "$tree/var/update/$uuid"
	printf '#!/bin/sh\n%s\n' "$1" >"$tree/var/update/$uuid/precheck"
	chmod 755 "$tree/var/update/$uuid/precheck"
	rpm_of "$BATS_TEST_TMPDIR" control-evil 1 "$tree"
	rm -rf "$D"
	HAND_UUID=$uuid hand_disk "$D" evil "$KA" "$(evil_rpm)" "$BATS_TEST_TMPDIR/control-evil-1-1.rpm"
}

@test "the control package's precheck is asked, and its no is said in words" {
	hand_disk_with_precheck 'echo "<error errorcode=\"UPDATE_PRECHECK_FAILED_WRONG_SERVER_VERSION\"><found>7.0</found><required>7.1</required></error>"; exit 1'
	refused 1 "precheck says no: UPDATE_PRECHECK_FAILED_WRONG_SERVER_VERSION found 7.0; required 7.1"
	hand_disk_with_precheck 'exit 0'
	run dd_ install "$D"
	exits 0
	[ -e "$R/lib/modules/$KA/updates/evil.ko" ]
}

@test "a licence is shown, and nothing goes in until it is accepted" {
	rm -rf "$T"
	module_tree "$T" "$KA" evil
	mkdir -p "$T/usr/share/doc/evil"
	echo "You owe us a beer." >"$T/usr/share/doc/evil/EULA"
	rpm_of "$BATS_TEST_TMPDIR" evil-modules 1 "$T"
	hand_disk "$D" evil "$KA" "$BATS_TEST_TMPDIR/evil-modules-1-1.rpm"
	refused 1 "You owe us a beer." "--accept-eula"
	run dd_ install --accept-eula "$D"
	exits 0
}

@test "a second pack with a module that another has brought is refused by name" {
	dd_ install "$W/disk" >/dev/null 2>&1
	rm -rf "$T"
	module_tree "$T" "$KA" acme_edu
	mkdir -p "$T/lib/modules/$KA/extra"
	mv "$T/lib/modules/$KA/updates/acme_edu.ko" "$T/lib/modules/$KA/extra/"
	rmdir "$T/lib/modules/$KA/updates"
	rpm_of "$BATS_TEST_TMPDIR" rival-modules 1 "$T"
	hand_disk "$D" rival "$KA" "$BATS_TEST_TMPDIR/rival-modules-1-1.rpm"
	run dd_ install "$D"
	exits 1
	says "brings acme_edu for $KA, which acme-edu-$KA-modules has brought already; remove that one first"
	[ ! -e "$R/lib/modules/$KA/extra/acme_edu.ko" ]
}

# rpm compares versions in its Lua, to which they are program text.
@test "a version that is a program is no newer one, and is not run" {
	run bash -c '. "$1/pack/install.sh"; newer "$2" "1 1"' bash "$TOP" "2','1')io.open('$BATS_TEST_TMPDIR/ran','w'):close()o=1-- 1"
	[ ! -e "$BATS_TEST_TMPDIR/ran" ]
	[ "$status" -eq 1 ]
	run bash -c '. "$1/pack/install.sh"; newer "2~rc1+a_b^1 1.el7" "1 9"' bash "$TOP"
	[ "$status" -eq 0 ]
}
