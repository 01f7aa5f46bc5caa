# SPDX-License-Identifier: GPL-2.0-only
# Completion of cpulevel's command line in bash: the command itself knows best.
# shellcheck shell=bash

_cpulevel() {
	local -a words=("${COMP_WORDS[@]:1:COMP_CWORD}")

	mapfile -t COMPREPLY < <("${COMP_WORDS[0]}" complete "${words[@]}" 2>/dev/null)
}
# With nothing to offer, bash offers files.
complete -o bashdefault -o default -F _cpulevel cpulevel
