# SPDX-License-Identifier: GPL-2.0-only
# The legacy family: XS-REPOSITORY, XS-PACKAGES, and what hosts up to 7.0 do with them.
# shellcheck shell=bash disable=SC2034,SC2154  # L, RPMS and the LINT_ variables are lint_disk's

lint_legacy_facts() {	# -> HOST_RPM: the rpm of the hosts that the disk is for
	local line
	local seventh='^requires=(xs main (eq|ge|gt) [7-9]|xcp main (eq|ge|gt) (2\.[1-9]|[3-9]))'

	HOST_RPM=4.4
	lint_empty repository packages
	lint_packinfo xs-repository XS-REPOSITORY >"$L/repository" ||
		finding 601 XS-REPOSITORY "$(lint_packinfo_said)"
	lint_packinfo xs-packages XS-PACKAGES >"$L/packages" ||
		finding 602 XS-PACKAGES "$(lint_packinfo_said)"
	while IFS= read -r line; do
		[[ ! $line =~ $seventh ]] || HOST_RPM=4.11
	done <"$L/repository"
}

lint_legacy() {
	local file
	local -a files=()

	awk -F '\t' '
		FILENAME ~ /files$/ { real[$2] = 1; next }
		$8 in real { print "./" $8 }' "$L/files" "$L/packages" | tr '\n' '\0' |
		xargs -0 -r md5sum >"$L/sums" 2>/dev/null
	awk -v OFS='\t' -f "$LINT_LIB/lint/identity.awk" "$L/repository"
	awk -F '\t' -v OFS='\t' -v host_rpm="$HOST_RPM" \
		-f "$LINT_LIB/lint/legacy.awk" \
		"$L/files" "$L/sums" "$L/facts" "$L/packages"
	for file in XS-REPOSITORY XS-PACKAGES; do
		[[ -z ${ON_DISK[$file]:-} ]] || files+=("$file")
	done
	awk -v OFS='\t' -f "$LINT_LIB/lint/sed.awk" "${files[@]}"
	[[ -f install && -x install ]] ||
		finding 614 install "is missing or not executable"
	[[ -f install.sh && -x install.sh ]] ||
		finding 615 install.sh "is missing or not executable"
	for file in update.xml.asc repodata; do
		[[ ! -e $file ]] || finding 102 "$file" "belongs to the update family"
	done
}
