#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# docs/vendor.md: every command in it, run as it stands there, section by section.  What is for the host
# is done to a dom0 in a folder.

load pack

setup_file() {
	have_kernels || return 0
	export W=$BATS_FILE_TMPDIR HOME=$BATS_FILE_TMPDIR/home BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR
	unset GNUPGHOME
	mkdir -p "$HOME/Downloads/hotfix" "$W/tmp" "$W/host"
	kernel_devel "$HOME/Downloads" "$CPULEVEL_KDIR_A"
	kernel_devel "$HOME/Downloads/hotfix" "$CPULEVEL_KDIR_B"
	printf 'cd %q\n' "$TOP" >"$W/state"
}

teardown_file() { [[ ! -d $HOME/.gnupg ]] || gpgconf --kill all; }

setup() {
	have_kernels || skip "CPULEVEL_KDIR_A and CPULEVEL_KDIR_B name no kernel-devel folders"
	GUIDE=$TOP/docs/vendor.md
	KA=$(kernel_of "$CPULEVEL_KDIR_A") KB=$(kernel_of "$CPULEVEL_KDIR_B")
	A=$HOME/acme R=$W/root
}

# As a distribution's, but for a link in place of ten thousand headers.
kernel_devel() {	# FOLDER KDIR
	make_rpm "$1" "Name: kernel-devel" "Version: $(kernel_of "$2" | sed 's/-.*//')" "Release: 1" \
		"Summary: headers" "License: GPL" "AutoReqProv: no" "%description" "headers" "%install" \
		"install -d %{buildroot}/usr/src/kernels; ln -s $2 %{buildroot}/usr/src/kernels/$(kernel_of "$2")" \
		"%files" "/usr/src/kernels/*"
}

section() { awk -v n="## $1. " '/^## / { on = index($0, n) == 1 } on && sub(/^    /, "")' "$GUIDE"; }

# The folder, variables and PATH that a section leaves are there in the next.
run_section() {	# N
	section "$1" | grep -v '^host# ' | sed "s#/tmp/#$W/tmp/#g" >"$W/commands"
	cat "$W/commands"
	[ -s "$W/commands" ]
	{
		cat "$W/state" "$W/commands"
		# shellcheck disable=SC2016 # that shell's own variables
		printf '{ echo cd "$PWD"; declare -p PATH KDIR; } >%s 2>/dev/null || true\n' "$W/state"
	} >"$W/script"
	bash -e "$W/script"
}

# The host's commands, with a folder for its root.  Bash allows a path as a function's name.
host() {
	mount() { [[ $1 = -o && $2 = loop,ro && $4 = /media ]] && open_iso "$3" "$W/media"; }
	umount() { rm -rf "$W$1"; }
	modinfo() { command modinfo -b "$R" -k "$KA" "$@"; }
	/media/install() { "$W/media/install" "$@" --root "$R" --keyring "$R/opt/xensource/gpg"; }
	/media/driver-disk/driver-disk() { "$W/media/driver-disk/driver-disk" "$@" --root "$R"; }
	/opt/xensource/debug/import-update-key() {
		local home=$R/opt/xensource/gpg fpr
		mkdir -p "$home" "$R/etc/pki/rpm-gpg"
		chmod 700 "$home"
		cp "$1" "$R/etc/pki/rpm-gpg/"
		gpg --homedir "$home" --batch --quiet --import "$1"
		fpr=$(gpg --with-colons --show-keys "$1" | awk -F: '$1 == "fpr" { print $10; exit }')
		echo "$fpr:6:" | gpg --homedir "$home" --batch --quiet --import-ownertrust
		gpgconf --homedir "$home" --kill all
	}
	section "$1" | sed -n 's/^host# //p' >"$W/commands"
	cat "$W/commands"
	[ -s "$W/commands" ]
	cd "$W/host" || return
	# shellcheck disable=SC1091 # just written
	. "$W/commands"
}

@test "1. the tools" { run_section 1; }

@test "2. the kernel's headers" { run_section 2; }

