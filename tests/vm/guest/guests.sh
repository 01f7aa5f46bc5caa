# SPDX-License-Identifier: GPL-2.0-only
# Guests of a dom0: Xen's daemons, a guest without disks, and what it says it sees.
# shellcheck shell=bash

# The files that the test brought are on the exchange disk; what has to be there
# on the next host too is on the root disk.
GUESTS=/var/lib/guests
CONSOLES=/var/log/xen/console

toolstack() {
	mkdir -p $GUESTS $CONSOLES /run/xen /run/xenstored /var/lib/xenstored /var/lib/xen /var/run/xen /dev/pts
	mount -t devpts devpts /dev/pts		# for the consoles
	xenstored --pid-file /run/xenstored.pid
	xen-init-dom0
	xenconsoled --log=guest --log-dir=$CONSOLES --pid-file /run/xenconsoled.pid
	xl list
}

# config NAME TYPE: as an admin writes it; the mask is the command's part.
# QEMU's SVM does not intercept XSETBV: Xen never learns what a PVH guest writes to
# XCR0, and undoes it at the next switch.  If that is while its Linux takes the size
# of its registers, Linux gives up XSAVE ("size 832 != kernel_size 576"); so it is told
# not to try.  CPUID has it still.
config() {
	local extra=console=hvc0
	[[ $2 = pv ]] || extra+=' noxsave'
	cat >"$GUESTS/$1.cfg" <<-END
		name = "$1"
		type = "$2"
		memory = 128
		vcpus = 1
		kernel = "$GUESTS/kernel"
		ramdisk = "$GUESTS/initrd"
		extra = "$extra"
		on_crash = "destroy"
	END
}

# A guest that has migrated goes on in a log with the name that it came under.
log_of() {	# GUEST
	local log=$CONSOLES/guest-$1--incoming.log
	[[ -e $log ]] || log=$CONSOLES/guest-$1.log
	printf '%s\n' "$log"
}

# looks GUEST -> how many times it has looked
looks() { tr -d '\r' <"$(log_of "$1")" 2>/dev/null | grep -c '^looked [0-9]' || true; }

# next_look GUEST: a look that begins after now, as cpuid's dump with its flags before it.
# One of two: the first may have begun before.
next_look() {
	local n i
	n=$(looks "$1")
	for ((i = 0; i < 240; i++)); do
		if [[ $(looks "$1") -ge $((n + 2)) ]]; then
			tr -d '\r' <"$(log_of "$1")" | awk '
				/^look [0-9]/   { text = ""; inside = 1; next }
				/^looked [0-9]/ { last = text; inside = 0; next }
				inside && (/^flags/ || /^CPU 0:/ || /^   0x/) { text = text $0 "\n" }
				END { printf "%s", last }'
			return
		fi
		sleep 0.5
	done
	echo "$1 does not look; its console ends:"
	tail -n 5 "$(log_of "$1")"
	return 1
}

