#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Say which driver disks a new kernel needs made again, and make them: the matrix of drivers and kernels.
# shellcheck source-path=SCRIPTDIR
set -euo pipefail
export LC_ALL=C
PROG="respin-driver-disks.sh"
TOP=$(CDPATH='' cd -P "${BASH_SOURCE[0]%/*}/.." && pwd)
SELF=$TOP/scripts/respin-driver-disks.sh
PACKINFO=$TOP/build/packinfo
KABI=$TOP/build/driver-kabi

# shellcheck source=lib/rpm.sh
. "$TOP/scripts/lib/rpm.sh"
# shellcheck source=lib/kernel.sh
. "$TOP/scripts/lib/kernel.sh"
# shellcheck source=lib/source.sh
. "$TOP/scripts/lib/source.sh"
# shellcheck source=lib/sandbox.sh
. "$TOP/scripts/lib/sandbox.sh"
# shellcheck source=lib/compile.sh
. "$TOP/scripts/lib/compile.sh"
# shellcheck source=lib/legacy.sh
. "$TOP/scripts/lib/legacy.sh"
# shellcheck source=lib/respin/kernels.sh
. "$TOP/scripts/lib/respin/kernels.sh"
# shellcheck source=lib/respin/packs.sh
. "$TOP/scripts/lib/respin/packs.sh"
# shellcheck source=lib/respin/control.sh
. "$TOP/scripts/lib/respin/control.sh"
# shellcheck source=lib/respin/source.sh
. "$TOP/scripts/lib/respin/source.sh"
# shellcheck source=lib/respin/plan.sh
. "$TOP/scripts/lib/respin/plan.sh"
# shellcheck source=lib/respin/cell.sh
. "$TOP/scripts/lib/respin/cell.sh"
# shellcheck source=lib/respin/group.sh
. "$TOP/scripts/lib/respin/group.sh"
# shellcheck source=lib/respin/again.sh
. "$TOP/scripts/lib/respin/again.sh"
# shellcheck source=lib/respin/report.sh
. "$TOP/scripts/lib/respin/report.sh"
# shellcheck source=../pack/rpm.sh
. "$TOP/pack/rpm.sh"
# shellcheck source=../pack/verify.sh
. "$TOP/pack/verify.sh"

usage() {
	cat <<-END
		usage: $PROG PACK... --kernel-devel DIR|RPM... --sign KEYID --out DIR
		    [--policy rebuild|relink|keep] [--source PACK=SRPM|DIR]... [--jobs N]
		    [--keyring GNUPGHOME] [--sign-time T] [--module-key FILE --module-cert FILE]
		    [--cache DIR] [--report FILE.html] [--json]
		       $PROG --plan [--format text|json|make|slurm] PACK... --kernel-devel DIR|RPM...
		       $PROG --cell PACK K --cache DIR
		PACK: a driver disk (ISO), a source package, or a folder of them
	END
}

bad_usage() { note "$*"; usage >&2; exit 2; }

parse_options() {
	O_KDIRS=() O_SOURCES=() O_SIGN='' O_SIGN_TIME='' O_OUT='' O_KEYRING=${GNUPGHOME:-$HOME/.gnupg}
	O_POLICY=rebuild O_PLAN='' O_FORMAT=text O_JSON='' O_REPORT='' O_JOBS='' O_CELL=() O_GROUP='' O_MODULE_KEY='' O_MODULE_CERT=''
	CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/driver-disks PACKS=()

	while [[ $# -gt 0 ]]; do
		case $1 in
		--help) usage; exit 0 ;;
		--plan) O_PLAN=1; shift; continue ;;
		--json) O_JSON=1; O_FORMAT=json; shift; continue ;;
		--cell)
			[[ $# -ge 3 ]] || bad_usage "--cell: needs a label and a kernel"
			O_CELL=("$2" "$3"); shift 3; continue ;;
		-*) [[ $# -ge 2 ]] || bad_usage "$1: needs a value, or is no option" ;;
		*) PACKS+=("$1"); shift; continue ;;
		esac
		case $1 in
		--kernel-devel) O_KDIRS+=("$2") ;;
		--source) O_SOURCES+=("$2") ;;
		--sign) O_SIGN=$2 ;;
		--sign-time) O_SIGN_TIME=$2 ;;
		--module-key) O_MODULE_KEY=$2 ;;
		--module-cert) O_MODULE_CERT=$2 ;;
		--out | --output) O_OUT=$2 ;;
		--keyring) O_KEYRING=$2 ;;
		--policy) O_POLICY=$2 ;;
		--format) O_FORMAT=$2 ;;
		--report) O_REPORT=$2 ;;
		--jobs) O_JOBS=$2 ;;
		--cache) CACHE=$2 ;;
		--group) O_GROUP=$2 ;;
		*) bad_usage "$1: no such option" ;;
		esac
		shift 2
	done
}

