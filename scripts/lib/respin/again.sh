# SPDX-License-Identifier: GPL-2.0-only
# The same run again, and nothing has changed: known from the inodes and times of everything that goes in.
# shellcheck shell=bash disable=SC2154  # the caller's: O_*, ARGUMENTS, PACKS, RUN, TOP, PACKINFO, KABI
#
# CACHE/plan/again   the digest of the last run's words and files, there only if every cell was made

# All that a run reads, and the disks that it made: a folder stands for the files in it.
inputs_of_run() {	# -> paths
	local home dir iso

	printf '%s\n' "$TOP"/{scripts,specs,pack,kabi,VERSION} "$PACKINFO" "$KABI" "${PACKS[@]}" "${O_KDIRS[@]}" /usr/lib/gcc /usr/lib/rpm/macros /etc/rpm
	for dir in "${O_KDIRS[@]}"; do
		[[ ! -d $dir ]] || kernel_trees "$dir"
	done
	for home in "$O_KEYRING" "${GNUPGHOME:-$HOME/.gnupg}"; do
		printf '%s\n' "$home"/{pubring.kbx,pubring.gpg,trustdb.gpg,private-keys-v1.d}
	done
	[[ ${#O_SOURCES[@]} -eq 0 ]] || printf '%s\n' "${O_SOURCES[@]#*=}"
	printf '%s\n' ${O_MODULE_KEY:+"$O_MODULE_KEY"} ${O_MODULE_CERT:+"$O_MODULE_CERT"}
	while IFS=$'\t' read -r _ _ _ _ _ _ iso _; do printf '%s\n' "$iso"; done <"$RUN/outcome.tsv"
	programs
}

# A time that a program can set (mtime) proves nothing, one that it cannot (ctime) does.  A
# key may expire, so a day later all is looked at.
fingerprint_of_run() {
	local -a files

	mapfile -t files < <(inputs_of_run)
	{
		printf '%s\n' "$PWD" "$PATH" "${GNUPGHOME-}" "${SOURCE_DATE_EPOCH-}" "${ARGUMENTS[@]}"
		printf '%(%F)T\n' -1
		find -L "${files[@]}" -type f -printf '%p %i %s %C@\n' 2>/dev/null || true
	} | digest
}

# Say again what the last run said, if it was this one and all is as it left it.
nothing_changed() {
	[[ -z $O_PLAN && -f $RUN/again && $(<"$RUN/again") = "$(fingerprint_of_run)" ]]
}

remember_run() { fingerprint_of_run >"$RUN/again"; }
