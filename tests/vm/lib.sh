# SPDX-License-Identifier: GPL-2.0-only
# What the tools of this folder share: the cache, downloads, atomic results.
# shellcheck shell=bash
set -euo pipefail
shopt -s inherit_errexit
trap 'printf "%s: line %s: %s: exit status %s\n" "${0##*/}" "$LINENO" "$BASH_COMMAND" "$?" >&2' ERR
export LC_ALL=C
PROG=${0##*/}
VM_DIR=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck disable=SC2034 # for the tools
TOP=$(readlink -f "$VM_DIR/../..")
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/cpulevel

# shellcheck source=SCRIPTDIR/../../pack/common.sh
. "$TOP/pack/common.sh"

# Names of KEY files hold everything that an artefact was made from.
key() { sha256sum | cut -c 1-16; }

# cached NAME COMMAND...: print the folder CACHE/NAME, made by COMMAND FOLDER
# when it is not there.  Two runs at once wait for each other; a folder that
# was interrupted half-way never gets the name.
cached() {
	local dir=$CACHE/$1
	shift
	if [[ ! -d $dir ]]; then
		mkdir -p "${dir%/*}"
		(
			flock 9
			[[ ! -d $dir ]] || exit 0
			rm -rf "$dir.part"
			mkdir "$dir.part"
			"$@" "$dir.part" >&2
			mv "$dir.part" "$dir"
		) 9>"$dir.lock"
		rm -f "$dir.lock"
	fi
	printf '%s\n' "$dir"
}

# Fetch PACKAGE[=VERSION]... as .deb into the current folder.  apt's lists may
# be older than the archive, so one failure earns one refresh.
download() {
	apt-get -q -o APT::Sandbox::User=root download "$@" >/dev/null 2>&1 && return
	apt-get -q update >/dev/null 2>&1 || true
	apt-get -q -o APT::Sandbox::User=root download "$@" >/dev/null ||
		die 5 "cannot download $*; is the Debian mirror reachable?"
}

unpack() {	# FOLDER PACKAGE...
	local dest=$1 tmp deb
	shift
	tmp=$(mktemp -d)
	(cd "$tmp" && download "$@")
	for deb in "$tmp"/*.deb; do
		dpkg-deb -x "$deb" "$dest" || die 5 "cannot unpack ${deb##*/}; is the disk full?"
	done
	rm -rf "$tmp"
}

# Images for containers turn apt's own cache off, and each call reads all lists anew.
apt-cache() {
	local dir=$CACHE/apt/${SUITE_ASKED:-own}
	mkdir -p "$dir"
	command apt-cache -o Dir::Cache::pkgcache="$dir/pkgcache.bin" -o Dir::Cache::srcpkgcache="" "$@"
}

candidate() {	# PACKAGE -> the version that apt would install, or nothing
	apt-cache policy "$1" 2>/dev/null | awk '$1 == "Candidate:" && $2 != "(none)" { print $2 }'
}

# A static one: for initrds.
busybox() {
	printf '%s/bin/busybox\n' "$(cached "busybox/$(candidate busybox-static)" fetch_busybox)"
}
fetch_busybox() { unpack "$1" busybox-static; }
