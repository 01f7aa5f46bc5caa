#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Make one release of a driver disk for one kernel ABI, from source or from RPMs.
# shellcheck source-path=SCRIPTDIR
set -euo pipefail
export LC_ALL=C
PROG=${0##*/}
TOP=$(readlink -f "${BASH_SOURCE[0]%/*}/..")

# shellcheck source=lib/rpm.sh
. "$TOP/scripts/lib/rpm.sh"
# shellcheck source=lib/kernel.sh
. "$TOP/scripts/lib/kernel.sh"
# shellcheck source=lib/pack.sh
. "$TOP/scripts/lib/pack.sh"

usage() {
	cat <<-END
		usage: $PROG --label L --version V --text DESCRIPTION
		    --vendor-code CODE --vendor-name NAME --kernel-devel DIR
		    --sign KEYID --out DIR [--source DIR|SRPM] [--spec TEMPLATE]
		    [--release N[.respinM]] [--uuid UUID] [--rollups UUID,...]
		    [--keyfile FILE] [RPM...]
	END
}

bad_usage() { note "$*"; usage >&2; exit 2; }

parse_options() {
	O_LABEL='' O_VERSION='' O_TEXT='' O_VENDOR_CODE='' O_VENDOR_NAME=''
	O_SOURCE='' O_KDIR='' O_SIGN='' O_OUT='' O_KEYFILE='' O_UUID=''
	O_SPEC=$TOP/specs/driver.spec.in O_ROLLUPS='' O_RELEASE=1 READY=()

	while [[ $# -gt 0 ]]; do
		case $1 in
		--help) usage; exit 0 ;;
		-*) [[ $# -ge 2 ]] || bad_usage "$1: needs a value" ;;
		*) READY+=("$1"); shift; continue ;;
		esac
		case $1 in
		--label) O_LABEL=$2 ;;
		--version) O_VERSION=$2 ;;
		--text) O_TEXT=$2 ;;
		--vendor-code) O_VENDOR_CODE=$2 ;;
		--vendor-name) O_VENDOR_NAME=$2 ;;
		--source) O_SOURCE=$2 ;;
		--kernel-devel) O_KDIR=$2 ;;
		--sign) O_SIGN=$2 ;;
		--out | --output) O_OUT=$2 ;;
		--spec) O_SPEC=$2 ;;
		--release) O_RELEASE=$2 ;;
		--uuid) O_UUID=$2 ;;
		--rollups) O_ROLLUPS=$2 ;;
		--keyfile) O_KEYFILE=$2 ;;
		*) bad_usage "$1: no such option" ;;
		esac
		shift 2
	done
}

must_match() {	# OPTION VALUE REGEX MEANING
	[[ -n $2 ]] || bad_usage "$1: missing; give $4"
	[[ $2 =~ ^($3)$ ]] || bad_usage "$1: '$2' is not usable; give $4"
}

