# SPDX-License-Identifier: GPL-2.0-only
# bash completion for build-supplemental-pack.sh; it asks the program which options it has.
# shellcheck shell=bash

_build_supplemental_pack() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} choices=

	COMPREPLY=()
	case $before in
	--format) choices='update legacy auto' ;;
	--product) choices='XenServer XCP XCP-ng' ;;
	--module-dir) choices='updates extra override' ;;
	--after-apply) choices='restartHost restartXAPI restartPV restartHVM' ;;
	esac
	[[ -n $choices || $word != -* ]] ||
		choices=$("${COMP_WORDS[0]}" --help 2>/dev/null | grep -oE '^  .{0,24}' | grep -oE -- '--?[a-z][a-z-]*')
	[[ -z $choices ]] || mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$word")
}
complete -o bashdefault -o default -F _build_supplemental_pack build-supplemental-pack.sh
