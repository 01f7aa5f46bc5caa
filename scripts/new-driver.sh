#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Write a vendor's starting point: a driver that builds at once, and what its driver disk needs.
set -euo pipefail
export LC_ALL=C
PROG=${0##*/}
TOP=$(readlink -f "${BASH_SOURCE[0]%/*}/..")

# shellcheck source=SCRIPTDIR/../pack/common.sh
. "$TOP/pack/common.sh"

# The example is the template, so that what is written here is what the tests build.
TEMPLATE=$TOP/examples/acme-edu
FILES=(.gitignore Kbuild README.md acme_edu.c ci.sh pack.conf)

usage() {
	cat <<-END
		usage: $PROG NAME DIR
		Write a driver NAME (a-z, then a-z 0-9 _; up to 31 characters) to the new
		folder DIR, with Kbuild, source, pack.conf and a CI example.
	END
}

check_name() {
	[[ $1 =~ ^[a-z][a-z0-9_]{0,30}$ ]] ||
		die 2 "$1: not a name for a module; give a letter, then up to 30 of a-z 0-9 _"
}

# Kernel modules count '-' and '_' as the same; a driver may replace an in-box
# one on purpose, so this is no error.
warn_of_inbox() {	# NAME
	local list k pattern="/${1//_/[_-]}\\.ko"

	for list in /lib/modules/*/modules.{order,builtin}; do
		grep -qs "$pattern" "$list" || continue
		k=$(basename "$(dirname "$list")")
		note "warning: kernel $k has a module $1 already, which yours would replace; choose another name unless you want that"
		return
	done
}

renamed() {	# NAME, as a filter
	sed "s/acme_edu/$1/g; s/acme-edu/${1//_/-}/g; s/ACME_EDU/${1^^}/g"
}

write_tree() {	# NAME DIR
	local file new

	for file in "${FILES[@]}"; do
		new=$2/$(renamed "$1" <<<"$file")
		renamed "$1" <"$TEMPLATE/$file" >"$new" &&
			chmod --reference="$TEMPLATE/$file" "$new" || return
	done
}

main() {
	local name dir tmp

	case ${1-} in
	--help) usage; exit 0 ;;
	-*) usage >&2; die 2 "$1: no such option" ;;
	esac
	[[ $# -eq 2 ]] || { usage >&2; exit 2; }
	name=$1 dir=${2%/}
	check_name "$name"
	[[ ! -e $dir || -d $dir && -z $(ls -A "$dir") ]] ||
		die 2 "$dir: is there already; give a new folder"
	mkdir -p "$(dirname "$dir")" 2>/dev/null || die 5 "$dir: cannot be made; choose another folder"
	warn_of_inbox "$name"
	tmp=$(mktemp -d "$dir.XXXXXX") || die 5 "$dir: cannot be made; choose another folder"
	# shellcheck disable=SC2064 # the name as it is now
	trap "rm -rf '$tmp'" EXIT
	trap 'exit 1' HUP INT TERM
	write_tree "$name" "$tmp" || die 5 "$dir: cannot be written; is the disk full?"
	chmod "$(printf '%o' $((0777 & ~$(umask))))" "$tmp"
	mv -T "$tmp" "$dir" || die 5 "$dir: cannot be put in place"
	printf '%s\n' "$dir"
}
[[ ${BASH_SOURCE[0]} != "$0" ]] || main "$@"
