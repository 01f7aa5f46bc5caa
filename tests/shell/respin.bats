#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# respin-driver-disks.sh over real kernels: the plan, what it makes, the cache, what goes wrong.
# shellcheck disable=SC2012,SC2030,SC2031

load pack

setup_file() {
	have_kernels || return 0
	setup_pack
	build_disk "$CPULEVEL_KDIR_A" "$W/packs" 2>/dev/null
	# A second driver, so that there is a group to compile.
	cp -r "$TOP/examples/acme-edu" "$W/zed"
	mv "$W/zed/acme_edu.c" "$W/zed/zed.c"
	echo 'obj-m := zed.o' >"$W/zed/Kbuild"
	build_disk "$CPULEVEL_KDIR_A" "$W/packs" --label zed --version 2 --text Zed --source "$W/zed" 2>/dev/null
	export CACHE=$W/cache
	respin "$W/packs" --kernel-devel "$CPULEVEL_KDIR_A" --kernel-devel "$CPULEVEL_KDIR_B" --out "$W/new" --report "$W/report.html" >"$W/said" 2>"$W/err"
	open_iso "$W/new/acme-edu-1.1.respin1-$KB.iso" "$W/newdisk"
}

teardown_file() { stop_agent "$BATS_FILE_TMPDIR/trust"; }

setup() {
	have_kernels || skip "CPULEVEL_KDIR_A and CPULEVEL_KDIR_B name no kernel-devel folders"
	P=$W/tool/packinfo
	N=$W/newdisk
	OUT=$BATS_TEST_TMPDIR/out
	ISO=$W/packs/acme-edu-1.1-$KA.iso
}

