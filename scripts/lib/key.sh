# SPDX-License-Identifier: GPL-2.0-only
# The key that signs a disk: whether it can, and signing with it.
# shellcheck shell=bash

# Everything about the key is found out before the long compile: KEY is its
# fingerprint, GPG_ARGS what gpg needs to sign as asked.
open_key() {
	local line said secret='' found=0

	GPG_ARGS=(--batch --yes --quiet)
	[[ -z $O_NO_PASSPHRASE ]] || GPG_ARGS+=(--pinentry-mode loopback --passphrase '')
	[[ -z $O_SIGN_TIME ]] || GPG_ARGS+=(--faked-system-time "$O_SIGN_TIME!")
	# XCP-ng names the key by the file of its public half.
	[[ -n $O_SIGN || -z $O_KEYFILE ]] || O_SIGN=$(file_keys "$O_KEYFILE" | head -n 1)
	must_match --sign "$O_SIGN" '.*' "the key that your users' hosts trust"
	# Not through a file: gpg does not tell when there was no room for it.
	said=$(gpg --batch --with-colons ${O_SIGN_TIME:+--faked-system-time "$O_SIGN_TIME!"} \
		--list-secret-keys "$O_SIGN" 2>/dev/null) ||
		die 5 "--sign $O_SIGN: no such secret key in ${GNUPGHOME:-the default key ring}; create or import it"
	while read -r line; do
		case $line in
		sec:*) secret=$line found=$((found + 1)) ;;
		fpr:*) [[ -n $KEY ]] || IFS=: read -r _ _ _ _ _ _ _ _ _ KEY _ <<<"$line" ;;
		esac
	done <<<"$said"
	[[ $found = 1 ]] ||
		die 5 "--sign $O_SIGN: $found keys have this name; give one's fingerprint"
	check_key "$secret"
	[[ -z $O_KEYFILE ]] || check_keyfile
}

check_key() {	# GPG'S LINE: 2 validity, 4 algorithm, 6 created, 7 expires, 12 what it can
	local validity algorithm created expires can now

	printf -v now '%(%s)T' -1
	now=${O_SIGN_TIME:-$now}
	IFS=: read -r _ validity _ algorithm _ created expires _ _ _ _ can _ <<<"$1"
	[[ $created -le $now ]] ||
		die 5 "--sign-time $now: the key was made later, at $created; no host would take the signature"
	[[ $validity != e && ( -z $expires || $expires -gt $now ) ]] ||
		die 5 "--sign $O_SIGN: expired on $(date -u -d "@$expires" +%F); extend it with 'gpg --quick-set-expire $KEY 1y', or give another"
	[[ $validity != r ]] || die 5 "--sign $O_SIGN: is revoked; give another key"
	[[ $can = *S* ]] || die 5 "--sign $O_SIGN: cannot sign; give a signing key"
	# dom0's rpm knows no elliptic curves.
	[[ $algorithm = 1 || $algorithm = 17 ]] ||
		die 5 "--sign $O_SIGN: is neither RSA nor DSA, and the hosts' rpm reads no other; give an RSA key"
}

file_keys() {	# FILE -> the fingerprints in it
	gpg --batch --with-colons --show-keys "$1" 2>/dev/null | awk -F: '$1 == "fpr" { print $10 }' || true
}

# Hosts look for the key by this file's name: it must be the key that signs.
check_keyfile() {
	local keys

	keys=$(file_keys "$O_KEYFILE")
	[[ -n $keys ]] || die 5 "--keyfile $O_KEYFILE: no public key; make it with 'gpg --armor --export $KEY'"
	grep -qxF "$KEY" <<<"$keys" ||
		die 5 "--keyfile $O_KEYFILE: holds another key than --sign $O_SIGN; make it with 'gpg --armor --export $KEY'"
}

# --lint: the keys whose signatures are good, armored or not.
open_key_ring() {
	[[ -n $(file_keys "$O_KEYFILE") ]] ||
		die 5 "--keyfile $O_KEYFILE: no public key; make it with 'gpg --armor --export KEY'"
	LINT_KEYRING=$WORK/ring.gpg
	gpg --batch --dearmor <"$O_KEYFILE" >"$LINT_KEYRING" 2>/dev/null ||
		cp "$O_KEYFILE" "$LINT_KEYRING"
}

sign_rpms() {	# RPM...
	local args="${GPG_ARGS[*]:3}"

	# rpm cuts this at blanks, and so cannot hold an empty passphrase.
	args=${args/--passphrase /--passphrase-file \/dev\/null}
	rpmsign -D "_gpg_name $KEY" -D "__gpg $(command -v gpg)" \
		-D "_gpg_sign_cmd_extra_args ${args:-%{nil\}}" --addsign "$@" >"$WORK/sign.log" 2>&1 ||
		die 5 "rpmsign failed with key $O_SIGN ($(grep -m 1 -iE 'error|failed' "$WORK/sign.log")); is it unlocked?"
}

sign_file() {	# FILE -> FILE.asc
	gpg "${GPG_ARGS[@]}" --local-user "$KEY" --armor --detach-sign --output "$1.asc" "$1" 2>"$WORK/sign.log" ||
		die 5 "gpg could not sign with key $O_SIGN ($(tail -n 1 "$WORK/sign.log")); is it unlocked?"
}
