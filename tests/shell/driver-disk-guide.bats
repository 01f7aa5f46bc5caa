#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# docs/admin.md and driver-disk(8): their commands, run as they stand there, print what the text says.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154,SC2164 # texts for others; what bats does

load pack
load dom0

setup_file() {
	have_kernels || return 0
	setup_pack
	acme 1.1 B >/dev/null
}

teardown_file() { stop_agent "$BATS_FILE_TMPDIR/trust"; }

# A host of our own: every command works on the folder's dom0.
setup() {
	load_lab
	one_kernel
	P=$BATS_TEST_TMPDIR/place
	mkdir -p "$P/disks" "$P/bin"
	cd "$P"
	cp "$W/out/acme-edu-1.1-$KA.iso" disks/
	ln -s "disks/acme-edu-1.1-$KA.iso" acme-edu-1.1-GA.iso
	ln -s "disks/acme-edu-1.1-$KA.iso" acme-edu-1.1-4.19.0+1.iso
	ln -s "$W/out-1.1/acme-edu-1.1-$KB.iso" acme-edu-1.1-hotfix.iso
	cat >bin/driver-disk <<-END
		#!/bin/bash
		case \$1 in
		install) exec "$TOOL" "\$@" --root "$R" --keyring "$W/trust" ;;
		inspect) exec "$TOOL" "\$@" --keyring "$W/trust" ;;
		compare) exec "$TOOL" "\$@" ;;
		*) exec "$TOOL" "\$@" --root "$R" ;;
		esac
	END
	chmod 755 bin/driver-disk
	PATH=$P/bin:$PATH
}

# run_lines FILE: each command must succeed, and print what the "# " lines after it say.
run_lines() {
	local line out=
	while IFS= read -r line; do
		if [[ $line = "# "* ]]; then
			[[ $out = *"${line#\# }"* ]] || { printf 'not printed: %s\nbut: %s\n' "${line#\# }" "$out"; return 1; }
			continue
		fi
		[[ $line != *"driver-disk status ||"* ]] || add_kernel "$R" "$KB" "$CPULEVEL_KDIR_B" >/dev/null 2>&1
		out=$(bash -c "$line" 2>&1) || { printf 'failed: %s\n%s\n' "$line" "$out"; return 1; }
	done <"$1"
}

@test "docs/admin.md" {
	sed -n 's/^    //p' "$TOP/docs/admin.md" >commands
	[ "$(grep -c '^driver-disk' commands)" -gt 12 ]
	run_lines commands
}

@test "docs/admin.md: its lines for /etc/driver-disk.conf do what they say" {
	sed -n 's/^- `\([a-z]*=[^`]*\)`: .*/\1/p' "$TOP/docs/admin.md" >"$R/etc/driver-disk.conf"
	[ "$(cut -d= -f1 "$R/etc/driver-disk.conf" | paste -sd ' ')" = "folder guard" ]
	driver-disk install acme-edu-1.1-GA.iso
	add_kernel "$R" "$KB" "$CPULEVEL_KDIR_B"
	driver-disk kernel-changed
	grep -qx RefuseManualStart=yes "$R/run/systemd/system/reboot.target.d/driver-disk.conf"
	[ -s "$R/run/driver-disk/warning" ]
	install -D "$W/out-1.1/acme-edu-1.1-$KB.iso" "$R/$(sed -n 's/^folder=//p' "$R/etc/driver-disk.conf")/hotfix.iso"
	cp -r "$W/tool" tool
	sed -i "s,^KEYRING=.*,KEYRING=$W/trust," tool/install.sh
	tool/driver-disk auto --root "$R"
	driver-disk status --quiet
	[ ! -e "$R/run/systemd/system/reboot.target.d/driver-disk.conf" ]
	[ ! -e "$R/run/driver-disk/warning" ]
}

@test "docs/admin.md: what its sentences name is an option, a verb or a file of driver-disk(8)" {
	local word

	mandoc -T ascii "$TOP/man/driver-disk.8" | col -bx >page
	grep -v '^    ' "$TOP/docs/admin.md" | grep -oE '`[^`]*`' | tr -d '`' >words
	# Other programs' own.
	sed -i -E '/^(import-update-key|systemctl|rmmod|modprobe|status|verify|rollback|!|#|0|not-verified|verified)/d; /^(driver-disk\(8\))$/d' words
	while IFS= read -r word; do
		grep -qF -e "${word%%=*}" page || { printf 'not in driver-disk(8): %s\n' "$word"; return 1; }
	done <words
}

@test "driver-disk(8)" {
	mandoc -T ascii "$TOP/man/driver-disk.8" | col -bx |
		awk '/^[A-Z]/ { on = $0 == "EXAMPLES"; next } on && /^ +driver-disk /' | sed 's/^ *//' >commands
	[ "$(wc -l <commands)" -eq 7 ]
	run_lines commands
}

@test "every verb and option of the help is in driver-disk(8), and the other way round" {
	mandoc -T ascii "$TOP/man/driver-disk.8" | col -bx >page
	"$TOOL" --help 2>&1 | grep -oE -- '--[a-z-]+' | sort -u >help
	while read -r option; do grep -qe "$option" page || { echo "$option"; return 1; }; done <help
	sed -n '/^OPTIONS/,/^EXIT/p' page | grep -oE -- '^ +--[a-z-]+' | tr -d ' ' | while read -r option; do
		grep -qxe "$option" help || { echo "$option"; exit 1; }
	done
}