respin() { "$RESPIN" --sign "$KEY" --cache "$CACHE" "$@"; }
field() { "$P" update "$1/update.xml" | sed -n "s/^$2=//p"; }
module_of() { rpm2cpio "$1"/Packages/*-modules-*.rpm | (cd "$2" && cpio --quiet -idm) && find "$2" -name '*.ko'; }

@test "the plan says for each driver and kernel what would be done, and why, and makes nothing" {
	run "$RESPIN" --plan "$W/packs" --kernel-devel "$CPULEVEL_KDIR_A" --kernel-devel "$CPULEVEL_KDIR_B" --cache "$BATS_TEST_TMPDIR/c"
	echo "$output"
	[ "$status" -eq 0 ]
	grep -qE "^skipped +acme-edu +$KA +its disk for this kernel loads" <<<"$output"
	grep -qE "^rebuild +acme-edu +$KB +[0-9]+ of [0-9]+ symbols changed: " <<<"$output"
	[[ $output = *"4 cells: "*"about "*" s of processor time"* ]]
	[ ! -e "$BATS_TEST_TMPDIR/c/cells" ]
	"$RESPIN" --plan --format json "$W/packs" --kernel-devel "$CPULEVEL_KDIR_B" --cache "$BATS_TEST_TMPDIR/c" >"$BATS_TEST_TMPDIR/json"
	[ "$(jq -r '.schema, (.cells | map(.label + " " + .action) | join(","))' "$BATS_TEST_TMPDIR/json" | paste -sd ' ')" = \
		"respin-driver-disks/plan/1 acme-edu rebuild,zed rebuild" ]
}

@test "the run did what the plan says: a disk for the new kernel, the next release" {
	cat "$W/said" "$W/err"
	grep -qx "done	acme-edu	$KB	$W/new/acme-edu-1.1.respin1-$KB.iso" "$W/said"
	grep -q "^skipped	zed	$KA	" "$W/said"
	[ "$(ls "$W/new" | paste -sd ' ')" = "acme-edu-1.1.respin1-$KB.iso zed-2.respin1-$KB.iso" ]
	[ -f "$N/Packages/acme-edu-$KB-modules-1.1-1.respin1.x86_64.rpm" ]
	[ "$(field "$N" kernel)/$(field "$N" version)" = "$KB/1.1.respin1" ]
	[ "$(field "$N" rollsup)" = "$(field "$W/disk" uuid) acme-edu" ]
	[ "$(field "$N" uuid)" != "$(field "$W/disk" uuid)" ]
	[ "$(field "$N" vendor-name)" = "Acme & Sons" ]
}

@test "the changelog names the kernel and the reason" {
	run rpm -qp --nosignature --changelog "$N/Packages/acme-edu-$KB-modules-1.1-1.respin1.x86_64.rpm"
	echo "$output"
	[[ $output = *"1.1-1.respin1"*"- for kernel $KB: "*" symbols changed: "* ]]
}

@test "drivers compiled together have the bytes of a build alone" {
	grep -q "kernel $KB: compiling 2 drivers together" "$W/err"
	"$RESPIN" "$ISO" --kernel-devel "$CPULEVEL_KDIR_B" --sign "$KEY" --out "$OUT" --cache "$BATS_TEST_TMPDIR/c" 2>"$BATS_TEST_TMPDIR/err"
	! grep together "$BATS_TEST_TMPDIR/err" || return 1
	mkdir "$BATS_TEST_TMPDIR"/{alone,group}
	open_iso "$OUT/acme-edu-1.1.respin1-$KB.iso" "$BATS_TEST_TMPDIR/disk"
	alone=$(module_of "$BATS_TEST_TMPDIR/disk" "$BATS_TEST_TMPDIR/alone")
	group=$(module_of "$N" "$BATS_TEST_TMPDIR/group")
	cmp "$alone" "$group"
}

@test "a second run makes nothing, and a lost disk comes from the cache" {
	rm "$W/new/zed-2.respin1-$KB.iso"
	before=$(stat -c %Y "$W/new/acme-edu-1.1.respin1-$KB.iso")
	run respin "$W/packs" --kernel-devel "$CPULEVEL_KDIR_A" --kernel-devel "$CPULEVEL_KDIR_B" --out "$W/new"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output != *compiling* ]]
	[ -s "$W/new/zed-2.respin1-$KB.iso" ]
	[ "$(stat -c %Y "$W/new/acme-edu-1.1.respin1-$KB.iso")" = "$before" ]
}

@test "where nothing changed the last run's words are said again, without a plan" {
	respin "$W/packs" --kernel-devel "$CPULEVEL_KDIR_B" --out "$W/new" >"$BATS_TEST_TMPDIR/first"
	planned=$(stat -c %y "$CACHE/plan/options")
	respin "$W/packs" --kernel-devel "$CPULEVEL_KDIR_B" --out "$W/new" | diff "$BATS_TEST_TMPDIR/first" -
	[ "$planned" = "$(stat -c %y "$CACHE/plan/options")" ]
	touch "$W/new/zed-2.respin1-$KB.iso"
	respin "$W/packs" --kernel-devel "$CPULEVEL_KDIR_B" --out "$W/new" | diff "$BATS_TEST_TMPDIR/first" -
	[ "$planned" != "$(stat -c %y "$CACHE/plan/options")" ]
}

@test "a disk that came while the run was at work is not taken for one that it saw" {
	local packs=$BATS_TEST_TMPDIR/packs c=$BATS_TEST_TMPDIR/c
	local -a again=("$RESPIN" "$packs" --kernel-devel "$CPULEVEL_KDIR_A" --sign "$KEY" --out "$OUT" --cache "$c")
	mkdir "$packs" "$BATS_TEST_TMPDIR/bin"
	cp "$ISO" "$packs"
	# jq is what compares, after the packs have been listed.
	printf '#!/bin/sh\nif ! [ -e %q ]; then : >%q; cp %q %q; fi\nexec %q "$@"\n' "$BATS_TEST_TMPDIR/came" "$BATS_TEST_TMPDIR/came" \
		"$W/packs/zed-2-$KA.iso" "$packs" "$(command -v jq)" >"$BATS_TEST_TMPDIR/bin/jq"
	chmod +x "$BATS_TEST_TMPDIR/bin/jq"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH "${again[@]}" >"$BATS_TEST_TMPDIR/first"
	[ -e "$BATS_TEST_TMPDIR/came" ]
	! grep zed "$BATS_TEST_TMPDIR/first" || return 1
	PATH=$BATS_TEST_TMPDIR/bin:$PATH "${again[@]}" | grep "^skipped	zed"
}

@test "what a host does after it, and that a whole pool must have it, is as before" {
	build_disk "$CPULEVEL_KDIR_A" "$BATS_TEST_TMPDIR" --after-apply restartXAPI --homogeneous --text "a=" 2>/dev/null
	respin "$BATS_TEST_TMPDIR"/*.iso --kernel-devel "$CPULEVEL_KDIR_B" --out "$OUT"
	open_iso "$OUT/acme-edu-1.1.respin1-$KB.iso" "$BATS_TEST_TMPDIR/disk"
	grep -q 'after-apply-guidance="restartXAPI"' "$BATS_TEST_TMPDIR/disk/update.xml"
	grep -q 'enforce-homogeneity="true"' "$BATS_TEST_TMPDIR/disk/update.xml"
	grep -qF '<name-description>a=</name-description>' "$BATS_TEST_TMPDIR/disk/update.xml"
}

@test "a kernel-devel that changed since the plan is said, cell by cell" {
	cp -rL "$CPULEVEL_KDIR_B" "$BATS_TEST_TMPDIR/kdir"
	"$RESPIN" --plan --format make "$ISO" --kernel-devel "$BATS_TEST_TMPDIR/kdir" --sign "$KEY" --out "$OUT" --cache "$BATS_TEST_TMPDIR/c" >/dev/null
	echo >>"$BATS_TEST_TMPDIR/kdir/include/generated/utsrelease.h"
	run "$RESPIN" --cell acme-edu "$KB" --cache "$BATS_TEST_TMPDIR/c"
	echo "$output"
	[ "$status" -eq 5 ]
	[[ $output = *"$BATS_TEST_TMPDIR/kdir: has changed since the plan; run --plan again"* ]]
	run "$RESPIN" --group "$KB" --cache "$BATS_TEST_TMPDIR/c"
	[ "$status" -eq 5 ]
	[ -z "$(find "$OUT" -name '*.iso' 2>/dev/null)" ]
}

@test "nothing half unpacked stays in the cache" {
	run respin "$ISO" --kernel-devel "$W"/disk/Packages/update-*.rpm --out "$OUT" --cache "$BATS_TEST_TMPDIR/c"
	echo "$output"
	[ "$status" -eq 5 ]
	[[ $output = *"holds no kernel-devel folder"* ]]
	[ -z "$(find "$BATS_TEST_TMPDIR/c" -name 'tmp.*')" ]
}

@test "verdicts are found whatever the cache is called" {
	local -A SERVED=()
	. "$TOP/pack/common.sh"
	. "$TOP/scripts/lib/respin/cell.sh"
	. "$TOP/scripts/lib/respin/plan.sh"
	KABI=$TOP/build/driver-kabi TOOLS=t O_POLICY=rebuild O_MODULE_KEY='' CACHE="$BATS_TEST_TMPDIR/modules/Jürgen's"
	RUN=$CACHE/plan
	declare -gA SIGNED=()
	mkdir -p "$RUN" "$CACHE/packs/x-y/modules"
	module_of "$W/disk" "$CACHE/packs/x-y/modules"
	printf 'acme-edu\t%s\t%s\n' "$KA" "$CACHE/packs/x-y" >"$RUN/served.tsv"
	printf 'acme-edu\t1.1.respin1\t1\t%s\tx.iso\tx.src.rpm\td\ttemplate\n' "$CACHE/packs/x-y" >"$RUN/packs.tsv"
	printf '%s\t%s\tk\n' "$KA" "$CPULEVEL_KDIR_A" >"$RUN/kernels.tsv"
	write_matrix
	cat "$RUN/matrix.tsv"
	grep -q "^acme-edu	$KA	skipped	same	" "$RUN/matrix.tsv"
}

@test "a header that changed is a miss of the cache" {
	cp -rL "$CPULEVEL_KDIR_B" "$BATS_TEST_TMPDIR/kdir"
	. "$TOP/scripts/lib/respin/cell.sh"
	CACHE=$BATS_TEST_TMPDIR/c
	one=$(kernel_digest "$BATS_TEST_TMPDIR/kdir")
	[ "$one" = "$(kernel_digest "$BATS_TEST_TMPDIR/kdir")" ]
	echo >>"$BATS_TEST_TMPDIR/kdir/include/generated/utsrelease.h"
	[ "$one" != "$(kernel_digest "$BATS_TEST_TMPDIR/kdir")" ]
}

@test "the same inputs make the same bytes, from two caches, and the disk lints clean" {
	now=$(date +%s)
	for i in 1 2; do
		"$RESPIN" "$W/packs" --kernel-devel "$CPULEVEL_KDIR_B" --sign "$KEY" --sign-time "$now" --out "$OUT/$i" --cache "$BATS_TEST_TMPDIR/c$i"
	done
	diff -r "$OUT/1" "$OUT/2"
	run "$BUILD" --lint "$OUT/1/zed-2.respin1-$KB.iso" --kernel-devel "$CPULEVEL_KDIR_B"
	echo "$output"
	[ "$status" -eq 0 ]
	! grep '^error' <<<"$output" || return 1
}

@test "a changed source folder, another key of the same name, other scripts: none is taken from the cache" {
	. "$TOP/scripts/lib/source.sh"
	. "$TOP/scripts/lib/respin/cell.sh"
	. "$TOP/scripts/lib/respin/source.sh"
	cp -r "$W/zed" "$BATS_TEST_TMPDIR/zed"
	one=$(source_digest "$BATS_TEST_TMPDIR/zed")
	[ "$one" = "$(source_digest "$BATS_TEST_TMPDIR/zed")" ]
	touch -d '+1 day' "$BATS_TEST_TMPDIR/zed/zed.c"	# its packages say when
	[ "$one" != "$(source_digest "$BATS_TEST_TMPDIR/zed")" ]
	version=1 dir=d digest=s kdigest=k action=rebuild reason=r O_SIGN=one O_SIGN_TIME='' TOOLS=t COMPILER=c
	text=$(key_text)
	for name in version dir digest kdigest action reason O_SIGN O_SIGN_TIME TOOLS COMPILER SOURCE_DATE_EPOCH; do
		echo "$name"
		[ "$text" != "$(printf -v "$name" other; key_text)" ]
	done
	"$RESPIN" --plan "$W/packs" --kernel-devel "$CPULEVEL_KDIR_B" --sign vendor --out "$OUT" --format make --cache "$BATS_TEST_TMPDIR/c" >/dev/null
	grep -qx "O_SIGN=$KEY" "$BATS_TEST_TMPDIR/c/plan/options"
}

@test "an empty folder is no success" {
	mkdir "$BATS_TEST_TMPDIR/nothing"
	run "$RESPIN" --plan "$BATS_TEST_TMPDIR/nothing" --kernel-devel "$CPULEVEL_KDIR_B" --cache "$BATS_TEST_TMPDIR/c"
	echo "$output"
	[ "$status" -eq 2 ]
	[[ $output = *"there is nothing to re-spin"* ]]
}

@test "a re-spin of a re-spin is the next one, and rolls up both" {
	"$RESPIN" "$W/new/acme-edu-1.1.respin1-$KB.iso" --kernel-devel "$CPULEVEL_KDIR_A" --sign "$KEY" --out "$OUT" --cache "$BATS_TEST_TMPDIR/c"
	open_iso "$OUT/acme-edu-1.1.respin2-$KA.iso" "$BATS_TEST_TMPDIR/third"
	[ "$(field "$BATS_TEST_TMPDIR/third" rollsup | wc -l)" -eq 2 ]
	[ -f "$BATS_TEST_TMPDIR/third/SRPMS/acme-edu-1.1-1.respin2.src.rpm" ]
}

@test "a source package alone can be re-spun" {
	run "$RESPIN" "$N"/SRPMS/*.src.rpm --kernel-devel "$CPULEVEL_KDIR_A" --sign "$KEY" --out "$OUT" --cache "$BATS_TEST_TMPDIR/c"
	echo "$output"
	[ "$status" -eq 0 ]
	[ -s "$OUT"/acme-edu-1.1.respin1-"$KA".iso ]
}

@test "a disk without source is blocked, until --source names it" {
	cp -r "$W/disk" "$BATS_TEST_TMPDIR/bare"
	rm -r "$BATS_TEST_TMPDIR/bare/SRPMS"
	xorriso -as mkisofs -quiet -r -J -o "$BATS_TEST_TMPDIR/bare.iso" "$BATS_TEST_TMPDIR/bare" 2>/dev/null
	run "$RESPIN" "$BATS_TEST_TMPDIR/bare.iso" --kernel-devel "$CPULEVEL_KDIR_B" --sign "$KEY" --out "$OUT" --cache "$BATS_TEST_TMPDIR/c"
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output = *"blocked	acme-edu	$KB	no source on the disk; give --source acme-edu="* ]]
	run "$RESPIN" "$BATS_TEST_TMPDIR/bare.iso" --source "acme-edu=$TOP/examples/acme-edu" --kernel-devel "$CPULEVEL_KDIR_B" --sign "$KEY" --out "$OUT" --cache "$BATS_TEST_TMPDIR/c"
	echo "$output"
	[ "$status" -eq 0 ]
	[ -s "$OUT/acme-edu-1.1.respin1-$KB.iso" ]
}

# What is kept under the digest of one source must not be made of another.
@test "a source that changes while it is compiled makes no disk" {
	cp -r "$TOP/examples/acme-edu" "$BATS_TEST_TMPDIR/source"
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\ntouch -d @2000000000 %q\nexec %q "$@"\n' "$BATS_TEST_TMPDIR/source/Kbuild" "$(type -P rpmbuild)" >"$BATS_TEST_TMPDIR/bin/rpmbuild"
	chmod +x "$BATS_TEST_TMPDIR/bin/rpmbuild"
	again() { run env "$@" "$RESPIN" "$ISO" --source "acme-edu=$BATS_TEST_TMPDIR/source" --kernel-devel "$CPULEVEL_KDIR_B" --sign "$KEY" --out "$OUT" --cache "$BATS_TEST_TMPDIR/c"; }
	again PATH="$BATS_TEST_TMPDIR/bin:$PATH"
	echo "$output"
	[ "$status" -eq 1 ]
	grep -q "^failed	acme-edu	$KB	.*/source: changed while it was compiled; run it again" <<<"$output"
	[ ! -e "$OUT/acme-edu-1.1.respin1-$KB.iso" ]
	again
	[ "$status" -eq 0 ]
	[ -s "$OUT/acme-edu-1.1.respin1-$KB.iso" ]
}

