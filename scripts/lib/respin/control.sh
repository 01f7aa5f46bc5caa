# SPDX-License-Identifier: GPL-2.0-only
# What a disk's control package brings: what a host must have, and the scripts that xapi runs.  The source package has neither.
# shellcheck shell=bash disable=SC2154  # ARGS, INFO, dir and k are the cell's
#
# CACHE/packs/DIGEST/control/{requires,precheck,remove}, each where the disk has it

keep_control() {	# DISK DIR
	local rpm facts script line
	local -a found=("$1"/Packages/control-*.rpm)

	rpm=${found[0]}
	[[ -f $rpm ]] || return 0
	facts=$(rpm -qp --nosignature --qf '[R %{REQUIRENEVRS}\n][F %{FILENAMES}\n]' "$rpm" 2>/dev/null) || return 6
	mkdir "$2/control"
	# rpmlib's features and programs are no choice of the vendor's.
	while IFS= read -r line; do
		[[ ! $line =~ ^R\  || $line =~ ^R\ (rpmlib\(|config\(|/) ]] || printf '%s\n' "${line#R }"
	done <<<"$facts" >"$2/control/requires"
	[[ $facts = *$'\nF /var/update/'* ]] || return 0
	mkdir "$2/control.all"
	unpack_rpm "$rpm" "$2/control.all" || return 6
	chmod -R u+rwX "$2/control.all"
	for script in precheck remove; do
		find "$2/control.all/var/update" -path "*/$script" -type f -exec cp {} "$2/control/$script" \;
	done
	rm -rf "$2/control.all"
}

# build-supplemental-pack.sh asks for the kernel itself, if that is all.
control_arguments() {	# adds to ARGS
	local script line requires='' kernel=''

	[[ -d $dir/control ]] || return 0	# a source package
	while IFS= read -r line; do
		if [[ $line = "kernel-uname-r "* ]]; then kernel="kernel-uname-r = $(rpm_kver "$k")"; else requires+=${requires:+, }$line; fi
	done <"$dir/control/requires"
	[[ -z $requires ]] || ARGS+=(--base-requires "$requires${kernel:+, $kernel}")
	for script in precheck remove; do
		[[ ! -f $dir/control/$script ]] || ARGS+=("--$script" "$dir/control/$script")
	done
}
