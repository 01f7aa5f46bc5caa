# SPDX-License-Identifier: GPL-2.0-only
# A disk as files: its family, its names, and which of its files are RPMs.
# shellcheck shell=bash disable=SC2034,SC2154  # L is lint_disk's

# Only what is in ON_DISK is ever opened: a link could lead to a file without end.
# FAMILY; RPMS: files that begin like an RPM; $L/files: "size path" of each file
lint_layout() {
	local type size path
	local name='^[A-Za-z0-9._+~^=@,%: /-]+$'

	RPMS=()
	find . -mindepth 1 -printf '%y/%s/%P\0' | sort -z >"$L/tree"
	declare -gA ON_DISK=()
	while IFS=/ read -r -d '' type size path; do
		if [[ ! $path =~ $name ]]; then
			finding 103 "$path" "its name holds a character that hosts' tools take for something else"
		elif [[ $type = f ]]; then
			printf '%s\t%s\n' "$size" "$path" >&3
			ON_DISK[$path]=1
			lint_maybe_rpm "$path"
		elif [[ $type != d ]]; then
			finding 104 "$path" "is neither a file nor a folder (type $type)"
		fi
	done <"$L/tree" 3>"$L/files"
	lint_family
}

# rpm would take a text file for a list of URLs to fetch, and a name for a pattern.
lint_maybe_rpm() {	# PATH
	local magic=''

	[[ $1 = *.rpm ]] || return 0
	if [[ ! $1 =~ ^[A-Za-z0-9._+~^=@/-]+$ ]]; then
		finding 103 "$1" "no RPM is named like this"
		return
	fi
	IFS= read -r -d '' -n 4 magic <"$1" || true
	if [[ $magic = $'\xed\xab\xee\xdb' ]]; then
		RPMS+=("$1")
		return
	fi
	finding 105 "$1" "does not begin like an RPM"
}

lint_family() {
	FAMILY=
	if [[ -n ${ON_DISK[update.xml]:-} && ! -e XS-REPOSITORY ]]; then
		FAMILY=update
	elif [[ -n ${ON_DISK[XS-REPOSITORY]:-} && ! -e update.xml ]]; then
		FAMILY=legacy
	elif [[ -e XS-REPOSITORY ]]; then
		finding 102 XS-REPOSITORY "there is an update.xml as well"
	else
		finding 101 . "there is neither an update.xml nor an XS-REPOSITORY"
	fi
	[[ ${#RPMS[@]} -gt 0 ]] || finding 101 . "there is no RPM"
}