@test "broken disks are refused and named, a driver that does not compile fails, neither stops the others" {
	head -c $(($(stat -c %s "$ISO") / 2)) "$ISO" >"$BATS_TEST_TMPDIR/cut.iso"
	cp "$ISO" "$BATS_TEST_TMPDIR/tampered.iso"
	at=$(grep -abo '<update name-label="acme-edu"' "$ISO" | head -n 1 | cut -d: -f1)
	printf '<UPDATE' | dd of="$BATS_TEST_TMPDIR/tampered.iso" bs=1 seek="$at" conv=notrunc status=none
	cp -r "$W/zed" "$BATS_TEST_TMPDIR/zed"
	printf '#include <linux/version.h>\n#include <generated/utsrelease.h>\nstatic int only = sizeof(UTS_RELEASE) && %s;\n' \
		"__builtin_choose_expr(sizeof(UTS_RELEASE) == sizeof(\"$KA\") && UTS_RELEASE[4] == '0', 1, 1)" >>"$BATS_TEST_TMPDIR/zed/zed.c"
	echo 'int broken(void) { return nowhere; }' >>"$BATS_TEST_TMPDIR/zed/zed.c"
	run "$RESPIN" "$BATS_TEST_TMPDIR"/{cut,tampered}.iso "$W/packs" /nowhere.iso --source "zed=$BATS_TEST_TMPDIR/zed" \
		--kernel-devel "$CPULEVEL_KDIR_B" --sign "$KEY" --out "$OUT" --cache "$BATS_TEST_TMPDIR/c"
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output = *refused$'\t'"$BATS_TEST_TMPDIR/cut.iso"* ]]
	[[ $output = *refused$'\t'"$BATS_TEST_TMPDIR/tampered.iso"* ]]
	[[ $output = *refused$'\t'/nowhere.iso* ]]
	grep -qE "^failed	zed	$KB	.*zed.c:[0-9]+:[0-9]+: error: " <<<"$output"
	[[ $output = *done$'\t'acme-edu$'\t'"$KB"$'\t'"$OUT/acme-edu-1.1.respin1-$KB.iso"* ]]
	[ "$(ls -A "$OUT")" = "acme-edu-1.1.respin1-$KB.iso" ]
}

