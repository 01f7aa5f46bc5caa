# SPDX-License-Identifier: GPL-2.0-only
# What an RPM is on a legacy disk, where in the order it comes, and what it may hold.
# shellcheck shell=bash disable=SC2154  # O_*: build-supplemental-pack.sh's

# Two eras named a driver's module RPM, and so found its kernel, differently:
#   6.2 (and before)  LABEL-modules-xen-KVER and ...-kdump-KVER, for kernel KVERxen, KVERkdump
#   6.5 (and 7.0)     LABEL-K-modules
LEGACY_62='^(.*)-modules-([^-]*)-(.*)$'
LEGACY_65='^(.*)-(.*)-modules'

# ---- what the RPMs are ----

# One query for all: P starts an RPM, then its R(equires), V (provides), F(iles).
legacy_query() {	# RPM... -> lines
	local rpm

	rpm -qp --nosignature --qf 'P\t%{NAME}\t%{GROUP}\t%{SOURCEPACKAGE}\n[R\t%{REQUIRENAME}\n][V\t%{PROVIDENAME}\n][F\t%{FILENAMES}\n]' \
		"$@" 2>/dev/null && return
	for rpm; do
		rpm -qp --nosignature "$rpm" >/dev/null 2>&1 ||
			die 1 "${rpm##*/}: unsupported package type: not a readable RPM; leave it out"
	done
	die 1 "rpm cannot read the packages; is there room in /tmp?"
}

# Lines of legacy_query -> L_NAME L_GROUP L_SOURCE L_REQUIRES L_FILES, by number.
legacy_read_query() {
	local kind a b c i=-1

	L_NAME=() L_GROUP=() L_SOURCE=() L_REQUIRES=() L_FILES=()
	while IFS=$'\t' read -r kind a b c; do
		case $kind in
		P) i=$((i + 1)) L_NAME+=("$a") L_GROUP+=("$b") L_SOURCE+=("$c") L_REQUIRES+=('') L_FILES+=('') ;;
		R) L_REQUIRES[i]+=$a$'\n' ;;
		F) L_FILES[i]+=$a$'\n' ;;
		esac
	done
}

# Installers from 5.6 to 7.0 install one RPM after the other, in this order.
legacy_order() {	# lines of legacy_query -> numbers from 0, or "cycle NAME..."
	awk -F '\t' '
		$1 == "P" { n++; name[n] = $2 }
		$1 == "R" { want[n, ++wants[n]] = $2 }
		$1 == "V" || $1 == "F" { from[$2] = from[$2] " " n; has[$2, n] = 1 }
		function ready(i,   j, k, list, count) {
			for (j = 1; j <= wants[i]; j++) {
				if ((want[i, j], i) in has)
					continue
				count = split(from[want[i, j]], list, " ")
				for (k = 1; k <= count; k++)
					if (!(list[k] in done))
						return 0
			}
			return 1
		}
		END {
			while (placed < n) {
				for (i = 1; i <= n && (i in done || !ready(i)); i++)
					;
				if (i > n)
					break
				done[i] = 1
				placed++
				out = out (i - 1) "\n"
			}
			if (placed == n) {
				printf "%s", out
				exit
			}
			printf "cycle"
			for (i = 1; i <= n; i++)
				if (!(i in done))
					printf " %s", name[i]
			print ""
		}'
}

# "-" stands for an attribute that is not written.
legacy_classify() {	# NAME GROUP -> TYPE LABEL KERNEL OPTIONS
	case $O_ERA:$1 in
	*:kernel | 6.2:kernel-xen | 6.2:kernel-kdump)
		echo "rpm $1 - -i"
		return ;;
	esac
	if [[ $2 != */Kernel ]]; then
		echo "rpm $1 - -"
	elif [[ $O_ERA = 6.2 && $1 =~ $LEGACY_62 ]]; then
		echo "driver-rpm ${BASH_REMATCH[1]} ${BASH_REMATCH[3]}${BASH_REMATCH[2]} -"
	# foo-bar-modules, which stands for all kernels' packages, is none for a kernel "bar".
	elif [[ $O_ERA = 6.5 && $1 =~ $LEGACY_65 && ${BASH_REMATCH[2]} = [0-9]* ]]; then
		echo "driver-rpm ${BASH_REMATCH[1]} ${BASH_REMATCH[2]} -"
	else
		echo "driver-rpm $1 any -"
	fi
}

