#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Build this driver's disk for each kernel, as a CI job does after every change.
#
#   ci.sh KERNEL-DEVEL...
#
# TOOLS     the folder with build-supplemental-pack.sh, if that is not in PATH
# SIGN_KEY  the armoured secret key, as CI systems keep one; without it a
#           throw-away key signs, and no host will trust the disks
# OUT       where the disks go (../disks)
set -euo pipefail
export LC_ALL=C
PROG=${0##*/}
HERE=$(dirname "$(readlink -f "$0")")
PATH=${TOOLS:+$TOOLS:}$PATH
OUT=${OUT:-$HERE/../disks}

new_key() { gpg --batch --quiet --passphrase '' --quick-gen-key 'CI (throw-away)' rsa2048 sign never; }

# Prints what --sign wants; the key lives in a key ring of this run alone.
signing_key() {
	if [[ -n ${SIGN_KEY:-} ]]; then
		gpg --batch --quiet --import <<<"$SIGN_KEY"
	else
		printf '%s: no SIGN_KEY: these disks are for tests only\n' "$PROG" >&2
		new_key
	fi >&2
	gpg --batch --with-colons --list-secret-keys | awk -F: '$1 == "fpr" { print $10; exit }'
}

main() {
	local kdir key failed=0

	[[ $# -gt 0 ]] || { printf 'usage: %s KERNEL-DEVEL...\n' "$PROG" >&2; exit 2; }
	GNUPGHOME=$(mktemp -d)
	export GNUPGHOME
	trap 'gpgconf --kill all; rm -rf "$GNUPGHOME"' EXIT
	key=$(signing_key)
	for kdir; do
		build-supplemental-pack.sh --config "$HERE/pack.conf" --source "$HERE" \
			--kernel-devel "$kdir" --sign "$key" --out "$OUT" || failed=1
	done
	exit $failed
}
main "$@"