@test "a disk signed by a stranger is not re-spun" {
	stranger=$(new_key "$BATS_TEST_TMPDIR/stranger" stranger)
	GNUPGHOME=$BATS_TEST_TMPDIR/stranger run "$RESPIN" "$ISO" --kernel-devel "$CPULEVEL_KDIR_B" \
		--sign "$stranger" --out "$OUT" --cache "$BATS_TEST_TMPDIR/c"
	stop_agent "$BATS_TEST_TMPDIR/stranger"
	[ "$status" -eq 1 ]
	[[ $output = *"no good signature"* ]]
	[ ! -e "$OUT" ]
}

@test "the plan as a makefile and as a job array makes the same disks, a command a cell" {
	"$RESPIN" --plan --format make "$W/packs" --kernel-devel "$CPULEVEL_KDIR_B" --sign "$KEY" --out "$OUT" --cache "$CACHE" >"$BATS_TEST_TMPDIR/mk"
	make -s -k -j2 -f "$BATS_TEST_TMPDIR/mk" >/dev/null
	cmp "$OUT/zed-2.respin1-$KB.iso" "$W/new/zed-2.respin1-$KB.iso"
	"$RESPIN" --plan --format slurm "$W/packs" --kernel-devel "$CPULEVEL_KDIR_B" --sign "$KEY" --out "$OUT/s" --cache "$CACHE" >"$BATS_TEST_TMPDIR/job"
	grep -qx '#SBATCH --array=1-1' "$BATS_TEST_TMPDIR/job"
	SLURM_ARRAY_TASK_ID=1 bash "$BATS_TEST_TMPDIR/job"
	cmp "$OUT/s/acme-edu-1.1.respin1-$KB.iso" "$W/new/acme-edu-1.1.respin1-$KB.iso"
	cmp "$OUT/s/zed-2.respin1-$KB.iso" "$W/new/zed-2.respin1-$KB.iso"
}

