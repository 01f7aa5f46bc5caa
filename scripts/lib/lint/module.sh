# SPDX-License-Identifier: GPL-2.0-only
# The kernel modules: for which kernel they are, whether they load, who would win.
# shellcheck shell=bash disable=SC2034,SC2154  # L and KOS are lint_disk's

lint_modules() {	# needs DECLARED: the kernel that the disk says it is for
	local kdir=${LINT_KDIR:-${LINT_KDUMP:-}} symvers kdir_k=''

	symvers=${kdir:+$kdir/Module.symvers}
	: >"$L/kabi"
	: >"$L/kos"
	[[ ${#KOS[@]} -eq 0 ]] || lint_symbols
	for kdir in ${LINT_KDIR:+"$LINT_KDIR"} ${LINT_KDUMP:+"$LINT_KDUMP"}; do
		kdir_k+=${kdir_k:+ }$(lint_kdir_release "$kdir")
	done
	awk -F '\t' -v OFS='\t' -v kdir_k="$kdir_k" -v declared="$DECLARED" -v family="$FAMILY" \
		-v symvers="$symvers" \
		-f "$LINT_LIB/lint/module.awk" \
		"$L/unpacked" "$L/facts" "$L/elf"
	[[ ! -s $L/kabi ]] ||
		awk -v OFS='\t' -f "$LINT_LIB/lint/kabi.awk" "$L/unpacked" "$L/kabi" "$L/kos"
}

lint_kdir_release() {	# KDIR
	local line

	while read -r line; do
		[[ $line != '#define UTS_RELEASE "'* ]] || { line=${line#*\"}; printf '%s' "${line%\"*}"; }
	done <"$1/include/generated/utsrelease.h"
} 2>/dev/null

# The crash kernel of XenServer up to 6.2 has modules and symbols of its own.
lint_symbols() {
	local ko
	local -a crash=() other=()

	for ko in "${KOS[@]}"; do
		if [[ $ko =~ /lib/modules/2\.6\.[^/]*kdump/ ]]; then crash+=("$ko"); else other+=("$ko"); fi
	done
	if [[ -z ${LINT_KDIR:-}${LINT_KDUMP:-} ]]; then
		finding 208 . "no kernel-devel was given to compare the modules' symbols with"
		return
	fi
	lint_kabi "${LINT_KDIR:-}" "the other kernel's modules" ${other[@]+"${other[@]}"}
	lint_kabi "${LINT_KDUMP:-}" "the crash kernel's modules" ${crash[@]+"${crash[@]}"}
}

# It answers 3 and 6 about modules; with 2 and 5 it says that it could not work.
lint_kabi() {	# KDIR|'' WHOSE MODULE...
	local kdir=$1 whose=$2 rc=0

	shift 2
	[[ $# -gt 0 ]] || return 0
	[[ -n $kdir ]] || { finding 208 . "no kernel-devel was given to compare the symbols of $whose with"; return 0; }
	(cd "$L/root" && "${LINT_KABI:-driver-kabi}" check "${@/#/./}" \
		--symvers "$kdir") >>"$L/kabi" 2>"$L/kabi.log" || rc=$?
	case $rc in
	0 | 3) ;;
	6) cat "$L/kabi.log" >>"$L/kabi" ;;
	*) finding 208 "$kdir" "$(head -n 1 "$L/kabi.log")"; return 0 ;;
	esac
	printf '%s\n' "$@" >>"$L/kos"
}
