# SPDX-License-Identifier: GPL-2.0-only
# What a re-spin starts from: each driver disk or source package, verified once, opened in the cache.
# shellcheck shell=bash disable=SC2154  # the caller's options: O_*, CACHE, WORK, PACKINFO
#
# CACHE/packs/DIGEST/ holds of each: info (key=value), modules/*.ko, SRPMS/*.src.rpm;
# signed=1 in info is of a disk whose modules are signed, pair=1 of one that is for two kernels.
# The digest is that of the file, of the keys that vouch for it and of what opens
# it, so that a disk is verified and opened again when one of them changes.

open_iso() {	# ISO DIR
	mkdir -p "$2"
	if ! confined "$2" xorriso -abort_on FAILURE -osirrox on -indev "$1" -extract / "$2" >"$2.log" 2>&1; then
		note "$1: not a complete ISO ($(grep -m 1 FAILURE "$2.log" || tail -n 1 "$2.log")); get a sound disk"
		return 6
	fi
	chmod -R u+rwX "$2"
}

# A folder stands for all disks and source packages in it.
list_packs() {	# PACK... -> one file a line
	local pack file found

	for pack; do
		if [[ ! -d $pack ]]; then
			printf '%s\n' "$pack"
			continue
		fi
		found=
		for file in "$pack"/*.iso "$pack"/*.src.rpm; do
			[[ ! -f $file ]] || { printf '%s\n' "$file"; found=1; }
		done
		[[ -n $found ]] || note "$pack: holds neither driver disks (*.iso) nor source packages (*.src.rpm)"
	done
}

one_srpm() {	# DIR -> its only source package, or nothing
	local -a found=("$1"/*.src.rpm)

	[[ ${#found[@]} -ne 1 || ! -f ${found[0]} ]] || printf '%s\n' "${found[0]}"
}

# The payload of every package, but only modules are kept of it: at once, as a
# link would lead the next package's files out of here.
extract_modules() {	# RPMS-DIR DEST
	local rpm
	local -a rpms=()

	mkdir -p "$2"
	for rpm in "$1"/*.rpm; do
		[[ $rpm = *.src.rpm || ! -f $rpm ]] || rpms+=("$rpm")
	done
	read_rpms ${rpms[@]+"${rpms[@]}"}
	for rpm in ${rpms[@]+"${rpms[@]}"}; do
		# What cannot be read is said of the disk, not passed over.
		[[ -z ${FACTS[$rpm]} || ${FACTS[$rpm]} = *.ko* ]] || continue
		unpack_rpm "$rpm" "$2" || { note "${rpm##*/}: cannot be unpacked; get a sound disk"; return 6; }
		chmod -R u+rwX "$2"
		find "$2" ! -type d ! \( -type f \( -name '*.ko' -o -name '*.ko.?z' -o -name '*.ko.zst' \) \) -delete || return 6
	done
}

# A compressed module's signature is inside.
note_signed() {	# PACK-DIR
	[[ -z $(find "$1/modules" -name '*.ko*' -exec modinfo -F sig_id {} + 2>/dev/null) ]] || echo signed=1 >>"$1/info"
}

info_of_update() {	# DISK
	local xml

	xml=$("$PACKINFO" update "$1/update.xml") || return 6
	printf 'family=update\n%s\n' "$xml"
}

# A version of digits and dots cannot say that a disk is re-spun: its build does.
info_of_legacy() {	# DISK
	local xml info kernels

	xml=$("$PACKINFO" xs-repository "$1/XS-REPOSITORY") || return 6
	kernels=$("$PACKINFO" xs-packages "$1/XS-PACKAGES") || return 6
	kernels=$(awk -F '\t' '$3 != "-" && $3 != "any" { print $3 }' <<<"$kernels" | sort -u)
	info=$(info_of_repository <<<"$xml")
	printf 'family=legacy\n'
	kernel_of_legacy "$kernels" "$info"
	printf '%s\n' "$info"
}

