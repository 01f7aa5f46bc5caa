# SPDX-License-Identifier: GPL-2.0-only
# The states of a dom0 whose power is cut, and the operations between them.
# shellcheck shell=bash
#
# /root/cut/ref/N is what the dom0 looks like with acme-edu N (0: none), state
# what it is now, before what it was before the last change, doing what was
# begun: the verb, then the states before and after.

CUT=/root/cut
K=$(uname -r)

# All that an operation may change, and what comes of it.
look() {
	local tmp

	rpm -qa --qf '%{NAME}-%{VERSION}-%{RELEASE}\n' | sort
	find /lib/modules /boot /var/update ! -name 'initrd-*.img' -printf '%p %y\n' | sort
	find /lib/modules /var/update -type f ! -name 'modules.builtin*.bin' -exec sha256sum {} + | sort -k 2
	modinfo -k "$K" -F filename acme_edu
	tmp=$(mktemp -d)
	(cd "$tmp" && cpio -id --quiet '*.ko' <"/boot/initrd-$K.img" && sha256sum modules/*)
	rm -rf "$tmp"
}

version_of() {	# STATE -> the driver's version in it
	case $1 in 0) echo 1.0 ;; *) echo "$1" ;; esac
}

# The driver-disk command for a verb here, and the state that it leads to.
plan_verb() {	# VERB -> "target command"
	local now

	now=$(<"$CUT/state")
	case $1:$now in
	install:1.2) echo "1.1 install --downgrade acme-edu-1.1-$K.iso" ;;
	install:*) echo "1.2 install acme-edu-1.2-$K.iso" ;;
	remove:*) echo "0 remove acme-edu" ;;
	rollback:*) echo "$(<"$CUT/before") rollback" ;;
	esac
}

became() {	# STATE: the dom0 is in this state after a change
	[[ $1 = "$(<"$CUT/state")" ]] || cp "$CUT/state" "$CUT/before"
	echo "$1" >"$CUT/state"
}

change() {	# VERB [cut]: with cut, the next boot finds out what became of it
	local target
	local -a command

	read -r target command < <(plan_verb "$1")
	read -ra command <<<"${command[*]}"
	printf '%s %s %s\n' "$1" "$(<"$CUT/state")" "$target" >"$CUT/doing"
	sync
	driver-disk "${command[@]}" || return
	[[ -z ${2:-} ]] || return 0
	became "$target"
	rm "$CUT/doing"
}

# For the harness, which cuts the power at one of these.  Nothing of the boot
# is kept open, or a boot whose power is not cut would not end.
tell_steps() {
	touch /var/log/driver-disk.log
	(cd / && tail -n 0 -F /var/log/driver-disk.log | sed -u 's/^[^ ]* /# step /') >&3 2>/dev/null </dev/null &
}

clean() {	# verify finds nothing, if need be after one repair
	driver-disk verify && return
	driver-disk verify --repair && driver-disk verify
}

# What the dom0 is like is exactly what it was or what it was to become.
old_or_new() {	# OLD NEW
	local state

	look >/tmp/now
	for state in "$2" "$1"; do
		cmp -s /tmp/now "$CUT/ref/$state" || continue
		became "$state"
		rm "$CUT/doing"
		return
	done
	diff "$CUT/ref/$2" /tmp/now
}
