# SPDX-License-Identifier: GPL-2.0-only
# One cell of the matrix: one driver for one kernel, made once, kept by everything that went into it.
# shellcheck shell=bash disable=SC2154  # the caller's options: O_*, CACHE, RUN, WORK
#
# CACHE/cells/KEY/      the finished disk and its log
# CACHE/builds/KEY/     modules that a group build made, and how
# CACHE/kernels/STAT    the digest of a kernel-devel tree whose files' inodes and their times (ctime) have not changed
# CACHE/compilers/STAT  the same of the programs that build

shopt -s extglob	# compilers

digest() {
	local sum

	sum=$(sha256sum)
	printf '%s\n' "${sum:0:40}"
}

# Debian's Makefile of a kernel-devel leads to a second folder.
kernel_trees() {	# KDIR
	printf '%s\n' "$1"
	sed -nE 's,^include +(/.*)/Makefile$,\1,p' "$1/Makefile" 2>/dev/null
}

# Every byte of the headers counts; reading them all again only when a file's stat says so.
kernel_digest() {	# KDIR
	local memo
	local -a trees

	mapfile -t trees < <(kernel_trees "$1")
	# A word for the way in which they are digested.
	memo=$CACHE/kernels/$({ echo tar-blake2; find -L "${trees[@]}" -type f -printf '%p %i %C@\n' 2>/dev/null; } | digest)
	if [[ ! -s $memo ]]; then
		mkdir -p "${memo%/*}"
		# Some 16,000 files: in one stream that is half the time.
		find -L "${trees[@]}" -type f -print0 2>/dev/null | sort -z |
			tar -chP --null --no-recursion -T - --format=gnu --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=a=r -f - |
			b2sum | cut -c 1-40 >"$memo.$HOSTNAME.$$"
		mv "$memo.$HOSTNAME.$$" "$memo"
	fi
	printf '%s\n' "$(<"$memo")"
}

# Every compiler that a kernel-devel may name.
compilers() {	# -> paths
	local dir
	local -a dirs

	IFS=: read -ra dirs <<<"$PATH"
	for dir in "${dirs[@]}"; do
		printf '%s\n' "$dir"/?(*-)@(gcc|cc|clang|ld|as)?(-+([0-9.]))
	done
}

# Every program whose bytes or opinion get into a disk, and what it brings along;
# a driver's own programs have the C library in them.  Some need not be there.
programs() {	# -> paths
	type -P bash make objcopy strip nm pahole rpmbuild rpmsign rpm2archive createrepo_c xorriso tar gzip gpg bwrap || true
	compilers
	gcc -print-prog-name=cc1 2>/dev/null || true
	printf '%s\n' /usr/lib/gcc/*/*/cc1 /usr/libexec/gcc/*/*/cc1 /usr/lib/rpm/macros /etc/rpm/* \
		/usr/lib/*/libc.a /usr/lib64/libc.a /usr/include/linux/version.h
}

# Read again only when a file's stat says so.
compiler_digest() {
	local memo
	local -a files

	mapfile -t files < <(programs | xargs -d '\n' readlink -e | sort -u)
	memo=$CACHE/compilers/$(find "${files[@]}" -maxdepth 0 -printf '%p %i %s %C@\n' 2>/dev/null | digest)
	if [[ ! -s $memo ]]; then
		mkdir -p "${memo%/*}"
		b2sum "${files[@]}" 2>/dev/null | digest >"$memo.$HOSTNAME.$$"
		mv "$memo.$HOSTNAME.$$" "$memo"
	fi
	printf '%s\n' "$(<"$memo")"
}

# What makes a disk of a source: these scripts, and what they put on it.
tools_digest() {
	find "$TOP"/{scripts/lib,scripts/build-supplemental-pack.sh,specs,pack,kabi,VERSION} -type f ! -name '*.md' -print0 | sort -z | xargs -0 sha256sum | sed "s,$TOP/,," | digest
}

