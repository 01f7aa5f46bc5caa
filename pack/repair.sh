# SPDX-License-Identifier: GPL-2.0-only
# driver-disk verify: is this host's state whole?  With --repair, make it so.
# shellcheck shell=bash disable=SC2034 # other parts read these

parse_verify() {
	REPAIR='' FORM=table
	while [[ $# -gt 0 ]]; do
		case $1 in
		--repair) REPAIR=1 ;;
		--json) FORM=json ;;
		--root) take_root "${2:-}"; shift ;;
		*) bad_usage "$1: no such option" ;;
		esac
		shift
	done
}

# Each check prints "kind<TAB>object<TAB>text".
found_pending() {
	local n

	n=$(pending_op) || return 0
	printf 'pending\t%s\toperation %s (%s) was interrupted\n' "$n" "$n" "$(planned "$(ops_dir)/$n" verb 2>/dev/null || true)"
}

pack_packages() {	# the names of all packages that packs brought
	{ cut -f 3 <<<"$PACKED"; awk -F '\t' '{ print $5; if ($3 == "update") print "update-" $1 }' <<<"$PACKS"; } |
		sed '/^$/d; /^unpackaged$/d' | sort -u
}

found_files() {
	local name said

	while IFS= read -r name; do
		installed "$name" || continue
		[[ ${INSTALLED[$name]} != *$'\n'?* ]] ||
			printf 'package\t%s\t%s is installed in more than one version\n' "$name" "$name"
		said=$(host_rpm -V --nodeps --noscripts --nomtime "$name" 2>/dev/null) || true
		[[ -z $said ]] || awk -v OFS='\t' -v n="$name" '
			{ f = $0; sub(/^[^\/]*/, "", f) }
			$0 !~ / c \// { print "package", n, f ": " ($1 == "missing" ? "missing" : "changed") ", " n " installed it otherwise" }' <<<"$said"
	done <<<"$(pack_packages)"
}

found_modules() {	# a packed file that modprobe passes over
	awk -F '\t' -v OFS='\t' '
		NR == FNR { if (NF > 5) { chosen[$1, $2] = $6 } next }
		NF > 3 && $4 !~ /\/dmv\// && (($1, $2) in chosen) && chosen[$1, $2] != $4 {
			print "depmod", $1, $4 ": is there, but modprobe would load " (chosen[$1, $2] == "-" ? "nothing" : chosen[$1, $2])
		}' - <(printf '%s\n' "$PACKED") <<<"$STATES"
}

# Why a record is of nothing that is here.  Of an older release it may stay: xapi's do.
stale_reason() {	# STAMP STAMPS
	local xml label version

	xml=$("$PACKINFO" update "$1" 2>/dev/null) || return 0
	label=$(value_of name-label <<<"$xml") version=$(value_of version <<<"$xml")
	[[ -n $label && $2 != *$'\t'"${1##*/}"* ]] || return 0
	if ! installed "update-$label"; then
		printf 'records %s, which is not installed\n' "$label"
	elif newer "$version 0" "$(installed_evr "update-$label" | sort -V | tail -n 1 | cut -d ' ' -f 1) 0"; then
		printf 'records %s %s, and an older release is installed\n' "$label" "$version"
	fi
}

