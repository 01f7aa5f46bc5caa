# SPDX-License-Identifier: GPL-2.0-only
# What the tests share that boot the module, the command and policies for a kernel.
# shellcheck shell=bash

. "$VM_DIR/disks.sh"
. "$VM_DIR/t/tap.sh"

MODULE=${CPULEVEL_MODULE:-$TOP/module}	# a spoilt copy shows that a test can fail
LOGS=$TOP/build/check/${0##*/}		# a folder for each boot

programs() {
	make -s -C "$TOP/cli" STATIC=1 O="$WORK"
	gcc -std=gnu99 -O2 -Wall -Wextra -Werror -static -I"$TOP/module/uapi" -o "$WORK/policies" "$VM_DIR/tools/policies.c"
}

module_for() {	# K
	CPULEVEL_VERSION=$(cat "$TOP/VERSION") module "$MODULE" "$1" "$WORK/$1"
}

said() { cat "$1"; return 1; }

# machine PREFIX VM-ARGUMENT...: the verdicts of one boot become ours.
machine() {
	local prefix=$1
	shift
	"$VM_DIR/vm" --log "$LOGS/${prefix//[^[:alnum:].-]/_}" "$@" \
		>"$WORK/tap" 2>"$WORK/err" || true
	# One that never started says why on stderr alone.
	[[ -s $WORK/tap ]] || check "$prefix: the machine starts" said "$WORK/err"
	merge "$prefix: " "$WORK/tap"
}

# boot PREFIX K SCRIPT OPTION...: with the module, the command and policies for K.
boot() {
	local prefix=$1 k=$2 script=$3
	shift 3
	[[ -e $WORK/$k/cpulevel.ko ]] || check "$k: the module builds" module_for "$k"
	[[ -e $WORK/$k/cpulevel.ko ]] || return 0
	machine "$prefix" --kernel "$k" "$@" --file "$WORK/$k/cpulevel.ko" \
		--file "$WORK/cpulevel" --file "$WORK/policies" "$VM_DIR/scripts/$script"
}

# native MODEL CAPS K: two CPUs of that model, without Xen.
native() {
	printf '%s\n' "$2" >"$WORK/caps"
	boot "no Xen, $1, $3" "$3" native.sh --xen none --smp 2 --cpu "$1" --file "$WORK/caps"
}
