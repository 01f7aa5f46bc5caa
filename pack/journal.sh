# SPDX-License-Identifier: GPL-2.0-only
# The journal: what an operation is to do, whole on disk before it begins.
# shellcheck shell=bash disable=SC2034 # other parts read these
#
# $STATE_DIR/ops/N/ is one operation:
#   plan      lines "verb install", "kernel K", "was NEVRA", "add NEVRA FILE SHA256",
#             "erase NEVRA" and "gone PATH", with tabs
#   rpms/     the files of "add";  kept/  the files of "was", where we have them
#   files/    records to write, below the host's root
#   before/ after/  the records of all packs before and after it
#   done      when it ended
# $STATE_DIR/pending holds the number of the one that has begun and not ended.

KEEP_OPS=6
RECORDS=(var/update/applied etc/xensource/installed-repos)

ops_dir() { printf '%s\n' "$ROOT$STATE_DIR/ops"; }

all_ops() {	# numbers, oldest first
	local dir

	for dir in "$ROOT$STATE_DIR"/ops/[0-9]*/; do
		dir=${dir%/}
		[[ ! -d $dir ]] || printf '%s\n' "${dir##*/}"
	done
}

pending_op() { cat "$ROOT$STATE_DIR/pending" 2>/dev/null; }

last_done() {	# the newest operation that ended as it was meant to
	local n last=

	while read -r n; do
		[[ -n $n && -e $(ops_dir)/$n/done ]] || continue
		[[ $(planned "$(ops_dir)/$n" verb) = undo* ]] || last=$n
	done <<<"$(all_ops)"
	[[ -n $last ]] && printf '%s\n' "$last"
}

pending_warning() {
	local n

	n=$(pending_op) || return 0
	note "operation $n was interrupted; run 'driver-disk verify --repair' to finish or undo it"
}