# An update package's own script holds the records that it writes.
read_stamps() {	# -> WORK/stamps/UUID
	rm -rf "$WORK/stamps"
	mkdir "$WORK/stamps"
	host_rpm -qa --qf '%{POSTIN}\n%{POSTTRANS}\n' 'update-*' 2>/dev/null | awk -v dir="$WORK/stamps" '
		index($0, "cat >/var/update/applied/") == 1 { sub(/.*\//, "", $2); out = $2 ~ /^[0-9a-f-]+$/ ? dir "/" $2 : ""; next }
		$0 == "END-OF-STAMP" { if (out != "") close(out); out = "" }
		out != "" { print >out }'
}

found_stamps() {
	local name uuid stamp stamps why

	stamps=$(stamps_of host_rpm -qa 'update-*')
	read_stamps
	while IFS=$'\t' read -r name uuid; do
		[[ -n $name ]] || continue
		stamp=$ROOT/var/update/applied/$uuid why=
		if [[ ! -s $stamp ]]; then
			why="missing, though $name is installed"
		elif [[ -f $WORK/stamps/$uuid ]] && ! cmp -s "$WORK/stamps/$uuid" "$stamp"; then
			why="not as $name writes it"
		fi
		[[ -z $why ]] || printf 'stamp\t%s\t%s: %s\n' "$uuid" "${stamp#"$ROOT"/}" "$why"
	done <<<"$stamps"
	for stamp in "$ROOT"/var/update/applied/*; do
		[[ -f $stamp ]] || continue
		why=$(stale_reason "$stamp" "$stamps")
		[[ -z $why ]] || printf 'stale\t%s\t%s: %s\n' "${stamp#"$ROOT"/}" "${stamp#"$ROOT"/}" "$why"
	done
}

found_repos() {
	local id name

	while IFS= read -r id; do
		[[ -n $id && $id != xs:* && $id != xcp:* ]] || continue
		while IFS= read -r name; do
			! installed "$name" || continue 2
		done <<<"$(awk -F '\t' -v id="$id" '$4 == id { print $5 }' <<<"$PACKS")"
		printf 'stale\tetc/xensource/installed-repos/%s\tetc/xensource/installed-repos/%s: records a pack of which nothing is installed\n' "$id" "$id"
	done <<<"$(awk -F '\t' '$3 == "legacy" { print $4 }' <<<"$PACKS" | sort -u)"
}

found_initrds() {
	local due

	for due in "$ROOT$STATE_DIR"/initrd-due/*; do
		[[ ! -f $due ]] || printf 'initrd\t%s\tthe initrd of %s was not renewed\n' "${due##*/}" "${due##*/}"
	done
	awk -F '\t' -v OFS='\t' '$8 != "-" && $8 != "?" && $8 != "same" && $8 != "" {
		print "initrd", $1, "the initrd of " $1 " has another " $2 " (" $8 ") than modprobe would load (" $3 ")" }' <<<"$STATES"
}

# depmod writes modules.NAME.PID.MICROSECONDS.SECONDS and renames it.
found_half_indexes() {
	local file pid

	while IFS= read -r file; do
		[[ -n $file ]] || continue
		pid=${file%.*.*}
		pid=${pid##*.}
		[[ $(cat "/proc/$pid/comm" 2>/dev/null) != depmod ]] || continue
		printf 'leftover\t%s\t%s: left by an interrupted depmod\n' "$file" "$file"
	done <<<"$(find "$ROOT"/lib/modules/*/ -maxdepth 1 -type f -regex '.*/modules\.[a-z._]+\.[0-9]+\.[0-9]+\.[0-9]+' 2>/dev/null || true)"
}

found_leftovers() {
	find "$ROOT"/lib/modules/*/{updates,extra,override} -type f -name '*;????????' -printf 'leftover\t%p\t%p: left by an interrupted rpm\n' 2>/dev/null || true
	found_half_indexes
	find "$ROOT/boot" -maxdepth 1 -type f -name '.*.driver-disk' -printf 'leftover\t%p\t%p: left by an interrupted initrd\n' 2>/dev/null || true
}

all_problems() {
	read_rpmdb || true
	collect
	found_pending
	found_files
	found_modules
	found_stamps
	found_repos
	found_initrds
	found_leftovers
}

rewrite_stamp() {	# UUID
	local dir=$ROOT/var/update/applied

	[[ -s $WORK/stamps/$1 ]] || return 1
	mkdir -p "$dir"
	cp "$WORK/stamps/$1" "$dir/.$1" && mv "$dir/.$1" "$dir/$1"
}

reinstall() {	# PACKAGE NAME
	local id file

	id=$(installed_nevra "$1" | sort -V | tail -n 1)
	file=$(kept_rpm "$id") || { note "$id: no copy was kept; install its disk again"; return 1; }
	new_op "repair $1"
	PACKED=$(packed_modules)
	plan_add "$file"
	# shellcheck disable=SC2046 # kernels' names are words
	plan_kernels $(kernels_of "$1")
	begin_op
	run_op again
}

repair_one() {	# KIND OBJECT
	step "repair $1 $2"
	case $1 in
	pending) recover ;;
	package) reinstall "$2" ;;
	depmod) run_depmod "$2" ;;
	stamp) rewrite_stamp "$2" ;;
	stale) rm -rf "$ROOT/${2:?}" ;;
	initrd) renew_initrd "$2" ;;
	leftover) rm -f "$2" ;;
	esac
}

# A repair can bring the next thing to light (an RPM back, then its initrd).
repair_all() {	# -> what could not be repaired
	local problems round kind object text done_already=

	for round in 1 2 3 4; do
		problems=$(all_problems)
		[[ -n $problems ]] || return 0
		while IFS=$'\t' read -r kind object text; do
			[[ $done_already != *"|$kind $object|"* ]] || continue
			done_already+="|$kind $object|"
			note "repairing: $text"
			repair_one "$kind" "$object" || true
			# What else was found is its half-way state.
			[[ $kind != pending ]] || break
		done <<<"$problems"
	done
	all_problems
}

print_problems() {	# PROBLEMS
	if [[ $FORM = json ]]; then
		awk -F '\t' "$JSON_AWK"'
			NF > 2 { all = all (all == "" ? "" : ",") "{" key("kind", js($1)) "," key("text", js($3)) "}" }
			END { printf "{%s,%s}\n", key("schema", "\"driver-disk/verify/1\""), key("problems", "[" all "]") }' <<<"$1"
		return
	fi
	if [[ -n $1 ]]; then cut -f 3 <<<"$1"; else echo "everything is as the packs installed it"; fi
}

cmd_verify() {
	local problems

	parse_verify "$@"
	need rpm modinfo modprobe find awk
	make_work
	check_rpmdb
	ONLY=''
	if [[ -n $REPAIR ]]; then
		need_root "verify --repair"
		need depmod flock sha256sum
		take_lock
		problems=$(repair_all)
	else
		problems=$(all_problems)
	fi
	print_problems "$problems"
	[[ -z $problems ]] || return 1
	[[ -z $REPAIR ]] || (hook_warnings) 2>/dev/null || true
}
