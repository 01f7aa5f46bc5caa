#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# driver-disk status: what boots next, what will load, what the initrd has, and what that means.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154,SC2164 # texts for others; what bats does

load pack
load dom0

setup_file() {
	have_kernels || return 0
	setup_pack
	acme 1.1 A >/dev/null
}

teardown_file() { stop_agent "$BATS_FILE_TMPDIR/trust"; }

setup() { load_lab; }

# A root with both kernels, and the pack for the older one.
packed() {
	both_kernels
	dd_ install "$(acme 1.1 A)" >/dev/null 2>&1
}

json() { dd_ status --json | jq -r "$1"; }

boots() {	# K MENU: the menu of the boot loader is read as saying that
	[ "$(json '.next_kernel + " " + .next_kernel_from')" = "$1 $2" ]
}

entry() {	# TITLE KERNEL-FILE [ID]
	printf "menuentry '%s' --class os %s {\n\tsearch --label root\n\tmultiboot2 /boot/xen.gz dom0_mem=752M\n\tmodule2 /boot/%s root=LABEL=root ro\n\tmodule2 /boot/initrd.img\n}\n" \
		"$1" "${3:+--id $3}" "$2"
}

grub_cfg() { cat >"$R/boot/grub/grub.cfg"; }

@test "the kernel that boots next is the one that GRUB's menu has as its default" {
	packed
	mkdir -p "$R/boot/grub"
	ln -s "vmlinuz-$KA" "$R/boot/vmlinuz-4.19-xen"
	{ echo 'set default="0"'; entry XenServer vmlinuz-4.19-xen; entry new "vmlinuz-$KB"; } | grub_cfg
	boots "$KA" /boot/grub/grub.cfg
	sed -i 's/default="0"/default=1/' "$R/boot/grub/grub.cfg"
	boots "$KB" /boot/grub/grub.cfg
	run dd_ status
	exits 4
	says "* boots next, says /boot/grub/grub.cfg"
}

@test "GRUB's saved entry counts, by title and by id, and a one-time entry before it" {
	packed
	mkdir -p "$R/boot/grub"
	{
		printf 'if [ "${next_entry}" ]; then set default="${next_entry}"; else set default="${saved_entry}"; fi\n'
		entry Old "vmlinuz-$KA" old-id
		entry New "vmlinuz-$KB"
	} | grub_cfg
	printf 'saved_entry=New\n' >"$R/boot/grub/grubenv"
	boots "$KB" /boot/grub/grub.cfg
	printf 'saved_entry=old-id\n' >"$R/boot/grub/grubenv"
	boots "$KA" /boot/grub/grub.cfg
	printf 'saved_entry=old-id\nnext_entry=1\n' >"$R/boot/grub/grubenv"
	boots "$KB" /boot/grub/grub.cfg
}

@test "an entry in a submenu is found by its path of indices, titles or ids" {
	packed
	mkdir -p "$R/boot/grub"
	{
		echo 'set default="1>1"'
		entry First "vmlinuz-$KB"
		echo "submenu 'Advanced options' \$menuentry_id_option 'adv' {"
		entry "A new" "vmlinuz-$KB"
		entry "An old" "vmlinuz-$KA" old-id
		echo '}'
		entry Last "vmlinuz-$KB"
	} | grub_cfg
	boots "$KA" /boot/grub/grub.cfg
	sed -i 's/default=.*/default="adv>old-id"/' "$R/boot/grub/grub.cfg"
	boots "$KA" /boot/grub/grub.cfg
	sed -i 's/default=.*/default="2"/' "$R/boot/grub/grub.cfg"
	boots "$KB" /boot/grub/grub.cfg
}

bls_entry() {	# ID TITLE VERSION LINUX
	mkdir -p "$R/boot/loader/entries"
	printf 'title %s\nversion %s\nlinux %s\ninitrd /initrd.img\noptions root=LABEL=root ro\ngrub_users $grub_users\n' \
		"$2" "$3" "$4" >"$R/boot/loader/entries/$1.conf"
}

@test "GRUB's menu that is made of Boot Loader Specification entries is understood" {
	packed
	mkdir -p "$R/boot/grub2"
	{
		printf 'if [ "${next_entry}" ] ; then\n set default="${next_entry}"\nelse\n set default="${saved_entry}"\nfi\n'
		printf 'insmod blscfg\nblscfg\n'
		entry Memtest memtest.bin
	} >"$R/boot/grub2/grub.cfg"
	bls_entry "0a1b-$KA" "Linux A" "$KA" "/vmlinuz-$KA"
	bls_entry "0a1b-$KB" "Linux B" "$KB" "/boot/vmlinuz-$KB"
	bls_entry 0a1b-0-rescue "Rescue" 0-rescue "/vmlinuz-$KA"
	# Nothing saved: the first, which is the newest.
	boots "$KB" /boot/grub2/grub.cfg
	echo "saved_entry=0a1b-$KA" >"$R/boot/grub2/grubenv"
	boots "$KA" /boot/grub2/grub.cfg
	echo "saved_entry=1" >"$R/boot/grub2/grubenv"
	boots "$KA" /boot/grub2/grub.cfg
	printf 'saved_entry=0a1b-%s\nnext_entry=Linux B\n' "$KA" >"$R/boot/grub2/grubenv"
	boots "$KB" /boot/grub2/grub.cfg
}