# ---- what they may hold ----

legacy_allowed() {	# TYPE LABEL KERNEL OPTIONS PATH
	local dir dirs

	case $1:$3 in
	rpm:*)	# a kernel, which is installed beside others, is free to
		[[ $4 = -i || ! $5 =~ ^((/usr)?/lib/modules/|/boot/vmlinu) ]]
		return ;;
	driver-rpm:any) dirs='/etc /lib/firmware /usr/share/doc' ;;
	*)
		dirs=/lib/modules/$3/extra
		[[ $O_ERA = 6.2 ]] || dirs+=" /lib/modules/$3/updates"
		[[ $2 != md3000-rdac ]] || dirs+=" /lib/modules/$3/kernel" ;;
	esac
	for dir in $dirs; do
		[[ $5/ != "$dir/"* ]] || return 0
	done
	return 1
}

# What the rpm of the oldest host knows; FileDigests are those other than md5.
legacy_old_rpm() {	# FILE REQUIRES
	local known=' VersionedDependencies CompressedFileNames PayloadIsBzip2 PayloadFilesHavePrefix ExplicitPackageProvide HeaderLoadSortsTags ScriptletInterpreterArgs PartialHardlinkSets ConcurrentAccess BuiltinLuaScripts '
	local feature rpm="rpm 4.4"

	if [[ -n $O_PRODUCT_VERSION ]] && ! legacy_older 7.0 2.1; then
		known+='FileDigests PayloadIsXz PayloadIsLzma FileCaps ScriptletExpansion TildeInVersions '
		rpm="rpm 4.11"
	fi
	while read -r feature; do
		[[ $feature = 'rpmlib('* && $known != *" ${feature:7:-1} "* ]] || continue
		die 1 "$1: needs $feature, which the hosts' $rpm does not have; build it with gzip payload and md5 file digests"
	done <<<"$2"
}

legacy_check_rpm() {	# FILE NUMBER TYPE LABEL KERNEL OPTIONS
	local path

	[[ ${L_SOURCE[$2]} = '(none)' ]] ||
		die 1 "$1: unsupported package type: a source RPM; put it in SRPMS/"
	[[ $1 =~ ^[A-Za-z0-9._+~^-]+$ && $4 =~ ^[A-Za-z0-9._+-]+$ && $5 =~ ^[A-Za-z0-9._+~-]+$ ]] ||
		die 1 "$1: its name has a character that XS-PACKAGES cannot hold; rename it"
	[[ $O_ERA = 6.5 || $3 = rpm || $5 = any || $5 = *xen || $5 = *kdump ]] ||
		die 1 "$1: unexpected kernel suffix ($5), up to XenServer 6.2 it is xen or kdump; name it LABEL-modules-xen-KERNEL"
	legacy_old_rpm "$1" "${L_REQUIRES[$2]}"
	while IFS= read -r path; do
		[[ -z $path ]] || legacy_allowed "${@:3}" "$path" ||
			die 1 "$1: unsupported file $path in a package of type $3 for kernel ${5/#-/none}; move it (build-supplemental-pack(8) has the rules)"
	done <<<"${L_FILES[$2]}"
}

# Up to 6.2 a crash kernel of its own had to load each driver too.
legacy_check_pairs() {	# "LABEL KVERxen" or "LABEL KVERkdump"...
	local one base other all

	all=$(printf '%s\n' "$@")
	for one; do
		base=${one%xen} other=kdump
		[[ $one = *xen ]] || base=${one%kdump} other=xen
		grep -qxF -e "$base$other" <<<"$all" ||
			die 1 "no $other kernel module found for ${base/ /:}; XenServer up to 6.2 wants each driver for both kernels"
	done
}

# The licence is any packaged file that is called so; installers show it.
legacy_check_eula() {	# DISK
	local rpm

	[[ -n ${O_EULA:-} ]] || return 0
	for rpm in "$1"/*.rpm; do
		rpm2cpio "$rpm" | cpio -i --quiet --to-stdout '*EULA' 2>/dev/null |
			cmp -s - "$O_EULA" && return
	done
	die 1 "$O_EULA: in no package as a file called EULA; put it there, as /usr/share/doc/$O_LABEL/EULA"
}
