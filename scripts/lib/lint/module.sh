# SPDX-License-Identifier: GPL-2.0-only
# The kernel modules: for which kernel they are, whether they load, who would win.
# shellcheck shell=bash disable=SC2034,SC2154  # L and KOS are lint_disk's

lint_modules() {	# needs DECLARED: the kernel that the disk says it is for
	local kdir_k=''

	: >"$L/kabi"
	[[ ${#KOS[@]} -eq 0 ]] || printf '%s\n' "${KOS[@]}" >"$L/kos"
	if [[ ${#KOS[@]} -gt 0 && -z ${LINT_KDIR:-} ]]; then
		finding 208 . "no kernel-devel was given to compare the modules' symbols with"
	elif [[ ${#KOS[@]} -gt 0 ]]; then
		kdir_k=$(lint_kdir_release)
		lint_kabi
	fi
	awk -F '\t' -v OFS='\t' -v kdir_k="$kdir_k" -v declared="$DECLARED" -v family="$FAMILY" \
		-v symvers="${LINT_KDIR:+$LINT_KDIR/Module.symvers}" \
		-f "$LINT_LIB/lint/module.awk" \
		"$L/unpacked" "$L/facts" "$L/elf"
	[[ ! -s $L/kabi ]] ||
		awk -v OFS='\t' -f "$LINT_LIB/lint/kabi.awk" "$L/unpacked" "$L/kabi" "$L/kos"
}

lint_kdir_release() {
	local line

	while read -r line; do
		[[ $line != '#define UTS_RELEASE "'* ]] || { line=${line#*\"}; printf '%s' "${line%\"*}"; }
	done <"$LINT_KDIR/include/generated/utsrelease.h"
} 2>/dev/null

# It answers 3 and 6 about modules; with 2 and 5 it says that it could not work.
lint_kabi() {
	local rc=0

	(cd "$L/root" && "${LINT_KABI:-driver-kabi}" check "${KOS[@]/#/./}" \
		--symvers "$LINT_KDIR") >"$L/kabi" 2>"$L/kabi.log" || rc=$?
	case $rc in
	0 | 3) ;;
	6) cat "$L/kabi.log" >>"$L/kabi" ;;
	*) finding 208 "$LINT_KDIR" "$(head -n 1 "$L/kabi.log")" ;;
	esac
}