# Up to XenServer 6.2 that is the ABI of two kernels, if the disk is for both; which era this is
# build-supplemental-pack.sh will find out in the same way.
kernel_of_legacy() {	# KERNELS INFO
	local k=${1%%$'\n'*} abi K O_XCP='' O_PRODUCT_VERSION

	# shellcheck disable=SC2034 # legacy_era uses them
	K=$k O_PRODUCT_VERSION=$(sed -n 's/^product-version=//p' <<<"$2")
	# shellcheck disable=SC2034
	[[ $'\n'$2$'\n' != *$'\nproduct=XCP\n'* ]] || O_XCP=1
	if [[ $(legacy_era) = 6.2 ]]; then
		echo pair=1
		abi=$(kernel_abi "$k")
		! { grep -qxF "${abi}xen" <<<"$1" && grep -qxF "${abi}kdump" <<<"$1"; } || k=$abi
	fi
	printf 'kernel=%s\n' "$k"
}

info_of_repository() {	# <the lines of packinfo xs-repository
	awk -F = '
		{ value = substr($0, length($1) + 2) }
		$1 == "name" { print "name-label=" value }
		$1 == "originator" { print "vendor-code=" value }
		$1 == "version" { version = value }
		$1 == "build" && match(value, /\.?respin[0-9]+$/) {
			respin = "." substr(value, RSTART + (substr(value, RSTART, 1) == "."))
			value = substr(value, 1, RSTART - 1)
		}
		$1 == "build" { print "build=" value }
		$1 == "requires" && value ~ /^(xs|xcp) main eq / { sub(/.* /, "", value); print "product-version=" value; next }
		$1 ~ /^(product|description|memory-requirement-mb|enforce-homogeneity|requires)$/ { print $1 "=" value }
		END { print "version=" version respin }'
}

# What XS-PACKAGES says of each package: all that can be known of its being whole.
verify_sums() {	# DISK NAME_FOR_MESSAGES
	local list file size md5

	list=$("$PACKINFO" xs-packages "$1/XS-PACKAGES") || return 6
	while IFS=$'\t' read -r _ _ _ size md5 _ _ file; do
		[[ -f $1/$file && $(stat -c %s "$1/$file") = "$size" ]] ||
			{ note "$2/$file: missing or not $size bytes long; get a complete disk"; return 6; }
		[[ $(md5sum <"$1/$file") = "$md5  -" ]] ||
			{ note "$2/$file: its md5 sum differs from the listed one; get a sound disk"; return 6; }
	done <<<"$list"
}

open_disk() {	# ISO DIR
	local disk=$2/disk trust=$WORK/trust srpm

	open_iso "$1" "$disk" || return
	if [[ -e $disk/XS-REPOSITORY ]]; then
		info_of_legacy "$disk" >"$2/info" && verify_sums "$disk" "$1" || return
		extract_modules "$disk" "$2/modules" || return
	else
		[[ -d $trust ]] || trust=$2/trust
		verify_disk "$disk" "$1" "$O_KEYRING" "$trust" || return
		info_of_update "$disk" >"$2/info" || return
		extract_modules "$disk/Packages" "$2/modules" || return
		keep_control "$disk" "$2" || { note "$1: its control package cannot be read; get a sound disk"; return 6; }
	fi
	note_signed "$2"
	mkdir -p "$2/SRPMS"
	srpm=$(one_srpm "$disk/SRPMS")
	if [[ -n $srpm ]]; then
		[[ -e $disk/XS-REPOSITORY ]] || verify_rpms "$trust/rpmdb" "$srpm" || return
		mv "$srpm" "$2/SRPMS/" || return
	fi
	rm -rf "$disk" "$disk.log" "$2/trust"
}

# A source package alone: what the disk would say follows from its header.
open_srpm() {	# SRPM DIR
	local name version vendor text

	{ name=$(rpm_tag "$1" '%{NAME}') && version=$(rpm_tag "$1" '%{VERSION}') && text=$(rpm_tag "$1" '%{SUMMARY}') &&
		vendor=$(rpm_tag "$1" '%|VENDOR?{%{VENDOR}}|'); } || { note "$1: not a source package; give another"; return 6; }
	# A line of info says one thing.
	[[ $name$version$vendor$text != *[[:cntrl:]]* ]] ||
		{ note "$1: its header holds control characters; it is damaged or hostile, do not use it"; return 6; }
	mkdir -p "$2/SRPMS" "$2/modules" && cp "$1" "$2/SRPMS/" || return 5
	printf '%s=%s\n' family update name-label "$name" version "$version" kernel '' vendor-name "${vendor:-$name}" \
		vendor-code "$(tr -c 'A-Za-z0-9_.\n-' _ <<<"${vendor:-$name}")" description "$text" >"$2/info"
}