@test "a task of a job array has at most ten cells, of one kernel, and every cell is in one" {
	. "$TOP/scripts/lib/respin/plan.sh"
	cd "$BATS_TEST_TMPDIR"
	RUN=$BATS_TEST_TMPDIR/run CACHE=$RUN SELF=$BATS_TEST_TMPDIR/say
	mkdir -p "$RUN/results"
	for k in 6.1 6.12; do
		for i in {1..11}; do printf 'd%s\t%s\trebuild\tchanged\tr\t1\n' "$i" "$k"; done
	done >"$RUN/matrix.tsv"
	# shellcheck disable=SC2016 # that script's own
	printf '#!/bin/sh\necho "$@"\n[ "$2" != d3 ]\n' >"$SELF"
	chmod +x "$SELF"
	plan_as_slurm >job
	grep -qx '#SBATCH --array=1-4' job
	for i in 1 2 3 4; do
		status=0
		SLURM_ARRAY_TASK_ID=$i bash job >said || status=$?
		[ "$status" -eq $((i % 2)) ]	# the first of each kernel's has d3, and goes on
		head -n 1 said | grep -qE '^--group 6.12? (d[0-9]+ ){1,10}--cache'
		[ "$(sed 1d said | cut -d ' ' -f 3 | sort -u | wc -l)" -eq 1 ]
		sed 1d said >>all
	done
	[ "$(sort -u all | wc -l)/$(wc -l <all)" = 22/22 ]
}