check_options() {
	local uuid='[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'

	# 32 characters is what a volume id holds.
	must_match --label "$O_LABEL" '[A-Za-z0-9_][A-Za-z0-9_-]{0,31}' \
		"up to 32 of A-Z a-z 0-9 _ -"
	must_match --version "$O_VERSION" '[A-Za-z0-9._+~]+' \
		"a version of A-Z a-z 0-9 . _ + ~, without '-'"
	must_match --text "$O_TEXT" '[[:print:]]+' "one line of ASCII text"
	must_match --vendor-code "$O_VENDOR_CODE" '[A-Za-z0-9_.-]+' \
		"A-Z a-z 0-9 _ . -"
	must_match --vendor-name "$O_VENDOR_NAME" '[[:print:]]+' "one line of ASCII text"
	must_match --release "$O_RELEASE" '[1-9][0-9]*(\.respin[1-9][0-9]*)?' \
		"a number, then .respinM for a re-spin"
	must_match --kernel-devel "$O_KDIR" '.*' "a kernel-devel folder"
	must_match --sign "$O_SIGN" '.*' "the key that your users' hosts trust"
	must_match --out "$O_OUT" '.*' "the folder for the ISO"
	[[ -z $O_UUID ]] || must_match --uuid "$O_UUID" "$uuid" "a lower-case UUID"
	[[ -z $O_ROLLUPS ]] ||
		must_match --rollups "$O_ROLLUPS" "$uuid(,$uuid)*" "lower-case UUIDs"
	[[ -z $O_KEYFILE ]] || must_match --keyfile "${O_KEYFILE##*/}" \
		'[A-Za-z0-9._+-]+' "a file named RPM-GPG-KEY-<vendor>"
	[[ -n $O_SOURCE || ${#READY[@]} -gt 0 ]] ||
		bad_usage "nothing to pack; give --source DIR|SRPM, or RPMs"
}

# Everything that can be known to fail is told before the long compile.
check_inputs() {
	local file

	K=$(kernel_release "$O_KDIR") ||
		die 5 "$O_KDIR: not a prepared kernel-devel folder (no UTS_RELEASE in include/generated/utsrelease.h); install kernel-devel"
	O_KDIR=$(readlink -f "$O_KDIR")
	[[ -r $O_KDIR/Module.symvers ]] ||
		die 5 "$O_KDIR/Module.symvers: missing; without it no module can be checked, install the whole kernel-devel"
	for file in "${READY[@]+"${READY[@]}"}" "$O_SPEC" ${O_KEYFILE:+"$O_KEYFILE"}; do
		[[ -f $file && -r $file ]] || die 5 "$file: cannot be read; check the path"
	done
	[[ -z $O_SOURCE || -r $O_SOURCE ]] ||
		die 5 "$O_SOURCE: cannot be read; give a source folder or SRPM"
	gpg --batch --list-secret-keys "$O_SIGN" >/dev/null 2>&1 ||
		die 5 "--sign $O_SIGN: no such secret key in ${GNUPGHOME:-the default key ring}; create or import it"
	mkdir -p "$O_OUT" 2>/dev/null || true
	[[ -d $O_OUT && -w $O_OUT ]] ||
		die 5 "$O_OUT: cannot be written; choose another --out"
}

is_srpm() { [[ -f $O_SOURCE ]]; }

# Fill SOURCES with the spec and what it builds from.
prepare_sources() {	# SOURCES
	if is_srpm; then
		(cd "$1" && rpm2cpio "$(readlink -f "$O_SOURCE")" |
			cpio --quiet -idm --no-absolute-filenames) ||
			die 1 "$O_SOURCE: not a source RPM that can be unpacked; give another --source"
		set -- "$1"/*.spec
		[[ $# -eq 1 && -f $1 ]] ||
			die 1 "$O_SOURCE: does not hold exactly one spec; give another --source"
		return
	fi
	fill_spec "$O_SPEC" LABEL "$O_LABEL" VERSION "$O_VERSION" \
		RELEASE "${O_RELEASE%%.*}" SUMMARY "$O_TEXT" \
		VENDOR "$O_VENDOR_NAME" >"$1/$O_LABEL.spec"
	make_tarball "$O_SOURCE" "$O_LABEL-$O_VERSION" \
		"$1/$O_LABEL-$O_VERSION.tar.gz"
}

set_epoch() {
	[[ -z ${SOURCE_DATE_EPOCH:-} ]] || return 0
	if [[ -z $O_SOURCE ]]; then
		SOURCE_DATE_EPOCH=$(rpm_tag "${READY[0]}" '%{BUILDTIME}')
	elif is_srpm; then
		SOURCE_DATE_EPOCH=$(rpm_tag "$O_SOURCE" '%{BUILDTIME}')
	else
		SOURCE_DATE_EPOCH=$(source_epoch "$O_SOURCE")
	fi || die 1 "${O_SOURCE:-${READY[0]}}: not a readable RPM or source folder; give another"
	export SOURCE_DATE_EPOCH
}

# Show the first thing that went wrong; the log stays for the rest.
build_failed() {	# LOG WHAT
	local kept first

	kept=$O_OUT/$O_LABEL-$O_VERSION-$K.log
	first=$(grep -m 1 -E '^[^ ]+:[0-9]+(:[0-9]+)?: (fatal )?error:' "$1" ||
		grep -m 1 -iE '(^|[ :])error:|ERROR: modpost|\*\*\*' "$1" ||
		tail -n 1 "$1")
	cp "$1" "$kept"
	note "$2: ${first#"$WORK/build/BUILD/$O_LABEL-$O_VERSION/"}"
	die 1 "$O_LABEL: not built for $K; the whole log is $kept"
}

build_from_source() {
	local top=$WORK/build respin='' rpm

	mkdir -p "$top"/{SOURCES,SRPMS,RPMS}
	[[ $O_RELEASE != *.* ]] || respin=.${O_RELEASE#*.}
	prepare_sources "$top/SOURCES"
	note "$O_LABEL $O_VERSION: compiling for kernel $K"
	build_srpm "$top" "$respin" >"$WORK/srpm.log" ||
		build_failed "$WORK/srpm.log" "source package"
	build_rpms "$top" "$respin" "$K" "$O_KDIR" >"$WORK/rpm.log" ||
		build_failed "$WORK/rpm.log" "compile"
	cp "$top"/SRPMS/*.src.rpm "$DISK/SRPMS/"
	find "$top/RPMS" -name '*.rpm' -exec cp -t "$DISK/Packages" {} +
	for rpm in "$DISK"/Packages/*.rpm; do
		[[ $(rpm_tag "$rpm" '%{RELEASE}') = "$O_RELEASE" ]] ||
			die 1 "${rpm##*/}: its release is not $O_RELEASE; give --release as the spec has it"
	done
}

check_packages() {
	local rpm

	mkdir -p "$WORK/unpacked"
	for rpm in "$DISK"/Packages/*.rpm; do
		(cd "$WORK/unpacked" && rpm2cpio "$rpm" |
			cpio --quiet -idm --no-absolute-filenames) ||
			die 1 "${rpm##*/}: cannot be unpacked; give another RPM"
	done
	make -s -C "$TOP/kabi" >"$WORK/kabi.log" 2>&1 ||
		die 5 "driver-kabi does not build: $(grep -m 1 error: "$WORK/kabi.log")"
	check_modules "$WORK/unpacked" "$K" "$O_KDIR" "$TOP/build/driver-kabi" ||
		die 1 "$O_LABEL: a module does not fit kernel $K; the disk was not made"
}

installed_size() {
	local rpm total=0

	for rpm in "$DISK"/Packages/*.rpm; do
		total=$((total + $(rpm_tag "$rpm" '%{SIZE}')))
	done
	echo "$total"
}

write_metadata() {
	local -a payload=("$DISK"/Packages/*.rpm)

	update_xml "$(installed_size)" >"$DISK/update.xml"
	build_update_rpms "$WORK/update" "$DISK/update.xml" "${payload[@]}" \
		>"$WORK/update.log" || build_failed "$WORK/update.log" "update package"
	cp "$WORK"/update/RPMS/noarch/*.rpm "$DISK/Packages/"
	comps_xml >"$WORK/groups.xml"
}

sign_and_index() {
	local -a rpms=("$DISK"/Packages/*.rpm)
	local srpm file

	for srpm in "$DISK"/SRPMS/*.src.rpm; do
		[[ ! -f $srpm ]] || rpms+=("$srpm")
	done
	sign_rpms "$O_SIGN" "$WORK/sign.log" "${rpms[@]}" ||
		die 5 "rpmsign failed with key $O_SIGN ($(grep -m 1 -i error "$WORK/sign.log")); is it unlocked, and an RSA key?"
	mv "$DISK/SRPMS" "$WORK/SRPMS"	# a repository must not offer sources
	touch -d "@$SOURCE_DATE_EPOCH" "$DISK"/Packages/*.rpm
	make_repodata "$DISK" "$WORK/groups.xml" ||
		die 1 "createrepo_c failed; see its message above"
	mv "$WORK/SRPMS" "$DISK/SRPMS"
	rmdir --ignore-fail-on-non-empty "$DISK/SRPMS"
	for file in update.xml repodata/repomd.xml; do
		sign_file "$O_SIGN" "$DISK/$file" ||
			die 5 "gpg could not sign with key $O_SIGN; is it unlocked?"
	done
}

cleanup() { rm -rf "$WORK" ${PART:+"$PART"}; }

main() {
	local iso

	parse_options "$@"
	check_options
	check_inputs
	umask 022
	WORK=$(mktemp -d) PART=
	trap cleanup EXIT
	trap 'exit 1' HUP INT TERM
	DISK=$WORK/disk
	mkdir -p "$DISK"/{Packages,SRPMS}
	set_epoch
	O_UUID=${O_UUID:-$(derive_uuid "$O_LABEL" "$O_VERSION" "$O_RELEASE" "$K")}

	[[ ${#READY[@]} -eq 0 ]] || cp "${READY[@]}" "$DISK/Packages/"
	[[ -z $O_SOURCE ]] || build_from_source
	check_packages
	note "$O_LABEL $O_VERSION: packing and signing"
	write_metadata
	sign_and_index
	add_tools "$DISK" "$WORK/tools" || die 5 "packinfo does not build; see above"
	iso=$O_OUT/$O_LABEL-$O_VERSION-$K.iso
	PART=$iso.part.$$
	make_iso "$DISK" "$PART" >"$WORK/iso.log" ||
		build_failed "$WORK/iso.log" "xorriso"
	mv "$PART" "$iso"
	rm -f "${iso%.iso}.log"	# of an earlier failure
	printf '%s\n' "$iso"
}
[[ ${BASH_SOURCE[0]} != "$0" ]] || main "$@"
