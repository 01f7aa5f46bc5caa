#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Install the packages that building, testing and the demo need; do nothing when none is missing.
set -euo pipefail
export LC_ALL=C
PROG=${0##*/}

die() { printf '%s: %s\n' "$PROG" "$*" >&2; exit 5; }

# Each line: a file whose presence proves the package, its Debian name, its
# name where dnf is the package manager ("-" where that has none).
needs() {
	sed 's/#.*//; /^[[:space:]]*$/d' <<-'END'
		/usr/bin/gcc                          build-essential      gcc
		/usr/bin/make                         make                 make
		/usr/bin/clang                        clang                clang
		/usr/lib/llvm-14/lib/clang/14.0.6/lib/linux/libclang_rt.fuzzer-x86_64.a libclang-rt-14-dev -
		/usr/bin/valgrind                     valgrind             valgrind
		/usr/bin/gcc-12                       gcc-12               -
		/usr/include/gelf.h                   libelf-dev           elfutils-libelf-devel
		/usr/include/expat.h                  libexpat1-dev        expat-devel
		/usr/include/jansson.h                libjansson-dev       jansson-devel
		/usr/include/xen/arch-x86/cpufeatureset.h libxen-dev       xen-devel
		/usr/bin/sparse                       sparse               sparse
		/usr/bin/shellcheck                   shellcheck           ShellCheck
		/usr/bin/bats                         bats                 bats
		/usr/bin/mandoc                       mandoc               mandoc
		/usr/bin/rpmbuild                     rpm                  rpm-build
		/usr/bin/rpmsign                      rpm                  rpm-sign
		/usr/bin/createrepo_c                 createrepo-c         createrepo_c
		/usr/bin/gpg                          gnupg                gnupg2
		/usr/bin/xorriso                      xorriso              xorriso
		/usr/bin/isoinfo                      genisoimage          genisoimage
		/usr/bin/dnf                          dnf                  dnf
		/usr/bin/bwrap                        bubblewrap           bubblewrap
		/usr/bin/xmllint                      libxml2-utils        libxml2
		/usr/bin/checkbashisms                devscripts           devscripts-checkbashisms
		/usr/bin/busybox                      busybox              busybox
		/usr/bin/dash                         dash                 dash
		/usr/bin/chromium                     chromium             chromium
		/usr/bin/pngtopnm                     netpbm               netpbm-progs
		/usr/bin/jq                           jq                   jq
		/usr/bin/curl                         curl                 curl
		/usr/bin/cpio                         cpio                 cpio
		/usr/bin/xz                           xz-utils             xz
		/usr/bin/zstd                         zstd                 zstd
		/usr/bin/git                          git                  git-core
		/usr/bin/pkg-config                   pkg-config           pkgconf
		/usr/include/archive.h                libarchive-dev       libarchive-devel
		/usr/include/sqlite3.h                libsqlite3-dev       sqlite-devel
		/usr/bin/sqlite3                      sqlite3              sqlite
		/usr/bin/curl-config                  libcurl4-openssl-dev libcurl-devel
		/usr/bin/etcd                         etcd-server          etcd
		/usr/bin/etcdctl                      etcd-client          etcd
		/usr/bin/openssl                      openssl              openssl
		/usr/bin/strace                       strace               strace
		/usr/bin/script                       bsdutils             util-linux
		/usr/bin/col                          bsdextrautils        util-linux
		/usr/bin/file                         file                 file
		/usr/bin/setpriv                      util-linux           util-linux
		/usr/bin/pgrep                        procps               procps-ng
		/usr/bin/systemd-analyze              systemd              systemd
		/usr/bin/bc                           bc                   bc
		/usr/bin/pahole                       pahole               dwarves
		/usr/bin/flex                         flex                 flex
		/usr/bin/bison                        bison                bison
		/usr/sbin/modprobe                    kmod                 kmod
		/usr/sbin/ip                          iproute2             iproute
		/usr/sbin/mke2fs                      e2fsprogs            e2fsprogs
		/usr/bin/mmdebstrap                   mmdebstrap           -
		/usr/bin/qemu-system-x86_64           qemu-system-x86      qemu-system-x86-core
		/usr/bin/flock                        util-linux           util-linux-core
	END
}

missing() {	# COLUMN -> names of packages whose proof is absent
	local proof deb rpm

	needs | while read -r proof deb rpm; do
		# A merged-/usr system may list a tool in either place.
		[[ -e $proof || -e ${proof#/usr} ]] && continue
		if [[ $1 = deb ]]; then echo "$deb"; else echo "$rpm"; fi
	done | sort -u
}

as_root() {
	[[ $EUID -eq 0 ]] || die "packages are missing: $*; run this as root once, or install them"
}

install_deb() {
	local -a pkgs

	mapfile -t pkgs < <(missing deb)
	[[ ${#pkgs[@]} -gt 0 ]] || return 0
	as_root "${pkgs[@]}"
	printf '%s: installing %s\n' "$PROG" "${pkgs[*]}" >&2
	export DEBIAN_FRONTEND=noninteractive
	apt-get update -qq || die "apt-get update failed; is a Debian mirror reachable?"
	apt-get install -y -qq --no-install-recommends "${pkgs[@]}" >/dev/null ||
		die "apt-get install failed for: ${pkgs[*]}"
}

install_rpm() {
	local -a pkgs

	mapfile -t pkgs < <(missing rpm | grep -vx -e -)
	[[ ${#pkgs[@]} -gt 0 ]] || return 0
	as_root "${pkgs[@]}"
	printf '%s: installing %s\n' "$PROG" "${pkgs[*]}" >&2
	dnf install -y -q "${pkgs[@]}" || die "dnf install failed for: ${pkgs[*]}"
}

# The tests look kernels and Xen up in apt's lists, so these must exist.
refresh_lists() {
	[[ -n $(apt-cache pkgnames linux-headers- 2>/dev/null) ]] && return 0
	as_root "apt's package lists"
	apt-get update -qq || die "apt-get update failed; is a Debian mirror reachable?"
}

main() {
	if [[ -x /usr/bin/apt-get ]]; then
		install_deb
		refresh_lists
	elif command -v dnf >/dev/null; then
		install_rpm
	else
		die "neither apt-get nor dnf here; install by hand: $(missing rpm | tr '\n' ' ')"
	fi
}
[[ ${BASH_SOURCE[0]} != "$0" ]] || main "$@"
