#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Hosts on which driver-disk cannot do it: each is told why, and nothing has changed.

# shellcheck disable=SC2030,SC2031,SC2154,SC2164 # what bats does

load pack
load dom0

setup_file() {
	have_kernels || return 0
	setup_pack
	acme 1.1 A >/dev/null
}

teardown_file() { stop_agent "$BATS_FILE_TMPDIR/trust"; }

setup() { load_lab; }

refused() {	# STATUS WORDS...: and nothing has changed
	local code=$1

	shift
	state >"$BATS_TEST_TMPDIR/before"
	run dd_ install "$(acme 1.1 A)"
	exits "$code" && says "$@" && diff "$BATS_TEST_TMPDIR/before" <(state)
}

@test "no room to keep the packages: said before anything is changed" {
	one_kernel
	mkdir -p "$R/var/lib/driver-disk"
	mount -t tmpfs -o size=8k none "$R/var/lib/driver-disk" || skip "no mounts here"
	df() { echo; }
	refused 5 "no room to keep" "nothing was changed" || { umount "$R/var/lib/driver-disk"; return 1; }
	umount "$R/var/lib/driver-disk"
}

@test "a /boot that is read-only or full: said before anything is changed" {
	one_kernel
	give_dracut acme_edu
	chroot "$R" dracut -f "/boot/initrd-$KA.img" "$KA"
	mount --bind "$R/boot" "$R/boot" || skip "no mounts here"
	mount -o remount,bind,ro "$R/boot"
	refused 5 "/boot: cannot be written (read-only?)" "nothing was changed" || { umount "$R/boot"; return 1; }
	umount "$R/boot"
	cp -a "$R/boot" "$R/boot.full"
	mount -t tmpfs -o size=200k none "$R/boot"
	cp "$R"/boot.full/* "$R/boot/"
	head -c 200k /dev/zero >"$R/boot/fill" 2>/dev/null || true
	refused 5 "free some space" "nothing was changed" || { umount "$R/boot"; return 1; }
	umount "$R/boot"
}

@test "a disk that is read-only: said in our words, not in rpm's about space" {
	one_kernel
	mount --bind "$R/lib/modules" "$R/lib/modules" || skip "no mounts here"
	mount -o remount,bind,ro "$R/lib/modules"
	refused 5 "cannot be written (read-only?)" "nothing was changed" || { umount "$R/lib/modules"; return 1; }
	umount "$R/lib/modules"
}

@test "a key ring on a full disk is read all the same" {
	one_kernel
	TRUST=$BATS_TEST_TMPDIR/ring
	mkdir -m 700 "$TRUST"
	mount -t tmpfs -o size=2m,mode=700 none "$TRUST" || skip "no mounts here"
	(cd "$W/trust" && find . -type f ! -name '*.lock' -exec cp --parents {} "$TRUST" \;)
	head -c 4m /dev/zero >"$TRUST/fill" 2>/dev/null || true
	run dd_ install "$(acme 1.1 A)"
	umount "$TRUST"
	exits 0
	[ "$(version)" = 1.1 ]
}

@test "a damaged rpm database: said before anything is changed" {
	one_kernel
	db=$(find "$R" -path '*rpm*' \( -name rpmdb.sqlite -o -name Packages -o -name Packages.db \) | head -n 1)
	rm -f "$db"-*
	head -c 20000 /dev/urandom >"$db"
	cp "$db" "$BATS_TEST_TMPDIR/db"
	run dd_ install "$(acme 1.1 A)"
	exits 5
	says "rpm's database cannot be read" "nothing was changed"
	[ ! -e "$R/lib/modules/$KA/updates" ]
}

# Such a one lists its packages and takes no new ones.
@test "an rpm database of which a part is damaged: said before anything is changed" {
	one_kernel
	db=$(find "$R" -path '*rpm*' -name rpmdb.sqlite)
	[ -n "$db" ] || skip "this rpm keeps its database otherwise"
	sqlite3 "$db" "PRAGMA wal_checkpoint(TRUNCATE)" >/dev/null
	page=$(sqlite3 "$db" "SELECT rootpage FROM sqlite_master WHERE name = 'Name_key_idx'")
	size=$(sqlite3 "$db" "PRAGMA page_size")
	dd if=/dev/urandom of="$db" bs="$size" seek=$((page - 1)) count=1 conv=notrunc status=none
	rpm --root "$R" -qa >"$BATS_TEST_TMPDIR/list"
	[ -s "$BATS_TEST_TMPDIR/list" ]
	refused 5 "rpm's database is damaged" "nothing was changed"
}

@test "no depmod: said before anything is changed" {
	one_kernel
	mkdir "$BATS_TEST_TMPDIR/bin"
	for p in /usr/bin/* /usr/sbin/* /bin/* /sbin/*; do
		[[ ${p##*/} = depmod ]] || ln -sf "$p" "$BATS_TEST_TMPDIR/bin/"
	done
	PATH=$BATS_TEST_TMPDIR/bin refused 5 "depmod: not found"
}

@test "a clock that is wrong is named as the reason" {
	one_kernel
	cp -r "$W/trust" "$BATS_TEST_TMPDIR/late"
	rm -f "$BATS_TEST_TMPDIR"/late/S.*
	echo "faked-system-time 20200101T000000" >>"$BATS_TEST_TMPDIR/late/gpg.conf"
	TRUST=$BATS_TEST_TMPDIR/late refused 6 "younger than this host's clock" "set the clock"
}