@test "systemd-boot's entries are understood, wherever their kernels lie" {
	packed
	bls_entry "0a1b-$KA" "Linux A" "$KA" "/0a1b/$KA/linux"
	bls_entry "0a1b-$KB" "Linux B" "$KB" "/0a1b/$KB/linux"
	echo 'timeout 3' >"$R/boot/loader/loader.conf"
	boots "$KB" /boot/loader/loader.conf
	echo "default 0a1b-$KA*" >>"$R/boot/loader/loader.conf"
	boots "$KA" /boot/loader/loader.conf
	sed -i "s/^default.*/default 0a1b-$KA.conf/" "$R/boot/loader/loader.conf"
	boots "$KA" /boot/loader/loader.conf
	# A pattern of which there is none counts for nothing.
	sed -i 's/^default.*/default windows*/' "$R/boot/loader/loader.conf"
	boots "$KB" /boot/loader/loader.conf
}

@test "XenServer 6's extlinux menu is understood" {
	packed
	ln -s "vmlinuz-$KA" "$R/boot/vmlinuz-2.6-xen"
	printf 'default xe\nprompt 1\nlabel xe\n  kernel mboot.c32\n  append /boot/xen.gz mem=1G --- /boot/vmlinuz-2.6-xen root=LABEL=r ro --- /boot/initrd-2.6-xen.img\nlabel other\n  append /boot/xen.gz --- /boot/vmlinuz-%s\n' "$KB" >"$R/boot/extlinux.conf"
	boots "$KA" /boot/extlinux.conf
	sed -i 's/default xe/default other/' "$R/boot/extlinux.conf"
	boots "$KB" /boot/extlinux.conf
}

@test "a menu that names a kernel which is gone is not believed" {
	packed
	mkdir -p "$R/boot/grub"
	entry Gone vmlinuz-9.9.9 | grub_cfg
	boots "$KB" newest
	ln -s "vmlinuz-$KA" "$R/boot/vmlinuz-xen"
	boots "$KA" /boot/vmlinuz-xen
}

@test "--kernel shows one kernel, --all every one, --quiet none; the exit code is always about the next boot" {
	packed
	run dd_ status --kernel "$KA"
	exits 4
	[[ $output != *"$KB "* ]]
	run dd_ status --all
	exits 4
	says "$KA" "$KB*"
	run dd_ status --quiet
	exits 4
	[ -z "$output" ]
	ln -s "vmlinuz-$KA" "$R/boot/vmlinuz-xen"
	run dd_ status --quiet
	exits 0
	run dd_ status --kernel 1.2.3
	exits 2
	says "1.2.3: not installed; installed are: $KA $KB"
}

@test "a newer driver in the new kernel itself is no loss" {
	packed
	cp -r "$TOP/examples/acme-edu" "$BATS_TEST_TMPDIR/newer"
	make -s -C "$CPULEVEL_KDIR_B" M="$BATS_TEST_TMPDIR/newer" KCFLAGS="-DACME_EDU_VERSION='\"1.2\"'" modules >/dev/null
	cp "$BATS_TEST_TMPDIR/newer/acme_edu.ko" "$R/lib/modules/$KB/kernel/"
	run dd_ status
	exits 0
	says "$KB*  acme_edu  1.2"
}

@test "of two packs with one module the older may win: that is a loss, and verify names the file passed over" {
	local tree=$BATS_TEST_TMPDIR/rival

	one_kernel
	dd_ install "$(acme 1.1 A)" >/dev/null 2>&1
	module_tree "$tree" "$KA"
	mv "$tree/lib/modules/$KA/updates" "$tree/lib/modules/$KA/extra"
	mkdir -p "$tree/etc/depmod.d"
	echo 'override acme_edu * extra' >"$tree/etc/depmod.d/rival.conf"
	rpm_of "$BATS_TEST_TMPDIR" "rival-$KA-modules" 1 "$tree" %post "/sbin/depmod $KA"
	rpm --root "$R" -i --nodeps "$BATS_TEST_TMPDIR/rival-$KA-modules-1-1.rpm" >/dev/null 2>&1
	run dd_ status
	exits 4
	says "acme_edu falls back from 1.1 to 1.0 of rival-$KA-modules, which modprobe prefers to acme-edu-$KA-modules: remove the pack that you do not want"
	run dd_ verify
	exits 1
	says "/lib/modules/$KA/updates/acme_edu.ko: is there, but modprobe would load /lib/modules/$KA/extra/acme_edu.ko"
	rpm --root "$R" -e "rival-$KA-modules" >/dev/null 2>&1
	dd_ status
}

