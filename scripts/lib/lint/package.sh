# SPDX-License-Identifier: GPL-2.0-only
# The RPMs as packages: names, versions, and what they ask of dom0's rpm.
# shellcheck shell=bash disable=SC2034,SC2154  # L, FAMILY and RPMS are lint_disk's

lint_packages() {
	awk -F '\t' -v OFS='\t' -v family="$FAMILY" -v era="$HOST_RPM" \
		-f "$LINT_LIB/lint/package.awk" "$L/facts"
	[[ -z ${LINT_PREVIOUS:-} ]] || lint_previous
}

# Versions come from strangers and go into rpm's interpreter: plain words only.
lint_previous() {
	local file magic
	local -a old=()

	while IFS= read -r -d '' file; do
		[[ $file =~ ^[A-Za-z0-9._+~^=@/-]+\.rpm$ ]] || continue
		IFS= read -r -d '' -n 4 magic <"$LINT_PREVIOUS/$file" || true
		[[ $magic != $'\xed\xab\xee\xdb' ]] || old+=("./$file")
	done < <(cd "$LINT_PREVIOUS" && find . -name '*.rpm' ! -name '*.src.rpm' -type f -printf '%P\0')
	[[ ${#old[@]} -gt 0 ]] || return 0
	(cd "$LINT_PREVIOUS" && rpm -qp --nosignature \
		--qf '%{NAME}\t%|EPOCH?{%{EPOCH}}:{0}|:%{VERSION}-%{RELEASE}\t%{SHA1HEADER}\n' \
		"${old[@]}") >"$L/previous" 2>/dev/null
	lint_compare_versions
}

lint_compare_versions() {
	local name new old answer
	local -a pairs=()
	local lua=''

	while IFS=$'\t' read -r name new old; do
		pairs+=("$name"$'\t'"$new"$'\t'"$old")
		lua+="print(rpm.vercmp('$new', '$old')) print(' ') "
	done < <(awk -F '\t' -v OFS='\t' '
		function plain(s) { return s ~ /^[A-Za-z0-9._+~:-]+$/ }
		FILENAME ~ /facts$/ {
			if ($2 ~ /^(name|epoch|version|release|source|id)$/)
				now[$1, $2] = $3
			if ($2 == "id" && !now[$1, "source"])
				mine[now[$1, "name"]] = now[$1, "epoch"] ":" now[$1, "version"] "-" now[$1, "release"] OFS $3
			next
		}
		plain($1) && plain($2) && ($1 in mine) {
			split(mine[$1], new, OFS)
			if (plain(new[1]) && !(new[1] == $2 && new[2] == $3))
				print $1, new[1], $2
		}' "$L/facts" "$L/previous")
	[[ -n $lua ]] || return 0
	set -- "${pairs[@]}"
	for answer in $(rpm --eval "%{lua: $lua}"); do
		IFS=$'\t' read -r name new old <<<"$1"
		shift
		[[ $answer = 1 ]] ||
			finding 306 "$name" "has version ${new#0:}, the previous release ${old#0:}"
	done
}
