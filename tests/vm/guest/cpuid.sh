# SPDX-License-Identifier: GPL-2.0-only
# What the program cpuid finds on this machine's CPUs, as featureset words.
# shellcheck shell=bash

# Each word of a featureset: leaf, subleaf, register, bits that an operating system decides.
WORDS='1:0:edx:0 1:0:ecx:0x08000000 80000001:0:edx:0 80000001:0:ecx:0 d:1:eax:0
7:0:ebx:0 7:0:ecx:0x10 80000007:0:edx:0 80000008:0:ebx:0 7:0:edx:0 7:1:eax:0 80000021:0:eax:0
7:1:ebx:0 7:2:edx:0 7:1:ecx:0 7:1:edx:0 msr:0:lo:0 msr:0:hi:0 80000021:0:ecx:0'

# register CPU LEAF SUBLEAF NAME -> 0x...; 0 for a leaf that is not there
register() {
	awk -v cpu="CPU $1:" -v leaf="$(printf '0x%08x' "0x$2")" -v sub_="$(printf '0x%02x:' "0x$3")" -v name="$4=" '
		/^CPU / { on = $0 == cpu }
		on && $1 == leaf && $2 == sub_ {
			for (i = 3; i <= NF; i++)
				if (index($i, name) == 1) { print substr($i, length(name) + 1); found = 1; exit }
		}
		END { if (!found) print 0 }' /run/cpuid
}

# These CPU models have no ARCH_CAPABILITIES, so words 16 and 17 must be 0.
cpuid_words() {	# CPU -> the words, joined by dashes
	local word leaf sub reg hide sep=
	for word in $WORDS; do
		IFS=: read -r leaf sub reg hide <<<"$word"
		[[ $leaf != msr ]] || { printf '%s00000000' "$sep"; continue; }
		printf '%s%08x' "$sep" $(($(register "$1" "$leaf" "$sub" "$reg") & ~hide))
		sep=-
	done
	echo
}

# leaf_agrees LEAF SUBLEAF A:B:C:D: CPU 0 has the same, but for the same bits.
leaf_agrees() {
	local leaf=$1 sub=$2 a b c d hide=0
	[[ $sub != ffffffff ]] || sub=0
	case $leaf:$sub in
	00000001:0) hide=0x08000000 ;;
	00000007:*0) hide=0x10 ;;
	esac
	a=$(register 0 "$leaf" "$sub" eax) b=$(register 0 "$leaf" "$sub" ebx)
	c=$(register 0 "$leaf" "$sub" ecx) d=$(register 0 "$leaf" "$sub" edx)
	[[ $3 = "$(printf '%08x:%08x:%08x:%08x' "$a" "$b" $((c & ~hide)) "$d")" ]]
}