# Which word and bit differ: differences WORDS WORDS [IGNORED], sets joined by
# dashes; IGNORED has "WORD:BIT" between spaces.
differences() {
	local -a a b
	local w i x
	IFS=- read -ra a <<<"$1"
	IFS=- read -ra b <<<"$2"
	for ((w = 0; w < ${#a[@]} || w < ${#b[@]}; w++)); do
		x=$((0x${a[w]:-0} ^ 0x${b[w]:-0}))
		for ((i = 0; i < 32; i++)); do
			((x >> i & 1)) || continue
			[[ " ${3-} " = *" $w:$i "* ]] || printf '%s:%s ' $w $i
		done
	done
}

# is_level GUEST WORDS: what is recorded of it, but for what is no feature.
is_level() {
	local set wrong
	set=$(set_of "$1")
	wrong=$(differences "$set" "$2" "$DYNAMIC")
	printf '%s\n%s\n' "$set" "$2"
	[[ -n $set && -z $wrong ]] || { echo "word:bit that differ: $wrong"; return 1; }
}

# What CPUID shows as it is now, not as a feature: OSXSAVE and OSPKE follow CR4,
# APIC its own MSR, HYPERVISOR is always on in a guest, and HTT and CMP_LEGACY
# tell of the topology.
DYNAMIC='1:27 6:4 0:9 1:31 0:28 3:1'

cpuid_is() {	# LOOK-FILE WORDS
	local seen wrong
	grep -v '^flags' "$1" >"$1.cpuid"
	seen=$(cpulevel show --json "$1.cpuid" | raw_set)
	wrong=$(differences "$(without_copies "$seen")" "$2" "$DYNAMIC")
	printf 'CPUID: %s\nlevel: %s\n' "$seen" "$2"
	[[ -n $seen && -z $wrong ]] || { echo "word:bit that differ: $wrong"; return 1; }
}
# AMD's leaf 0x80000001 repeats leaf 1; Xen's sets have that once.
without_copies() {
	local -a w
	IFS=- read -ra w <<<"$1"
	w[2]=$(printf '%08x' $((0x${w[2]:-0} & ~0x0183f3ff)))
	(IFS=-; printf '%s\n' "${w[*]}")
}
raw_set() { sed -n '/"raw"/,/"hex"/s/.*"hex": "\([0-9a-f-]*\)".*/\1/p'; }

# What Linux drops of EPYC's features when it is told noxsave.
NO_XSAVE='xsave xsaveopt xgetbv1 avx avx2 fma'

# flags_are LOOK-FILE WORDS [DROPPED]: /proc/cpuinfo names exactly the
# features of the set that Linux has a name for, but for those.
flags_are() {
	local adds='3dnowprefetch'	# by Linux itself, wherever there is long mode
	local flags word bit name wrong=''
	local -a words
	flags=" $(sed -n 's/^flags //p' "$1") "
	IFS=- read -ra words <<<"$2"
	[[ ${#flags} -gt 100 ]] || { echo "no flags in $1"; return 1; }
	while read -r word bit name; do
		[[ " $DYNAMIC " != *" $word:$bit "* && " $adds " != *" $name "* ]] || continue
		if ((0x${words[word]:-0} >> bit & 1)) && [[ " ${3-} " != *" $name "* ]]; then
			[[ $flags = *" $name "* ]] || wrong+=" -$name"
		else
			[[ $flags != *" $name "* ]] || wrong+=" +$name"
		fi
	done </mnt/files/linux-flags.txt
	printf 'flags: %s\n' "$flags"
	[[ -z $wrong ]] || { echo "differ from the level:$wrong"; return 1; }
}

# json FIELD: that string of the JSON on standard input.
json() { sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p" | head -n 1; }

# set_of VM: what the store has recorded.
set_of() { cpulevel vm show "$1" --json | json features; }

# this_host NAME: what a boot begins with; the store is on the root disk, as a
# pool's would be on a server.
this_host() {
	HOST=$1
	printf "%s\n" "$HOST" >/proc/sys/kernel/hostname
	install -m 0755 cpulevel /usr/bin/cpulevel
	# One root disk is all hosts, and each has its own.
	export CPULEVEL_STATE=/var/lib/cpulevel/$HOST
	mkdir -p "$CPULEVEL_STATE"
	insmod ./cpulevel.ko
	toolstack
	[[ -e $GUESTS/initrd ]] || { cp guest-initrd $GUESTS/initrd && cp guest-kernel $GUESTS/kernel; }
	# For the pool's level computed otherwise, below.
	printf '%s %s\n' "$(xen_says pv_default)" "$(xen_says hvm_default)" >$GUESTS/sets."$HOST"
}

# and_of FIELD: what all hosts so far have, from Xen's own tool and in other words
# than the command's.
and_of() {
	local file w
	local -a all words
	all=()
	for file in "$GUESTS"/sets.*; do
		IFS=- read -ra words < <(cut -d ' ' -f "$1" "$file")
		for ((w = 0; w < ${#words[@]}; w++)); do
			all[w]=$((${all[w]:-0xffffffff} & 0x${words[w]}))
		done
	done
	for ((w = 0; w < ${#all[@]}; w++)); do printf '%08x ' "${all[w]}"; done
}

level_is_common() {
	local level pv hvm
	level=$(cpulevel pool level --json)
	pv=$(json pv <<<"$level") hvm=$(json hvm <<<"$level")
	printf '%s\n' "$level"
	[[ $(tr ' ' '-' <<<"$(and_of 1)") = "$pv-" && $(tr ' ' '-' <<<"$(and_of 2)") = "$hvm-" ]]
}

# started NAME TYPE: at the level, by the command alone.
started() {
	config "$1" "$2"
	local rc=0
	cpulevel vm start "$1" --type "$2" --xl "$GUESTS/$1.cfg" --run >"$GUESTS/$1.started" || rc=$?
	cat "$GUESTS/$1.cfg" "$GUESTS/$1.started"
	[[ $rc -eq 0 ]] && xl domid "$1"
}

# Xen's own word on the policy of the domain, against what was asked for.
given() {	# GUEST
	cat "$GUESTS/$1.started"
	grep -q '^features' "$GUESTS/$1.started" && ! grep -E '^not_(given|asked_for)' "$GUESTS/$1.started"
}
