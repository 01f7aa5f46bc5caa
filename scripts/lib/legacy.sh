# SPDX-License-Identifier: GPL-2.0-only
# Turn RPMs into a driver disk of the legacy family: XenServer 5.6 to 7.0, XCP.
# shellcheck shell=bash disable=SC2153,SC2154 source-path=SCRIPTDIR  # TOP, WORK, K, O_*: build-supplemental-pack.sh's

# shellcheck source=legacy_rpm.sh
. "$TOP/scripts/lib/legacy_rpm.sh"

legacy_version_less() {	# A B
	[[ $1 != "$2" && $(printf '%s\n' "$1" "$2" | sort -V | head -n 1) = "$1" ]]
}

# XCP's versions are the platform's: 1.9 was XenServer 6.5, 2.1 was 7.0.
legacy_older() {	# XENSERVER_VERSION XCP_VERSION: is the product older?
	legacy_version_less "$O_PRODUCT_VERSION" "$([[ -n $O_XCP ]] && echo "$2" || echo "$1")"
}

legacy_era() {	# -> 6.2|6.5
	if [[ -n $O_PRODUCT_VERSION ]]; then
		if legacy_older 6.5 1.9; then echo 6.2; else echo 6.5; fi
	elif [[ ${K:-} = *xen || ${K:-} = *kdump ]]; then
		echo 6.2
	else
		echo 6.5
	fi
}

# ---- options ----

legacy_must() {	# OPTION VALUE REGEX MEANING
	[[ $2 =~ ^($3)$ ]] || die 2 "$1: '$2' is not usable in the legacy format; give $4"
}

legacy_check_kernel() {	# K
	case $O_ERA:$1 in
	6.5:*-*) die 2 "$1: a '-' in a kernel's name cannot be told from the RPM's name from XenServer 6.5 on; build for a kernel without one" ;;
	6.2:*xen | 6.2:*kdump | 6.5:*) ;;
	*) die 2 "$1: up to XenServer 6.2 a kernel's name ends in xen or kdump; give that kernel, or another --product" ;;
	esac
}

legacy_asks_for() {	# "ORIGINATOR NAME": does --requires?
	printf '%s\n' ${O_REQUIRES[@]+"${O_REQUIRES[@]}"} | grep "^$1 " >/dev/null
}

legacy_check_product() {
	case ${O_PRODUCT:-XenServer} in
	XenServer) ;;
	XCP) O_XCP=1 ;;
	*) die 2 "--product $O_PRODUCT: never had legacy disks; use --format update" ;;
	esac
	if [[ -z $O_PRODUCT_VERSION ]]; then
		legacy_asks_for "$([[ -n $O_XCP ]] && echo xcp || echo xs) main" ||
			die 2 "--product: no version, and a legacy disk names the one it is for; give --product XenServer:6.5.0"
	else
		legacy_older 7.0.99 2.1.99 ||
			die 2 "--product ${O_PRODUCT:-XenServer}:$O_PRODUCT_VERSION: reads no legacy disks; use --format update"
	fi
}