@test "3. a signing key" {
	run_section 3
	gpg --show-keys "$A/RPM-GPG-KEY-acme"
}

@test "4. a driver" {
	run_section 4
	[ -f "$A/acme-nic/acme_nic.c" ]
}

@test "5. the driver disk" {
	run_section 5
	open_iso "$A/disks/acme-nic-1.1-$KA.iso" "$W/disk"
	(cd "$W/disk" && ls "Packages/acme-nic-$KA-modules-1.1-1.x86_64.rpm" Packages/update-acme-nic-*.rpm \
		Packages/control-acme-nic-*.rpm update.xml repodata SRPMS/*.src.rpm install driver-disk)
	grep -q 'key="RPM-GPG-KEY-acme"' "$W/disk/update.xml"
}

@test "6. check it" { run_section 6; }

@test "7. install it on a test host" {
	make_dom0 "$R"
	mkdir -p "$W/rpms"
	add_kernel "$R" "$KA" "$CPULEVEL_KDIR_A"
	cp "$A"/disks/*.iso "$A/RPM-GPG-KEY-acme" "$W/host/"
	set -o pipefail
	host 7 2>&1 | tee "$W/said"
	grep -qx "$R/lib/modules/$KA/updates/acme_nic.ko" "$W/said"
	rpm --root "$R" -q "acme-nic-$KA-modules" update-acme-nic control-acme-nic
}

@test "8. the next release" {
	run_section 8
	[ -s "$A/disks/acme-nic-1.2-$KA.iso" ]
	open_iso "$A/disks/acme-nic-1.2-$KA.iso" "$W/disk2"
	grep -q "<rollsup .*$(sed -n 's/.* uuid="\([^"]*\)".*/\1/p' "$W/disk/update.xml")" "$W/disk2/update.xml"
	rpm2cpio "$W/disk2/Packages/acme-nic-$KA-modules-1.2-1.x86_64.rpm" | (cd "$W/disk2" && cpio --quiet -idm)
	[ "$(modinfo -F version "$W/disk2/lib/modules/$KA/updates/acme_nic.ko")" = 1.2 ]
}

@test "9. the next kernel" {
	run_section 9
	[ -s "$A/respun/acme-nic-1.2.respin1-$KB.iso" ]
}

@test "10. in your CI" {
	run_section 10
	[ -s "$A/nightly/acme-nic-1.2-$KA.iso" ]
	[ -s "$A/nightly/acme-nic-1.2-$KB.iso" ]
}

@test "no command in the guide was left out" {
	for n in {1..10}; do section "$n"; done | diff - <(sed -n 's/^    //p' "$GUIDE")
}

@test "what one sees when something goes wrong is what the tools say" {
	# shellcheck disable=SC2016 # backquotes of Markdown
	sed -n '/^## When something/,$p' "$GUIDE" | sed -n 's/^| [^`]*`\([^`]*\)` |.*/\1/p' | grep -v '…' >"$W/messages"
	[ "$(wc -l <"$W/messages")" -ge 5 ]
	while IFS= read -r message; do
		echo "$message"
		grep -rqF -e "$message" "$TOP/scripts" "$TOP/pack"
	done <"$W/messages"
}

@test "every key and option in the guide is one" {
	"$BUILD" --help >"$W/help"
	{
		grep -oE '[ `(]--[a-z-]+' "$GUIDE" | grep -oE -- '--[a-z-]+'
		sed -n '/^## Drivers that/,/^The tests/p' "$GUIDE" | grep -oE '`[a-z-]+=' | sed 's/`\(.*\)=/--\1/'
	} | sort -u | grep -vxE -- '--(batch|passphrase|quick-gen-key|armor|export|export-secret-keys|quiet|dry-run)' >"$W/options"
	[ "$(wc -l <"$W/options")" -ge 15 ]
	while read -r option; do
		echo "$option"
		grep -qE -- "(^| |, )$option([ ,]|\$)" "$W/help"
	done <"$W/options"
}
