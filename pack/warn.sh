# SPDX-License-Identifier: GPL-2.0-only
# What the next boot would lose, in a sentence each, with the cure.
# shellcheck shell=bash disable=SC2034 # other parts read these

older() {	# A B
	[[ $1 != "$2" && $(printf '%s\n' "$1" "$2" | sort -V | head -n 1) = "$1" ]]
}

modules_of() { awk 'NF { print $2 }' <<<"$1" | sort -u; }

# What the admin relies on: the running kernel's packed driver, else the newest.
reference() {	# MODULE -> "version owner pack K"
	awk -F '\t' -v m="$1" '$2 == m && $4 != "in-box" && $4 != "none" { print $3, $4, $10, $1 }' \
		<<<"$STATES" | sort -V |
		awk -v k="$RUNNING" '{ last = $0 } $4 == k { run = $0 }
		                     END { print run ? run : last }'
}

cure() {	# OWNER PACK K -> what to do to have it in NEXT
	local label=$2

	[[ $1 != unpackaged ]] || { printf 'no package brought it; build it for %s\n' "$NEXT"; return; }
	[[ $label != - ]] || label=${1%"-$3-modules"}
	printf "install %s's driver disk for %s\n" "$label" "$NEXT"
}

# Two packs may bring one module.  Prints "version owner" of what modprobe passes over.
passed_over() {	# MODULE FILE-THAT-WINS
	local name file version

	while IFS=$'\t' read -r name file; do
		[[ -n $file ]] || continue
		version=$(modinfo -F version "$ROOT$file" 2>/dev/null) || continue
		printf '%s %s\n' "${version:-"-"}" "$name"
	done <<<"$(awk -F '\t' -v OFS='\t' -v k="$NEXT" -v m="$1" -v file="$2" \
		'$1 == k && $2 == m && $4 != file && $4 !~ /\/dmv\// { print $3, $4 }' <<<"$PACKED")" |
		sort -V | tail -n 1
}

changed_text() {	# changed:N:SYMBOLS
	local rest=${1#changed:}
	local names=${rest#*:}

	printf '%s symbols changed: %s' "${rest%%:*}" "${names//,/, }"
	[[ $(tr -cd , <<<"$names" | wc -c) -ge $((${rest%%:*} - 1)) ]] || printf ' ...'
}

# Nothing, or one sentence that says what the next boot loses and the cure.
warning() {	# MODULE
	local had rpm pack k version owner crcs initrd mend file other

	read -r had rpm pack k <<<"$(reference "$1")"
	IFS=$'\t' read -r version owner crcs initrd file <<<"$(awk -F '\t' -v OFS='\t' -v k="$NEXT" -v m="$1" \
		'$1 == k && $2 == m { print $3, $4, $5, $8, $6 }' <<<"$STATES")"
	[[ -n $had && -n $owner ]] || return 0
	mend=$(cure "$rpm" "$pack" "$k")
	other=
	[[ $'\n'$twice$'\n' != *$'\n'"$1"$'\n'* ]] || other=$(passed_over "$1" "$file")
	if [[ $owner = none ]]; then
		set -- "$1 has no module at all"
	elif [[ $crcs = changed:* ]]; then
		set -- "$1 $version of $owner will not load ($(changed_text "$crcs"))"
	elif [[ $owner = in-box ]]; then
		[[ $version = - || $had = - ]] || older "$version" "$had" || return 0
		[[ $version != - ]] || version=driver
		set -- "$1 falls back from $had to the in-box $version"
	elif older "$version" "$had"; then
		set -- "$1 falls back from $had to $version of $owner"
	elif [[ -n $other ]] && older "$version" "${other%% *}"; then
		set -- "$1 falls back from ${other%% *} to $version of $owner, which modprobe prefers to ${other#* }"
		mend="remove the pack that you do not want"
	elif [[ $initrd = other ]] || [[ $initrd != [-?] && $initrd != same ]] && older "$initrd" "$version"; then
		set -- "$1 $version is not in the initrd, which has another ($initrd)"
		mend="run 'driver-disk verify --repair'"
	else
		return 0
	fi
	printf 'after the next reboot (kernel %s) %s: %s\n' "$NEXT" "$1" "$mend"
}

warnings() {
	local module twice

	twice=$(awk -F '\t' -v k="$NEXT" '$1 == k && $4 !~ /\/dmv\// && seen[$2]++ { print $2 }' <<<"$PACKED")
	while read -r module; do
		[[ -z $module ]] || warning "$module"
	done <<<"$(modules_of "$STATES")"
}
