# SPDX-License-Identifier: GPL-2.0-only
# The matrix: every driver for every kernel, and what is to be done about each, with the reason.
# shellcheck shell=bash disable=SC2154  # the caller's options: O_*, CACHE, WORK, KABI
#
# packs.tsv    label, version of the new release, respin number, pack folder, the file that was given,
#              source or "-", its digest, its kind (respin/source.sh)
# served.tsv   label, kernel or "-", pack folder of every disk that was given
# kernels.tsv  K, kernel-devel folder, its digest
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
	local i dir
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
		printf '%s\t%s\t%s\t%s\t%s\n' "${INFO[name-label]}" "${INFO[version]}" "${INFO[kernel]:--}" \
			"$dir" "${good[i]}" >>"$RUN/opened.tsv"
	done
}

# Two lines for one driver and kernel would be two disks of one name.
write_packs() {	# FILE... -> packs.tsv and served.tsv
	local label version k dir file seen='' n src digest kind

	open_packs "$@"
	newest_first <"$RUN/opened.tsv" >"$RUN/sorted.tsv"
	: >"$RUN/packs.tsv"
	: >"$RUN/served.tsv"
	while IFS=$'\t' read -r label version k dir file; do
		printf '%s\t%s\t%s\n' "$label" "$k" "$dir" >>"$RUN/served.tsv"
		[[ $label != "$seen" ]] || continue
		seen=$label
		n=$(($(respin_number "$version") + 1))
		src=$(source_of "$label" "$dir" "$file") digest=- kind=-
		# The folder's name holds the digest of what the pack itself brought.
		[[ $src != "$dir"/* ]] || digest=${dir##*/}
		[[ -z $src || $digest != - ]] || digest=$(source_digest "$src")
		[[ -z $src ]] || kind=$(source_kind "$src" "$digest")
		printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$label" "${version%.respin*}.respin$n" "$n" "$dir" "$file" \
			"${src:--}" "$digest" "$kind" >>"$RUN/packs.tsv"
	done <"$RUN/sorted.tsv"
}

# One call for all modules of all packs: per pack, by its folder's name, its worst
# verdict, the kernel that it was built for or "-", and the reason; looked at once.
screen() {	# KDIR KERNEL-DIGEST -> file
	local memo rc
	local -a dirs modules

	mapfile -t dirs < <(cut -f 3 "$RUN/served.tsv" | sort -u)
	memo=$CACHE/screens/$(printf '%s\n' "$2" "$TOOLS" ${dirs[@]+"${dirs[@]}"} | digest)
	if [[ ! -f $memo ]]; then
		mkdir -p "$CACHE/screens"
		mapfile -d '' -t modules < <(for dir in ${dirs[@]+"${dirs[@]}"}; do find "$dir/modules" -type f -print0; done)
		: >"$RUN/screen.json"
		rc=0
		[[ ${#modules[@]} -eq 0 ]] || "$KABI" check "${modules[@]}" --symvers "$1" --json >"$RUN/screen.json" 2>"$RUN/screen.log" || rc=$?
		[[ $rc != 5 ]] || die 5 "$(tail -n 1 "$RUN/screen.log")"
		{ [[ $rc = [036] ]] && verdicts <"$RUN/screen.json" >"$memo.$HOSTNAME.$$"; } ||
			die 5 "$1: the drivers cannot be compared with it (driver-kabi check ended with $rc: $(tail -n 1 "$RUN/screen.log")); is there room in $CACHE?"
		mv "$memo.$HOSTNAME.$$" "$memo"
	fi
	printf '%s\n' "$memo"
}

# Names out of a stranger's module may hold anything, and so may the cache's.
verdicts() {
	jq -r --arg packs "$CACHE/packs/" '.modules[] | [(.path[$packs | length:] | sub("/.*"; "")), .verdict,
		((.changed // [] | length) + (.missing // [] | length)), (.symbols // 0),
		(((.missing // []) + (.changed // [])) | map(.symbol? // .) | .[:4] | join(" ")),
		(.reason // ""), (.release // "-")] | map(tostring | gsub("[^ -~]"; "?")) | join("\u001f")' | awk -F '\037' '
		BEGIN { split("same changed missing refused damaged", w, " "); for (i in w) rank[w[i]] = i + 0 }
		{
			dir = $1; bad[dir] += $3; all[dir] += $4
			if (!(dir in from)) from[dir] = $7
			if (from[dir] != $7) from[dir] = "-"
			if (rank[$2] > worst[dir]) { worst[dir] = rank[$2]; names[dir] = $5; why[dir] = $6; many[dir] = $3 }
		}
		END {
			for (dir in worst) {
				verdict = w[worst[dir]]
				if (verdict == "same") reason = all[dir] " symbols are the same"
				else if (verdict == "refused" || verdict == "damaged") reason = why[dir]
				else reason = bad[dir] " of " all[dir] " symbols " (verdict == "missing" ? "changed or are gone" : "changed") \
					": " names[dir] (many[dir] > 4 ? " ..." : "")
				printf "%s\t%s\t%s\t%s\n", dir, verdict, from[dir], reason
			}
		}'
}

# Fills ACTION and REASON of label k state reason src digest kind kdir from.
decide() {
	REASON=$reason
	if [[ $state = same && -n ${SERVED[$label@$k]-} ]]; then
		ACTION=skipped REASON="its disk for this kernel loads: $reason"
	elif [[ $src = - ]]; then
		ACTION=blocked REASON="no source on the disk; give --source $label=SRPM|DIR"
	elif [[ -n ${SIGNED[$label]-} && -z $O_MODULE_KEY ]]; then
		ACTION=blocked REASON="its modules are signed; give --module-key and --module-cert"
	elif [[ $state != same ]]; then
		ACTION=rebuild
	elif [[ $O_POLICY = keep ]]; then
		ACTION=keep REASON="$reason, so the modules built for $from are kept"
		[[ $kind != foreign && $from != - ]] ||
			ACTION=rebuild REASON="$reason, but its own spec packs only what it compiles"
	elif [[ $O_POLICY = relink ]]; then
		ACTION=relink
		[[ $kind = plain && ! -e $kdir/vmlinux && -e $CACHE/objects/of/$(<"$CACHE/sources/$digest-${TOOLS:0:16}/id") ]] ||
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

write_matrix() {
	local k kdir kdigest label version dir src digest kind state reason from screened ACTION REASON SECONDS_NEEDED
	local -A SERVED=() STATE FROM WHY

	while IFS=$'\t' read -r label k dir; do
		[[ $k = - || -n ${SERVED[$label@$k]-} ]] || SERVED[$label@$k]=$dir
	done <"$RUN/served.tsv"
	: >"$RUN/matrix.tsv"
	while IFS=$'\t' read -r k kdir kdigest; do
		STATE=() FROM=() WHY=()
		screened=$(screen "$kdir" "$kdigest") || exit
		while IFS=$'\t' read -r dir state from reason; do
			STATE[$dir]=$state FROM[$dir]=$from WHY[$dir]=$reason
		done <"$screened"
		while IFS=$'\t' read -r label version _ dir _ src digest kind; do
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
