# SPDX-License-Identifier: GPL-2.0-only
# Look into a kernel's initrd, and replace it where its modules changed.
# shellcheck shell=bash

initrd_of() {	# K -> its initrd, by the names that distributions use
	local file

	for file in "$ROOT/boot/initrd-$1.img" "$ROOT/boot/initramfs-$1.img" \
		"$ROOT/boot/initrd.img-$1"; do
		[[ ! -f $file ]] || { printf '%s\n' "$file"; return; }
	done
	return 1
}

unpacker() {	# MAGIC, the first bytes in hex -> the program, or nothing
	case $1 in
	1f8b*) echo gzip ;;
	fd377a58*) echo xz ;;
	28b52ffd*) echo zstd ;;
	425a68*) echo bzip2 ;;
	5d0000*) echo lzma ;;
	02214c18*) echo lz4 ;;
	esac
}

# An initrd is a row of cpio archives; microcode comes first and uncompressed.
# Run COMMAND on each; fail where something else is found.
each_archive() (	# INITRD COMMAND... (reads an archive)
	size=$(stat -c %s "$1") at=0 seen=
	exec 3<"$1"
	shift
	while [[ $at -lt $size ]]; do
		magic=$(od -An -tx1 -j "$at" -N 4 /proc/self/fd/3)
		magic=${magic//[[:space:]]/}
		case $magic in
		30373037) "$@" <&3 || exit 1 ;;
		00000000)
			dd bs=4 count=1 of=/dev/null status=none <&3
			at=$((at + 4))
			continue ;;
		*)
			program=$(unpacker "$magic")
			[[ -n $program ]] && command -v "$program" >/dev/null || exit 1
			"$program" -dc <&3 2>/dev/null | "$@" || exit 1
			exit 0 ;;
		esac
		seen=1
		while IFS=$' \t' read -r key value; do
			[[ $key != pos: ]] || at=$value
		done </proc/self/fdinfo/3
	done
	[[ -n $seen ]]
)

# Unpack what matters for drivers, or the files of these modules alone.
unpack_initrd() {	# INITRD DIR [MODULE...]
	local into=$2 name
	local -a want=()

	command -v cpio >/dev/null || return 1
	for name in "${@:3}"; do want+=("*/${name//_/[-_]}.ko*"); done
	[[ $# -gt 2 ]] || want=('*.ko' '*.ko.*' '*lib/firmware/*' '*etc/modprobe.d/*')
	(cd "$into" && each_archive "$1" cpio -idm --quiet --no-absolute-filenames "${want[@]}") \
		2>/dev/null
}

# "MODULE<TAB>version<TAB>srcversion" of each of these in the initrd.  Unpacking
# takes a second, so the answer is kept in /run, for this very file.
initrd_copies() {	# INITRD MODULE...
	local key kept dir found version src out

	key="$(stat -c '%d %i %s %y %z' "$1") ${*:2}"
	kept=$ROOT/run/driver-disk/${1##*/}.seen
	if [[ -r $kept ]] && read -r found <"$kept" && [[ $found = "$key" ]]; then
		tail -n +2 "$kept"
		return
	fi
	dir=$(mktemp -d 2>/dev/null) || return 1
	if ! unpack_initrd "$1" "$dir" "${@:2}"; then
		rm -rf "$dir"
		return 1
	fi
	out=$(find "$dir" -type f -exec modinfo {} + 2>/dev/null | module_facts '' |
		while IFS=$'\t' read -r found version src _; do
			printf '%s\t%s\t%s\n' "$(module_name "$found")" "$version" "$src"
		done)
	rm -rf "$dir"
	printf '%s' "${out:+$out$'\n'}"
	[[ $EUID -ne 0 ]] || { { [[ -d ${kept%/*} ]] || mkdir -p "${kept%/*}"; } && printf '%s\n' "$key" ${out:+"$out"} >"$kept.$$" && mv "$kept.$$" "$kept"; } 2>/dev/null || true
}

# modinfo's answer for files, as "FILE<TAB>version<TAB>srcversion<TAB>vermagic".
module_facts() {	# PREFIX
	awk -v prefix="$1" '
		function flush_it() { if (file != "") print prefix file "\t" v["version:"] "\t" v["srcversion:"] "\t" v["vermagic:"] }
		function value(s) { sub(/^[a-z]+:[ \t]*/, "", s); gsub(/[\001-\040\177]+$/, "", s); gsub(/[\001-\040\177]+/, "_", s); return s == "" ? "-" : s }
		$1 == "filename:" {
			flush_it()
			file = $0
			sub(/^filename:[ \t]*/, "", file)
			v["version:"] = v["srcversion:"] = v["vermagic:"] = "-"
			next
		}
		$1 ~ /^(version|srcversion|vermagic):$/ && v[$1] == "-" { v[$1] = value($0) }
		END { flush_it() }'
}

# ---- making one ----

in_root() { if [[ -n $ROOT ]]; then chroot "$ROOT" "$@"; else "$@"; fi; }

initrd_builder() {	# what this host makes an initrd with
	local tool

	for tool in dracut mkinitramfs mkinitrd; do
		for dir in usr/bin usr/sbin bin sbin; do
			[[ ! -x $ROOT/$dir/$tool ]] || { echo "$tool"; return; }
		done
	done
	return 1
}

build_initrd() {	# BUILDER FILE K
	case $1 in
	dracut | mkinitrd) in_root "$1" -f "$2" "$3" ;;
	mkinitramfs) in_root mkinitramfs -o "$2" "$3" ;;
	esac
}

digest_initrd() {	# INITRD -> its drivers' files with their checksums
	local dir

	dir=$(mktemp -d) || return 1
	unpack_initrd "$1" "$dir" &&
		(cd "$dir" && find . -type f -exec sha256sum {} + | sort -k 2)
	rm -rf "$dir"
}

# Whatever happens, /boot holds a whole initrd: the old one or the new.
renew_initrd() {	# K
	local due=$ROOT$STATE_DIR/initrd-due/$1

	mkdir -p "${due%/*}" 2>/dev/null && : >"$due"
	make_initrd "$1" || return
	rm -f "$due"
}

make_initrd() {	# K
	local old new builder

	old=$(initrd_of "$1") || return 0
	builder=$(initrd_builder) || { step "initrd $1: no dracut on this host"; return 0; }
	new=${old%/*}/.${old##*/}.driver-disk
	step "initrd $1: $builder"
	if ! build_initrd "$builder" "${new#"$ROOT"}" "$1" >"$WORK/initrd.log" 2>&1 || ! [[ -s $new ]]; then
		rm -f "$new"
		note "$old: $builder failed, the old one stays: $(tail -n 1 "$WORK/initrd.log")"
		return 1
	fi
	if cmp -s <(digest_initrd "$old") <(digest_initrd "$new"); then
		step "initrd $1: same modules, kept"
		rm -f "$new"
		return 0
	fi
	chmod --reference="$old" "$new"
	sync
	step "initrd $1: rename"
	mv -f "$new" "$old"
	sync
	step "initrd $1: renewed"
}
