# SPDX-License-Identifier: GPL-2.0-only
# Which disks a call makes, of which family, and what goes on each.
# shellcheck shell=bash

version_less() {	# A B
	[[ $1 != "$2" && $(printf '%s\n' "$1" "$2" | sort -V | head -n 1) = "$1" ]]
}

# DISKS: one for each kernel ABI, ABIS[K]: that of K; RPM_KERNELS[rpm]: the kernels it is for.
open_disks() {
	local rpm k

	declare -gA RPM_KERNELS=() ABIS=()
	for rpm in ${READY[@]+"${READY[@]}"}; do
		[[ -f $rpm && -r $rpm ]] || die 5 "$rpm: cannot be read; check the path"
		[[ -n $(rpm_tag "$rpm" '%{NAME}') ]] ||
			die 1 "$rpm: unsupported package type: not an RPM that can be read; leave it out"
		[[ $(rpm_tag "$rpm" '%{SOURCEPACKAGE}') != 1 ]] ||
			die 2 "$rpm: is a source package; give it as --source"
		[[ -z ${RPM_KERNELS[${rpm##*/}]+given} ]] || die 2 "$rpm: given twice; give each RPM once"
		RPM_KERNELS[${rpm##*/}]=$(rpm_kernels "$rpm")
		for k in ${RPM_KERNELS[${rpm##*/}]}; do
			[[ ${#O_KERNELS[@]} = 0 || -n ${KDIRS[$k]-} ]] ||
				die 1 "${rpm##*/}: built for kernel $k, not ${KERNELS[*]}; build it with this --kernel-devel"
		done
	done
	[[ ${#KERNELS[@]} -gt 0 || ${#READY[@]} = 0 ]] ||
		mapfile -t KERNELS < <(printf '%s\n' ${RPM_KERNELS[@]+"${RPM_KERNELS[@]}"} | grep . | sort -Vu)
	DISKS=()
	for k in ${KERNELS[@]+"${KERNELS[@]}"}; do
		ABIS[$k]=$(kernel_abi "$k")
		[[ " ${DISKS[*]-} " = *" ${ABIS[$k]} "* ]] || DISKS+=("${ABIS[$k]}")
	done
	[[ ${#DISKS[@]} -gt 0 ]] || DISKS=('')
}

disk_kernels() {	# ABI -> its kernels
	local k

	for k in ${KERNELS[@]+"${KERNELS[@]}"}; do
		[[ ${ABIS[$k]} != "$1" ]] || printf '%s\n' "$k"
	done
}

disk_rpms() {	# ABI -> those of the RPMs given that go on its disk
	local rpm k

	for rpm in ${READY[@]+"${READY[@]}"}; do
		[[ -n ${RPM_KERNELS[${rpm##*/}]} ]] || printf '%s\n' "$rpm"
		for k in ${RPM_KERNELS[${rpm##*/}]}; do
			[[ $(kernel_abi "$k") != "$1" ]] || { printf '%s\n' "$rpm"; break; }
		done
	done
}

# The product says which family; without one the kernel does.
choose_format() {
	local known

	known=$(product_version_of "${KERNELS[0]-}")
	[[ $O_FORMAT != auto ]] || O_FORMAT=$(format_of "$known")
	if [[ $O_FORMAT = legacy ]]; then
		[[ -n $O_PRODUCT_VERSION || $O_PRODUCT = XCP ]] || O_PRODUCT_VERSION=$known
		O_PRODUCT=${O_PRODUCT:-XenServer}
		must_match --vendor-code "$O_VENDOR_CODE" '.*' "your name as a word"
		must_match --vendor-name "$O_VENDOR_NAME" '.*' "your name in full"
		O_ERA=
		for K in ${KERNELS[@]+"${KERNELS[@]}"}; do legacy_check_options; done
		[[ ${#KERNELS[@]} -gt 0 ]] || legacy_check_options
		# Up to 6.2 the driver kit took nothing else.
		[[ $O_ERA != 6.2 ]] || O_MODULE_DIR=${O_MODULE_DIR:-extra}
		[[ -z $O_SIGN ]] || note "--sign: a legacy disk carries no signatures; left out"
		[[ -z $O_UUID$O_ROLLUPS$O_BASE_REQUIRES$O_AFTER_APPLY$O_PRECHECK$O_REMOVE$O_GROUPFILE ]] ||
			note "--uuid, --rollups, --base-requires, --after-apply, --precheck, --remove and --groupfile: the legacy family has no such thing; left out"
		return
	fi
	update_check_options
}

format_of() {	# VERSION OF THE PRODUCT THAT HAS THE KERNEL -> update|legacy
	local version=${O_PRODUCT_VERSION:-$1}

	case $O_PRODUCT in
	XCP-ng) echo update; return ;;
	XCP) echo legacy; return ;;
	esac
	# 7.0 and 7.1 have one kernel: a key says that it is for 7.1.
	if [[ -n $version ]] && version_less "$version" 7.1 &&
	   [[ -n $O_PRODUCT_VERSION || $version != 7.0.0 || -z $O_SIGN$O_KEYFILE ]]; then
		echo legacy
		return
	fi
	echo update
}

disk_name() {	# ABI -> the file's name without .iso
	local name=$O_LABEL-$O_VERSION${1:+-$1}

	[[ ${#DISKS[@]} -gt 1 || $O_FORMAT != legacy || -z $O_OUTPUT ]] || name=$O_LABEL
	[[ ${#DISKS[@]} -gt 1 || -z ${CONFIG_ISO-} ]] || name=${CONFIG_ISO%.iso}
	[[ -z ${O_ISO%.iso} ]] || name=${O_ISO%.iso}
	printf '%s\n' "$name"
}

disk_uuid() {	# ABI
	printf '%s\n' "${O_UUID:-$(derive_uuid "$O_VENDOR_CODE" "$O_LABEL" "$O_VERSION" "$O_RELEASE" "$O_BUILD" "$1")}"
}

check_disks() {
	local file

	[[ ${#DISKS[@]} = 1 || -z $O_UUID ]] ||
		bad_usage "--uuid: names one disk, and ${#DISKS[@]} kernels make ${#DISKS[@]}; leave it out"
	[[ ${#DISKS[@]} = 1 || -z $O_ISO ]] ||
		bad_usage "--output $O_OUTPUT: is one file, and ${#DISKS[@]} kernels make ${#DISKS[@]} ISOs; give --out with a folder"
	for file in "$O_SPEC" ${O_KEYFILE:+"$O_KEYFILE"} ${O_PRECHECK:+"$O_PRECHECK"} \
		${O_REMOVE:+"$O_REMOVE"} ${O_GROUPFILE:+"$O_GROUPFILE"} ${O_EULA:+"$O_EULA"} \
		${O_MODULE_KEY:+"$O_MODULE_KEY"} ${O_MODULE_CERT:+"$O_MODULE_CERT"} ${O_PREVIOUS:+"$O_PREVIOUS"}; do
		[[ -r $file ]] || die 5 "$file: cannot be read; check the path"
	done
	[[ -z $O_MODULE_KEY ]] || for K in "${KERNELS[@]}"; do
		[[ -x ${KDIRS[$K]}/scripts/sign-file ]] ||
			die 5 "${KDIRS[$K]}/scripts/sign-file: missing; with it --module-key signs, install the whole kernel-devel"
	done
}

# The folder DISK gets its packages; K is the ABI, then each of its kernels.
fill_disk() {	# ABI DISK
	local packages=$2 k rpm
	local -a rpms

	[[ $O_FORMAT = legacy ]] || packages=$2/Packages
	mkdir -p "$packages" ${O_SOURCE:+"$2/SRPMS"}
	mapfile -t rpms < <(disk_rpms "$1")
	[[ ${#rpms[@]} = 0 ]] || cp "${rpms[@]}" "$packages/"
	if [[ -n $O_SOURCE ]]; then
		for k in $(disk_kernels "$1"); do
			K=$k
			compile "$k" || build_failed "$WORK/for.$k/log" "compile"
			rpms=("$WORK/for.$k"/RPMS/*/*.rpm)
			for rpm in "${rpms[@]}"; do
				[[ -z ${RPM_KERNELS[${rpm##*/}]+given} ]] ||
					die 1 "${rpm##*/}: is given, and --source makes it too; leave out one"
			done
			mv "${rpms[@]}" "$packages/"
		done
		cp "$WORK"/src/SRPMS/*.src.rpm "$2/SRPMS/"
	fi
	for rpm in "$packages"/*.rpm; do
		[[ -f $rpm ]] || die 1 "nothing to pack for kernel $1; give it an RPM, or --source"
	done
	read_packages "$packages"/*.rpm
}

# What update.xml and the update package say of the packages: INSTALLED_SIZE, REQUIRES.
# modprobe knows '-' and '_' as one letter, and one file by each name.
read_packages() {	# RPM...
	local kind value evr module='/lib/modules/([^/]+)/(.*/)?([^/]+)\.ko(\.[a-z0-9]+)?$'
	local -A seen=()

	INSTALLED_SIZE=0 REQUIRES=''
	rpm -qp --nosignature --qf 'P\t%{SIZE}\t%{NAME} >= %|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\n[F\t%{FILENAMES}\n]' \
		"$@" >"$WORK/packages" 2>/dev/null || die 1 "rpm cannot read the packages; is there room in ${TMPDIR:-/tmp}?"
	while IFS=$'\t' read -r kind value evr; do
		if [[ $kind = P ]]; then
			INSTALLED_SIZE=$((INSTALLED_SIZE + value)) REQUIRES+="Requires: $evr"$'\n'
		elif [[ $value =~ $module ]]; then
			value=${BASH_REMATCH[1]}/${BASH_REMATCH[3]//-/_}
			[[ -z ${seen[$value]-} ]] ||
				die 1 "module ${value#*/} is packed twice; modprobe could load only one of them, leave out the other"
			seen[$value]=1
		fi
	done <"$WORK/packages"
}
