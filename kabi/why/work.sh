#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The compiler's part of `driver-kabi why`: it is inside the program, which runs it as
#
#   bash -c SCRIPT work.sh STEP KDIR DIR [ARGUMENT...]
#
# KDIR is a kernel-devel folder, DIR holds the step's input and takes its output.  A
# step that fails says why in one line on stderr.  Nothing of a driver is run.
set -euo pipefail
export LC_ALL=C
TRIES=40

die() { printf '%s\n' "$*" >&2; exit 5; }

# ---- flags: what Kbuild gives gcc for a module, in DIR/command --------------

kbuild() {	# KDIR DIR [VARIABLE=VALUE...]
	make V=1 -C "$1" M="$2" "${@:3}" probe.o >"$2/make.log" 2>&1
}

# Kbuild says the command before it runs it, and notes it when it worked.
command_of() {	# DIR
	sed -n 's/^\(saved\)\{0,1\}cmd_[^ ]* *:= *//p' "$1/.probe.o.cmd" 2>/dev/null ||
		sed -n '/ -c -o [^ ]*probe\.o /p' "$1/make.log"
}

# An older compiler than the kernel's does not know all of its options.
drop_unknown_options() {	# KDIR DIR
	local tries option

	for ((tries = 0; tries < TRIES; tries++)); do
		gcc_of "$1" "$2" -E -o /dev/null -x c /dev/null 2>"$2/gcc.log" && return
		option=$(sed -n "s/.*unrecognized command-line option '\([^']*\)'.*/\1/p" "$2/gcc.log" | head -n 1)
		[[ $option ]] || return 1
		awk -v drop="$option" '{ for (i = 1; i <= NF; i++) if ($i != drop) printf "%s ", $i }' \
			"$2/command" >"$2/command.new"
		mv "$2/command.new" "$2/command"
	done
	return 1
}

# Where the kernel's own compiler is not installed any gcc can read its headers.
step_flags() {	# KDIR DIR
	local dir=$2

	printf 'obj-m := probe.o\n' >"$dir/Kbuild"
	printf '#include <linux/module.h>\n' >"$dir/probe.c"
	kbuild "$1" "$dir" || kbuild "$1" "$dir" CC="${CC:-gcc}" || true
	command_of "$dir" | tail -n 1 | sed 's/ -c -o .*//; s/ -Wp,-MM*D,[^ ]*//g' >"$dir/command"
	[[ -s $dir/command ]] ||
		die "its Kbuild names no compiler command: $(grep -m 1 -i -e error -e '\*\*\*' "$dir/make.log"); is it a whole kernel-devel?"
	drop_unknown_options "$1" "$dir" ||
		die "its compiler command does not work: $(grep -m 1 . "$dir/gcc.log"); install its compiler"
}

# ---- running it -------------------------------------------------------------

# gcc KDIR DIR OPTION...: the kernel-devel's own command, in its own folder.
gcc_of() {
	local kdir=$1 dir=$2
	local -a command

	# Kbuild quotes words for the shell, as in -DKBUILD_MODNAME='"probe"'.
	mapfile -t command < <(xargs printf '%s\n' <"$dir/command")
	(cd "$kdir" && "${command[@]}" -w "${@:3}")
}

# The line of DIR/FILE that an error message leads to: "FILE:12:" in it.
failing_line() { grep -m 1 -o "$1:[0-9]*" "$2/gcc.log" | head -n 1 | cut -d: -f2; }

# Headers that cannot be included by themselves are left out, one after the other.
without_bad_lines() {	# FILE KDIR DIR OPTION...
	local file=$1 dir=$3 tries line

	for ((tries = 0; tries < TRIES; tries++)); do
		gcc_of "${@:2}" "$dir/$file" 2>"$dir/gcc.log" && return
		line=$(failing_line "$file" "$dir")
		[[ $line ]] || return 1
		sed -n "${line}p" "$dir/$file" >>"$dir/left-out"
		sed -i "${line}s/.*//" "$dir/$file"
	done
	return 1
}

# ---- symtypes: genksyms over DIR/unit.c, for the names in DIR/symbols -------

keyword() {	# GENKSYMS -> what it takes for an export
	if grep -q __GENKSYMS_EXPORT_SYMBOL "$1"; then
		echo __GENKSYMS_EXPORT_SYMBOL
	else
		echo EXPORT_SYMBOL
	fi
}

# A kernel-devel made on a newer system brings a genksyms that does not run here.
genksyms_of() {	# KDIR...
	local kdir

	for kdir; do
		[[ -x $kdir/scripts/genksyms/genksyms ]] || continue
		"$kdir/scripts/genksyms/genksyms" </dev/null >/dev/null 2>&1 || continue
		printf '%s\n' "$kdir/scripts/genksyms/genksyms"
		return
	done
	die "no scripts/genksyms/genksyms that runs here; install the kernel-devel's own packages"
}