# The cells that a disk is made for, or the one of PACK and K whatever its action, each with all that is known of it:
# label, K, action, reason, version, n, pack folder, source, its digest, its kind, kernel-devel, its digest,
# the folder of the disk that serves this kernel now or "-", of a pair of kernels the other's kernel-devel or "-".
plan_cells() {	# [PACK K]
	awk -F '\t' -v OFS='\t' -v only="${1-}" -v k="${2-}" '
		FILENAME ~ /packs.tsv$/ {
			pack[$1, $9 == "pair"] = $2 OFS $3 OFS $4 OFS $6 OFS $7 OFS $8
			if (only != "" && label == "" && ($1 == only || $5 == only)) label = $1
			next
		}
		FILENAME ~ /kernels.tsv$/ { kernel[$1] = $2 OFS $3; crash[$1] = $4 == "" ? "-" : $4; next }
		FILENAME ~ /served.tsv$/ { if (!(($1, $2) in served)) served[$1, $2] = $3; next }
		only == "" && $3 ~ /^(rebuild|relink|keep)$/ || only != "" && $1 == label && $2 == k {
			print $1, $2, $3, $5, pack[$1, crash[$2] != "-"], kernel[$2], ($1, $2) in served ? served[$1, $2] : "-", crash[$2]
		}' "$RUN/packs.tsv" "$RUN/kernels.tsv" "$RUN/served.tsv" "$RUN/matrix.tsv"
}

build_key() {	# SOURCE-DIGEST KERNEL-DIGEST
	printf '%s\n' "$1" "$2" "$TOOLS" "$COMPILER" | digest
}

# Of the newest disk and of the kernel's own: their UUIDs, and those that they had replaced.
rollups() {	# PACK-DIR PACK-DIR|-
	local -a infos=("$1/info")

	[[ $2 = [-] || $2 = "$1" ]] || infos+=("$2/info")
	awk '
		sub(/^uuid=/, "") || sub(/^rollsup=/, "") { sub(/ .*/, ""); if (!seen[$0]++) all = all (all == "" ? "" : ",") $0 }
		END { print all }' "${infos[@]}"
}

built_for() {	# MODULES-DIR -> the kernel that the modules name, or the pair's ABI
	local built

	find "$1" -name '*.ko*' -exec modinfo -F vermagic {} + | sed 's/ .*//' | while read -r built; do kernel_abi "$built"; done | sort -u
}

# Fills ARGS: how build-supplemental-pack.sh makes the cell that find_cell found, and HOW it comes by the modules.
build_arguments() {
	local key family

	read_info "$dir"
	family=${INFO[family]}
	ARGS=(--label "$label" --version "$version" --format "$family" --text "${INFO[description]-}"
		--vendor-code "${INFO[vendor-code]-}" --vendor-name "${INFO[vendor-name]:-${INFO[vendor-code]-}}"
		--kernel-devel "$kdir" --changelog "for kernel $k: $reason" --source "$src")
	ARGS+=(--release "${INFO[release]:-1}.respin$n")
	[[ $kdump = - ]] || ARGS+=(--kernel-devel "$kdump")
	[[ ${INFO[enforce-homogeneity]-} != true ]] || ARGS+=(--homogeneous)
	if [[ $family = update ]]; then
		ARGS+=(--sign "$O_SIGN")
		[[ -z ${INFO[after-apply-guidance]-} ]] || ARGS+=(--after-apply "${INFO[after-apply-guidance]}")
		control_arguments
		key=$(rollups "$dir" "$served")
		[[ -z $key ]] || ARGS+=(--rollups "$key")
		# The disk names a key's file; what that holds is the signing key's affair.
		key=${INFO[key]-}
		if [[ -n $key ]]; then
			gpg --batch --armor --export "$O_SIGN" >"$WORK/$key"
			ARGS+=(--keyfile "$WORK/$key")
		fi
	else
		legacy_arguments
	fi
	[[ -z $O_SIGN_TIME ]] || ARGS+=(--sign-time "$O_SIGN_TIME")
	[[ -z $O_MODULE_KEY ]] || ARGS+=(--module-key "$O_MODULE_KEY" --module-cert "$O_MODULE_CERT")
	if [[ $action = keep ]]; then keep_modules; else take_modules; fi
}