check_options() {
	local given

	[[ ${#PACKS[@]} -gt 0 ]] || bad_usage "no PACK; give the driver disks to re-spin"
	[[ ${#O_KDIRS[@]} -gt 0 ]] || bad_usage "--kernel-devel: missing; give the new kernel's"
	[[ $O_POLICY =~ ^(rebuild|relink|keep)$ ]] || bad_usage "--policy: '$O_POLICY' is none; give rebuild, relink or keep"
	[[ $O_FORMAT =~ ^(text|json|make|slurm)$ ]] || bad_usage "--format: '$O_FORMAT' is none; give text, json, make or slurm"
	[[ -z $O_JOBS || $O_JOBS =~ ^[1-9][0-9]*$ ]] || bad_usage "--jobs: '$O_JOBS' is not a number of processes"
	for given in ${O_SOURCES[@]+"${O_SOURCES[@]}"}; do
		[[ $given = *=* && -e ${given#*=} ]] || bad_usage "--source: '$given' is not PACK=SRPM or PACK=DIR that is there"
	done
	find_module_key
	# One more than processors, as a job waits now and then.
	O_JOBS=${O_JOBS:-$(($(nproc) + 1))}
	[[ -z $O_OUT ]] || O_OUT=$(readlink -m "$O_OUT")
	[[ -n $O_PLAN && $O_FORMAT = @(text|json) ]] && return
	[[ -z $O_REPORT || -w $O_REPORT || ! -e $O_REPORT && -w $(dirname "$O_REPORT") ]] ||
		die 5 "--report $O_REPORT: cannot be written; choose another file"
	[[ -n $O_OUT ]] || bad_usage "--out: missing; give the folder for the ISOs"
	[[ -n $O_SIGN ]] || bad_usage "--sign: missing; give the key that your users' hosts trust"
}

# A new key of the same name is another key, also to the cache.
find_key() {
	local listing

	listing=$(gpg --batch --with-colons --list-secret-keys "$O_SIGN" 2>/dev/null) ||
		die 5 "--sign $O_SIGN: no such secret key in ${GNUPGHOME:-the default key ring}; create or import it"
	[[ $(grep -c '^sec:' <<<"$listing") = 1 ]] ||
		die 5 "--sign $O_SIGN: more than one key has this name; give one's fingerprint"
	O_SIGN=$(awk -F: '$1 == "fpr" { print $10; exit }' <<<"$listing")
}

# Of the module key the cells' keys hold only this digest.
find_module_key() {
	MODULE_SIGNER=
	[[ -n $O_MODULE_KEY$O_MODULE_CERT ]] || return 0
	[[ -n $O_MODULE_KEY && -n $O_MODULE_CERT ]] || bad_usage "--module-key and --module-cert: give both"
	[[ -r $O_MODULE_KEY && -r $O_MODULE_CERT ]] || die 5 "--module-key and --module-cert: cannot be read; check the paths"
	O_MODULE_KEY=$(readlink -f "$O_MODULE_KEY") O_MODULE_CERT=$(readlink -f "$O_MODULE_CERT")
	MODULE_SIGNER=$(cat "$O_MODULE_KEY" "$O_MODULE_CERT" | digest)
}

open_cache() {
	if [[ ! -d $CACHE ]] && ! mkdir -p "$CACHE"; then die 5 "$CACHE: cannot be made; choose another --cache"; fi
	CACHE=$(CDPATH='' cd -P "$CACHE" && pwd)
	RUN=$CACHE/plan
	umask 022
}

open_work() {
	WORK=$(mktemp -d) LEFTOVERS=() CHILDREN=()
	trap 'rm -rf "$WORK" "$CACHE/${WORK##*/}".* ${LEFTOVERS[@]+"${LEFTOVERS[@]}"}' EXIT
	trap 'interrupted 129' HUP
	trap 'interrupted 130' INT
	trap 'interrupted 143' TERM
	# A run's own cells need not find out again.
	read -r TOOLS COMPILER <<<"${RESPIN_DIGESTS-}"
	[[ -n $COMPILER ]] || { TOOLS=$(tools_digest) COMPILER=$(compiler_digest); }
}

# In a process group of its own, so that a signal ends all of it at once.
start() {	# COMMAND...
	set -m
	"$@" &
	set +m
	CHILDREN+=("$!")
}

# Once they are over, their numbers may soon be others'.
await() {	# PID... -> the last one's exit status
	local child rc=0
	local -a others=()

	wait "$@" || rc=$?
	for child in "${CHILDREN[@]}"; do
		[[ " $* " = *" $child "* ]] || others+=("$child")
	done
	CHILDREN=(${others[@]+"${others[@]}"})
	return "$rc"
}

# They clean up behind them; but a sandbox that was not set up yet heeds no signal but one.
interrupted() {	# CODE
	local child tries=0

	trap '' HUP INT TERM
	for child in ${CHILDREN[@]+"${CHILDREN[@]}"}; do kill -TERM -- "-$child" 2>/dev/null || true; done
	wait || true
	for child in ${CHILDREN[@]+"${CHILDREN[@]}"}; do
		while kill -0 -- "-$child" 2>/dev/null && [[ $((tries++)) -lt 50 ]]; do sleep 0.1; done
		kill -KILL -- "-$child" 2>/dev/null || true
	done
	note "interrupted; the same command goes on where it was"
	exit "$1"
}

# One plan at a time; its cells may run anywhere.
take_cache() {
	exec 9>>"$CACHE/lock"
	flock -n 9 || die 5 "$CACHE: in use by process $(<"$CACHE/lock"); wait for it to end, or give another --cache"
	echo $$ >"$CACHE/lock"
}

# Nor may a plan change under the cells that run.
hold_plan() {	# -s|-x
	exec 8>>"$CACHE/cells.lock"
	flock -n "$1" 8 || die 5 "$CACHE: cells of its last plan are being made; wait for them, or give another --cache"
}

# The cells know nothing but the cache, so what was asked for is written there.
save_options() {
	local home=''

	[[ -z ${GNUPGHOME-} ]] || home=$(readlink -f "$GNUPGHOME")
	printf '%s=%s\n' O_SIGN "$O_SIGN" O_SIGN_TIME "$O_SIGN_TIME" O_OUT "$O_OUT" O_POLICY "$O_POLICY" \
		O_MODULE_KEY "$O_MODULE_KEY" O_MODULE_CERT "$O_MODULE_CERT" \
		GNUPGHOME "$home" SOURCE_DATE_EPOCH "${SOURCE_DATE_EPOCH-}" >"$RUN/options"
}

load_options() {
	local line key value

	[[ -r $RUN/options ]] || die 2 "$CACHE: holds no plan; run --plan with the packs and kernels first"
	while IFS= read -r line; do
		key=${line%%=*} value=${line#*=}
		case $key in
		O_SIGN | O_SIGN_TIME | O_OUT | O_POLICY | O_MODULE_KEY | O_MODULE_CERT) printf -v "$key" '%s' "$value" ;;
		GNUPGHOME | SOURCE_DATE_EPOCH) [[ -z $value ]] || export "$key=$value" ;;
		esac
	done <"$RUN/options"
	find_module_key
}

make_plan() {
	local kernels
	local -a files

	mapfile -t files < <(list_packs "${PACKS[@]}")
	[[ ${#files[@]} -gt 0 ]] || die 2 "there is nothing to re-spin; give driver disks or source packages"
	hold_plan -x
	rm -rf "$RUN"
	mkdir -p "$RUN/results"
	TRUSTED=$(trusted_keys "$O_KEYRING" | sort | sha256sum)
	start write_kernels
	kernels=$!
	write_packs "${files[@]}"
	await "$kernels" || exit
	write_matrix
	save_options
	exec 8>&-
}

show_plan() {
	case $O_FORMAT in
	text) show_matrix ;;
	json) matrix_json ;;
	make) plan_as_make ;;
	slurm) plan_as_slurm ;;
	esac
	[[ ! -s $RUN/refused.tsv ]] || exit 1
}

# What every cell would find out again is told to it.
make_cells() {
	local works

	works=$(open_sandbox && echo "$SANDBOXED")
	RESPIN_SANDBOX=$works RESPIN_DIGESTS="$TOOLS $COMPILER" make -k -s -j"$O_JOBS" -f "$RUN/plan.mk" >"$RUN/make.out" 2> >(grep -v '^make' >&2)
}

run_plan() {
	local rc=0

	deliver_known
	if [[ -n $(cells_to_make) ]]; then
		plan_as_make >"$RUN/plan.mk"
		start make_cells
		await $! || rc=1
	fi
	[[ ! -s $RUN/refused.tsv ]] || rc=1
	! grep -q $'\tblocked\t' "$RUN/matrix.tsv" || rc=1
	outcome >"$RUN/outcome.tsv"
	[[ $rc -ne 0 ]] || remember_run
	report
	exit "$rc"
}

report() {
	[[ -z $O_REPORT$O_JSON ]] || report_json >"$RUN/report.json"
	[[ -z $O_REPORT ]] || report_html <"$RUN/report.json" >"$O_REPORT"
	if [[ -n $O_JSON ]]; then cat "$RUN/report.json"; else report_text; fi
}

main() {
	ARGUMENTS=("$@")
	parse_options "$@"
	if [[ ${#O_CELL[@]} -gt 0 || -n $O_GROUP ]]; then
		open_cache
		open_work
		hold_plan -s
		load_options
		check_kernel "${O_CELL[1]-$O_GROUP}"
		if [[ -n $O_GROUP ]]; then make_group "$O_GROUP"; else make_cell "${O_CELL[@]}"; fi
		return
	fi
	check_options
	open_cache
	take_cache
	if nothing_changed; then
		report
		return
	fi
	open_work
	[[ -n $O_PLAN ]] || note_inputs &
	[[ -n $O_PLAN && $O_FORMAT = @(text|json) ]] || find_key
	make -s -C "$TOP/pack" || die 5 "packinfo does not build; see above"
	make -s -C "$TOP/kabi" || die 5 "driver-kabi does not build; see above"
	wait
	make_plan
	if [[ -n $O_PLAN ]]; then show_plan; else run_plan; fi
}
[[ ${BASH_SOURCE[0]} != "$0" ]] || main "$@"
