#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Make one release of a driver disk, from source or from RPMs: one ISO for each kernel ABI.
# shellcheck source-path=SCRIPTDIR
set -euo pipefail
export LC_ALL=C
PROG=${0##*/}
TOP=$(CDPATH='' cd -P "${BASH_SOURCE[0]%/*}/.." && pwd)

# shellcheck source=lib/rpm.sh
. "$TOP/scripts/lib/rpm.sh"
# shellcheck source=lib/workplace.sh
. "$TOP/scripts/lib/workplace.sh"
# shellcheck source=lib/options.sh
. "$TOP/scripts/lib/options.sh"
# shellcheck source=lib/config.sh
. "$TOP/scripts/lib/config.sh"
# shellcheck source=lib/kernel.sh
. "$TOP/scripts/lib/kernel.sh"
# shellcheck source=lib/source.sh
. "$TOP/scripts/lib/source.sh"
# shellcheck source=lib/sandbox.sh
. "$TOP/scripts/lib/sandbox.sh"
# shellcheck source=lib/compile.sh
. "$TOP/scripts/lib/compile.sh"
# shellcheck source=lib/disk.sh
. "$TOP/scripts/lib/disk.sh"
# shellcheck source=lib/key.sh
. "$TOP/scripts/lib/key.sh"
# shellcheck source=lib/update.sh
. "$TOP/scripts/lib/update.sh"
# shellcheck source=lib/legacy.sh
. "$TOP/scripts/lib/legacy.sh"
# shellcheck source=lib/lint.sh
. "$TOP/scripts/lib/lint.sh"
# shellcheck source=lib/check.sh
. "$TOP/scripts/lib/check.sh"
# shellcheck source=lib/iso.sh
. "$TOP/scripts/lib/iso.sh"
# shellcheck source=lib/output.sh
. "$TOP/scripts/lib/output.sh"
# shellcheck source=lib/plan.sh
. "$TOP/scripts/lib/plan.sh"

# Everything that can be known to fail is told before the long compile.
check_all() {
	check_options
	open_workplace
	open_kernels
	open_disks
	choose_format
	check_disks
	open_source
	set_epoch
	KEY=
	[[ $O_FORMAT = legacy ]] || open_key
	set_rpm_args
	SANDBOXED='' SANDBOX=()
	[[ -z $O_SOURCE ]] || open_sandbox
}

prepare() {
	[[ -n $O_SOURCE ]] || return 0
	prepare_sources "$WORK/src/SOURCES"
	# The shell of a spec that is published already would take its name apart.
	[[ -z $O_BUILT ]] || { cp -r "$O_BUILT" "$WORK/built"; O_BUILT=$WORK/built; }
	set_release_args
}

build_disk() {	# ABI
	local abi=$1 disk=$WORK/disk.$1

	[[ $abi = "${DISKS[0]}" ]] || rm -rf "$WORK"/{disk,for}.*
	fill_disk "$abi" "$disk"
	K=$abi UUID=$(disk_uuid "$abi")
	progress "$O_LABEL $O_VERSION: packing${KEY:+ and signing}"
	if [[ $O_FORMAT = legacy ]]; then
		legacy_write "$disk" ${O_NOREORDER:+${READY[@]+"${READY[@]}"}}
	else
		update_write "$disk"
	fi
	stage_disk "$abi" "$disk"
}

main() {
	local abi

	parse_options "$@"
	[[ -z $O_HELP ]] || { usage; exit 0; }
	[[ -z $O_EXPLAIN ]] || { explain_only; exit 0; }
	[[ -z $O_LINT ]] || lint_only
	[[ -z $O_CONFIG ]] || read_config
	check_all
	prepare
	[[ -z $O_DRY_RUN ]] || { report; exit 0; }
	open_output
	open_lint
	K=${KERNELS[0]-}
	[[ -z $O_SOURCE ]] || build_srpm "$WORK/srpm.log" || build_failed "$WORK/srpm.log" "source package"
	for abi in "${DISKS[@]}"; do build_disk "$abi"; done
	publish
	end_progress
	report
}
[[ ${BASH_SOURCE[0]} != "$0" ]] || main "$@"