# A number, never the time: a clock can be wrong.
new_op() {	# VERB -> sets OP and OPDIR
	local last

	forget_rpmdb	# plan by what is there now
	read_rpmdb || true
	last=$(all_ops)
	last=${last##*$'\n'}
	OP=$(printf '%06d' $((10#${last:-0} + 1)))
	OPDIR=$(ops_dir)/$OP
	{ { [[ -d $(ops_dir) ]] || { mkdir -p "$(ops_dir)" && chmod 700 "$ROOT$STATE_DIR"; }; } && mkdir "$OPDIR"; } 2>/dev/null ||
		die 5 "$OPDIR: cannot be made; nothing was changed, is the disk full or read-only?"
	mkdir -p "$OPDIR"/{rpms,kept,files,before,after} "$ROOT${LOG_FILE%/*}"
	printf 'verb\t%s\n' "$1" >"$OPDIR/plan"
	snapshot "$OPDIR/before"
}

snapshot() {	# DIR: the records of all packs
	local path

	for path in "${RECORDS[@]}"; do
		[[ -d $ROOT/$path ]] || continue
		mkdir -p "$1/$path" && cp -RP "$ROOT/$path/." "$1/$path/" || return
	done
}

planned() {	# OPDIR WORD
	local word what rest

	while IFS=$'\t' read -r word what rest; do
		[[ $word != "$2" ]] || printf '%s\n' "$what"
	done <"$1/plan"
}

# An earlier operation's copy of an RPM, so that it can be put back; one that
# was cut short while it was copied does not count.
kept_rpm() {	# NEVRA -> FILE
	local op file

	for op in $(all_ops | tac); do
		for file in "$(ops_dir)/$op"/{rpms,kept}/"$1.rpm"; do
			{ [[ -f $file ]] && rpmkeys -K --nosignature "$file" >/dev/null 2>&1; } || continue
			printf '%s\n' "$file"
			return
		done
	done
	return 1
}

plan_add() {	# RPM FILE
	local id name sum

	read_rpms "$1"
	id=$(nevra "$1") || die 6 "$1: not an RPM; get a sound disk"
	name=$id.rpm
	cp "$1" "$OPDIR/rpms/$name" 2>/dev/null ||
		die 5 "$OPDIR: no room to keep $name; nothing was changed, free some space"
	sum=$(sha256sum <"$OPDIR/rpms/$name")
	printf 'add\t%s\t%s\t%s\n' "$id" "$name" "${sum%% *}" >>"$OPDIR/plan"
	FACTS["$OPDIR/rpms/$name"]=${FACTS["$1"]}	# the same bytes
	plan_was "$(rpm_name "$1")"
}

plan_was() {	# NAME: note what is there of it now, and keep its file if we can
	local id file

	while IFS= read -r id; do
		[[ -n $id ]] || continue
		printf 'was\t%s\n' "$id" >>"$OPDIR/plan"
		file=$(kept_rpm "$id") || continue
		[[ -e $OPDIR/kept/$id.rpm ]] || ln "$file" "$OPDIR/kept/$id.rpm" 2>/dev/null || cp "$file" "$OPDIR/kept/$id.rpm"
	done <<<"$(installed_nevra "$1" || true)"
}

plan_erase() {	# NEVRA NAME
	printf 'erase\t%s\n' "$1" >>"$OPDIR/plan"
	plan_was "$2"
}

plan_kernels() {	# K...
	local k seen=' '

	for k; do
		[[ -n $k && $seen != *" $k "* ]] || continue
		seen+="$k "
		printf 'kernel\t%s\n' "$k" >>"$OPDIR/plan"
	done
}

plan_file() {	# PATH FILE: a record to write
	mkdir -p "$OPDIR/files/${1%/*}" && cp "$2" "$OPDIR/files/$1"
}

plan_gone() { printf 'gone\t%s\n' "$1" >>"$OPDIR/plan"; }	# PATH

# From here on the operation will be finished or undone, whatever happens.
begin_op() {
	step "begin $(planned "$OPDIR" verb)"
	sync
	{ printf '%s\n' "$OP" >"$ROOT$STATE_DIR/pending.new" &&
		mv "$ROOT$STATE_DIR/pending.new" "$ROOT$STATE_DIR/pending"; } 2>/dev/null ||
		die 5 "$ROOT$STATE_DIR/pending: cannot be written; nothing was changed"
	sync
}

end_op() {
	snapshot "$OPDIR/after"
	sync
	TZ=UTC0 printf '%(%Y-%m-%dT%H:%M:%SZ)T\n' -1 >"$OPDIR/done"
	rm -f "$ROOT$STATE_DIR/pending"
	sync
	step "done"
	prune_ops
}

drop_op() { rm -rf "${OPDIR:?}"; }	# one that never began

prune_ops() {
	local -a ops

	mapfile -t ops <<<"$(all_ops)"
	while [[ ${#ops[@]} -gt $KEEP_OPS ]]; do
		rm -rf "${ROOT:-}${STATE_DIR:?}/ops/${ops[0]}"
		ops=("${ops[@]:1}")
	done
}

# Make this operation the opposite of another; 1: not all of it can be.
plan_inverse() {	# OPDIR
	local from=$1 id name file lost=

	while IFS= read -r id; do
		[[ -n $id ]] || continue
		only_version "$id" && intact "$id" && continue
		file=$from/kept/$id.rpm
		[[ -f $file ]] || file=$(kept_rpm "$id") || { lost+="$id "; continue; }
		plan_add "$file"
	done <<<"$(planned "$from" was)"
	[[ -z $lost ]] || { LOST=${lost% }; return 1; }
	while IFS= read -r id; do
		[[ -n $id ]] || continue
		name=$(nevra_name "$id")
		! planned "$from" was | grep -qE "^$(regex "$name")-[^-]*-[^-]*$" || continue
		installed "$id" || continue
		plan_erase "$id" "$name"
	done <<<"$(planned "$from" add)"
	while IFS= read -r file; do
		[[ -n $file ]] || continue
		cmp -s "$from/before/$file" "$from/after/$file" || plan_file "$file" "$from/before/$file"
	done <<<"$(cd "$from/before" && find . -type f | sed 's,^\./,,')"
	while IFS= read -r file; do
		[[ -z $file || -e $from/before/$file ]] || plan_gone "$file"
	done <<<"$(cd "$from/after" && find . -type f | sed 's,^\./,,')"
	mapfile -t file <<<"$(planned "$from" kernel)"
	plan_kernels "${file[@]}"
}

nevra_name() { local n=${1%-*}; printf '%s\n' "${n%-*}"; }
# shellcheck disable=SC2001 # a class of characters
regex() { sed 's/[][\.*^$+?(){}|]/\\&/g' <<<"$1"; }
