# SPDX-License-Identifier: GPL-2.0-only
# Who made the disk: its detached signatures and those of its RPMs, against a ring of keys.
# shellcheck shell=bash disable=SC2154  # L, RPMS and the LINT_ variables are lint_disk's

lint_trust() {
	lint_detached update.xml
	lint_detached repodata/repomd.xml
	if [[ -n ${LINT_KEYRING:-} ]]; then
		lint_rpm_signatures
	elif [[ -n ${LINT_STRANGER:-} ]]; then
		finding 528 . "no key was given to check the signatures with"
	fi
}

lint_detached() {	# FILE
	local first=''

	if [[ -n ${ON_DISK[$1.asc]:-} ]]; then
		IFS= read -r first <"$1.asc" || true
	fi
	if [[ ! $first =~ ^-----BEGIN\ PGP\ SIGNATURE----- ]]; then
		finding 519 "$1" "${1##*/}.asc is missing or no armored signature"
	elif [[ -n ${LINT_KEYRING:-} && -n ${ON_DISK[$1]:-} ]]; then
		gpgv --keyring "$LINT_KEYRING" -- "./$1.asc" "./$1" >/dev/null 2>&1 ||
			finding 525 "$1" "its signature is not a good one of a key in ${LINT_KEYRING##*/}"
	fi
}

# The user's own rpm database may trust other keys.
lint_rpm_signatures() {
	[[ ${#RPMS[@]} -gt 0 ]] || return 0
	mkdir -m 700 "$L/gpg"
	gpg --homedir "$L/gpg" --batch --no-autostart --no-default-keyring --keyring "$LINT_KEYRING" \
		--armor --export >"$L/keys.asc" 2>/dev/null
	rpmkeys --dbpath "$L/rpmdb" --import "$L/keys.asc" >/dev/null 2>&1
	rpmkeys --dbpath "$L/rpmdb" -Kv "${RPMS[@]/#/./}" >"$L/rpmkeys" 2>/dev/null
	awk -v OFS='\t' '
		FILENAME ~ /facts$/ { split($0, fact, "\t"); if (fact[2] == "signed") signed[fact[1]] = 1; next }
		/^[^ ]/ { rpm = substr($0, 3, length($0) - 3); next }
		{ sub(/^ +/, "") }
		/: OK$/ { good[rpm] += /[Ss]ignature/; next }
		!(rpm in bad) { bad[rpm] = $0 }
		END {
			for (rpm in signed)
				if (!good[rpm] || rpm in bad)
					print 527, rpm, (rpm in bad) ? bad[rpm] : "rpm finds no signature"
		}' "$L/facts" "$L/rpmkeys"
}