# Adds the modules that are there already to ARGS, and fills HOW.  Of a pair each
# kernel has its own, in a folder of its name.
keep_modules() {
	local built=$dir/modules flavour tree

	HOW="kept from the disk before"
	if [[ $kdump != - ]]; then
		built=$WORK/built
		for flavour in xen kdump; do
			mkdir -p "$built/$k$flavour"
			while IFS= read -r tree; do cp -r "$tree/." "$built/$k$flavour/"; done < <(flavour_trees "$dir" "$flavour")
		done
	fi
	ARGS+=(--built "$built" --built-for "$(built_for "$dir/modules")")
}

take_modules() {	# of a group build
	local name kdigest built
	local -a hows=()

	HOW=compiled
	while IFS=$'\t' read -r name _ kdigest _; do
		built=$CACHE/builds/$(build_key "$digest" "$kdigest")
		[[ -d $built ]] || return 0
		hows+=("$(cat "$built/how" 2>/dev/null || echo compiled)")
		[[ $kdump = - ]] || { mkdir -p "$WORK/built" && cp -r "$built" "$WORK/built/$name"; }
	done < <(kernels_of "$k")
	[[ $kdump = - ]] || built=$WORK/built
	ARGS+=(--built "$built")
	[[ $action != relink ]] || HOW=$(printf '%s\n' "${hows[@]}" | sort -u | paste -sd ';')
}

# Of the same product as before, under the version that the old hosts' scripts can read.
legacy_arguments() {
	local requires

	ARGS+=(--version "${version%.respin*}" --build "${INFO[build]:+${INFO[build]}.}respin$n"
		--product "${INFO[product]-}${INFO[product-version]:+:${INFO[product-version]}}")
	[[ -z ${INFO[memory-requirement-mb]-} ]] || ARGS+=(--mem "${INFO[memory-requirement-mb]}")
	while read -r requires; do ARGS+=(--requires "$requires"); done < <(sed -n 's/^requires=//p' "$dir/info")
}

# Everything that goes into a cell's disk.  That a group compiled its modules is
# no part of it: they are the same.
key_text() {
	printf '%s\n' "$version" "${dir##*/}" "${served##*/}" "$digest" "$kdigest" "$action" "$reason" \
		"$O_SIGN" "$O_SIGN_TIME" "$MODULE_SIGNER" "${SOURCE_DATE_EPOCH-}" "$TOOLS" "$COMPILER"
}

# Only a whole disk gets the name; the log of a failure stays beside.
make_disk() {	# KEY HOW; ARGS
	local part=$CACHE/cells/$1.part start=$SECONDS
	local -a iso

	[[ ! -e $part ]] || rm -rf "$part"
	mkdir -p "$part/out" "$CACHE/seconds" || return
	if ! "$TOP/scripts/build-supplemental-pack.sh" "${ARGS[@]}" --out "$part/out" >"$part/made" 2>"$part/log"; then
		cat "$part"/out/*.log >>"$part/log" 2>/dev/null || true
		return 1
	fi
	if [[ $src != "$dir"/* && $(source_digest "$src") != "$digest" ]]; then
		echo "$src: changed while it was compiled; run it again" >"$part/log"
		return 1
	fi
	iso=("$part"/out/*.iso)
	(cd "$part/out" && sha256sum "${iso[0]##*/}") >"$part/sum" && printf '%s\n' "$2" >"$part/how" &&
		mv "$part"/out/* "$part/" && rmdir "$part/out" && mv -T "$part" "$CACHE/cells/$1" || return
	echo $((SECONDS - start + 1)) >"$CACHE/seconds/$label"
}

result() { printf '%s\n' "${@:3}" >"$RUN/results/$1@$2"; }	# LABEL K KEY=VALUE...

first_error() {	# LOG
	grep -m 1 -E ': (fatal )?error:' "$1" || grep -m 1 -v 'compiling\|packing' "$1" || echo "see $1"
}

# Fills label k action reason version n dir src digest kdir kdigest served kdump.
find_cell() {	# PACK K
	IFS=$'\t' read -r label k action reason version n dir src digest _ kdir kdigest served kdump < <(plan_cells "$1" "$2") ||
		die 2 "$1 for $2: not in the plan in $CACHE; run --plan with them first"
}

# Beside a legacy ISO lie its checksums.
deliver_file() {	# FILE
	local there=$O_OUT/${1##*/}

	[[ -d $O_OUT ]] || mkdir -p "$O_OUT"
	LEFTOVERS+=("$there.part.$HOSTNAME.$$")
	cp "$1" "$there.part.$HOSTNAME.$$"
	mv -T "$there.part.$HOSTNAME.$$" "$there"
}