# The number that re-spins are counted behind.
note_release() {	# PACK-DIR
	local srpm release

	srpm=$(one_srpm "$1/SRPMS")
	[[ -n $srpm ]] || return 0
	release=$(rpm_tag "$srpm" '%{RELEASE}') || return 6
	[[ ! $release =~ ^[1-9][0-9]* ]] || printf 'release=%s\n' "${BASH_REMATCH[0]}" >>"$1/info"
}

# These become names of files, targets of make and words of commands.
check_info() {	# FILE DIR
	read_info "$2"
	[[ ${INFO[name-label]-} =~ ^[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}$ ]] ||
		{ note "$1: calls itself '${INFO[name-label]-}', which is no name for a driver disk; get a sound one"; return 6; }
	[[ ${INFO[version]-} =~ ^[A-Za-z0-9._+~]+$ ]] ||
		{ note "$1: its version '${INFO[version]-}' is none; get a sound disk"; return 6; }
	[[ ${INFO[kernel]-} =~ ^[A-Za-z0-9._+-]*$ && ${INFO[key]-} != */* && ${INFO[key]-} != .* ]] ||
		{ note "$1: names a kernel or key that cannot be one; get a sound disk"; return 6; }
}

pack_folder() { printf '%s/packs/%s-%s-%s\n' "$CACHE" "$1" "${TRUSTED:0:16}" "${TOOLS:0:16}"; }	# SHA256

# Verified and opened whole, or not at all; what kind of source it brings is looked at, too.
open_pack() {	# FILE SHA256 SCRATCH
	local dir srpm

	dir=$(pack_folder "$2")
	mkdir "$3"
	case $1 in
	*.src.rpm) open_srpm "$1" "$3" ;;
	*) open_disk "$1" "$3" ;;
	esac && note_release "$3" && check_info "$1" "$3" || return
	# Another run may have been faster; both made the same.
	mv -T "$3" "$dir" 2>/dev/null || rm -rf "$3"
	srpm=$(one_srpm "$dir/SRPMS")
	[[ -z $srpm ]] || source_kind "$srpm" "${dir##*/}" >/dev/null
}

# Every O_JOBS'th pack, from the one numbered FIRST on; what it says goes to WORK/said.N.
open_share() {	# FIRST SCRATCH
	local i

	for ((i = $1; i < ${#good[@]}; i += O_JOBS)); do
		[[ -d $(pack_folder "${sums[i]}") ]] || open_pack "${good[i]}" "${sums[i]}" "$2/$i" 2>"$WORK/said.$i" || true
	done
}

# Opening packs is most of what a plan costs, so it is shared out, and what all
# packs need is made once; what is wrong with the keys is said of each.
open_new_packs() {	# of good and sums
	local scratch i j
	local -a shares=()

	for i in "${!good[@]}"; do [[ -d $(pack_folder "${sums[i]}") ]] || break; done
	[[ ${#good[@]} -gt 0 && ! -d $(pack_folder "${sums[i]}") ]] || return 0
	scratch=$(mktemp -d "$CACHE/${WORK##*/}.XXXXXX")
	mkdir -p "$CACHE/packs"
	make_rpm_keyring "$O_KEYRING" "$WORK/trust/rpmdb" 2>/dev/null || rm -rf "$WORK/trust"
	open_confinement
	for ((j = 0; j < O_JOBS && j < ${#good[@]}; j++)); do
		start open_share "$j" "$scratch"
		shares+=("$!")
	done
	await "${shares[@]}"
	# What is left of a pack that was refused may be closed to us, too.
	chmod -R u+rwX "$scratch"
	rm -rf "$scratch"
}

# Fills INFO with what is known of a pack; of a key that comes again with the first.
read_info() {	# PACK-DIR
	local line key

	declare -gA INFO=()
	while IFS= read -r line; do
		key=${line%%=*}
		[[ -z $key || -n ${INFO[$key]-} ]] || INFO[$key]=${line#*=}
	done <"$1/info"
}