@test "one cell by its disk's file; a cell that no plan has is said" {
	"$RESPIN" --plan "$W/packs" --kernel-devel "$CPULEVEL_KDIR_B" --cache "$CACHE" >/dev/null
	run "$RESPIN" --cell nothing "$KB" --cache "$CACHE"
	[ "$status" -eq 2 ]
	[[ $output = *"nothing for "*": not in the plan"* ]]
	run "$RESPIN" --cell acme-edu 9.9 --cache "$CACHE"
	[ "$status" -eq 2 ]
	run "$RESPIN" --cell acme-edu "$KB" --cache "$BATS_TEST_TMPDIR/empty"
	[ "$status" -eq 2 ]
	[[ $output = *"holds no plan"* ]]
}

@test "two runs on one cache: the second is told who has it" {
	mkdir -p "$BATS_TEST_TMPDIR/c"
	(
		exec 9>>"$BATS_TEST_TMPDIR/c/lock"
		flock 9
		echo 4242 >"$BATS_TEST_TMPDIR/c/lock"
		run "$RESPIN" --plan "$ISO" --kernel-devel "$CPULEVEL_KDIR_B" --cache "$BATS_TEST_TMPDIR/c"
		[ "$status" -eq 5 ]
		[[ $output = *"in use by process 4242"* ]]
	)
}

