# SPDX-License-Identifier: GPL-2.0-only
# The matrix: every driver for every kernel, and what is to be done about each, with the reason.
# shellcheck shell=bash disable=SC2154  # the caller's options: O_*, CACHE, WORK, KABI
#
# packs.tsv    of each driver a line, or two if it has disks for one kernel and for a pair: label, version of the
#              new release, respin number, pack folder, the file that was given, source or "-", its digest,
#              its kind (respin/source.sh), "pair" or "-"
# served.tsv   label, kernel or "-", pack folder, "pair" or "-" of every disk that was given
# kernels.tsv  the kernels, and the pairs of them (respin/kernels.sh)
# matrix.tsv   label, K, action, state, reason, estimated seconds
# Actions: rebuild relink keep (a disk is made), skipped blocked (none is).

respin_number() { if [[ $1 =~ \.respin([0-9]+)$ ]]; then echo "$((10#${BASH_REMATCH[1]}))"; else echo 0; fi; }

# Of several disks of one driver the newest is what is re-spun; all tell which kernels are served.
newest_first() {	# "label TAB version TAB ..." lines
	sort -t $'\t' -k 1,1 -k 2,2Vr
}

source_of() {	# LABEL PACK-DIR FILE -> the source given with --source, else the disk's own
	local given

	for given in ${O_SOURCES[@]+"${O_SOURCES[@]}"}; do
		case ${given%%=*} in
		"$1" | "$3" | "${3##*/}") readlink -f "${given#*=}"; return ;;
		esac
	done
	one_srpm "$2/SRPMS"
}

