# SPDX-License-Identifier: GPL-2.0-only
# Completion of driver-disk's command line in bash.
# shellcheck shell=bash

_driver_disk_options() {	# VERB
	case $1 in
	status) echo "--kernel --all --json --warnings --quiet --root" ;;
	install) echo "--dry-run --accept-eula --allow-unsigned --allow-scripts --any-product --downgrade --keyring --root" ;;
	remove | rollback) echo "--dry-run --root" ;;
	history) echo "--json --root" ;;
	verify) echo "--repair --json --root" ;;
	inspect) echo "--json --keyring" ;;
	compare) echo "--json" ;;
	esac
}

_driver_disk_packs() { rpm -qa --qf '%{NAME}\n' 'update-*' 2>/dev/null | sed 's/^update-//'; }

_driver_disk_kernels() {
	local dir

	for dir in /lib/modules/*/; do [[ ! -d $dir ]] || basename "$dir"; done
}

_driver_disk() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} words=''

	if [[ $COMP_CWORD -eq 1 ]]; then
		words="status install remove rollback history verify inspect compare --help"
	elif [[ $before = --kernel ]]; then
		words=$(_driver_disk_kernels)
	elif [[ $before = --root || $before = --keyring ]]; then
		mapfile -t COMPREPLY < <(compgen -d -- "$word")
		return
	elif [[ $word = -* ]]; then
		words=$(_driver_disk_options "${COMP_WORDS[1]}")
	elif [[ ${COMP_WORDS[1]} = remove ]]; then
		words=$(_driver_disk_packs)
	fi
	COMPREPLY=()
	[[ -z $words ]] || mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
# With nothing to offer, bash offers files.
complete -o bashdefault -o default -F _driver_disk driver-disk
