# SPDX-License-Identifier: GPL-2.0-only
# The kernels to re-spin for: their headers, and which of them are a pair on one disk.
# shellcheck shell=bash disable=SC2154  # the caller's options: O_*, CACHE, RUN, WORK
#
# CACHE/devel/DIGEST/    the headers that came as an RPM
#
# kernels.tsv  K, kernel-devel folder, its digest, "-"; and for XenServer up to 6.2, whose disks are
#              for two kernels, the pair: their ABI, the xen kernel's folder, a digest of both,
#              the kdump kernel's folder.  One that was not given is "none".

kernel_devel_of() {	# RPM -> its folder, unpacked once
	local dir tmp

	dir=$CACHE/devel/$(digest <"$1")
	if [[ ! -d $dir ]]; then
		tmp=$(mktemp -d "$CACHE/${WORK##*/}.XXXXXX")
		unpack_kernel_devel "$1" "$tmp/rpm" >/dev/null || exit
		mkdir -p "$CACHE/devel"
		mv -T "$tmp/rpm" "$dir"
		rmdir "$tmp"
	fi
	dir=$(find "$dir" -path '*/include/generated/utsrelease.h')
	printf '%s\n' "${dir%/include/generated/utsrelease.h}"
}

# Most of it is waiting for the disk: all headers of a new kernel are read, those of several side by side.
write_kernels() {	# -> kernels.tsv
	local given dir k i
	local -a names=() dirs=() digests=()

	mkdir -p "$CACHE/kernels"
	for given in "${O_KDIRS[@]}"; do
		dir=$given
		[[ ! -f $given ]] || dir=$(kernel_devel_of "$given") || exit
		k=$(kernel_release "$dir") ||
			die 5 "$given: not a prepared kernel-devel folder; install kernel-devel"
		[[ $k =~ ^[A-Za-z0-9._+-]+$ ]] || die 5 "$given: names its kernel '$k', which no package can carry; build kernel-devel with another name"
		[[ -r $dir/Module.symvers ]] ||
			die 5 "$dir/Module.symvers: missing; without it nothing can be decided, install the whole kernel-devel"
		[[ " ${names[*]-} " != *" $k "* ]] || die 2 "--kernel-devel: two are for kernel $k; give each kernel once"
		names+=("$k") dirs+=("$(readlink -f "$dir")")
	done
	for i in "${!names[@]}"; do
		kernel_digest "${dirs[i]}" >"$WORK/kernel.$i" &
		digests+=("$!")
	done
	for i in "${!names[@]}"; do
		wait "${digests[i]}" || exit
		printf '%s\t%s\t%s\t-\n' "${names[i]}" "${dirs[i]}" "$(<"$WORK/kernel.$i")"
	done >"$RUN/kernels.tsv"
	write_pairs >>"$RUN/kernels.tsv"
}

write_pairs() {	# of names and dirs
	local i k abi xen kdump
	local -A number=() seen=()

	for i in "${!names[@]}"; do number[${names[i]}]=$i; done
	for k in "${names[@]}"; do
		abi=$(kernel_abi "$k")
		[[ $abi != "$k" && -z ${seen[$abi]-} ]] || continue
		seen[$abi]=1
		[[ -z ${number[$abi]-} ]] || continue
		xen=${number[${abi}xen]-} kdump=${number[${abi}kdump]-}
		printf '%s\t%s\t%s\t%s\n' "$abi" "$([[ -z $xen ]] && echo none || echo "${dirs[xen]}")" \
			"$(cat ${xen:+"$WORK/kernel.$xen"} ${kdump:+"$WORK/kernel.$kdump"} | digest)" \
			"$([[ -z $kdump ]] && echo none || echo "${dirs[kdump]}")"
	done
}

# Where disks for pairs are to be made no kernel may be called as a pair is.
check_pairs() {
	local k abi

	while read -r k; do
		abi=$(kernel_abi "$k")
		[[ $abi = "$k" ]] || ! awk -F '\t' -v k="$abi" '$1 == k { alone = $4 == "-" } END { exit !alone }' "$RUN/kernels.tsv" ||
			die 2 "--kernel-devel: $abi is a kernel's name, and what $k is one of; give them in two runs"
	done < <(cut -f 1 "$RUN/kernels.tsv")
}

kernels_of() {	# K -> its line of kernels.tsv; of a pair the two kernels'
	awk -F '\t' -v k="$1" '
		{ line[$1] = $0 }
		$1 == k { pair = $4 !~ /^-?$/ }
		END {
			if (!pair && k in line) print line[k]
			if (pair && (k "xen") in line) print line[k "xen"]
			if (pair && (k "kdump") in line) print line[k "kdump"]
		}' "$RUN/kernels.tsv"
}

# A plan may be carried out days later, and by another machine.
check_kernel() {	# K
	local kdir kdigest

	[[ -z ${RESPIN_DIGESTS-} ]] || return 0	# by the run that made it
	while IFS=$'\t' read -r _ kdir kdigest _; do
		[[ $(kernel_digest "$kdir") = "$kdigest" ]] || die 5 "$kdir: has changed since the plan; run --plan again"
	done < <(kernels_of "$1")
}

flavour_trees() {	# PACK-DIR xen|kdump -> where its modules for such a kernel are
	local tree

	for tree in "$1"/modules/lib/modules/*"$2"; do
		[[ ! -d $tree ]] || printf '%s\n' "$tree"
	done
}
