# SPDX-License-Identifier: GPL-2.0-only
# What the story and the tests build before a boot: keys, modules, driver disks.
# shellcheck shell=bash

# new_key HOME NAME: a throw-away signing key; its id is NAME's fingerprint.
new_key() {
	mkdir -p "$1"
	chmod 0700 "$1"
	gpg --homedir "$1" --batch --quiet --pinentry-mode loopback --passphrase '' \
		--quick-generate-key "$2" rsa2048 sign never 2>/dev/null
	gpg --homedir "$1" --batch --armor --export >"$1/public.asc"
}

fingerprint() {	# HOME
	gpg --homedir "$1" --with-colons --list-secret-keys | awk -F: '$1 == "fpr" { print $10; exit }'
}

# module SOURCE KDIR|K DEST [KCFLAGS]: build in a copy, so that nothing lands in the tree.
module() {
	local tmp log=$3/make.log
	tmp=$(mktemp -d)
	mkdir -p "$3"
	cp -a "$1/." "$tmp"
	if ! "$VM_DIR/kernels" make "$2" M="$tmp" KCFLAGS="-ffile-prefix-map=$tmp=. ${4-}" modules >"$log" 2>&1; then
		grep -m 1 -E 'error|\*\*\*' "$log" >&2
		return 1
	fi
	cp "$tmp"/*.ko "$3/"
	rm -rf "$tmp" "$log"
}

# disk cpulevel|acme-edu KDIR KEYHOME OUT [OPTION]...: a signed driver disk, from our own sources.
disk() {
	local label=$1 kdir=$2 home=$3 out=$4
	local -a what
	shift 4
	if [[ $label = cpulevel ]]; then
		what=(--source "$TOP" --spec "$TOP/specs/cpulevel.spec.in" --version "$(cat "$TOP/VERSION")"
			--vendor-code cpulevel --vendor-name cpulevel --text "CPU feature levelling")
	else
		what=(--source "$TOP/examples/acme-edu" --version 1.1
			--vendor-code acme --vendor-name "Acme Ltd" --text "Acme educational device driver")
	fi
	GNUPGHOME=$home "$TOP/scripts/build-supplemental-pack.sh" --label "$label" "${what[@]}" \
		--kernel-devel "$kdir" --sign "$(fingerprint "$home")" --out "$out" "$@"
}