# The finished disk goes where it was asked for; one that is there already is left alone.
deliver() {	# LABEL K KEY [SHA256 of what is there] -> the ISO
	local cell=$CACHE/cells/$3 sum name there=${4-} side

	read -r sum name <"$cell/sum"
	name=$O_OUT/$name
	[[ -n $there || ! -f $name ]] || there=$(sha256sum <"$name")
	[[ ${there%% *} = "$sum" ]] || deliver_file "$cell/${name##*/}"
	for side in "$cell"/*.md5; do
		[[ ! -f $side ]] || cmp -s "$side" "$O_OUT/${side##*/}" || deliver_file "$side"
	done
	result "$1" "$2" state=done "iso=$name" "log=$cell/log" "sha256=$sum" "how=$(<"$cell/how")"
	printf '%s\n' "$name"
}

# make_cell PACK K: idempotent; the answer is in RUN/results.
make_cell() {
	local label k action reason version n dir src digest kdir kdigest served kdump key HOW

	find_cell "$1" "$2"
	[[ $action = @(rebuild|relink|keep) ]] || return 0	# skipped or blocked
	# The source may have changed since the plan.
	[[ $src = "$dir"/* ]] || digest=$(source_digest "$src")
	key=$(key_text | digest)
	[[ -d $CACHE/cells ]] || mkdir -p "$CACHE/cells"
	exec 7>"$CACHE/cells/$key.lock"
	flock 7
	if [[ ! -d $CACHE/cells/$key ]]; then
		build_arguments
		if ! make_disk "$key" "$HOW"; then
			reason=$(first_error "$CACHE/cells/$key.part/log")
			result "$label" "$k" state=failed "log=$CACHE/cells/$key.part/log" "error=$reason"
			note "$label for $k: failed: $reason"
			return 1
		fi
	fi
	deliver "$label" "$k" "$key"
}

# A run that has nothing to do must cost nothing: two processes for all cells.
deliver_known() {
	local label k action reason version n dir src digest kdir kdigest served kdump i key sum name
	local -a cells=() keys names=()
	local -A there=()

	rm -rf "$RUN/keys"
	mkdir "$RUN/keys"
	while IFS=$'\t' read -r label k action reason version n dir src digest _ kdir kdigest served kdump; do
		key_text >"$RUN/keys/${#cells[@]}"
		cells+=("$label"$'\t'"$k")
	done < <(plan_cells)
	[[ ${#cells[@]} -gt 0 ]] || return 0
	mapfile -t keys < <(cd "$RUN/keys" && sha256sum "${!cells[@]}" | cut -c 1-40)
	for key in "${keys[@]}"; do
		[[ -d $CACHE/cells/$key ]] || continue
		read -r sum name <"$CACHE/cells/$key/sum"
		[[ ! -f $O_OUT/$name ]] || names+=("$name")
	done
	while read -r sum name; do there[$name]=$sum; done < <(
		[[ ${#names[@]} -eq 0 ]] || (cd "$O_OUT" && sha256sum "${names[@]}"))
	for i in "${!cells[@]}"; do
		[[ -d $CACHE/cells/${keys[i]} ]] || continue
		read -r _ name <"$CACHE/cells/${keys[i]}/sum"
		deliver "${cells[i]%%	*}" "${cells[i]#*	}" "${keys[i]}" "${there[$name]-}" >/dev/null
	done
}