@test "a module that no package brought is shown, and missed in the new kernel" {
	both_kernels
	module_tree "$R" "$KA" by_hand
	depmod -b "$R" "$KA"
	run dd_ status
	exits 4
	says "by_hand  1.0        -       -       fits  unpackaged" \
		"by_hand has no module at all: no package brought it; build it for $KB"
}

@test "a driver whose checksums do not fit names the first symbols" {
	packed
	gzip -c "$CPULEVEL_KDIR_B/Module.symvers" >"$R/boot/symvers-$KA.gz"
	[ "$(json '.drivers[] | select(.crcs | . != null and startswith("changed")) | .changed_symbols | length')" = 3 ]
}

@test "checksums come from the kernel's own modules where it has no list" {
	packed
	mv "$R/lib/modules/$KA/kernel/acme_edu.ko" "$R/lib/modules/$KA/kernel/other.ko"
	truncate -s 700k "$R/lib/modules/$KA/kernel/other.ko"
	depmod -b "$R" "$KA"
	[ "$(json '.drivers[0].crcs')" = fits ]
}

@test "the initrd's copy is compared with what modprobe would load" {
	packed
	ln -s "vmlinuz-$KA" "$R/boot/vmlinuz-xen"
	give_dracut acme_edu
	initrd() { json '.drivers[0].initrd'; }
	[ "$(initrd)" = null ]
	chroot "$R" dracut -f "/boot/initrd-$KA.img" "$KA"
	[ "$(initrd)" = same ]
	mv "$R/lib/modules/$KA/updates/acme_edu.ko" "$R/aside"
	chroot "$R" dracut -f "/boot/initrd-$KA.img" "$KA"
	mv "$R/aside" "$R/lib/modules/$KA/updates/acme_edu.ko"
	[ "$(initrd)" = 1.0 ]
	run dd_ status
	exits 4
	says "acme_edu 1.1 is not in the initrd, which has another (1.0): run 'driver-disk verify --repair'"
	gzip -dc "$R/boot/initrd-$KA.img" >/dev/null 2>&1 && return 1	# microcode comes first
	head -c 600 "$R/boot/initrd-$KA.img" >"$R/boot/short"
	printf 'garbage' >>"$R/boot/short"
	mv "$R/boot/short" "$R/boot/initrd-$KA.img"
	[ "$(initrd)" = "?" ]
}

@test "initrds are read whatever they are packed with" {
	packed
	ln -s "vmlinuz-$KA" "$R/boot/vmlinuz-xen"
	mkdir -p "$BATS_TEST_TMPDIR/i/lib/modules/$KA"
	cp "$R/lib/modules/$KA/updates/acme_edu.ko" "$BATS_TEST_TMPDIR/i/lib/modules/$KA/"
	for program in cat gzip xz bzip2 zstd; do
		command -v "$program" >/dev/null || continue
		(cd "$BATS_TEST_TMPDIR/i" && find . | cpio -o -H newc --quiet | $program -c) >"$R/boot/initrd.img-$KA" ||
			(cd "$BATS_TEST_TMPDIR/i" && find . | cpio -o -H newc --quiet) >"$R/boot/initrd.img-$KA"
		[ "$(json '.drivers[0].initrd')" = same ] || { echo "$program"; return 1; }
	done
}

@test "XenServer 9's variants are shown, and the selected one is its package's" {
	both_kernels
	local tree=$BATS_TEST_TMPDIR/tree
	for v in generic dell; do
		module_tree "$tree" "$KB"
		mkdir -p "$tree/lib/modules/$KB/dmv/acme_edu/$v"
		mv "$tree/lib/modules/$KB/updates/acme_edu.ko" "$tree/lib/modules/$KB/dmv/acme_edu/$v/"
		printf '{"category":"misc","name":"acme_edu","variant":"%s","version":"1.0-%s","status":"production"}\n' $v $v \
			>"$tree/lib/modules/$KB/dmv/acme_edu/$v/info.json"
	done
	rmdir "$tree/lib/modules/$KB/updates"
	rpm_of "$BATS_TEST_TMPDIR" acme-dmv 1 "$tree"
	rpm --root "$R" -i "$BATS_TEST_TMPDIR/acme-dmv-1-1.rpm"
	mkdir -p "$R/lib/modules/$KB/updates"
	ln -s ../dmv/acme_edu/dell/acme_edu.ko "$R/lib/modules/$KB/updates/acme_edu.ko"
	depmod -b "$R" "$KB"
	run dd_ status
	exits 0
	says "acme_edu  1.0        -       -       fits  acme-dmv" \
		"$KB  acme_edu  dell  1.0-dell  selected" "$KB  acme_edu  generic  1.0-generic"
	[ "$(json '.variants[] | select(.selected) | .variant')" = dell ]
}

@test "a module name with shell characters or spaces is data" {
	packed
	touch "$R/lib/modules/$KA/updates/\$(touch pwned) ;x.ko"
	(cd "$BATS_TEST_TMPDIR" && dd_ status >/dev/null) || true
	[ ! -e "$BATS_TEST_TMPDIR/pwned" ]
	run dd_ status --json
	jq . <<<"$output" >/dev/null
}
