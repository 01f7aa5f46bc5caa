# SPDX-License-Identifier: GPL-2.0-only
# What each installed kernel will load of every driver that a pack brought or replaces.
# The kernel hook runs this even in a root without /proc: no <( ) here.
# shellcheck shell=bash disable=SC2034,SC2001 # other parts read these; texts of many lines

module_name() {	# PATH -> as the kernel says it
	local name=${1##*/}

	name=${name%%.ko*}
	printf '%s\n' "${name//-/_}"
}

# Every module below a pack's folders, whatever its kernel: one that no RPM
# owns was put there by hand, and a new kernel lacks it just as well.
packed_modules() {	# -> "K<TAB>module<TAB>RPM<TAB>path"
	local found said file
	local -a files=() others=()

	found=$(find "$ROOT"/lib/modules/*/{updates,extra,override,dmv} -name '*.ko*' 2>/dev/null) || true
	[[ -z $found ]] || mapfile -t files <<<"$found"
	files=(${files[@]+"${files[@]#"$ROOT"}"})
	# A file that is gone is still its package's.
	said=$(host_rpm -qa --qf '[%{=NAME}\t%{FILENAMES}\n]' '*-modules*' 2>/dev/null) || true
	for file in ${files[@]+"${files[@]}"}; do
		[[ $said$'\n' = *$'\t'"$file"$'\n'* ]] || others+=("$file")
	done
	{
		printf '%s\n' "$said"
		[[ ${#others[@]} -eq 0 ]] || host_rpm -qf --qf '[%{=NAME}\t%{FILENAMES}\n]' "${others[@]}" 2>/dev/null || true
		printf '\t%s\n' ${others[@]+"${others[@]}"}
	} | awk -F '\t' -v OFS='\t' '
		NF != 2 || $2 !~ /^\/lib\/modules\/[^\/]+\/(updates|extra|override|dmv)\/.*\.ko(\.(gz|xz|zst))?$/ || seen[$2]++ { next }
		$1 ~ /^kernel(-xen|-kdump|-alt)?$/ { next }
		{
			split($2, p, "/")
			m = $2
			sub(/.*\//, "", m)
			sub(/\.ko.*/, "", m)
			gsub(/-/, "_", m)
			print p[4], m, ($1 == "" ? "unpackaged" : $1), $2
		}' | sort
}

# What modprobe would load, asked of kmod.
chosen_files() {	# K MODULE... -> "R<TAB>K<TAB>module<TAB>file"
	local how file _ name
	local -A got=()

	while read -r how file _; do
		name=${file##*/} name=${name%%.ko*} name=${name//-/_}
		case $how in
		builtin) got[$name]=builtin ;;
		insmod) got[$name]=$file ;;
		esac
	done <<<"$(modprobe ${ROOT:+-d "$ROOT"} -S "$1" -a --show-depends "${@:2}" 2>/dev/null || true)"
	for name in "${@:2}"; do
		printf 'R\t%s\t%s\t%s\n' "$1" "$name" "${got[$name]:--}"
	done
}

# A module that is a link (XenServer 9's selected variant) is its target's package's.
linked_files() {	# ROWS -> "T<TAB>file<TAB>target"
	local tag k module file

	while IFS=$'\t' read -r tag k module file; do
		[[ -L $file ]] && printf 'T\t%s\t%s\n' "$file" "$(readlink -f "$file")"
	done <<<"$1"
	return 0
}

