# SPDX-License-Identifier: GPL-2.0-only
# The kernel modules: for which kernel they are, whether they load, who would win.
# shellcheck shell=bash disable=SC2034,SC2154  # L and KOS are lint_disk's

lint_modules() {	# needs DECLARED: the kernel that the disk says it is for
	local kdir kdir_k=''

	: >"$L/kabi"
	[[ ${#KOS[@]} -eq 0 ]] || printf '%s\n' "${KOS[@]}" >"$L/kos"
	if [[ ${#KOS[@]} -gt 0 && -z ${LINT_KDIR:-} ]]; then
		finding 208 . "no kernel-devel was given to compare the modules' symbols with"
	elif [[ ${#KOS[@]} -gt 0 ]]; then
		for kdir in "$LINT_KDIR" ${LINT_KDUMP:+"$LINT_KDUMP"}; do
			kdir_k+=${kdir_k:+ }$(lint_kdir_release "$kdir")
			lint_kabi "$kdir"
		done
	fi
	awk -F '\t' -v OFS='\t' -v kdir_k="$kdir_k" -v declared="$DECLARED" -v family="$FAMILY" \
		-v symvers="${LINT_KDIR:+$LINT_KDIR/Module.symvers}" \
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

# Of two kernels the second has the modules in its own folder, the first all others.
lint_kos_of() {	# KDIR -> of
	local ko second

	of=("${KOS[@]}")
	[[ -n ${LINT_KDUMP:-} ]] || return 0
	second=$(lint_kdir_release "$LINT_KDUMP") of=()
	for ko in "${KOS[@]}"; do
		if [[ $ko = */lib/modules/"${second:-none}"/* ]]; then
			[[ $1 != "$LINT_KDUMP" ]] || of+=("$ko")
		else
			[[ $1 = "$LINT_KDUMP" ]] || of+=("$ko")
		fi
	done
}

# It answers 3 and 6 about modules; with 2 and 5 it says that it could not work.
lint_kabi() {	# KDIR
	local rc=0
	local -a of

	lint_kos_of "$1"
	[[ ${#of[@]} -gt 0 ]] || return 0
	(cd "$L/root" && "${LINT_KABI:-driver-kabi}" check "${of[@]/#/./}" \
		--symvers "$1") >>"$L/kabi" 2>"$L/kabi.log" || rc=$?
	case $rc in
	0 | 3) ;;
	6) cat "$L/kabi.log" >>"$L/kabi" ;;
	*) finding 208 "$1" "$(head -n 1 "$L/kabi.log")" ;;
	esac
}
