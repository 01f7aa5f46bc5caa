# SPDX-License-Identifier: GPL-2.0-only
# Compile all plain drivers of a kernel in one make: half of a small driver's build is make itself.
# shellcheck shell=bash disable=SC2154  # the caller's options: O_*, CACHE, RUN, WORK
#
# Each driver is a folder below the one that M= names, and its path is mapped
# to what a build alone maps it to, so the bytes are the same.  What fails here
# is built alone by its cell.
#
# CACHE/objects/PROOF.o        an object, under what proves that it is the one (respin/cc)
# CACHE/objects/of/ID          there are some of this source (respin/source.sh)

# What respin/cc needs to know: compilers of every name lead to it.
relink_environment() {	# KDIR PARENT
	local tree path names=''

	mkdir -p "$WORK"/{shims,new} "$CACHE/objects/of"
	while IFS= read -r path; do
		[[ ! -x $path || $path =~ (ld|as)(-[0-9.]+)?$ ]] || ln -sf "$TOP/scripts/lib/respin/cc" "$WORK/shims/${path##*/}"
	done < <(compilers)
	while IFS= read -r tree; do
		names+="s#$tree#KERNEL#g;"
	done < <(kernel_trees "$1"; kernel_trees "$1" | xargs -n 1 readlink -f)
	RELINK=(PATH="$WORK/shims:$PATH" RESPIN_PATH="$PATH" RESPIN_COMPILER="$COMPILER" RESPIN_NEW="$WORK/new"
		RESPIN_OBJECTS="$CACHE/objects" RESPIN_NAMES="$names;s#$2#DRIVERS#g")
}

# The environment and sandbox are those of a build alone.
compile_modules() {	# KDIR PARENT FLAG...
	# shellcheck disable=SC2034 # set_rpm_args uses them
	local SOURCE_DATE_EPOCH=0 O_FORMAT=update
	local -a RELINK=()

	mkdir -p "$WORK"/{home,tmp}
	set_rpm_args
	open_sandbox
	[[ $O_POLICY != relink ]] || relink_environment "$1" "$2"
	"${CLEAN_ENV[@]}" ${RELINK[@]+"${RELINK[@]}"} ${SANDBOX[@]+"${SANDBOX[@]}"} \
		make -C "$1" M="$2" KCFLAGS="${*:3}" modules
}

# Whole or not at all; beside the modules, how they came to be.
store_build() {	# DIR KEY
	local part=$CACHE/builds/$2.part.$HOSTNAME.$$ not

	mkdir -p "$part"
	if find "$1" -name '*.ko' -exec cp -t "$part" {} + && [[ -n $(ls -A "$part") ]]; then
		if [[ -f $WORK/new/log ]]; then
			not=$(awk -v dir="$1/" 'index($2, dir) == 1 && $1 == "miss" { print substr($2, length(dir) + 1) }' "$WORK/new/log" | sort | paste -sd ' ')
			echo "${not:+compiled, as these are not proven identical: $not}" >"$part/how"
			[[ -n $not ]] || echo "linked from the objects of an earlier build" >"$part/how"
		fi
		mv -T "$part" "$CACHE/builds/$2" 2>/dev/null || true	# made already: the same
	fi
	rm -rf "$part"
}

# Objects are only of use where a later run can link them again.
store_objects() {	# ID...
	local object id

	[[ $O_POLICY = relink ]] || return 0
	for object in "$WORK"/new/*.o; do
		[[ ! -f $object ]] || { cp "$object" "$CACHE/objects/.$HOSTNAME.$$.part" && mv "$CACHE/objects/.$HOSTNAME.$$.part" "$CACHE/objects/${object##*/}"; }
	done
	for id; do : >"$CACHE/objects/of/$id"; done
}

# Fills names, keys, ids, flags with the plain drivers of a cell of K that were not
# built for the kernel with this digest yet; of those in PACKS, where that names any.
collect_group() {	# K KERNEL-DIGEST PARENT
	local label k src kind digest key name tree

	: >"$3/Kbuild"
	while IFS=$'\t' read -r label k _ _ _ _ _ src digest kind _; do
		[[ $k = "$1" && $kind = plain && ! -e $RUN/results/$label@$k ]] || continue
		[[ ${#PACKS[@]} -eq 0 || " ${PACKS[*]} " = *" $label "* ]] || continue
		[[ $(source_kind "$src" "$digest") = plain ]] || continue
		tree=$CACHE/sources/$digest-${TOOLS:0:16}
		key=$(build_key "$digest" "$2")
		name=$(ls "$tree/tree")
		[[ ! -e $3/$name ]] || continue
		[[ ! -d $CACHE/builds/$key ]] || [[ $O_POLICY = relink && ! -e $CACHE/objects/of/$(<"$tree/id") ]] || continue
		cp -r "$tree/tree/$name" "$3/$name"
		flags+=("-ffile-prefix-map=$3/$name=$(<"$tree/label")")
		printf 'obj-m += %s/\n' "$name" >>"$3/Kbuild"
		names+=("$name") keys+=("$key") ids+=("$(<"$tree/id")")
	done < <(plan_cells | awk -F '\t' '$3 != "keep"')
}

# make_group K: whatever can be had in one make for each kernel; never fails, as the cells do without.
make_group() {
	local line name kdir kdigest
	local -a kernels

	mapfile -t kernels < <(kernels_of "$1")
	[[ -n ${kernels[0]-} ]] || die 2 "$1: not in the plan in $CACHE; run --plan first"
	mkdir -p "$CACHE/builds"
	for line in "${kernels[@]}"; do
		IFS=$'\t' read -r name kdir kdigest _ <<<"$line"
		compile_group "$1" "$name" "$kdir" "$kdigest"
	done
}

compile_group() {	# K KERNEL KDIR KERNEL-DIGEST
	local parent=$WORK/group/$2 kdir=$3 flavour=${2#"$1"} log i
	local -a names=() keys=() ids=() flags=()

	log=$CACHE/group-$1${flavour:+-$flavour}${PACKS[0]+-${PACKS[0]}}.log
	mkdir -p "$parent"
	collect_group "$1" "$4" "$parent"
	# One alone gains nothing here, but for its objects.
	[[ ${#names[@]} -gt 1 || ${#names[@]} -eq 1 && $O_POLICY = relink ]] || return 0
	[[ -e $kdir/vmlinux ]] || flags+=(-g0)	# as specs/driver.spec.in says
	note "kernel $2: compiling ${#names[@]} drivers together"
	if ! compile_modules "$kdir" "$parent" "${flags[@]}" >"$log" 2>&1; then
		note "kernel $2: they do not compile together ($(grep -m 1 -E 'error:|\*\*\*' "$log")); building one by one"
		return 0
	fi
	for i in "${!names[@]}"; do
		store_build "$parent/${names[i]}" "${keys[i]}"
	done
	store_objects "${ids[@]}"
}