@test "the report is the run's" {
	[ "$(sed -n 's/.*id="report">\(.*\)<\/script>/\1/p' "$W/report.html" | jq -r '.cells | map(.result) | sort | join(" ")')" = "done done skipped skipped" ]
}

@test "wrong options are refused before anything is done" {
	while IFS='|' read -r code message args; do
		# shellcheck disable=SC2086
		run timeout 60 "$RESPIN" $args --cache "$BATS_TEST_TMPDIR/none"
		echo "$args: $status $output"
		[ "$status" -eq "$code" ]
		[[ $output = *"$message"* ]]
	done <<-END
		2|no PACK|--kernel-devel $CPULEVEL_KDIR_B
		2|--kernel-devel: missing|$ISO
		2|--out: missing|$ISO --kernel-devel $CPULEVEL_KDIR_B
		2|--sign: missing|$ISO --kernel-devel $CPULEVEL_KDIR_B --out $OUT
		2|--policy: 'x'|$ISO --kernel-devel $CPULEVEL_KDIR_B --policy x
		2|--format: 'x'|$ISO --kernel-devel $CPULEVEL_KDIR_B --format x
		2|--jobs: '0'|$ISO --kernel-devel $CPULEVEL_KDIR_B --jobs 0
		2|--source: 'a'|$ISO --kernel-devel $CPULEVEL_KDIR_B --source a
		2|no such option|$ISO --frob x
		5|--report /nowhere/x.html: cannot be written; |$ISO --kernel-devel $CPULEVEL_KDIR_B --sign $KEY --out $OUT --report /nowhere/x.html
		5|no such secret key|$ISO --kernel-devel $CPULEVEL_KDIR_B --sign nobody@nowhere.example --out $OUT
		5|not a prepared kernel-devel|--plan $ISO --kernel-devel /
		5|not a prepared kernel-devel|$ISO --kernel-devel / --sign $KEY --out $OUT
		2|two are for kernel|--plan $ISO --kernel-devel $CPULEVEL_KDIR_B --kernel-devel $CPULEVEL_KDIR_B
	END
}
