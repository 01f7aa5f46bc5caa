#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The store of pools in a database, under abuse: kill -9, many processes at once, a full disk, damage, other versions.

# shellcheck disable=SC2030,SC2031 # each test has a store of its own
bats_require_minimum_version 1.5.0
load pool

setup_file() { build_command; }
setup() { new_store; }
teardown() { ! mountpoint -q "$BATS_TEST_TMPDIR/disk" || umount "$BATS_TEST_TMPDIR/disk"; }

@test "1,000 steps by 8 processes at once, with kill -9 at random moments" {
	KILL_WITHIN=9 abuse $((${#CPULEVEL_LONG} ? 2500 : 125))
}

@test "a full disk: said, nothing changed, and all is well once there is room" {
	[[ $EUID -eq 0 ]] || skip "only root can mount a small disk"
	mkdir disk
	mount -t tmpfs -o size=400k none disk
	export CPULEVEL_STORE=$PWD/disk/pool.db
	cpulevel pool create lab >/dev/null
	join haswell
	# Nearly all of the disk is somebody else's.
	dd if=/dev/zero of=disk/other bs=4k 2>/dev/null || true
	run -2 cpulevel vm start none --type pvh --host haswell
	truncate -s -80k disk/other
	for i in $(seq 200); do
		cpulevel vm start "vm$i" --type pvh --host haswell >/dev/null 2>said || break
	done
	[ "$i" -lt 200 ]
	grep -q "the disk is full; nothing was changed" said
	# What was promised is there, the refused one is not.
	rm disk/other
	cpulevel pool show >/dev/null
	[ "$(cpulevel vm list | wc -l)" = $((i - 1)) ]
	cpulevel vm start more --type pvh --host haswell
	check_store
}

@test "a damaged database: said, and left as it is" {
	join haswell westmere
	for i in 1 2 3 4 5 6 7 8; do
		cpulevel vm start "vm$i" --type pvh --host haswell >/dev/null
	done
	sqlite3 "$CPULEVEL_STORE" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
	for where in 0 10 4096 8192 12288; do
		cp "$CPULEVEL_STORE" bad.db
		dd if=/dev/urandom of=bad.db bs=1 seek="$where" count=64 conv=notrunc 2>/dev/null
		sum=$(cksum <bad.db)
		run -2 cpulevel pool show --store bad.db
		[[ $output = *damaged* || $output = *"another program"* || $output = *"later cpulevel"* ]]
		[ "$(cksum <bad.db)" = "$sum" ]
	done
	head -c 5000 "$CPULEVEL_STORE" >bad.db
	run -2 cpulevel pool show --store bad.db
	[[ $output = *"bad.db: is damaged or no store, and was left as it is"* ]]
}

@test "one digit of one record changed: said, by name" {
	join haswell
	sqlite3 "$CPULEVEL_STORE" "UPDATE pairs SET value = CAST(replace(CAST(value AS TEXT), '-000007ab-', '-000007bb-') AS BLOB) WHERE key = 'host/haswell'"
	run -2 cpulevel pool show
	[[ $output = *"is damaged: host/haswell is not what was written"* ]]
	run -2 cpulevel pool leave haswell
	[ "$(cpulevel pool level --json | jq .hosts)" = 1 ]
}

@test "a store of a later schema, and databases that are none, are left alone" {
	sqlite3 "$CPULEVEL_STORE" 'PRAGMA user_version = 4'
	sum=$(sqlite3 "$CPULEVEL_STORE" .dump | cksum)
	run -2 cpulevel pool join "$HOSTS/haswell"
	[[ $output = *"was written by a later cpulevel (schema 4, this one knows 3); use that one"* ]]
	[ "$(sqlite3 "$CPULEVEL_STORE" .dump | cksum)" = "$sum" ]
	sqlite3 other.db 'CREATE TABLE t (a)'
	run -2 cpulevel pool create lab --store other.db
	[[ $output = *"is a database of another program"* ]]
	echo text >text.db
	run -2 cpulevel pool create lab --store text.db
	[[ $output = *"is damaged or no store"* ]]
	[ "$(cat text.db)" = text ]
	run -2 cpulevel pool level --store /dev/null
	[[ $output = *"not a regular file"* ]]
}

format() { sqlite3 "$CPULEVEL_STORE" 'PRAGMA user_version'; }

@test "a store of an earlier release is read as it is, and migrated by the first change" {
	join haswell
	for format in 1 2; do
		sqlite3 "$CPULEVEL_STORE" "PRAGMA user_version = $format"
		[ "$(cpulevel pool level --json | jq .hosts)" = $format ]
		[ "$(format)" = $format ]
		cpulevel pool join --name "of-$format" "$HOSTS/westmere" >/dev/null
		[ "$(format)" = 3 ]
	done
}

@test "a migration that is killed anywhere is gone on with, by many at once" {
	local i

	join haswell
	for i in {1..8}; do
		sqlite3 "$CPULEVEL_STORE" 'PRAGMA user_version = 1'
		timeout -s KILL "0.00$((RANDOM % 9 + 1))" cpulevel pool join --name "k$i" "$HOSTS/haswell" >/dev/null 2>&1 || true
		cpulevel pool level >/dev/null
		for vm in a b c; do
			cpulevel vm start "$vm$i" --type pvh --host haswell >/dev/null &
		done
		wait
		[ "$(format)" = 3 ]
		check_store
	done
	[ "$(cpulevel vm list | grep -c running)" = 24 ]
}

@test "a release that is at work when a later one migrates the store changes nothing any more" {
	build_late
	join haswell
	run -1 ./late "$CPULEVEL_STORE" "" "" "sqlite3 $CPULEVEL_STORE 'PRAGMA user_version = 4'"
	[[ $output = *"was written by a later cpulevel (schema 4, this one knows 3); use that one" ]]
	[ "$(sqlite3 "$CPULEVEL_STORE" "SELECT count(*) FROM pairs WHERE key = 'late'")" = 0 ]
}

@test "many that make the same pool at once: one does" {
	rm -f "$CPULEVEL_STORE"*
	make_at_once
}

# Somebody else than root, who can only read what root wrote.
other_user() { setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }

# A folder that the other user can reach, as that of every test is not.
shared_store() {
	shared=$(mktemp -d)
	chmod 755 "$shared"
	cp "$(command -v cpulevel)" "$shared/cpulevel"
	export CPULEVEL_STORE=$shared/pool.db
	cpulevel pool create lab >/dev/null
	join haswell
}

@test "another user reads a pool that only root can write, beside a writer and without one" {
	[[ $EUID -eq 0 ]] || skip "only root can become another user"
	shared_store
	cpulevel pool show >root
	other_user "$shared/cpulevel" pool show >other
	cmp root other
	other_user "$shared/cpulevel" vm list >/dev/null
	run -2 other_user "$shared/cpulevel" vm start web --type pvh --host haswell
	[[ $output = *"cannot be written; nothing was changed"* ]]
	# While a writer is in the middle, what is there is what was committed last.
	coproc writer { sqlite3 "$CPULEVEL_STORE"; }
	echo "BEGIN IMMEDIATE; DELETE FROM pairs; SELECT 'begun';" >&"${writer[1]}"
	read -r -u "${writer[0]}"
	[ "$REPLY" = begun ]
	other_user "$shared/cpulevel" pool show | cmp root -
	echo ".quit" >&"${writer[1]}"
	wait "$writer_PID" || true
	rm -r "$shared"
}

@test "another user is told what is missing where the log is gone, and reads once root has" {
	[[ $EUID -eq 0 ]] || skip "only root can become another user"
	shared_store
	rm -f "$CPULEVEL_STORE"-{wal,shm}
	run -2 other_user "$shared/cpulevel" pool show
	[[ $output = *"pool.db: its log, pool.db-wal, is missing, and you may not make it; "*"once"* ]]
	cpulevel pool show >root
	other_user "$shared/cpulevel" pool show | cmp root -
	rm -r "$shared"
}

@test "nothing is left in the log: a copy of the database alone is whole" {
	join haswell
	cp "$CPULEVEL_STORE" copy.db
	cpulevel pool show >all
	cpulevel pool show --store copy.db | cmp all -
}

@test "a store on a file system that is read-only is read, with its log and without" {
	[[ $EUID -eq 0 ]] || skip "only root can mount a small disk"
	mkdir disk
	mount -t tmpfs -o size=4m none disk
	export CPULEVEL_STORE=$PWD/disk/pool.db
	cpulevel pool create lab >/dev/null
	join haswell
	cpulevel pool show >written
	mount -o remount,ro disk
	cpulevel pool show | cmp written -
	run -2 cpulevel pool leave haswell
	[[ $output = *"cannot be written; nothing was changed"* ]]
	mount -o remount,rw disk
	rm -f disk/pool.db-*
	mount -o remount,ro disk
	cpulevel pool show | cmp written -
	run -2 cpulevel pool leave haswell
	[[ $output = *"cannot be written; nothing was changed"* ]]
}

# An export, changed by sed in one record, imported into a new store: it is refused, and nothing is stored.
refuse_import() {	# SCRIPT MESSAGE
	sed "$1" all.json >changed.json
	run -1 cmp -s all.json changed.json
	run -2 cpulevel pool import --store new.db changed.json
	[[ $output = *"$2"* ]]
	run -2 cpulevel pool show --pool lab --store new.db
	rm -f new.db*
}

@test "records that no release writes are refused at the import" {
	join haswell
	cpulevel vm start web --type pvh --host haswell >/dev/null
	cpulevel pool export >all.json
	vm='/cpulevel-vm 1/'
	refuse_import "$vm s/vendor GenuineIntel/vendor Genuine\\\\u0001ntel/" "record is damaged at 'vendor Genuine"
	refuse_import "$vm s/vendor GenuineIntel/vendor GenuineIntél/" "record is damaged at 'vendor Genuine"
	refuse_import "$vm s/host haswell/host has\\/well/" "record is damaged at 'host has"
	refuse_import "/cpulevel-member 1/ s/vendor GenuineIntel/vendor GenuineIntél/" "record is damaged at"
	refuse_import "s/cpulevel-vm 1/cpulevel-vm 2/" "was written by a later release of cpulevel; update this one"
	cpulevel pool import --store new.db all.json
}
