# SPDX-License-Identifier: GPL-2.0-only
# The update family: update.xml, its packages, the repository, the signatures.
# shellcheck shell=bash disable=SC2034,SC2154  # L, RPMS and the LINT_ variables are lint_disk's

lint_packinfo() {	# COMMAND FILE; - is standard input
	if [[ $2 = - || -n ${ON_DISK[$2]:-} ]]; then
		"${LINT_PACKINFO:-packinfo}" "$1" "$2" 2>"$L/packinfo.log"
		return
	fi
	echo "packinfo: is not on the disk" >"$L/packinfo.log"
	return 1
}

lint_packinfo_said() { sed -e '1!d' -e 's/^packinfo: //' -e 's/; the disk is .*//' "$L/packinfo.log"; }

lint_update_facts() {	# -> DECLARED
	local line

	: >"$L/update"
	lint_packinfo update update.xml >"$L/update" || finding 501 update.xml "$(lint_packinfo_said)"
	while IFS= read -r line; do
		[[ $line != kernel=* ]] || DECLARED=${line#kernel=}
	done <"$L/update"
}

lint_update() {
	lint_repository
	awk -F '\t' -v OFS='\t' \
		-f "$LINT_LIB/lint/update.awk" \
		"$L/update" "$L/facts" "$L/comps" update.xml
	awk -F '\t' -v OFS='\t' -f "$LINT_LIB/lint/checksum.awk" \
		"$L/facts" "$L/repomd" "$L/primary" "$L/sums"
	lint_trust
	[[ ! -f ${LINT_PREVIOUS:-}/update.xml || -L $LINT_PREVIOUS/update.xml ]] || lint_previous_update
	[[ -z ${LINT_ISO:-} ]] || lint_iso_ids
}

# $L/repomd "type sha256 href", $L/primary, $L/comps, $L/sums "sha256  ./file"
lint_repository() {
	local type href primary='' group=''

	lint_empty repomd primary comps sums
	lint_packinfo repomd repodata/repomd.xml >"$L/repomd" ||
		finding 513 repodata/repomd.xml "$(lint_packinfo_said)"
	while read -r type _ href; do
		case $type in
		primary) primary=$href ;;
		group) group=$href ;;
		esac
	done <"$L/repomd"
	if [[ -n $primary && $primary != *.gz ]]; then
		finding 514 "$primary" "is not packed with gzip"
	elif [[ -n $primary ]]; then
		{ lint_unzip "$primary" && lint_packinfo primary - <"$L/unzipped" >"$L/primary"; } ||
			finding 513 "$primary" "$(lint_packinfo_said)"
	fi
	if [[ -s $L/repomd && -z $group ]]; then
		finding 510 repodata "repomd.xml names no group file"
	elif [[ -n $group ]]; then
		lint_packinfo comps "$group" >"$L/comps" || finding 513 "$group" "$(lint_packinfo_said)"
	fi
	awk -F '\t' '
		FILENAME ~ /files$/ { real[$2] = 1; next }
		{ f = NF > 1 ? $4 : substr($0, index($0, " ") + 66) }
		f in real { print "./" f }' "$L/files" "$L/repomd" "$L/primary" |
		xargs -d '\n' -r sha256sum >"$L/sums" 2>/dev/null
}

lint_unzip() {	# FILE -> $L/unzipped
	[[ -n ${ON_DISK[$1]:-} ]] && (ulimit -f 65536 && gzip -dc -- "$1") >"$L/unzipped" 2>/dev/null && return
	printf 'packinfo: cannot be unpacked with gzip\n' >"$L/packinfo.log"
	return 1
}

lint_previous_update() {
	lint_packinfo update - <"$LINT_PREVIOUS/update.xml" >"$L/previous-update" || return 0
	awk -v OFS='\t' '
		{ i = index($0, "="); key = substr($0, 1, i - 1); value = substr($0, i + 1) }
		FILENAME ~ /previous-update$/ { old[key] = value; next }
		key == "rollsup" { sub(/ .*/, "", value); rolled[value] = 1; next }
		{ new[key] = value }
		END {
			if (!("uuid" in new))
				exit
			if (new["uuid"] == old["uuid"])
				print 522, "update.xml", "has the previous release'\''s uuid " old["uuid"]
			else if (new["name-label"] == old["name-label"] && !(old["uuid"] in rolled))
				print 526, "update.xml", "does not roll up the previous release " old["uuid"]
		}' "$L/previous-update" "$L/update"
}

# As their bytes: not every reader of ISOs shows lower case.
lint_iso_ids() {
	local key value label='' uuid='' volume application

	while IFS='=' read -r key value; do
		case $key in
		name-label) label=$value ;;
		uuid) uuid=$value ;;
		esac
	done <"$L/update"
	[[ -n $label ]] || return 0
	volume=$(lint_iso_id 40 32) application=$(lint_iso_id 574 128)
	[[ $volume = "$label" ]] || finding 521 ISO "volume id is \"$volume\", the label $label"
	[[ $application = "$uuid" ]] || finding 521 ISO "application id is \"$application\", the uuid $uuid"
}

lint_iso_id() {	# OFFSET LENGTH, in the primary volume descriptor
	dd if="$LINT_ISO" bs=1 skip=$((16 * 2048 + $1)) count="$2" status=none | tr -d '\0' | sed 's/ *$//'
}
