# SPDX-License-Identifier: GPL-2.0-only
# Turn RPMs into a driver disk of the update family: its XML, repository and ISO.
# shellcheck shell=bash

xml_escape() {
	local s=$1

	s=${s//&/"&amp;"}
	s=${s//</"&lt;"}
	s=${s//>/"&gt;"}
	printf '%s' "${s//\"/"&quot;"}"
}

# The same release for the same kernel always gets the same identity.
derive_uuid() {	# WORD...
	printf '%s\n' "$@" | sha256sum |
		sed -E 's/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/\1-\2-\3-\4-\5/'
}

# Xapi ignores attributes it does not know: kernel and vendor-* are ours.
update_xml() {	# SIZE; the rest is in the O_* options
	local uuid

	cat <<-END
		<update name-label="$O_LABEL" version="$O_VERSION" uuid="$O_UUID"
		        installation-size="$1" after-apply-guidance="restartHost"
		        control="control-$O_LABEL"${O_KEYFILE:+ key="${O_KEYFILE##*/}"}
		        kernel="$K" vendor-code="$O_VENDOR_CODE" vendor-name="$(xml_escape "$O_VENDOR_NAME")">
		  <name-description>$(xml_escape "$O_TEXT")</name-description>
	END
	for uuid in ${O_ROLLUPS//,/ }; do
		printf '  <rollsup name-label="%s" uuid="%s"/>\n' "$O_LABEL" "$uuid"
	done
	echo '</update>'
}

# What xapi is to show in place of the releases that this one replaces.
rolled_up_script() {
	local uuid

	for uuid in ${O_ROLLUPS//,/ }; do
		cat <<-END
			cat >/var/update/applied/$uuid <<'END-OF-STAMP'
			<update installation-size="0" name-label="$O_LABEL" version="$O_VERSION" uuid="$uuid"><name-description/><rolled-up-by name-label="$O_LABEL" uuid="$O_UUID"/></update>
			END-OF-STAMP
		END
	done
}

comps_xml() {
	local id

	echo '<comps>'
	for id in update drivers; do
		cat <<-END
			  <group>
			    <id>$id</id>
			    <default>false</default>
			    <uservisible>true</uservisible>
			    <name>$O_LABEL</name>
			    <packagelist>
			      <packagereq type="mandatory">update-$O_LABEL</packagereq>
			    </packagelist>
			  </group>
		END
	done
	echo '</comps>'
}

# Make the update and control packages that stand for RPM...
build_update_rpms() {	# TOPDIR UPDATE_XML RPM...
	local top=$1 xml=$2 rpm requires=

	shift 2
	for rpm; do
		requires+=$(rpm_tag "$rpm" 'Requires: %{NAME} >= %|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}')$'\n'
	done
	mkdir -p "$top"
	# A newer kernel's update package must win over an older one's.
	fill_spec "$TOP/specs/update.spec.in" LABEL "$O_LABEL" \
		VERSION "$O_VERSION" RELEASE "1.${K//-/_}" SUMMARY "$O_TEXT" \
		VENDOR "$O_VENDOR_NAME" UUID "$O_UUID" REQUIRES "$requires" \
		KERNEL_UNAME_R "$(rpm_kver "$K")" UPDATE_XML "$(<"$xml")" \
		ROLLED_UP "$(rolled_up_script)" >"$top/update.spec"
	rpmbuild_reproducibly -bb -D "_topdir $top" "$top/update.spec"
}

make_repodata() {	# DISK COMPS
	createrepo_c --quiet --no-database --checksum sha256 \
		--general-compress-type gz --set-timestamp-to-revision \
		--revision "$SOURCE_DATE_EPOCH" --groupfile "$2" "$1"
}

# What an admin's host needs to install this disk without having our packages.
add_tools() {	# DISK BUILD_DIR
	make -s -C "$TOP/pack" install-parts PARTS="$1/driver-disk" O="$2" \
		CFLAGS=-O2 LDFLAGS='-s -Wl,--build-id=none' &&
		install -m 755 "$TOP/pack/install" "$1/install"
}

make_iso() {	# DISK ISO
	local date

	date=$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y%m%d%H%M%S00)
	find "$1" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
	xorriso -as mkisofs -quiet -r -J -joliet-long -V "$O_LABEL" \
		-A "$O_UUID" -publisher "$O_VENDOR_NAME" \
		--modification-date="$date" --set_all_file_dates "$date" \
		-o "$2" "$1" 2>&1 || return
	# xorriso turns the application id into upper case; a UUID is lower case.
	printf '%-128s' "$O_UUID" |
		dd of="$2" bs=1 seek=$((16 * 2048 + 574)) conv=notrunc status=none
}
