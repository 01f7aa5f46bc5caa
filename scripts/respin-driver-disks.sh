#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Make driver disks again for another kernel, each from its own ISO alone.
# shellcheck source-path=SCRIPTDIR
set -euo pipefail
export LC_ALL=C
PROG=${0##*/}
TOP=$(readlink -f "${BASH_SOURCE[0]%/*}/..")
PACKINFO=$TOP/build/packinfo

# shellcheck source=lib/rpm.sh
. "$TOP/scripts/lib/rpm.sh"
# shellcheck source=lib/kernel.sh
. "$TOP/scripts/lib/kernel.sh"
# shellcheck source=../pack/verify.sh
. "$TOP/pack/verify.sh"

usage() {
	cat <<-END
		usage: $PROG ISO... --kernel-devel DIR --sign KEYID --out DIR
		    [--keyring GNUPGHOME]
	END
}

bad_usage() { note "$*"; usage >&2; exit 2; }

parse_options() {
	O_KDIR='' O_SIGN='' O_OUT='' O_KEYRING=${GNUPGHOME:-$HOME/.gnupg} ISOS=()

	while [[ $# -gt 0 ]]; do
		case $1 in
		--help) usage; exit 0 ;;
		-*) [[ $# -ge 2 ]] || bad_usage "$1: needs a value" ;;
		*) ISOS+=("$1"); shift; continue ;;
		esac
		case $1 in
		--kernel-devel) O_KDIR=$2 ;;
		--sign) O_SIGN=$2 ;;
		--out) O_OUT=$2 ;;
		--keyring) O_KEYRING=$2 ;;
		*) bad_usage "$1: no such option" ;;
		esac
		shift 2
	done
	[[ ${#ISOS[@]} -gt 0 ]] || bad_usage "no ISO; give the driver disks to re-spin"
	[[ -n $O_KDIR ]] || bad_usage "--kernel-devel: missing; give the new kernel's"
	[[ -n $O_SIGN ]] || bad_usage "--sign: missing; give the key that your users' hosts trust"
	[[ -n $O_OUT ]] || bad_usage "--out: missing; give the folder for the ISOs"
}

open_iso() {	# ISO DIR
	[[ -r $1 ]] || { note "$1: cannot be read; check the path"; return 6; }
	mkdir -p "$2"
	if ! xorriso -abort_on FAILURE -osirrox on -indev "$1" -extract / "$2" >"$2.log" 2>&1; then
		note "$1: not a complete ISO ($(grep -m 1 FAILURE "$2.log" || tail -n 1 "$2.log")); get a sound disk"
		return 6
	fi
	chmod -R u+w "$2"
}

verify_srpm() {	# DISK PRIVATE_DIR -> the SRPM
	local -a found=("$1"/SRPMS/*.src.rpm)

	if [[ ${#found[@]} -ne 1 || ! -f ${found[0]} ]]; then
		note "$VERIFY_NAME/SRPMS: does not hold one source package; re-spin this disk from its vendor's source"
		return 1
	fi
	verify_rpm "${found[0]}" "$2/rpmdb" || return
	printf '%s\n' "${found[0]}"
}

field() { sed -n "s/^$1=//p" <<<"$2"; }	# KEY INFO

# 1.1 -> 1.1.respin1 -> 1.1.respin2
next_respin() {	# VERSION -> number
	[[ $1 =~ \.respin([0-9]+)$ ]] || { echo 1; return; }
	echo $((BASH_REMATCH[1] + 1))
}

first_release() {	# SRPM -> its release without an earlier re-spin
	local release

	release=$(rpm_tag "$1" '%{RELEASE}')
	printf '%s\n' "${release%.respin*}"
}

rollups() {	# INFO -> the old disk, and those it had replaced
	{ field uuid "$1"; field rollsup "$1" | cut -d' ' -f1; } | paste -sd ,
}

respin() {	# ISO NUMBER -> the new ISO
	local disk=$WORK/$2/disk info srpm n label key

	open_iso "$1" "$disk" || return
	verify_disk "$disk" "$1" "$O_KEYRING" "$WORK/$2" || return
	srpm=$(verify_srpm "$disk" "$WORK/$2") || return
	info=$("$PACKINFO" update "$disk/update.xml") || return 6
	n=$(next_respin "$(field version "$info")")
	label=$(field name-label "$info")
	if [[ -z $(field vendor-code "$info") || -z $(field vendor-name "$info") ]]; then
		note "$1: update.xml names no vendor-code and vendor-name; build it with build-supplemental-pack.sh --source $label's SRPM"
		return 1
	fi
	# The disk names a key's file; what that holds is the signing key's affair.
	key=$(field key "$info")
	[[ -z $key ]] || gpg --batch --armor --export "$O_SIGN" >"$WORK/$2/$key"
	"$TOP/scripts/build-supplemental-pack.sh" --label "$label" \
		--version "$(field version "$info" | sed 's/\.respin[0-9]*$//').respin$n" \
		--release "$(first_release "$srpm").respin$n" \
		--text "$(field description "$info")" \
		--vendor-code "$(field vendor-code "$info")" \
		--vendor-name "$(field vendor-name "$info")" \
		--source "$srpm" --kernel-devel "$O_KDIR" --sign "$O_SIGN" \
		--rollups "$(rollups "$info")" --out "$O_OUT" \
		${key:+--keyfile "$WORK/$2/$key"}
}

main() {
	local i rc failed=0 k
	local -a table=()

	parse_options "$@"
	k=$(kernel_release "$O_KDIR") ||
		die 5 "$O_KDIR: not a prepared kernel-devel folder; install kernel-devel"
	make -s -C "$TOP/pack" || die 5 "packinfo does not build; see above"
	umask 022
	WORK=$(mktemp -d)
	trap 'rm -rf "$WORK"' EXIT
	trap 'exit 1' HUP INT TERM
	for i in "${!ISOS[@]}"; do
		note "${ISOS[i]}: re-spin for kernel $k ($((i + 1)) of ${#ISOS[@]})"
		rc=0
		mkdir -p "$WORK/$i"
		respin "${ISOS[i]}" "$i" >"$WORK/$i/made" || rc=$?
		case $rc in
		0) table+=("done"$'\t'"$(<"$WORK/$i/made")") ;;
		6) table+=("refused"$'\t'"${ISOS[i]}") ;;
		*) table+=("failed"$'\t'"${ISOS[i]}") ;;
		esac
		[[ $rc = 0 ]] || failed=$((failed + 1))
		rm -rf "${WORK:?}/$i"
	done
	printf '%s\n' "${table[@]}"
	[[ $failed = 0 ]] || die 1 "$failed of ${#ISOS[@]} disks were not re-spun; the reasons are above"
}
[[ ${BASH_SOURCE[0]} != "$0" ]] || main "$@"
