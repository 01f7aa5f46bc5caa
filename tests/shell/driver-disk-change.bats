#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# driver-disk as a transaction: install, remove, rollback, verify --repair.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154,SC2164 # texts for others; what bats does

load pack
load dom0

setup_file() {
	have_kernels || return 0
	setup_pack
	acme 1.1 A >/dev/null
	acme 1.2 A >/dev/null
	acme 1.1 B >/dev/null
}

teardown_file() { stop_agent "$BATS_FILE_TMPDIR/trust"; }

setup() { load_lab; }

stamps() { find "$R/var/update/applied" -type f | wc -l; }

@test "an upgrade can be rolled back, and the rollback too" {
	one_kernel
	quiet dd_ install "$(acme 1.1 A)"
	state >"$BATS_TEST_TMPDIR/before"
	quiet dd_ install "$(acme 1.2 A)"
	[ "$(version)" = 1.2 ]
	state >"$BATS_TEST_TMPDIR/after"
	run dd_ rollback
	exits 0
	says "install acme-edu-$KA-modules-1.1-1.x86_64" "undid 'install acme-edu'"
	[ "$(version)" = 1.1 ]
	diff "$BATS_TEST_TMPDIR/before" <(state)
	run dd_ rollback
	exits 0
	diff "$BATS_TEST_TMPDIR/after" <(state)
}

# In an emulated dom0 each start of rpm is a third of a second.
@test "rpm is not started anew for each question" {
	one_kernel
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\necho >>%s\nexec %s "$@"\n' "$BATS_TEST_TMPDIR/asked" "$(command -v rpm)" >"$BATS_TEST_TMPDIR/bin/rpm"
	chmod 755 "$BATS_TEST_TMPDIR/bin/rpm"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH quiet dd_ install "$(acme 1.1 A)"
	[ "$(version)" = 1.1 ]
	[ "$(wc -l <"$BATS_TEST_TMPDIR/asked")" -le 18 ]
}

@test "what one disk brought is all taken out again, for every kernel" {
	both_kernels
	state >"$BATS_TEST_TMPDIR/before"
	quiet dd_ install "$(acme 1.1 A)" "$(acme 1.1 B)"
	[ "$(stamps)" = 2 ]
	run dd_ remove acme-edu --dry-run
	exits 0
	says "remove acme-edu-$KA-modules-1.1-1.x86_64" "remove acme-edu-$KB-modules-1.1-1.x86_64" "remove update-acme-edu"
	[ "$(stamps)" = 2 ]
	run dd_ remove acme-edu
	exits 0
	diff "$BATS_TEST_TMPDIR/before" <(state)
	run dd_ remove acme-edu
	exits 1
	says "acme-edu: no such pack is installed"
	run dd_ rollback
	exits 0
	[ "$(version "$KA") $(version "$KB")" = "1.1 1.1" ]
	[ "$(stamps)" = 2 ]
}

@test "a hotfix is no pack: it is not listed, and not removed" {
	one_kernel
	quiet dd_ install "$(acme 1.1 A)"
	make_rpm "$BATS_TEST_TMPDIR" "Name: update-XS82E001" "Version: 1" "Release: 1" "Summary: u" "License: GPL" \
		"Requires: kernel" "Provides: 12345678-1234-1234-1234-123456789abc" "%description" u "%files"
	quiet rpm --root "$R" -i "$BATS_TEST_TMPDIR/update-XS82E001-1-1.rpm"
	[ "$(dd_ status --json | jq -r '.packs[].pack')" = acme-edu ]
	run dd_ remove XS82E001
	exits 1
	says "XS82E001: an update that brought no driver"
	rpm --root "$R" -q update-XS82E001
}

@test "removal of what another package needs is refused, with nothing changed" {
	one_kernel
	quiet dd_ install "$(acme 1.1 A)"
	mkdir "$BATS_TEST_TMPDIR/empty"
	make_rpm "$BATS_TEST_TMPDIR" "Name: needs" "Version: 1" "Release: 1" "Summary: n" "License: GPL" \
		"Requires: acme-edu-$KA-modules" "%description" "n" "%files"
	quiet rpm --root "$R" -i "$BATS_TEST_TMPDIR/needs-1-1.rpm"
	state >"$BATS_TEST_TMPDIR/before"
	run dd_ remove acme-edu
	exits 1
	says "is needed by (installed) needs" "nothing was changed"
	diff "$BATS_TEST_TMPDIR/before" <(state)
}