# These land in XML that shell scripts cut apart with sed: no entity, no quote.
legacy_check_options() {
	local word='[A-Za-z0-9_.-]+' version='[0-9]+(\.[0-9]+)*' requirement

	legacy_must --label "$O_LABEL" "$word" "A-Z a-z 0-9 _ . -"
	legacy_must --vendor-code "$O_VENDOR_CODE" "$word" "A-Z a-z 0-9 _ . -"
	legacy_must --version "$O_VERSION" "$version" "digits and dots"
	[[ ${#O_TEXT} -le 32 ]] ||
		die 2 "--text: ${#O_TEXT} characters, and it becomes the ISO's volume id, which holds 32; shorten it"
	legacy_must --text "$O_TEXT" '[[:graph:]]|[[:graph:]][[:print:]]*[[:graph:]]' "one line of ASCII text"
	[[ $O_TEXT != *[\&\<\>\"\\]* ]] ||
		die 2 "--text: '$O_TEXT' has one of & < > \" \\, which XenServer's scripts would show wrong; say it without"
	[[ -z $O_BUILD ]] || legacy_must --build "$O_BUILD" '[A-Za-z0-9._+~-]+' "A-Z a-z 0-9 . _ + ~ -"
	[[ -z $O_MEM ]] || legacy_must --mem "$O_MEM" '[0-9]+' "dom0's memory in MiB, a number"
	case $O_VENDOR_CODE:$O_LABEL in
	xs:main | xcp:main | xs:linux | xs:xenserver-transfer-vm | xcp:extras)
		die 2 "--vendor-code $O_VENDOR_CODE --label $O_LABEL: a part of the product has this identity; use your own vendor code" ;;
	esac
	for requirement in ${O_REQUIRES[@]+"${O_REQUIRES[@]}"}; do
		legacy_must --requires "$requirement" "$word $word (eq|ne|lt|gt|le|ge) $version" \
			"'ORIGINATOR NAME eq|ne|lt|gt|le|ge VERSION'"
	done
	legacy_check_product
	O_ERA=${O_ERA:-$(legacy_era)}
	[[ -z ${K:-} ]] || legacy_check_kernel "$K"
}

legacy_modules_name() {	# LABEL K -> the module RPM's name
	legacy_check_kernel "$2"
	case $2 in
	*xen) [[ $O_ERA = 6.5 ]] || { echo "$1-modules-xen-${2%xen}"; return; } ;;
	*kdump) [[ $O_ERA = 6.5 ]] || { echo "$1-modules-kdump-${2%kdump}"; return; } ;;
	esac
	echo "$1-$2-modules"
}

# ---- the two files ----

legacy_requires_xml() {
	local main='xs main' product=XenServer requirement
	local -a words

	[[ -z $O_XCP ]] || main='xcp main' product=XCP
	# Asked for with a test of one's own, the product is not asked for twice.
	legacy_asks_for "$main" ||
		set -- "$main eq $O_PRODUCT_VERSION"
	for requirement in "$@" ${O_REQUIRES[@]+"${O_REQUIRES[@]}"}; do
		read -r -a words <<<"$requirement"
		printf '  <requires originator="%s" name="%s" test="%s" product="%s" version="%s"/>\n' \
			"${words[@]:0:3}" "$product" "${words[3]}"
	done
}

legacy_repository_xml() {
	local more=''

	[[ -z $O_BUILD ]] || more+=" build=\"$O_BUILD\""
	[[ -z $O_MEM ]] || more+=" memory-requirement-mb=\"$O_MEM\""
	[[ -z $O_HOMOGENEOUS ]] || more+=' enforce-homogeneity="true"'
	[[ -z ${O_HIDDEN:-} ]] || more+=' hidden="true"'
	printf '<repository originator="%s" name="%s" product="%s" version="%s"%s>\n' \
		"$O_VENDOR_CODE" "$O_LABEL" "$([[ -n $O_XCP ]] && echo XCP || echo XenServer)" "$O_VERSION" "$more"
	printf '  <description>%s</description>\n' "$O_TEXT"
	legacy_requires_xml
	printf '</repository>\n'
}

legacy_package_xml() {	# RPM TYPE LABEL KERNEL OPTIONS
	local more='' md5

	[[ $4 = - ]] || more+=" kernel=\"$4\""
	[[ $5 = - ]] || more+=" options=\"$5\""
	md5=$(md5sum <"$1") &&
		printf '  <package label="%s" type="%s" size="%s" md5="%s"%s>%s</package>\n' \
			"$3" "$2" "$(stat -c %s "$1")" "${md5%% *}" "$more" "${1##*/}"
}

legacy_packages_xml() {	# DISK QUERY FILE...
	local disk=$1 query=$2 order i rpm
	local -a files=("${@:3}") is pairs=()

	order=$(seq 0 $((${#files[@]} - 1)))
	[[ $O_REORDER = 0 || -z $O_REORDER ]] || order=$(legacy_order <"$query")
	[[ $order != cycle* ]] ||
		die 1 "these packages need each other, and hosts install one after the other: ${order#cycle }; make one of them"
	legacy_read_query <"$query"
	printf '<packages>\n'
	for i in $order; do
		rpm=${files[i]}
		read -r -a is < <(legacy_classify "${L_NAME[i]}" "${L_GROUP[i]}")
		legacy_check_rpm "$rpm" "$i" "${is[@]}"
		[[ ${is[0]}:${is[2]} != driver-rpm:[!a]* ]] || pairs+=("${is[1]} ${is[2]}")
		legacy_package_xml "$disk/$rpm" "${is[@]}"
	done
	printf '</packages>\n'
	[[ $O_ERA = 6.5 || ${#pairs[@]} = 0 ]] || legacy_check_pairs "${pairs[@]}"
}

legacy_files() {	# DISK FILE... -> the names given, then the rest by name
	local file all

	all=$(cd "$1" && find . -maxdepth 1 -type f -printf '%P\n' | sort |
		grep -vxE 'XS-REPOSITORY|XS-PACKAGES|install|install\.sh') || true
	shift
	for file; do
		grep -xF -e "${file##*/}" <<<"$all" ||
			die 1 "$file: not on the disk; give its right name"
	done
	[[ $# -gt 0 ]] || { printf '%s\n' "$all"; return; }
	grep -vxF -f <(printf '%s\n' "${@##*/}") <<<"$all" || true
}

legacy_write() {	# DISK [RPM...]: those RPMs first, in this order
	local disk=$1 list
	local -a files

	list=$(legacy_files "$@") || exit
	[[ -n $list ]] || die 1 "no packages supplied; give --source or RPMs"
	mapfile -t files <<<"$list"
	legacy_query "${files[@]/#/$disk/}" >"$WORK/legacy.query"
	legacy_packages_xml "$disk" "$WORK/legacy.query" "${files[@]}" >"$WORK/XS-PACKAGES"
	legacy_check_eula "$disk"
	legacy_repository_xml >"$WORK/XS-REPOSITORY"
	install -m 644 "$WORK/XS-REPOSITORY" "$WORK/XS-PACKAGES" "$disk/"
	# Up to 6.5's first release hosts start install.sh, later ones install.
	install -m 755 "$TOP/pack/legacy/install" "$disk/install"
	install -m 755 "$TOP/pack/legacy/install" "$disk/install.sh"
}

# ---- beside the ISO ----

legacy_md5_line() { (cd "${1%/*}" && md5sum -- "${1##*/}"); }	# /PATH/ISO

# What XenServer's parsers take for the identity of a disk's contents.
legacy_metadata_md5() {	# DISK
	cat "$1/XS-REPOSITORY" "$1/XS-PACKAGES" | md5sum | cut -d ' ' -f 1
}

legacy_tarball() {	# DISK
	(cd "$1" && find . -mindepth 1 -printf '%P\0' | sort -z |
		tar --null --no-recursion -T - --owner=0 --group=0 --numeric-owner \
			--mode=u+rw,go=rX --mtime="@$SOURCE_DATE_EPOCH" --format=gnu -cf -) |
		gzip -9n
}

legacy_side_file() {	# FILE COMMAND...: whole, or not at all
	if "${@:2}" >"$1.part.$$"; then
		mv "$1.part.$$" "$1"
	else
		rm -f "$1.part.$$"
		die 1 "$1: cannot be written; is there room?"
	fi
}

legacy_side_files() {	# ISO DISK; without an ISO (--no-iso) only what else is wanted
	local iso disk=$2

	iso=$(readlink -m "$1")
	[[ ! -f $iso ]] || legacy_side_file "$iso.md5" legacy_md5_line "$iso"
	legacy_side_file "${iso%.iso}.metadata.md5" legacy_metadata_md5 "$disk"
	[[ -z $O_TARBALL ]] || legacy_side_file "${iso%.iso}.tar.gz" legacy_tarball "$disk"
}
