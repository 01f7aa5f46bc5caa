# SPDX-License-Identifier: GPL-2.0-only
# What the lint tests share: a good disk of each family, made of parts that can be spoilt.
# shellcheck shell=bash disable=SC2034,SC2154

load pack

# A kernel without '-', as the legacy family needs one: a real one under another name.
LK=6.1.0+47.amd64

# Once: the module for both kernels, their kernel-devel, packinfo, driver-kabi, a key.
setup_lint() {
	export W=$BATS_FILE_TMPDIR KA
	KA=$(kernel_of "$CPULEVEL_KDIR_A")
	[[ ${#KA} -eq ${#LK} ]]
	make -s -C "$TOP/kabi" O="$W/build" >/dev/null
	make -s -C "$TOP/pack" install-parts PARTS="$W/tool" O="$W/build" >/dev/null
	cp -r "$TOP/examples/acme-edu" "$W/src"
	make -s -C "$CPULEVEL_KDIR_A" M="$W/src" modules >/dev/null
	strip --strip-debug -o "$W/real.ko" "$W/src/acme_edu.ko"
	sed "s/$KA/$LK/" "$W/real.ko" >"$W/good.ko"
	fake_kdir "$W/kdir"
	GNUPGHOME=$W/trust KEY=$(new_key "$W/trust" vendor)
	export GNUPGHOME KEY
	(new_parts; make_part "$W/good" module; make_part "$W/good" tools)
}

fake_kdir() {	# DIR
	mkdir -p "$1/include/config" "$1/include/generated"
	cp "$CPULEVEL_KDIR_A/Module.symvers" "$1/"
	cp "$CPULEVEL_KDIR_A/include/config/auto.conf" "$1/include/config/"
	echo "#define UTS_RELEASE \"$LK\"" >"$1/include/generated/utsrelease.h"
}

need_kernels() { have_kernels || skip "CPULEVEL_KDIR_A and CPULEVEL_KDIR_B name no kernel-devel folders"; }

# ---- the check ----

start_lint() {
	PROG=lint
	. "$TOP/scripts/lib/lint.sh"
	LINT_WORK=$BATS_TEST_TMPDIR/work LINT_KDIR=$W/kdir LINT_PREVIOUS='' LINT_MODULE_KEY=''
	LINT_KABI=$W/build/driver-kabi LINT_PACKINFO=$W/tool/packinfo LINT_ISO='' LINT_KEYRING=''
	[[ -x $LINT_KABI ]] || LINT_KABI=$TOP/build/driver-kabi
	mkdir -p "$LINT_WORK"
}

numbers() {	# DISK -> "101 203": what is found, each once
	FOUND=$(lint_disk "$1") || true
	awk -F '\t' '!seen[$1]++ { printf "%s%s", sep, $1; sep = " " }' <<<"$FOUND"
}

# The disk has these findings and no other.
expect() {	# DISK NUMBERS WHAT
	FOUND=$(lint_disk "$1") || true
	local got

	got=$(awk -F '\t' 'NF && !seen[$1]++ { printf "%s%s", sep, $1; sep = " " }' <<<"$FOUND")
	[[ $got = "$2" ]] || {
		printf '%s: expected "%s", found "%s":\n%s\n' "$3" "$2" "$got" "$FOUND"
		BAD=1
	}
}

# ---- the parts: a package for the module, one for tools ----

# M_ and T_ are spec lines; what a case says replaces what is here.
new_parts() {
	M_NAME=acme-$LK-modules M_RELEASE=1 M_GROUP='System Environment/Kernel' M_DIR=updates
	M_KO=$W/good.ko M_FILE=acme_edu.ko M_K=$LK
	M_TAGS="Requires: kernel-uname-r = $LK"
	M_POST="/sbin/depmod $LK" M_POSTUN="/sbin/depmod $LK"
	M_INSTALL='' M_MORE='' M_LIST=''
	T_NAME=acme-tools T_RELEASE=1 T_GROUP='System Environment/Base' T_TAGS='' T_INSTALL='' T_LIST='' T_MORE=''
	RPM_OPTIONS=(-D '_binary_filedigest_algorithm 1' -D '_binary_payload w9.gzdio')
}

module_spec() {
	cat <<-END
		Name: $M_NAME
		Version: 1.1
		Release: $M_RELEASE
		Summary: module
		License: GPL
		Group: $M_GROUP
		AutoReqProv: no
		$M_TAGS
		%description
		module
		%install
		install -D -m 644 '$M_KO' '%{buildroot}/lib/modules/$M_K/$M_DIR/$M_FILE'
		$M_INSTALL
		${M_POST:+%post}
		$M_POST
		${M_POSTUN:+%postun}
		$M_POSTUN
		$M_MORE
		%files
		/lib/modules/$M_K/$M_DIR/$M_FILE
		$M_LIST
	END
}

tools_spec() {
	cat <<-END
		Name: $T_NAME
		Version: 1.1
		Release: $T_RELEASE
		Summary: tools
		License: GPL
		Group: $T_GROUP
		BuildArch: noarch
		AutoReqProv: no
		$T_TAGS
		%description
		tools
		%install
		install -d %{buildroot}/usr/share/acme
		echo tools >%{buildroot}/usr/share/acme/tools
		$T_INSTALL
		$T_MORE
		%files
		/usr/share/acme
		$T_LIST
	END
}

make_part() {	# OUT module|tools -> OUT/module.rpm
	mkdir -p "$1"
	"$2_spec" >"$1/$2.spec"
	rpmbuild -bb -D "_topdir $W/rpmbuild.$$" -D "_rpmdir $1" -D "_build_name_fmt $2.rpm" \
		-D '__os_install_post %{nil}' -D 'debug_package %{nil}' -D '_build_id_links none' \
		-D 'source_date_epoch_from_changelog 0' -D '_unpackaged_files_terminate_build 0' \
		-D '_binaries_in_noarch_packages_terminate_build 0' \
		"${RPM_OPTIONS[@]}" "$1/$2.spec" >"$1/$2.log" 2>&1 || {
		cat "$1/$2.log"
		return 1
	}
}

make_srpm() {	# FILE
	mkdir -p "${1%/*}"
	[[ -e $W/good/source.rpm ]] || {
		(new_parts; tools_spec) >"$W/good/source.spec"
		rpmbuild -bs -D "_topdir $W/rpmbuild.$$" -D "_srcrpmdir $W/good/srpm" \
			"$W/good/source.spec" >/dev/null 2>&1
		mv "$W"/good/srpm/*.src.rpm "$W/good/source.rpm"
	}
	cp "$W/good/source.rpm" "$1"
}

# ---- a legacy disk of these parts ----

parts() {	# OUT: the good packages, built again where a case changed something
	local part

	for part in module tools; do
		if [[ "$("${part}_spec") ${RPM_OPTIONS[*]}" = "$(new_parts; "${part}_spec"; ) $(new_parts; echo "${RPM_OPTIONS[*]}")" ]]; then
			mkdir -p "$1"
			cp "$W/good/$part.rpm" "$1/"
			continue
		fi
		make_part "$1" "$part"
	done
}

new_legacy() {
	new_parts
	L_DESCRIPTION='Acme driver' L_VERSION=1.1 L_PRODUCT=XenServer L_ORIGINATOR=acme L_NAME=acme
	L_MAIN=6.5.0 L_KERNEL=$LK L_LABEL=acme L_TYPE=driver-rpm
}

xs_package() {	# DISK FILE LABEL TYPE KERNEL
	printf '  <package label="%s" type="%s" size="%s" md5="%s"%s>%s</package>\n' "$3" "$4" \
		"$(stat -c %s "$1/$2")" "$(md5sum <"$1/$2" | cut -d ' ' -f 1)" "${5:+ kernel=\"$5\"}" "$2"
}

legacy_xml() {	# DISK
	cat >"$1/XS-REPOSITORY" <<-END
		<repository originator="$L_ORIGINATOR" name="$L_NAME" product="$L_PRODUCT" version="$L_VERSION">
		  <description>$L_DESCRIPTION</description>
	END
	[[ -z $L_MAIN ]] ||
		printf '  <requires originator="xs" name="main" test="eq" product="XenServer" version="%s"/>\n' \
			"$L_MAIN" >>"$1/XS-REPOSITORY"
	echo '</repository>' >>"$1/XS-REPOSITORY"
	{
		echo '<packages>'
		xs_package "$1" module.rpm "$L_LABEL" "$L_TYPE" "$([[ $L_TYPE != driver-rpm ]] || echo "$L_KERNEL")"
		xs_package "$1" tools.rpm "$T_NAME" rpm ''
		echo '</packages>'
	} >"$1/XS-PACKAGES"
}

legacy_disk() {	# DISK
	rm -rf "$1"
	parts "$1"
	rm -f "$1"/*.spec "$1"/*.log
	make_srpm "$1/SRPMS/source.src.rpm"
	legacy_xml "$1"
	printf '#!/bin/sh\n' | tee "$1/install" >"$1/install.sh"
	chmod 755 "$1/install" "$1/install.sh"
}

# ---- an update disk, with the real module and kernel ----

new_update() {
	new_parts
	RPM_OPTIONS=()
	M_K=$KA M_KO=$W/real.ko M_NAME=acme-$KA-modules M_POST="/sbin/depmod $KA" M_POSTUN=$M_POST
	M_TAGS="Requires: kernel-uname-r = ${KA%-*}_amd64"
	U_UUID=3f6c1a52-0000-4000-8000-000000000001 U_LABEL=acme U_VERSION=1.1
	U_ATTRIBUTES='control="control-acme" key="RPM-GPG-KEY-acme" after-apply-guidance="restartHost"'
	U_SIZE='' U_MORE='' U_PROVIDES=$U_UUID U_REQUIRES="acme-$KA-modules >= 1.1-1"
	U_STAMP='' U_GROUPS='update drivers' U_MEMBER=update-acme U_UNSIGNED='' U_PACKERS='--general-compress-type gz'
	U_NOISE='' U_CONTROL=1 U_SRPM=1
}

update_spec() {	# holds $W/update/update.xml
	cat <<-END
		Name: update-acme
		Version: 1.1
		Release: 1
		Summary: update
		License: Proprietary
		Group: System Environment/Base
		BuildArch: noarch
		${U_PROVIDES:+Provides: $U_PROVIDES}
		${U_REQUIRES:+Requires: $U_REQUIRES}
		%description
		update
		%posttrans
		mkdir -p /var/update/applied
		cat >/var/update/applied/${U_STAMP:-$U_UUID} <<'EOF'
		$(<"$W/update/update.xml")$U_NOISE
		EOF
		echo $U_UUID >>/run/reboot-required.hfxs
		%files
	END
}

control_spec() {
	printf '%s\n' "Name: control-acme" "Version: 1.1" "Release: 1" "Summary: control" \
		"License: Proprietary" "BuildArch: noarch" "Requires: kernel-uname-r = ${KA%-*}_amd64" \
		"%description" "control" "%files"
}

update_xml_of() {	# SIZE
	cat <<-END
		<update name-label="$U_LABEL" version="$U_VERSION" uuid="$U_UUID" installation-size="${U_SIZE:-$1}" $U_ATTRIBUTES>
		  <name-description>Acme &amp; Sons' driver</name-description>$U_MORE
		</update>
	END
}

groups_of() {
	local id

	echo '<comps>'
	for id in $U_GROUPS; do
		printf '<group><id>%s</id><default>false</default><uservisible>true</uservisible><name>acme</name><packagelist><packagereq type="mandatory">%s</packagereq></packagelist></group>\n' \
			"$id" "$U_MEMBER"
	done
	echo '</comps>'
}

# What needs no building again comes from the first disk that was made.
update_disk() {	# DISK
	local disk=$1 size

	rm -rf "$disk" "$W/update"
	mkdir -p "$disk/Packages" "$W/update"
	if [[ "$(module_spec)" = "$(new_update; module_spec)" && -e $W/update-module.rpm ]]; then
		cp "$W/update-module.rpm" "$W/update/module.rpm"
	else
		make_part "$W/update" module
		[[ -e $W/update-module.rpm ]] || cp "$W/update/module.rpm" "$W/update-module.rpm"
	fi
	size=$(rpm -qp --nosignature --qf '%{SIZE}' "$W/update/module.rpm")
	update_xml_of "$size" >"$W/update/update.xml"
	cp "$W/update/update.xml" "$disk/"
	make_part "$W/update" update
	[[ -z $U_CONTROL ]] || make_part "$W/update" control
	[[ -n $U_UNSIGNED ]] || sign_rpms_here "$W"/update/*.rpm
	cp "$W"/update/*.rpm "$disk/Packages/"
	index "$disk"
	if [[ -n $U_SRPM ]]; then
		mkdir "$disk/SRPMS"
		[[ -e $W/source-signed.rpm ]] || {
			make_srpm "$W/source-signed.rpm"
			sign_rpms_here "$W/source-signed.rpm"
		}
		cp "$W/source-signed.rpm" "$disk/SRPMS/source.src.rpm"
	fi
	sign_metadata "$disk"
}

sign_rpms_here() {	# RPM...
	rpmsign -D "_gpg_name $KEY" -D "__gpg $(command -v gpg)" --addsign "$@" >"$W/sign.log" 2>&1 ||
		cat "$W/sign.log" >&2
}

index() {	# DISK
	groups_of >"$W/update/groups.xml"
	rm -rf "$1/repodata"
	# shellcheck disable=SC2086  # several options
	createrepo_c --quiet --no-database --checksum sha256 $U_PACKERS \
		--groupfile "$W/update/groups.xml" "$1" >/dev/null
}

sign_metadata() {	# DISK
	local file

	for file in update.xml repodata/repomd.xml; do
		gpg --batch --yes --quiet --local-user "$KEY" --armor --detach-sign --output "$1/$file.asc" "$1/$file"
	done
}