crc_rows() {	# "R" ROWS -> "C<TAB>file<TAB>state" of the packed files
	local k tag of module file
	local -a list

	for k in $KERNELS; do
		# Warnings are about the next boot; reading checksums is what takes long.
		[[ $k = "$NEXT" || ${CRCS_OF:-} = all || ${CRCS_OF:-} = "$k" ]] || continue
		list=()
		while IFS=$'\t' read -r tag of module file; do
			[[ $of != "$k" || ! $file =~ /lib/modules/[^/]+/(updates|extra|override|dmv)/ ]] || list+=("$file")
		done <<<"$1"
		[[ ${#list[@]} -eq 0 ]] || crc_states "$k" "${list[@]}"
	done
}

initrd_rows() {	# MODULE... -> "I<TAB>K<TAB>module<TAB>version<TAB>srcversion"
	local k initrd copies

	for k in $KERNELS; do
		[[ -z ${ONLY:-} || $k = "$ONLY" || $k = "$NEXT" ]] || continue
		initrd=$(initrd_of "$k") || continue
		if copies=$(initrd_copies "$initrd" "$@"); then
			[[ -z $copies ]] || printf '%s\n' "I	$k	${copies//$'\n'/$'\n'I	$k	}"
		else
			printf 'I\t%s\t?\t?\t?\n' "$k"
		fi
	done
}

loaded_rows() {	# MODULE... -> "L<TAB>module<TAB>version<TAB>srcversion"
	local module version src

	[[ -z $ROOT ]] || return 0
	for module; do
		[[ -d /sys/module/$module ]] || continue
		version='?' src=-
		read -r version 2>/dev/null </sys/module/"$module"/version || version='?'
		read -r src 2>/dev/null </sys/module/"$module"/srcversion || src=-
		printf 'L\t%s\t%s\t%s\n' "$module" "${version//[[:space:]]/_}" "$src"
	done
}

# Join it all to lines of ten fields, "-" for nothing:
# K module version owner crcs path srcversion initrd loaded pack
join_states() {
	awk -F '\t' -v OFS='\t' -v root="$ROOT" -v running="$RUNNING" '
		function short(f) { if (root != "" && index(f, root) == 1) f = substr(f, length(root) + 1); sub(/^.*\/lib\/modules\//, "/lib/modules/", f); return f }
		$1 == "O" { owner[$2] = $3 }
		$1 == "P" { if (!($2 in pack)) pack[$2] = $3; known[$3] }
		$1 == "F" { version[$2] = $3; src[$2] = $4 }
		$1 == "C" { crc[$2] = $3 }
		$1 == "T" { target[$2] = $3 }
		$1 == "I" && $3 == "?" { blind[$2] }
		$1 == "I" { iversion[$2, $3] = $4; isrc[$2, $3] = $5 }
		$1 == "L" { lversion[$2] = $3; lsrc[$2] = $4 }
		$1 == "R" {
			k = $2; m = $3; f = $4
			real = short(f in target ? target[f] : f)
			v = (f in version) ? version[f] : "-"
			s = (f in src) ? src[f] : "-"
			o = f == "-" ? "none" : (real in owner) ? owner[real] : "in-box"
			i = "-"
			if (k in blind) i = "?"
			else if ((k, m) in iversion) {
				i = iversion[k, m]
				if (isrc[k, m] == s && i == v) i = "same"
				else if (i == "-" || i == v) i = "other"
			}
			l = "-"
			if (k == running && (m in lversion)) {
				l = lversion[m]
				if (l == v && lsrc[m] != s && lsrc[m] != "-") l = l "(other)"
			}
			# The one update package that rpm keeps names the modules of one kernel.
			label = o
			sub(/-modules$/, "", label)
			if (substr(label, length(label) - length(k)) == "-" k) label = substr(label, 1, length(label) - length(k) - 1)
			if (!(o in pack) && (label in known)) pack[o] = label
			print k, m, v, o, (f in crc ? crc[f] : "-"), (f == "-" || f == "builtin" ? "-" : short(f)), s, i, l, (o in pack ? pack[o] : "-")
		}'
}

collect() {	# fills KERNELS PACKED NEXT NEXT_FROM RUNNING PACKS STATES
	local modules rows k file
	local -a names=() list=()
	local -A seen=()

	know_kernels
	KERNELS=$KERNELS_HERE
	[[ -n $KERNELS ]] || die 5 "$ROOT/lib/modules: no installed kernel found; is --root right?"
	PACKED=$(packed_modules)
	PACKS=$(all_packs)
	read -r NEXT NEXT_FROM <<<"$(next_kernel "$KERNELS")"
	RUNNING=$(uname -r)
	STATES=
	[[ -n $PACKED ]] || return 0
	modules=$(cut -f 2 <<<"$PACKED" | sort -u)
	mapfile -t names <<<"$modules"
	rows=$(for k in $KERNELS; do chosen_files "$k" "${names[@]}"; done)
	while IFS=$'\t' read -r k k k file; do
		[[ $file != /* || -n ${seen[$file]:-} ]] || { list+=("$file"); seen[$file]=1; }
	done <<<"$rows"
	STATES=$({
		awk -F '\t' -v OFS='\t' '$1 == "=" { packs = 1; next } packs { if (NF) print "P", $5, $1; next } { print "O", $4, $3 }' \
			<<<"$PACKED"$'\n=\n'"$PACKS"
		[[ ${#list[@]} -eq 0 ]] || modinfo "${list[@]}" 2>/dev/null | module_facts 'F\t'
		linked_files "$rows"
		crc_rows "$rows"
		initrd_rows "${names[@]}"
		loaded_rows "${names[@]}"
		printf '%s\n' "$rows"
	} | join_states)
}

# XenServer 9 keeps several variants of a driver; driver-tool chooses.
variants() {	# -> "K<TAB>driver<TAB>variant<TAB>version<TAB>selected|-<TAB>status"
	local info dir k driver ko chosen version status

	for info in "$ROOT"/lib/modules/*/dmv/*/*/info.json; do
		[[ -f $info ]] || continue
		dir=${info%/info.json}
		driver=${dir%/*}
		k=${driver%/dmv/*}
		chosen=-
		for ko in "$dir"/*.ko*; do
			[[ $(readlink -f "$k/updates/${ko##*/}" 2>/dev/null) != "$(readlink -f "$ko")" ]] || chosen=selected
		done
		version=$(sed -n 's/.*"version"[ ]*:[ ]*"\([^"]*\)".*/\1/p' "$info" | head -n 1)
		status=$(sed -n 's/.*"status"[ ]*:[ ]*"\([^"]*\)".*/\1/p' "$info" | head -n 1)
		printf '%s\t%s\t%s\t%s\t%s\t%s\n' "${k##*/}" "${driver##*/}" "${dir##*/}" \
			"${version:--}" "$chosen" "${status:--}"
	done
}