@test "an older release goes in with --downgrade alone" {
	one_kernel
	quiet dd_ install "$(acme 1.2 A)"
	run dd_ install "$(acme 1.1 A)"
	exits 1
	says "acme-edu-$KA-modules 1.1-1: older than 1.2-1, which is installed, so nothing was changed; give --downgrade to go back to it"
	run dd_ install --downgrade "$(acme 1.1 A)"
	exits 0
	[ "$(version)" = 1.1 ]
	[ "$(rpm --root "$R" -q --qf '%{VERSION}' update-acme-edu)" = 1.1 ]
}

# Its scripts leave it, as the release after it may roll it up.
@test "the record of a newer release goes with it, and verify tells of one that was left" {
	one_kernel
	quiet dd_ install "$(acme 1.1 A)"
	state >"$BATS_TEST_TMPDIR/old"
	quiet dd_ install "$(acme 1.2 A)"
	cp -a "$R/var/update/applied" "$BATS_TEST_TMPDIR/applied"
	quiet dd_ install --downgrade "$(acme 1.1 A)"
	diff "$BATS_TEST_TMPDIR/old" <(state)
	run dd_ verify
	exits 0
	cp -n "$BATS_TEST_TMPDIR/applied"/* "$R/var/update/applied/"
	run dd_ verify
	exits 1
	says "records acme-edu 1.2, and an older release is installed"
	quiet dd_ verify --repair
	diff "$BATS_TEST_TMPDIR/old" <(state)
}

@test "where rpm fails half-way, what it did is undone" {
	one_kernel
	state >"$BATS_TEST_TMPDIR/before"
	module_tree "$BATS_TEST_TMPDIR/tree" "$KA" first
	rpm_of "$BATS_TEST_TMPDIR" first-modules 1 "$BATS_TEST_TMPDIR/tree"
	make_rpm "$BATS_TEST_TMPDIR" "Name: second" "Version: 1" "Release: 1" "Summary: s" "License: GPL" \
		"Requires(pre): first-modules" "%description" s "%pre" "exit 1" "%files"
	hand_disk "$BATS_TEST_TMPDIR/d" half "$KA" "$BATS_TEST_TMPDIR"/{first-modules,second}-1-1.rpm
	run dd_ install "$BATS_TEST_TMPDIR/d"
	exits 1
	says "rpm failed" "what was here before is here again"
	diff "$BATS_TEST_TMPDIR/before" <(state)
	run dd_ verify
	exits 0
	run dd_ rollback
	exits 1
	says "nothing to go back to"
}

@test "a rollback over what rpm did meanwhile is refused" {
	one_kernel
	run dd_ rollback
	exits 1
	says "nothing to go back to"
	quiet dd_ install "$(acme 1.1 A)"
	quiet rpm --root "$R" -U --nosignature "$(acme 1.2 A)"/Packages/*.rpm
	state >"$BATS_TEST_TMPDIR/before"
	run dd_ rollback
	exits 1
	says "has been changed since, without driver-disk"
	diff "$BATS_TEST_TMPDIR/before" <(state)
}

@test "a rollback to packages that driver-disk did not install says which it lacks" {
	one_kernel
	quiet rpm --root "$R" -i --nosignature "$(acme 1.1 A)"/Packages/*.rpm
	quiet dd_ install "$(acme 1.2 A)"
	run dd_ rollback
	exits 1
	says "no copy of" "acme-edu-$KA-modules-1.1-1.x86_64" "nothing was changed"
	[ "$(version)" = 1.2 ]
}

@test "history tells driver-disk's operations from what rpm did alone" {
	one_kernel
	quiet rpm --root "$R" -i --nosignature "$(acme 1.1 A)"/Packages/*.rpm
	sleep 1.1
	quiet dd_ install "$(acme 1.2 A)"
	quiet dd_ rollback || true
	quiet dd_ remove acme-edu
	run dd_ history
	exits 0
	says "driver-disk  install acme-edu" "driver-disk  remove acme-edu"
	rm "$R/var/log/driver-disk.log"
	quiet rpm --root "$R" -i --nosignature "$(acme 1.1 A)"/Packages/*.rpm
	[ "$(dd_ history --json | jq -r '.events[] | select(.by == "rpm") | .what' | sort | head -n 1)" = "install acme-edu-$KA-modules-1.1-1.x86_64" ]
}

# ---- the initrd ----

@test "the initrd is made anew where its modules change, and left alone where they do not" {
	one_kernel
	give_dracut acme_edu
	chroot "$R" dracut -f "/boot/initrd-$KA.img" "$KA"
	rm "$R/dracut.ran"
	run dd_ install "$(acme 1.1 A)"
	exits 0
	[ "$(dd_ status --json | jq -r '.drivers[0].initrd')" = same ]
	[ "$(wc -l <"$R/dracut.ran")" -eq 1 ]
	grep -q "initrd $KA: renewed" "$R/var/log/driver-disk.log"
	[ "$(find "$R/boot" -name '.*driver-disk')" = "" ]

	give_dracut other
	chroot "$R" dracut -f "/boot/initrd-$KA.img" "$KA"
	inode=$(stat -c %i "$R/boot/initrd-$KA.img")
	quiet dd_ install "$(acme 1.2 A)"
	grep -q "initrd $KA: same modules, kept" "$R/var/log/driver-disk.log"
	[ "$(stat -c %i "$R/boot/initrd-$KA.img")" = "$inode" ]
}

@test "a dracut that fails leaves the old initrd, and verify --repair mends it later" {
	one_kernel
	give_dracut acme_edu
	chroot "$R" dracut -f "/boot/initrd-$KA.img" "$KA"
	cp "$R/boot/initrd-$KA.img" "$BATS_TEST_TMPDIR/initrd"
	printf '#!/bin/sh\nhead -c 10 /dev/zero >"$2"\necho "dracut: no space left"\nexit 1\n' >"$R/usr/bin/dracut"
	run dd_ install "$(acme 1.1 A)"
	exits 1
	says "dracut failed, the old one stays: dracut: no space left"
	cmp "$R/boot/initrd-$KA.img" "$BATS_TEST_TMPDIR/initrd"
	run dd_ verify
	exits 1
	says "the initrd of $KA was not renewed"
	give_dracut acme_edu
	run dd_ verify --repair
	exits 0
	[ "$(dd_ status --json | jq -r '.drivers[0].initrd')" = same ]
}

# ---- verify ----

@test "verify finds and mends what was changed behind its back" {
	both_kernels
	quiet dd_ install "$(acme 1.1 A)" "$(acme 1.1 B)"
	run dd_ verify
	exits 0
	state >"$BATS_TEST_TMPDIR/good"
	ko=lib/modules/$KA/updates/acme_edu.ko
	damage() {
		case $1 in
		"a module is gone") rm "$R/$ko" ;;
		"a module is empty") : >"$R/$ko" ;;
		"the index is old") cp -r "$R/lib/modules/$KB" "$BATS_TEST_TMPDIR/k"; rm "$R/lib/modules/$KB"/modules.dep*; : >"$R/lib/modules/$KB/modules.dep" ;;
		"a stamp is gone") rm "$R/var/update/applied/$(rpm --root "$R" -q --provides update-acme-edu | grep -E '^.{8}-.{4}-')" ;;
		"a stamp is stale") sed 's/acme-edu/gone/; s/uuid="./uuid="0/' "$(acme 1.1 A)/update.xml" >"$R/var/update/applied/00000000-0000-0000-0000-000000000000" ;;
		"rpm left a file") : >"$R/$ko;5f000000" ;;
		"depmod left a file") : >"$R/lib/modules/$KA/modules.builtin.alias.bin.4194305.41943.1795351758" ;;
		esac
	}
	for what in "a module is gone" "a module is empty" "the index is old" "a stamp is gone" "a stamp is stale" "rpm left a file" "depmod left a file"; do
		damage "$what"
		run dd_ verify
		exits 1 || { echo "$what"; return 1; }
		run dd_ verify --repair
		exits 0 || { echo "$what"; return 1; }
		[[ $output != *unbound* ]] || { echo "$what: $output"; return 1; }
		diff "$BATS_TEST_TMPDIR/good" <(state) || { echo "$what"; return 1; }
	done
}

# Every other test names a folder as its root, and there this worked.
@test "on the running system, too, a stale record is removed" {
	mkdir -p "$BATS_TEST_TMPDIR/record"
	: >"$BATS_TEST_TMPDIR/record/stale"
	run bash -euc 'ROOT= ; . "$0"; step() { :; }; repair_one stale "$1"' "$TOP/pack/repair.sh" "${BATS_TEST_TMPDIR#/}/record/stale"
	exits 0
	[[ ! -e $BATS_TEST_TMPDIR/record/stale && -d $BATS_TEST_TMPDIR/record ]]
}

# ---- interrupted ----

# rpm may have ended and its last script not begun when the power went.
@test "the record of a release that was rolled up is missed, too, and written again" {
	one_kernel
	old=11111111-1111-4111-8111-111111111111
	build_disk "$CPULEVEL_KDIR_A" "$BATS_TEST_TMPDIR/out" --rollups $old >/dev/null 2>&1
	quiet dd_ install "$BATS_TEST_TMPDIR"/out/*.iso
	cp "$R/var/update/applied/$old" "$BATS_TEST_TMPDIR/record"
	rm "$R/var/update/applied/$old"
	run "$TOOL" verify --root "$R"
	exits 1
	says "var/update/applied/$old: missing, though update-acme-edu is installed"
	quiet "$TOOL" verify --repair --root "$R"
	diff "$BATS_TEST_TMPDIR/record" "$R/var/update/applied/$old"
	# It may be there still as its own release had written it.
	echo '<update name-label="acme-edu" version="1.0"/>' >"$R/var/update/applied/$old"
	run "$TOOL" verify --root "$R"
	exits 1
	says "var/update/applied/$old: not as update-acme-edu writes it"
	quiet "$TOOL" verify --repair --root "$R"
	diff "$BATS_TEST_TMPDIR/record" "$R/var/update/applied/$old"
}

# Kill the operation, with all it started, when its log has come to a line.
kill_at() {	# LINE VERB ARGUMENT...
	local line=$1 pid tries

	shift
	: >"$R/var/log/driver-disk.log"
	TOOL=$TOOL R=$R TRUST=$W/trust setsid bash -c '. "$0"; "$TOOL" "$@" --root "$R"' /dev/null "$@" >/dev/null 2>&1 &
	pid=$!
	for ((tries = 0; tries < 3000; tries++)); do
		! grep -q "$line" "$R/var/log/driver-disk.log" || break
		kill -0 $pid 2>/dev/null || break
		sleep 0.01
	done
	kill -9 -- -"$pid" 2>/dev/null || true
	wait $pid 2>/dev/null || true
}

# Either what was before or what comes after, once it was repaired at most once.
old_or_new() {
	run dd_ verify
	if [[ $status -ne 0 ]]; then
		run dd_ verify --repair
		exits 0 || return 1	# bats does not stop where a caller says ||
	fi
	run dd_ verify
	exits 0 || return 1
	state >"$BATS_TEST_TMPDIR/now"
	cmp -s "$BATS_TEST_TMPDIR/now" "$BATS_TEST_TMPDIR/old" || diff "$BATS_TEST_TMPDIR/now" "$BATS_TEST_TMPDIR/new"
}

@test "an upgrade killed at any step leaves the old state or the new" {
	one_kernel
	mkdir -p "$R/var/log"
	give_dracut acme_edu
	chroot "$R" dracut -f "/boot/initrd-$KA.img" "$KA"
	quiet dd_ install "$(acme 1.1 A)"
	state >"$BATS_TEST_TMPDIR/old"
	quiet dd_ install "$(acme 1.2 A)"
	state >"$BATS_TEST_TMPDIR/new"
	quiet dd_ rollback
	cp -a "$R" "$BATS_TEST_TMPDIR/start"
	for line in begin "rpm install" depmod record "initrd .*: dracut" "initrd .*: rename" check "done"; do
		rm -rf "$R"
		cp -a "$BATS_TEST_TMPDIR/start" "$R"
		kill_at "$line" install --keyring "$W/trust" "$(acme 1.2 A)"
		old_or_new || { echo "killed at $line"; return 1; }
	done
}

@test "a removal and a rollback killed at any step leave the old state or the new" {
	one_kernel
	mkdir -p "$R/var/log"
	state >"$BATS_TEST_TMPDIR/new"
	quiet dd_ install "$(acme 1.1 A)"
	state >"$BATS_TEST_TMPDIR/old"
	cp -a "$R" "$BATS_TEST_TMPDIR/start"
	for verb in "remove acme-edu" rollback; do
		for line in begin "rpm erase" depmod record check; do
			rm -rf "$R"
			cp -a "$BATS_TEST_TMPDIR/start" "$R"
			# shellcheck disable=SC2086
			kill_at "$line" $verb
			mkdir -p "$R/var/update/applied"
			old_or_new || { echo "$verb killed at $line"; return 1; }
		done
	done
}

@test "the next operation finishes an interrupted one first, and status mentions it" {
	one_kernel
	mkdir -p "$R/var/log"
	quiet dd_ install "$(acme 1.1 A)"
	kill_at "rpm install" install --keyring "$W/trust" "$(acme 1.2 A)"
	run dd_ status
	says "operation 000002 was interrupted; run 'driver-disk verify --repair'"
	run dd_ install "$(acme 1.2 A)"
	exits 0
	says "was interrupted; finishing it" "installed already"
	[ "$(version)" = 1.2 ]
}