# The files whose every byte can be read, each with its digest.
digest_packs() {	# FILE... -> good, sums, refused.tsv
	local file line
	local -a files=()
	local -A sum=()

	for file; do [[ ! -f $file ]] || files+=("$file"); done
	[[ ${#files[@]} -eq 0 ]] ||
		while IFS= read -r -d '' line; do sum[${line:66}]=${line:0:64}; done < <(sha256sum -z -- "${files[@]}" 2>/dev/null)
	for file; do
		if [[ -n ${sum[$file]-} && $file != *[$'\t\n']* ]]; then
			good+=("$file")
			sums+=("${sum[$file]}")
		else
			note "$file: cannot be read; check the path"
			printf '%s\n' "${file//[$'\t\n']/?}" >>"$RUN/refused.tsv"
		fi
	done
}

open_packs() {	# FILE... -> opened.tsv, refused.tsv; fills SIGNED
	local i dir pair
	local -a good=() sums=()

	declare -gA SIGNED=()
	: >"$RUN/opened.tsv"
	: >"$RUN/refused.tsv"
	digest_packs "$@"
	open_new_packs
	for i in "${!good[@]}"; do
		[[ ! -s $WORK/said.$i ]] || cat "$WORK/said.$i" >&2
		dir=$(pack_folder "${sums[i]}")
		if [[ ! -d $dir ]]; then
			printf '%s\n' "${good[i]}" >>"$RUN/refused.tsv"
			continue
		fi
		read_info "$dir"
		[[ ${INFO[family]} != legacy ]] || note "${good[i]}: a disk of the legacy family; nothing vouches for it but its checksums"
		[[ -z ${INFO[signed]-} ]] || SIGNED[${INFO[name-label]}]=1
		pair=-
		[[ -z ${INFO[pair]-} ]] || pair=pair
		printf '%s\t%s\t%s\t%s\t%s\t%s\n' "${INFO[name-label]}" "${INFO[version]}" "${INFO[kernel]:--}" \
			"$pair" "$dir" "${good[i]}" >>"$RUN/opened.tsv"
	done
}

# Two lines for one driver and kernel would be two disks of one name.
write_packs() {	# FILE... -> packs.tsv and served.tsv
	local label version k pair dir file n src digest kind
	local -A seen=()

	open_packs "$@"
	newest_first <"$RUN/opened.tsv" >"$RUN/sorted.tsv"
	: >"$RUN/packs.tsv"
	: >"$RUN/served.tsv"
	while IFS=$'\t' read -r label version k pair dir file; do
		printf '%s\t%s\t%s\t%s\n' "$label" "$k" "$dir" "$pair" >>"$RUN/served.tsv"
		[[ -z ${seen[$label@$pair]-} ]] || continue
		seen[$label@$pair]=1
		n=$(($(respin_number "$version") + 1))
		src=$(source_of "$label" "$dir" "$file") digest=- kind=-
		# The folder's name holds the digest of what the pack itself brought.
		[[ $src != "$dir"/* ]] || digest=${dir##*/}
		[[ -z $src || $digest != - ]] || digest=$(source_digest "$src")
		[[ -z $src ]] || kind=$(source_kind "$src" "$digest")
		printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$label" "${version%.respin*}.respin$n" "$n" "$dir" "$file" \
			"${src:--}" "$digest" "$kind" "$pair" >>"$RUN/packs.tsv"
	done <"$RUN/sorted.tsv"
}

# For all packs that are for one kernel, or all that are for a pair: per pack, by its
# folder's name, its worst verdict, the kernel that it was built for or "-", and the
# reason; looked at once.
screen() {	# KDIR KERNEL-DIGEST [KDUMP-KDIR] -> file
	local memo pair='' kdump=${3:--}
	local -a dirs

	[[ $kdump = - ]] || pair=pair
	mapfile -t dirs < <(awk -F '\t' -v pair="$pair" '($4 == "pair") == (pair != "") { print $3 }' "$RUN/served.tsv" | sort -u)
	memo=$CACHE/screens/$(printf '%s\n' "$2" "$TOOLS" ${dirs[@]+"${dirs[@]}"} | digest)
	if [[ ! -f $memo ]]; then
		mkdir -p "$CACHE/screens"
		: >"$RUN/screen.json"
		if [[ -z $pair ]]; then
			compare "$1" ''
		else
			compare "$1" xen
			compare "$kdump" kdump
		fi
		verdicts "$pair" <"$RUN/screen.json" >"$memo.$HOSTNAME.$$" ||
			die 5 "$1: the drivers cannot be compared with it; is there room in $CACHE?"
		mv "$memo.$HOSTNAME.$$" "$memo"
	fi
	printf '%s\n' "$memo"
}

# One call for all modules of all packs.
compare() {	# KDIR xen|kdump|'' -> more of screen.json
	local dir tree rc=0
	local -a modules

	mapfile -d '' -t modules < <(for dir in ${dirs[@]+"${dirs[@]}"}; do
		if [[ -z $2 ]]; then
			find "$dir/modules" -type f -print0
		else
			while IFS= read -r tree; do find "$tree" -type f -print0; done < <(flavour_trees "$dir" "$2")
		fi
	done)
	[[ ${#modules[@]} -gt 0 ]] || return 0
	"$KABI" check "${modules[@]}" --symvers "$1" --json >>"$RUN/screen.json" 2>"$RUN/screen.log" || rc=$?
	[[ $rc != 5 ]] || die 5 "$(tail -n 1 "$RUN/screen.log")"
	[[ $rc = [036] ]] ||
		die 5 "$1: the drivers cannot be compared with it (driver-kabi check ended with $rc: $(tail -n 1 "$RUN/screen.log")); is there room in $CACHE?"
}

# Names out of a stranger's module may hold anything, and so may the cache's.
# A disk for a pair has what it was built for only if it is there for both.
verdicts() {	# pair|''
	jq -r --arg packs "$CACHE/packs/" --arg pair "$1" '.modules[] | [(.path[$packs | length:] | sub("/.*"; "")), .verdict,
		((.changed // [] | length) + (.missing // [] | length)), (.symbols // 0),
		(((.missing // []) + (.changed // [])) | map(.symbol? // .) | .[:4] | join(" ")),
		(.reason // ""), (.release // "-"),
		if $pair == "" then "" else .path | [capture("/lib/modules/[^/]*(?<f>xen|kdump)/").f][0] end] | map(tostring | gsub("[^ -~]"; "?")) | join("\u001f")' | awk -F '\037' -v pair="$1" '
		BEGIN { split("same changed missing refused damaged", w, " "); for (i in w) rank[w[i]] = i + 0 }
		{
			dir = $1; bad[dir] += $3; all[dir] += $4
			flavours[dir, $8] = 1
			if (pair != "") sub(/(xen|kdump)$/, "", $7)
			if (!(dir in from)) from[dir] = $7
			if (from[dir] != $7) from[dir] = "-"
			if ($2 != "same") where[dir] = where[dir] == "" || where[dir] == $8 ? $8 : "both"
			if (rank[$2] > worst[dir]) { worst[dir] = rank[$2]; names[dir] = $5; why[dir] = $6; many[dir] = $3 }
		}
		END {
			for (dir in worst) {
				verdict = w[worst[dir]]
				alone = pair == "" || ((dir, "xen") in flavours) && ((dir, "kdump") in flavours) ? "" : \
					((dir, "xen") in flavours) ? "kdump" : "xen"
				if (alone != "") {
					verdict = "missing"
					from[dir] = "-"
					where[dir] = ""
					reason = "it has no module for the " alone " kernel"
				} else if (verdict == "same") reason = all[dir] " symbols are the same"
				else if (verdict == "refused" || verdict == "damaged") reason = why[dir]
				else reason = bad[dir] " of " all[dir] " symbols " (verdict == "missing" ? "changed or are gone" : "changed") \
					": " names[dir] (many[dir] > 4 ? " ..." : "")
				if (pair != "" && where[dir] ~ /./) reason = reason " (" (where[dir] == "both" ? "both kernels" : "the " where[dir] " kernel") ")"
				printf "%s\t%s\t%s\t%s\n", dir, verdict, from[dir], reason
			}
		}'
}

# Fills ACTION and REASON of label k state reason src digest kind kdir kdump from lacks stranger.
decide() {
	REASON=$reason
	if [[ $state = same && -n ${SERVED[$label@$k]-} ]]; then
		ACTION=skipped REASON="its disk for this kernel loads: $reason"
	elif [[ -n $stranger ]]; then
		ACTION=skipped REASON=$stranger
	elif [[ -n $lacks ]]; then
		ACTION=blocked REASON=$lacks
	elif [[ $src = - ]]; then
		ACTION=blocked REASON="no source on the disk; give --source $label=SRPM|DIR"
	elif [[ -n ${SIGNED[$label]-} && -z $O_MODULE_KEY ]]; then
		ACTION=blocked REASON="its modules are signed; give --module-key and --module-cert"
	elif [[ $state != same ]]; then
		ACTION=rebuild
	elif [[ $O_POLICY = keep ]]; then
		ACTION=keep REASON="$reason, so the modules built for $from are kept"
		[[ $from != - ]] || ACTION=rebuild REASON="$reason, but its modules were not built for one kernel"
		[[ $kind != foreign ]] || ACTION=rebuild REASON="$reason, but its own spec packs only what it compiles"
	elif [[ $O_POLICY = relink ]]; then
		ACTION=relink
		[[ $kind = plain && ! -e $kdir/vmlinux && ! -e $kdump/vmlinux && -e $CACHE/objects/of/$(<"$CACHE/sources/$digest-${TOOLS:0:16}/id") ]] ||
			ACTION=rebuild REASON="$reason, but no objects of it are in the cache"
	else
		ACTION=rebuild REASON="$reason, the policy is to rebuild"
	fi
}

# What the same driver took last time, else what a small one takes.
estimate() {	# ACTION LABEL -> SECONDS_NEEDED
	SECONDS_NEEDED=0
	case $1 in
	rebuild)
		SECONDS_NEEDED=3
		[[ ! -s $CACHE/seconds/$2 ]] || SECONDS_NEEDED=$(<"$CACHE/seconds/$2") ;;
	relink | keep) SECONDS_NEEDED=1 ;;
	esac
}

# Whether a driver's disk for one kernel, or for a pair of them, is the one for this; fills lacks and stranger.
is_for() {	# pair|-; of label k kdir kdump
	lacks='' stranger=''
	case $1:$kdir:$kdump in
	pair:none:*) lacks="no kernel-devel of ${k}xen; a disk for XenServer up to 6.2 is for both kernels, give it too" ;;
	pair:*:none) lacks="no kernel-devel of ${k}kdump; a disk for XenServer up to 6.2 is for both kernels, give it too" ;;
	pair:*:-)
		stranger="$k is no kernel of XenServer up to 6.2, which this disk is for"
		[[ -z ${ALONE[$label]-} && $(kernel_abi "$k") = "$k" ]] ;;
	pair:*) ;;
	*:-)
		[[ $(kernel_abi "$k") != "$k" ]] || return 0
		stranger="$k is a kernel of XenServer up to 6.2, which this disk is not for"
		[[ -z ${PAIRED[$label]-} ]] ;;
	*) false ;;
	esac
}

read_screen() {	# KDIR KERNEL-DIGEST KDUMP-KDIR; fills STATE FROM WHY
	local screened dir state from reason

	STATE=() FROM=() WHY=()
	[[ $1 != none && $3 != none ]] || return 0
	screened=$(screen "$@") || exit
	while IFS=$'\t' read -r dir state from reason; do
		STATE[$dir]=$state FROM[$dir]=$from WHY[$dir]=$reason
	done <"$screened"
}

write_matrix() {
	local k kdir kdigest kdump label version dir src digest kind pair state reason from lacks stranger ACTION REASON SECONDS_NEEDED
	local -A SERVED=() PAIRED=() ALONE=() STATE FROM WHY

	while IFS=$'\t' read -r label k dir pair; do
		[[ $k = - || -n ${SERVED[$label@$k]-} ]] || SERVED[$label@$k]=$dir
		if [[ $pair = pair ]]; then PAIRED[$label]=1; else ALONE[$label]=1; fi
	done <"$RUN/served.tsv"
	[[ ${#PAIRED[@]} -eq 0 ]] || check_pairs
	: >"$RUN/matrix.tsv"
	while IFS=$'\t' read -r k kdir kdigest kdump; do
		kdump=${kdump:--}
		[[ $kdump = - || ${#PAIRED[@]} -gt 0 ]] || continue
		read_screen "$kdir" "$kdigest" "$kdump"
		while IFS=$'\t' read -r label version _ dir _ src digest kind pair; do
			is_for "${pair:--}" || continue
			# The disk for this very kernel tells most, where there is one.
			dir=${SERVED[$label@$k]:-$dir} dir=${dir##*/}
			state=${STATE[$dir]:-unknown} from=${FROM[$dir]:--} reason=${WHY[$dir]:-nothing was built of this source yet}
			decide
			estimate "$ACTION" "$label"
			printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$label" "$k" "$ACTION" "$state" "$REASON" "$SECONDS_NEEDED" >>"$RUN/matrix.tsv"
		done <"$RUN/packs.tsv"
	done <"$RUN/kernels.tsv"
}

show_matrix() {
	awk -F '\t' '
		{
			printf "%-10s %-24s %-24s %s%s\n", $3, $1, $2, $5, $3 == "relink" ? "; compiled if its source proves not to be" : ""
			n[$3]++
			s += $6
		}
		END {
			printf "%d cells:", NR
			for (a in n) printf " %d %s", n[a], a
			printf "; about %d s of processor time\n", s
		}' "$RUN/matrix.tsv"
}

matrix_json() {
	jq -R -s '{schema: "respin-driver-disks/plan/1", cells: (split("\n") | map(select(. != "") | split("\t") |
		{label: .[0], kernel: .[1], action: .[2], state: .[3], reason: .[4], seconds: (.[5] | tonumber)}))}' "$RUN/matrix.tsv"
}

cells_to_make() {	# -> label, K, action of those that have no result yet
	local label k action

	awk -F '\t' '$3 ~ /^(rebuild|relink|keep)$/ { print $1 "\t" $2 "\t" $3 }' "$RUN/matrix.tsv" |
		while IFS=$'\t' read -r label k action; do
			[[ -e $RUN/results/$label@$k ]] || printf '%s\t%s\t%s\n' "$label" "$k" "$action"
		done
}

# A cell's one command; everything else it needs is in the cache's plan.
cell_command() { printf '%q --cell %q %q --cache %q' "$SELF" "$1" "$2" "$CACHE"; }	# LABEL K
for_make() { printf '%s' "${1//\$/\$\$}"; }

# The local run is make on this; the '+' hands on the job tokens.
plan_as_make() {
	local label k

	printf '# Made by respin-driver-disks.sh --plan --format make: run it with make -k -jN -f.\n.PHONY: all\nall:\n'
	cut -f 1 "$RUN/kernels.tsv" | while IFS= read -r k; do
		cells_to_make | awk -F '\t' -v k="$k" '$2 == k && $3 != "keep"' | grep -q . || continue
		printf '.PHONY: group@%s\ngroup@%s:\n\t+@%s\n' "$k" "$k" "$(for_make "$(printf '%q --group %q --cache %q' "$SELF" "$k" "$CACHE")")"
	done
	cells_to_make | while IFS=$'\t' read -r label k action; do
		printf '.PHONY: %s@%s\nall: %s@%s\n%s@%s:%s\n\t+@%s\n' "$label" "$k" "$label" "$k" "$label" "$k" \
			"$([[ $action = keep ]] || echo " group@$k")" "$(for_make "$(cell_command "$label" "$k")")"
	done
}

# Half of a small driver's build is make itself, so that a task takes this many.
SLURM_CELLS=10

# An array job over a cache and an output folder that all nodes see; a task has
# some cells of one kernel: it compiles them together, then makes each.
plan_as_slurm() {
	local tasks

	tasks=$(cells_to_make | sort -s -t $'\t' -k 2,2 | awk -F '\t' -v most="$SLURM_CELLS" '
		$2 != k || n == most { k = $2; n = 0; task++ }
		{ n++; print task "\t" $0 }')
	[[ -n $tasks ]] || die 1 "there is nothing to do, so there is no job to submit"
	cat <<-END
		#!/bin/bash
		#SBATCH --job-name=respin
		#SBATCH --array=1-$(tail -n 1 <<<"$tasks" | cut -f 1)
		#SBATCH --output=$(printf '%q' "$CACHE")/slurm-%A_%a.log
		# Made by respin-driver-disks.sh --plan --format slurm.
		respin() { $(printf '%q' "$SELF") "\$@" --cache $(printf '%q' "$CACHE"); }
		cells() {	# K LABEL...
		    local label failed=0
		    respin --group "\$@"
		    for label in "\${@:2}"; do respin --cell "\$label" "\$1" || failed=1; done
		    exit "\$failed"
		}
		case \$SLURM_ARRAY_TASK_ID in
	END
	awk -F '\t' '
		$1 != task { printf "%s%s) cells %s", task ? " ;;\n" : "", $1, $3; task = $1 }
		{ printf " %s", $2 }
		END { print " ;;" }' <<<"$tasks"
	echo "esac"
}
