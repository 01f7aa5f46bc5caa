# SPDX-License-Identifier: GPL-2.0-only
# What the disk's programs share: messages, kernel names, installed kernels.
# shellcheck shell=bash disable=SC2154  # PROG and ROOT are the caller's

note() { printf '%s: %s\n' "$PROG" "$*" >&2; }
die() { local code=$1; shift; note "$@"; exit "$code"; }	# CODE MESSAGE

# K as rpm allows it in a version, where a second '-' is refused.
rpm_kver() {
	local rest=${1#*-}

	if [[ $1 = *-* ]]; then
		printf '%s-%s\n' "${1%%-*}" "${rest//-/_}"
	else
		printf '%s\n' "$1"
	fi
}

# The host's own rpm configuration says where its database is.
host_rpm() { rpm ${ROOT:+--root "$ROOT"} "$@"; }
host_modinfo() { modinfo ${ROOT:+-b "$ROOT"} "$@"; }

kernels_here() {	# for messages
	local all

	all=$(installed_kernels | paste -sd ' ')
	printf '%s\n' "${all:-there is none}"
}

# A folder below /lib/modules is no proof: drivers outlive their kernel there.
installed_kernels() {	# oldest first
	local provided dir k

	[[ -z ${KERNELS_HERE:-} ]] || { printf '%s\n' "$KERNELS_HERE"; return; }
	provided=$(host_rpm -q --whatprovides kernel-uname-r \
		--qf '[%{PROVIDENAME} %{PROVIDEVERSION}\n]' 2>/dev/null |
		awk '$1 == "kernel-uname-r" { print $2 }') || true
	for dir in "$ROOT"/lib/modules/*/; do
		dir=${dir%/} k=${dir##*/}
		[[ -e $ROOT/boot/vmlinuz-$k ]] ||
			[[ $'\n'$provided$'\n' = *$'\n'"$(rpm_kver "$k")"$'\n'* ]] ||
			continue
		printf '%s\n' "$k"
	done | sort -V
}
