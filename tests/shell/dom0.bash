# SPDX-License-Identifier: GPL-2.0-only
# More for tests of driver-disk: disks made by hand, RPMs without a compiler, initrds, rpm's noise.
# shellcheck shell=bash disable=SC2034,SC2154,SC2164

load_lab() {	# what every test of these files starts from
	have_kernels || skip "CPULEVEL_KDIR_A and CPULEVEL_KDIR_B name no kernel-devel folders"
	TOOL=$W/tool/driver-disk
	R=$BATS_TEST_TMPDIR/root
}

# driver-disk on the test's root, with the vendor's key trusted.
dd_() {	# VERB ARGUMENT...
	case $1 in
	install) "$TOOL" "$@" --root "$R" --keyring "${TRUST:-$W/trust}" ;;
	inspect | compare) "$TOOL" "$@" ;;
	*) "$TOOL" "$@" --root "$R" ;;
	esac
}

says() {	# WORDS...: the last run said each
	local word

	for word; do
		[[ $output = *"$word"* ]] || { printf 'not said: %s\nbut: %s\n' "$word" "$output"; return 1; }
	done
}

exits() { [[ $status -eq $1 ]] || { printf 'exit status %s, not %s: %s\n' "$status" "$1" "$output"; return 1; }; }

both_kernels() {
	make_dom0 "$R"
	add_kernel "$R" "$KA" "$CPULEVEL_KDIR_A"
	add_kernel "$R" "$KB" "$CPULEVEL_KDIR_B"
}

one_kernel() {
	make_dom0 "$R"
	add_kernel "$R" "$KA" "$CPULEVEL_KDIR_A"
}

# Once per file: acme-edu VERSION for KDIR, unpacked; prints the folder.
acme() {	# VERSION A|B
	local kdir=CPULEVEL_KDIR_$2 k=K$2 dir=$W/acme-$1-$2

	if [[ ! -d $dir ]]; then
		cp -r "$TOP/examples/acme-edu" "$W/source-$1-$2"
		sed -i "s/\"1\.1\"/\"$1\"/" "$W/source-$1-$2"/*.c
		build_disk "${!kdir}" "$W/out-$1" --version "$1" --source "$W/source-$1-$2" >"$W/build.log" 2>&1 || cat "$W/build.log" >&2
		open_iso "$W/out-$1/acme-edu-$1-${!k}.iso" "$dir"
	fi
	printf '%s\n' "$dir"
}

# An RPM with the files of a folder, below the host's root, and spec lines.
rpm_of() {	# OUT NAME VERSION FOLDER [SPECLINE...]
	local out=$1 name=$2 version=$3 tree=$4

	shift 4
	make_rpm "$out" "Name: $name" "Version: $version" "Release: 1" "Summary: $name" "License: GPL" \
		"AutoReqProv: no" "%define _build_id_links none" "%define debug_package %{nil}" \
		"%description" "$name" "%install" "mkdir -p %{buildroot}; cp -a $tree/. %{buildroot}/" \
		"$@" "%files" "$(cd "$tree" && find . -mindepth 1 \( ! -type d -o -empty \) -printf '"/%P"\n')"
}

# Modules without a compiler: the in-box one, in a pack's folder.
module_tree() {	# FOLDER K [NAME]
	local built

	built=$(find "$R/lib/modules/$2/kernel" -name acme_edu.ko)
	install -D -m 644 "$built" "$1/lib/modules/$2/updates/${3:-acme_edu}.ko"
}

# A disk of the update family from RPMs, as build-update leaves it; signed.
hand_disk() {	# DIR LABEL K RPM...
	local dir=$1 label=$2 k=$3 uuid

	shift 3
	uuid=${HAND_UUID:-}
	[[ -n $uuid ]] || uuid=$(printf '%s\n' "$label" "$@" | sha256sum | sed -E 's/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/\1-\2-\3-\4-\5/')
	mkdir -p "$dir/Packages"
	cp "$@" "$dir/Packages/"
	rpmsign -D "_gpg_name $KEY" -D "__gpg $(command -v gpg)" --addsign "$dir"/Packages/*.rpm >/dev/null 2>&1
	printf '<update name-label="%s" version="1" uuid="%s" control="control-%s" kernel="%s"><name-description>by hand</name-description></update>\n' \
		"$label" "$uuid" "$label" "$k" >"$dir/update.xml"
	index_disk "$dir"
}

index_disk() {	# DIR: (again) after a change by one who has the key
	rm -rf "$1/repodata" "$1"/*.asc
	createrepo_c --quiet --no-database --general-compress-type gz "$1"
	gpg --batch --quiet --armor --detach-sign "$1/repodata/repomd.xml"
	gpg --batch --quiet --armor --detach-sign "$1/update.xml"
}

# A disk of the legacy family, flat.
legacy_disk() {	# DIR NAME VERSION RPM...
	local dir=$1 name=$2 version=$3 rpm k label

	shift 3
	mkdir -p "$dir"
	cp "$@" "$dir/"
	cat >"$dir/XS-REPOSITORY" <<-END
		<repository originator="acme" name="$name" product="XenServer" version="$version">
		  <description>Acme $name</description>
		  <requires originator="xs" name="main" test="eq" version="6.5.0"/>
		</repository>
	END
	{
		echo '<packages>'
		for rpm; do
			rpm=$dir/${rpm##*/}
			k=$(rpm -qp --nosignature --qf '[%{FILENAMES}\n]' "$rpm" 2>/dev/null | sed -n 's,^/lib/modules/\([^/]*\)/.*,\1,p' | head -n 1)
			label=$(rpm -qp --nosignature --qf '%{NAME}' "$rpm" 2>/dev/null)
			printf '  <package label="%s" type="%s" size="%s" md5="%s"%s>%s</package>\n' "$label" \
				"${k:+driver-}rpm" "$(stat -c %s "$rpm")" "$(md5sum <"$rpm" | cut -d' ' -f1)" \
				"${k:+ kernel=\"$k\"}" "${rpm##*/}"
		done
		echo '</packages>'
	} >"$dir/XS-PACKAGES"
}