# "Defn for struct NAME == <BODY>" becomes "s#NAME BODY", as genksyms -T has it, of all
# that the symbols lead to; what nothing defines is unknown.
reachable_types() {	# DIR <genksyms' definitions
	awk '
		BEGIN {
			of["typedef"] = "t"; of["struct"] = "s"; of["union"] = "u"; of["enum"] = "e"; of["enum constant"] = "E"
			kind["s"] = "struct"; kind["u"] = "union"; kind["e"] = "enum"
		}
		FILENAME != "-" { reach($1); next }
		/^Defn for / && (at = index($0, " == <")) {
			key = substr($0, 10, at - 10)
			match(key, /^(typedef|struct|union|enum constant|enum|type[0-9]*) /)
			type = substr(key, 1, RLENGTH - 1)
			key = (type in of ? of[type] "#" : "") substr(key, RLENGTH + 1)
			body[key] = substr($0, at + 5, length($0) - at - 5)
		}
		END {
			for (done = 0; done < nr; done++) {
				key = queue[done]
				letter = substr(key, 1, 1)
				if (key in body) print key " " body[key]
				else if (key ~ /^[sue]#/) print key " " kind[letter] " " substr(key, 3) " { UNKNOWN } "
				n = split(body[key], word, " ")
				for (i = 1; i <= n; i++) if (word[i] ~ /^[stueE]#/) reach(word[i])
			}
		}
		function reach(key) { if (!(key in seen)) { seen[key]; queue[nr++] = key } }' "$1/symbols" -
}

# Exporting a symbol makes genksyms walk all that is below it, for 12 ms; what it
# says of its definitions alone takes it one second for all.
step_symtypes() {	# KDIR DIR OTHER_KDIR
	local kdir=$1 dir=$2 genksyms

	genksyms=$(genksyms_of "$kdir" "$3")
	without_bad_lines unit.c "$kdir" "$dir" -E -P -D__GENKSYMS__ -o "$dir/unit.i" ||
		die "its headers cannot be preprocessed: $(grep -m 1 -i error "$dir/gcc.log")"
	cat "$dir/unit.i" "$dir/definitions" | "$genksyms" -d 2>"$dir/genksyms.log" >/dev/null ||
		die "genksyms failed: $(grep -v -m 1 '^Defn' "$dir/genksyms.log")"
	reachable_types "$dir" <"$dir/genksyms.log" >"$dir/symtypes"
}

# ---- crcs: what genksyms computes for the names in DIR/tried ----------------

step_crcs() {	# KDIR DIR OTHER_KDIR
	local dir=$2 genksyms word

	genksyms=$(genksyms_of "$1" "$3")
	word=$(keyword "$genksyms")
	{
		cat "$dir/unit.i" "$dir/definitions"
		sed "s/.*/$word(&);/" "$dir/tried"
	} | "$genksyms" >"$dir/versions" 2>"$dir/genksyms.log" ||
		die "genksyms failed: $(grep -m 1 . "$dir/genksyms.log")"
	sed -n 's/^#SYMVER \([^ ]*\) \(0x[0-9a-f]*\).*/\2 \1/p
		s/^__crc_\([^ ]*\) = \(0x[0-9a-f]*\).*/\2 \1/p' "$dir/versions" >"$dir/crcs"
}

# ---- layouts: what pahole says of the types in DIR/layout.c -----------------

step_layouts() {	# KDIR DIR
	local kdir=$1 dir=$2 name

	: >"$dir/layouts"
	[[ -s $dir/types ]] || return 0
	without_bad_lines layout.c "$kdir" "$dir" -g -gdwarf-4 -c -o "$dir/layout.o" ||
		die "its headers do not compile: $(grep -m 1 -i error "$dir/gcc.log")"
	# It tells typedefs only by name, and stops at a name that it does not find.
	pahole "$dir/layout.o" >"$dir/layouts" 2>"$dir/pahole.log" ||
		die "pahole failed: $(grep -m 1 . "$dir/pahole.log"); is dwarves installed?"
	while read -r name; do
		pahole -C "$name" "$dir/layout.o" >>"$dir/layouts" 2>>"$dir/pahole.log" || true
	done < <(sed -n 's/^t#//p' "$dir/types")
}

# All types of the kernel itself, where kernel-devel brings its BTF.
step_btf() {	# KDIR DIR
	: >"$2/btf"
	[[ -r $1/vmlinux ]] || return 0
	pahole -F btf "$1/vmlinux" >"$2/btf" 2>"$2/pahole.log" || : >"$2/btf"
}

# ---- same: is a driver's source the same thing for both kernels? ------------

# What tells the two trees apart is not a difference: their own paths.
normalise() {	# KDIR DIR
	local -a roots

	mapfile -t roots < <(grep -o ' -I *[^ ]*' "$2/command" | sed 's/ -I *//' | grep ^/ |
		sed 's#/include/.*##; s#/include$##; s#/arch/[^/]*$##' | sort -ru)
	sed "$(printf 's#%s#KDIR#g;' "$2" "$1" ${roots[@]+"${roots[@]}"})"
}

# Checksums of SOURCE preprocessed, of it compiled, and of the command, in DIR/fingerprint.
step_fingerprint() {	# KDIR DIR SOURCE
	local kdir=$1 dir=$2 source=$3

	{
		gcc_of "$kdir" "$dir" -I "${source%/*}" -E -P -o "$dir/source.i" "$source" &&
			gcc_of "$kdir" "$dir" -I "${source%/*}" -g0 -c -o "$dir/source.o" "$source"
	} 2>"$dir/gcc.log" ||
		die "$(grep -m 1 -i error "$dir/gcc.log")"
	{
		normalise "$kdir" "$dir" <"$dir/source.i" | sha256sum
		sha256sum <"$dir/source.o"
		normalise "$kdir" "$dir" <"$dir/command" | sha256sum
	} >"$dir/fingerprint"
}

main() {
	case $1 in
	flags | symtypes | crcs | layouts | btf | fingerprint) "step_$1" "${@:2}" ;;
	*) die "$1: no such step" ;;
	esac
}
main "$@"
