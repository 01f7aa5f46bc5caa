# SPDX-License-Identifier: GPL-2.0-only
# The ELF files of the packages: what readelf says about all of them at once.
# shellcheck shell=bash disable=SC2034,SC2154  # L is lint_disk's

# KOS, ELFS: paths below $L/root; $L/elf: "PATH key value" lines
lint_elf() {
	KOS=() ELFS=()
	lint_list_elf
	: >"$L/elf"
	[[ ${#ELFS[@]} -gt 0 ]] || return 0
	# With one file readelf would not say its name.
	(cd "$L/root" && readelf -W -h -l -d -V -S -p .modinfo "${ELFS[@]}" \
		/dev/null) >"$L/readelf" 2>/dev/null
	awk -v OFS='\t' -f "$LINT_LIB/lint/elf_read.awk" "$L/readelf" >"$L/elf"
	awk -F '\t' -v OFS='\t' -f "$LINT_LIB/lint/elf.awk" "$L/unpacked" "$L/facts" "$L/elf"
}

lint_list_elf() {
	local n name magic rpm
	local -A unpacked=()

	while IFS=$'\t' read -r n rpm; do unpacked[$n]=1; done <"$L/unpacked"
	while IFS=$'\t' read -r n name; do
		[[ -n ${unpacked[$n]-} && -f $L/root/$n$name && ! -L $L/root/$n$name ]] || continue
		magic=
		IFS= read -r -d '' -n 4 magic <"$L/root/$n$name" || true
		[[ $name != *.ko ]] || KOS+=("$n$name")
		[[ $magic != $'\x7fELF' ]] || ELFS+=("$n$name")
	done <"$L/regular"
}
