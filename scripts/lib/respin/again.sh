# SPDX-License-Identifier: GPL-2.0-only
# The same run again, and nothing has changed: known from the inodes and times of everything that goes in.
# shellcheck shell=bash disable=SC2154  # the caller's: O_*, ARGUMENTS, PACKS, RUN, TOP, PACKINFO, KABI
#
# CACHE/plan/again   the digest of the last run's words and files, there only if every cell was made

# All that a run reads: a folder stands for the files in it.
inputs_of_run() {	# -> paths
	local home dir

	printf '%s\n' "$TOP"/{scripts,specs,pack,kabi,VERSION} "${PACKS[@]}"
	for dir in "${O_KDIRS[@]}"; do
		# Another folder may be a whole disk, and is refused.
		if [[ -f $dir ]]; then printf '%s\n' "$dir"; elif [[ -f $dir/include/generated/utsrelease.h ]]; then kernel_trees "$dir"; fi
	done
	for home in "$O_KEYRING" "${GNUPGHOME:-$HOME/.gnupg}"; do
		printf '%s\n' "$home"/{pubring.kbx,pubring.gpg,trustdb.gpg,private-keys-v1.d}
	done
	[[ ${#O_SOURCES[@]} -eq 0 ]] || printf '%s\n' "${O_SOURCES[@]#*=}"
	printf '%s\n' ${O_MODULE_KEY:+"$O_MODULE_KEY"} ${O_MODULE_CERT:+"$O_MODULE_CERT"}
	programs
}

# All that it makes: its own tools, and the disks, beside legacy ones their checksums.
outputs_of_run() {	# -> paths
	local iso

	printf '%s\n' "$PACKINFO" "$KABI"
	while IFS=$'\t' read -r _ _ _ _ _ _ iso _; do printf '%s\n' "$iso" "$iso.md5" "${iso%.iso}.metadata.md5"; done <"$RUN/outcome.tsv"
}

# A time that a program can set (mtime) proves nothing, one that it cannot (ctime) does.
fingerprint_of() {	# <PATHS
	local -a files

	mapfile -t files
	find -L "${files[@]}" -type f -printf '%p %i %s %C@\n' 2>/dev/null || true
}

# A key may expire, so a day later all is looked at.
fingerprint_of_inputs() {
	{
		printf '%s\n' "$PWD" "$PATH" "${GNUPGHOME-}" "${SOURCE_DATE_EPOCH-}" "${ARGUMENTS[@]}"
		printf '%(%F)T\n' -1
		inputs_of_run | fingerprint_of
	} | digest
}

fingerprint_of_run() {	# FINGERPRINT-OF-INPUTS
	{ printf '%s\n' "$1"; outputs_of_run | fingerprint_of; } | digest
}

# Say again what the last run said, if it was this one and all is as it left it.
nothing_changed() {
	[[ -z $O_PLAN && -f $RUN/again && $(<"$RUN/again") = "$(fingerprint_of_run "$(fingerprint_of_inputs)")" ]]
}

# Before anything of them is read; known when it is asked for.
note_inputs() { fingerprint_of_inputs >"$WORK/inputs"; }

# What came or changed while the run was at work it may have seen or not.
remember_run() {
	local inputs

	inputs=$(<"$WORK/inputs")
	[[ -z $inputs || $inputs != "$(fingerprint_of_inputs)" ]] || fingerprint_of_run "$inputs" >"$RUN/again"
}
