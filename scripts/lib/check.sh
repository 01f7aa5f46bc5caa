# SPDX-License-Identifier: GPL-2.0-only
# What a disk must pass before it is written, and the same for one of another maker.
# shellcheck shell=bash disable=SC2034  # LINT_* is lint.sh's

# Whether nothing it is made of is newer; make takes longer to find out.
is_current() {	# FILE OF...
	local of

	[[ -e $1 ]] || return
	for of in "${@:2}"; do [[ ! $of -nt $1 ]] || return; done
}

open_lint() {
	is_current "$TOP/build/driver-kabi" "$TOP"/kabi/{*,*/*} "$TOP/VERSION" &&
		is_current "$TOP/build/packinfo" "$TOP"/pack/{Makefile,*.[ch]} ||
		{ make -s -C "$TOP/kabi" && make -s -C "$TOP/pack"; } >"$WORK/tools.log" 2>&1 ||
		die 5 "driver-kabi or packinfo does not build: $(grep -m 1 -E 'error|\*\*\*' "$WORK/tools.log")"
	LINT_KABI=$TOP/build/driver-kabi LINT_PACKINFO=$TOP/build/packinfo
	LINT_WORK=$WORK/lint LINT_MODULE_KEY=$O_MODULE_CERT LINT_PREVIOUS=
	[[ -n $O_PREVIOUS ]] || return 0
	LINT_PREVIOUS=$(disk_folder "$O_PREVIOUS" "$WORK/previous") || exit
	roll_up_previous "$LINT_PREVIOUS"
}

disk_folder() {	# ISO|DIR SCRATCH -> the unpacked disk
	if [[ -d $1 ]]; then
		printf '%s\n' "$1"
		return
	fi
	[[ -r $1 ]] || die 5 "$1: cannot be read; check the path"
	open_iso "$1" "$2" && printf '%s\n' "$2"
}

# Of XenServer up to 6.2 a disk is for two kernels, whichever is named first.
lint_with() {	# [K [K]]: their symbols
	local k

	LINT_KDIR='' LINT_KDUMP=''
	for k; do
		if [[ $k = *kdump && $(kernel_abi "$k") != "$k" ]]; then LINT_KDUMP=${KDIRS[$k]-}; else LINT_KDIR=${KDIRS[$k]-}; fi
	done
}

# Errors end the build; warnings are only said.
check_disk() {	# ABI DISK
	local rc=0 number severity object text

	progress "$O_LABEL $O_VERSION: checking"
	# shellcheck disable=SC2046 # no kernel has a blank in its name
	lint_with $(disk_kernels "$1")
	lint_disk "$2" >"$WORK/findings" || rc=$?
	[[ -z $O_BUILT_FOR || $rc != 1 ]] || forgive_built_for || rc=0
	while IFS=$'\t' read -r number severity object text; do
		note "$severity $number: $object: $text"
	done <"$WORK/findings"
	[[ $rc = 0 ]] ||
		die 1 "$O_LABEL: the disk for ${1:-every kernel} was not made; '$PROG --explain N' says more about finding N"
}

# Modules kept from another kernel say so; that their symbols fit is another finding.
# But one of a crash kernel and one of another do not stand for each other.
forgive_built_for() {	# true if an error is left
	awk -F '\t' -v OFS='\t' -v k="$O_BUILT_FOR" '
		$1 == 201 && match($4, /for kernel [^ ]*,/) {
			abi = built = substr($4, RSTART + 11, RLENGTH - 12)
			sub(/(xen|kdump)$/, "", abi)
			if ((built == k || abi == k) && (built ~ /kdump$/) == ($4 ~ /kdump$/))
				$2 = "warning"
		}
		{ print }' "$WORK/findings" >"$WORK/forgiven"
	mv "$WORK/forgiven" "$WORK/findings"
	grep -q $'^[0-9]*\terror\t' "$WORK/findings"
}

# --lint: somebody's disk, checked with what we know of kernels, keys and releases.
lint_only() {
	local folder rc=0

	open_workplace
	open_kernels
	[[ ${#KERNELS[@]} -le 1 || $(for K in "${KERNELS[@]}"; do kernel_abi "$K"; done | sort -u | wc -l) = 1 ]] ||
		bad_usage "--lint: a disk is for one kernel; give one --kernel-devel"
	lint_with ${KERNELS[@]+"${KERNELS[@]}"}
	open_lint
	LINT_STRANGER=1
	[[ -z $O_KEYFILE ]] || open_key_ring
	[[ -d $O_LINT ]] || LINT_ISO=$O_LINT
	folder=$(disk_folder "$O_LINT" "$WORK/disk") || exit
	lint_disk "$folder" >"$WORK/findings" || rc=$?
	lint_report <"$WORK/findings"
	exit $rc
}

explain_only() {
	[[ $O_EXPLAIN != all ]] || O_EXPLAIN=
	lint_explain ${O_EXPLAIN:+"$O_EXPLAIN"} ||
		die 2 "--explain $O_EXPLAIN: no such finding; '$PROG --explain all' shows them all"
}
