# SPDX-License-Identifier: GPL-2.0-only
# Disks of before XenServer 7.1: md5 sums, which prove no origin, and XS-REPOSITORY.
# shellcheck shell=bash disable=SC2034 # other parts read these

verify_legacy() {	# DISK NAME_FOR_MESSAGES
	local odd list type label kernel size md5 options where file sum

	VERIFY_AT=$1 VERIFY_NAME=$2
	odd=$(find "$1" -mindepth 1 ! -type f -print -quit) || return 6
	[[ -z $odd ]] || refuse "$odd: not a plain file; get a sound disk" || return
	"$PACKINFO" xs-repository "$1/XS-REPOSITORY" >/dev/null || return 6
	list=$("$PACKINFO" xs-packages "$1/XS-PACKAGES") || return 6
	[[ -n $list ]] || refuse "$1: no packages; get a complete disk" || return
	while IFS=$'\t' read -r type label kernel size md5 options where file; do
		[[ $type = rpm || $type = driver-rpm ]] ||
			refuse "$1/$file: a package of the obsolete type $type; ask the vendor for RPMs" || return
		[[ -f $1/$file && $(stat -c %s "$1/$file") = "$size" ]] ||
			refuse "$1/$file: missing or not $size bytes long; get a complete disk" || return
		sum=$(md5sum <"$1/$file")
		[[ ${sum%% *} = "$md5" ]] ||
			refuse "$1/$file: its md5 sum differs from the listed one; get a sound disk" || return
		rpmkeys -K --nosignature "$1/$file" >/dev/null 2>&1 && rpm_fact "$1/$file" ||
			refuse "$1/$file: not a whole RPM; get a sound disk" || return
	done <<<"$list"
	[[ $(awk -F '\t' '{ print $NF }' <<<"$list" | sort | uniq -d) = "" ]] ||
		refuse "$1/XS-PACKAGES: names a file twice; get a sound disk"
}

inventory() { sed -n "s/^$1='\(.*\)'\$/\1/p" "$ROOT/etc/xensource-inventory" 2>/dev/null; }	# KEY

check_product() {	# ITEM INFO
	local product brand platform

	product=$(sed -n 's/^product=//p' <<<"$2")
	brand=$(inventory PRODUCT_BRAND)
	platform=$(inventory PLATFORM_NAME)
	[[ -z $ANY_PRODUCT && $product != "$brand" && $product != "$platform" ]] || return 0
	die 1 "$1: is for $product; this host is ${brand:-no XenServer (no /etc/xensource-inventory)}${platform:+ ($platform)}; get its disk, or give --any-product"
}

version_holds() {	# HAVE TEST WANT, arc by arc and then by their number
	awk -v a="$1" -v t="$2" -v b="$3" 'BEGIN {
		n = split(a, x, "."); m = split(b, y, ".")
		for (i = 1; i <= n && i <= m && !c; i++) c = (x[i] + 0 > y[i] + 0) - (x[i] + 0 < y[i] + 0)
		if (!c) c = (n > m) - (n < m)
		if (t == "eq") exit c != 0
		if (t == "ne") exit c == 0
		if (t == "lt") exit c >= 0
		if (t == "gt") exit c <= 0
		if (t == "le") exit c > 0
		exit c < 0
	}'
}

check_requires() {	# ITEM INFO
	local originator name test version file have

	while read -r originator name test version; do
		[[ -n $originator ]] || continue
		file=$ROOT/etc/xensource/installed-repos/$originator:$name/XS-REPOSITORY
		[[ -r $file ]] || die 1 "$1: needs $originator:$name, which is not installed here; install it first"
		have=$("$PACKINFO" xs-repository "$file" | sed -n 's/^version=//p')
		version_holds "$have" "$test" "$version" || [[ -n $ANY_PRODUCT ]] ||
			die 1 "$1: needs $originator:$name $test $version, here is $have; get the disk for this version, or give --any-product"
	done <<<"$(sed -n 's/^requires=//p' <<<"$2")"
}

# Adds to RPMS, KERNELS, LABELS and RECORD what this host is to take of the disk.
accept_legacy() {	# wanted|optional ITEM STAGE
	local info id kernel file took='' skipped=''

	info=$("$PACKINFO" xs-repository "$3/XS-REPOSITORY") || exit 6
	check_product "$2" "$info"
	check_requires "$2" "$info"
	while IFS=$'\t' read -r kernel file; do
		[[ $(rpm_name "$3/$file") != kernel* ]] ||
			die 1 "$2: brings a kernel ($file), so it is no driver disk; install it as the hotfix it is"
		if [[ $kernel != any && $kernel != - ]] && ! is_kernel "$kernel"; then
			skipped=$kernel
			continue
		fi
		RPMS+=("$3/$file")
		while read -r kernel; do [[ -z $kernel ]] || KERNELS+=("$kernel"); done <<<"$(disk_kernels "$3/$file")"
		took=1
	done <<<"$("$PACKINFO" xs-packages "$3/XS-PACKAGES" | awk -F '\t' -v OFS='\t' '{ print $3, $NF }')"
	[[ -z $skipped ]] || [[ -n $took && ${#KERNELS[@]} -gt 0 ]] ||
		not_here "$1" "$2" "$skipped"
	[[ -n $took ]] || return 0
	id=$(value_of originator <<<"$info"):$(value_of name <<<"$info")
	for file in XS-REPOSITORY XS-PACKAGES; do
		RECORD+=("etc/xensource/installed-repos/$id/$file"$'\t'"$3/$file")
	done
	LABELS+=("$(value_of name <<<"$info")")
}