xenserver() {	# the root as XenServer 6.5
	mkdir -p "$R/etc/xensource/installed-repos/xs:main"
	printf "PRODUCT_BRAND='XenServer'\nPLATFORM_NAME='XCP'\n" >"$R/etc/xensource-inventory"
	cat >"$R/etc/xensource/installed-repos/xs:main/XS-REPOSITORY" <<-END
		<repository originator="xs" name="main" product="XenServer" version="6.5.0"><description>XenServer</description></repository>
	END
	echo '<packages/>' >"$R/etc/xensource/installed-repos/xs:main/XS-PACKAGES"
}

# A dracut for the root: real cpio and gzip, and every module it is told of.
give_dracut() {	# MODULE...
	copy_program "$R" cpio gzip find cp chmod sleep
	cat >"$R/usr/bin/dracut" <<-END
		#!/bin/bash
		# dracut -f FILE K
		set -e
		tmp=/tmp/dracut.\$\$
		mkdir -p \$tmp/lib/modules/\$3 \$tmp/kernel
		echo microcode >\$tmp/kernel/early
		for m in $*; do
			for d in updates extra kernel; do
				f=/lib/modules/\$3/\$d/\$m.ko
				[[ ! -e \$f ]] || { cp \$f \$tmp/lib/modules/\$3/; break; }
			done
		done
		cd \$tmp
		{ echo kernel/early | cpio -o -H newc --quiet; find lib | cpio -o -H newc --quiet | gzip; } >\$2
		echo "\$3" >>/dracut.ran
		cd /
		rm -rf \$tmp
	END
	chmod 755 "$R/usr/bin/dracut"
	# Where packages' scripts would find driver-disk's own parts.
	mkdir -p "$R$W/tool"
	cp -r "$W/tool/quiet" "$R$W/tool/"
	[[ -e $R/dev/null ]] || mknod "$R/dev/null" c 1 3
}

quiet() { "$@" >/dev/null 2>&1; }

version() { modinfo -b "$R" -k "${1:-$KA}" -F version acme_edu; }

# All that an operation may change: packages, files, records, indices.
state() {
	rpm --root "$R" -qa | sort
	(cd "$R" && find lib/modules boot etc var/update usr -type f ! -name 'initrd*' -exec sha256sum {} + 2>/dev/null | sort -k 2)
	# An initrd made again holds the same modules, with other dates.
	for initrd in "$R"/boot/initrd*; do
		[[ ! -f $initrd ]] || { cpio -t --quiet >/dev/null && gzip -dc | cpio -i --quiet --to-stdout '*.ko' | sha256sum; } <"$initrd"
	done
}
