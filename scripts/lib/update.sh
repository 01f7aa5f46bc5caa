# SPDX-License-Identifier: GPL-2.0-only
# Turn RPMs into a driver disk of the update family: its XML, packages and repository.
# shellcheck shell=bash disable=SC2153  # UUID is the disk's, uuid a replaced one's

xml_escape() {
	local s=$1

	s=${s//&/"&amp;"}
	s=${s//</"&lt;"}
	s=${s//>/"&gt;"}
	printf '%s' "${s//\"/"&quot;"}"
}

# The same release for the same kernel always gets the same identity.
derive_uuid() {	# WORD...
	local h

	h=$(printf '%s\n' "$@" | sha256sum)
	printf '%s\n' "${h:0:8}-${h:8:4}-8${h:13:3}-8${h:17:3}-${h:20:12}"
}

update_check_options() {
	may_match --label "$O_LABEL" '[A-Za-z0-9_-]+' "up to 32 of A-Z a-z 0-9 _ -"
	[[ ${#O_REQUIRES[@]} = 0 ]] ||
		bad_usage "--requires: is of the legacy family; give --base-requires"
	[[ -z $O_MEM$O_HIDDEN$O_XCP ]] ||
		note "--mem, --hidden and --xcp mean nothing to XenServer 7.1 and later; left out"
	for K in "${DISKS[@]}"; do
		[[ -n $K || -n $O_BASE_REQUIRES ]] ||
			note "no package is for one kernel; without --base-requires every host will take this disk"
	done
}

# The release before, and those that it had replaced.
roll_up_previous() {	# DISK
	local uuid

	[[ $O_FORMAT = update && -f $1/update.xml ]] || return 0
	while read -r uuid; do
		[[ ,$O_ROLLUPS, = *",$uuid,"* ]] || O_ROLLUPS+=${O_ROLLUPS:+,}$uuid
	done < <("$TOP/build/packinfo" update "$1/update.xml" 2>/dev/null |
		sed -n 's/^uuid=//p; s/^rollsup=\([^ ]*\).*/\1/p')
}

guidance() { printf '%s\n' "${O_AFTER_APPLY:-restartHost}"; }

# Xapi ignores attributes it does not know: kernel and vendor-* are ours.
update_xml() {
	local uuid more=''

	[[ -z $K ]] || more+=" kernel=\"$K\""
	[[ -z $O_VENDOR_CODE ]] || more+=" vendor-code=\"$O_VENDOR_CODE\""
	[[ -z $O_VENDOR_NAME ]] || more+=" vendor-name=\"$(xml_escape "$O_VENDOR_NAME")\""
	[[ -z $O_KEYFILE ]] || more+=" key=\"${O_KEYFILE##*/}\""
	[[ -z $O_HOMOGENEOUS ]] || more+=' enforce-homogeneity="true"'
	printf '%s\n' "<update name-label=\"$O_LABEL\" version=\"$O_VERSION\" uuid=\"$UUID\"" \
		"        installation-size=\"$INSTALLED_SIZE\" after-apply-guidance=\"$(guidance)\"" \
		"        control=\"control-$O_LABEL\"$more>" \
		"  <name-description>$(xml_escape "$O_TEXT")</name-description>"
	for uuid in ${O_ROLLUPS//,/ }; do
		printf '  <rollsup name-label="%s" uuid="%s"/>\n' "$O_LABEL" "$uuid"
	done
	echo '</update>'
}

# What xapi is to show in place of the releases that this one replaces.
rolled_up_script() {
	local uuid

	for uuid in ${O_ROLLUPS//,/ }; do
		printf '%s\n' "cat >/var/update/applied/$uuid <<'END-OF-STAMP'" \
			"<update installation-size=\"0\" name-label=\"$O_LABEL\" version=\"$O_VERSION\" uuid=\"$uuid\"><name-description/><rolled-up-by name-label=\"$O_LABEL\" uuid=\"$UUID\"/></update>" \
			END-OF-STAMP
	done
}

comps_xml() {
	local id

	echo '<comps>'
	for id in update drivers; do
		printf '  %s\n' '<group>' "  <id>$id</id>" '  <default>false</default>' \
			'  <uservisible>true</uservisible>' "  <name>$O_LABEL</name>" '  <packagelist>' \
			"    <packagereq type=\"mandatory\">update-$O_LABEL</packagereq>" \
			'  </packagelist>' '</group>'
	done
	echo '</comps>'
}

# What a host must have for the disk to be applied.
control_requires() {
	if [[ -n $O_BASE_REQUIRES ]]; then
		printf 'Requires: %s\n' "$O_BASE_REQUIRES"
	elif [[ -n $K ]]; then
		printf 'Requires: kernel-uname-r = %s\n' "$(rpm_kver "$K")"
	fi
}

restart_script() {
	[[ ,$(guidance), != *,restartHost,* ]] ||
		printf '# A loaded module is only replaced by a restart.\necho %s >>/run/reboot-required.hfxs\n' "$UUID"
}

# The scripts that xapi runs, from the folder where the control package has them.
control_scripts() {	# SOURCES -> install lines; control_files -> %files lines
	local name file

	while IFS='|' read -r name file; do
		[[ -n $file ]] || continue
		install -m 755 "$file" "$1/$name"
		echo "install -D -m 755 \$RPM_SOURCE_DIR/$name \$RPM_BUILD_ROOT/var/update/$UUID/$name"
	done <<-END
		precheck|$O_PRECHECK
		remove|$O_REMOVE
	END
}

control_files() {
	[[ -z $O_PRECHECK ]] || echo "/var/update/$UUID/precheck"
	[[ -z $O_REMOVE ]] || echo "/var/update/$UUID/remove"
}

# Make the update and control packages that stand for REQUIRES.
build_update_rpms() {	# TOPDIR UPDATE_XML PACKAGES
	local top=$1 xml=$2

	mkdir -p "$top"/{SOURCES,root}
	# A newer kernel's update package must win over an older one's.
	fill_spec "$TOP/specs/update.spec.in" LABEL "$O_LABEL" \
		VERSION "$O_VERSION" RELEASE "1${K:+.${K//-/_}}" SUMMARY "$O_TEXT" \
		VENDOR "${O_VENDOR_NAME:-${O_VENDOR_CODE:-unknown}}" UUID "$UUID" REQUIRES "$REQUIRES" \
		CONTROL_REQUIRES "$(control_requires)" UPDATE_XML "$(<"$xml")" \
		ROLLED_UP "$(rolled_up_script)" RESTART "$(restart_script)" \
		CONTROL_SCRIPTS "$(control_scripts "$top/SOURCES")" \
		CONTROL_FILES "$(control_files)" >"$top/update.spec"
	"${CLEAN_ENV[@]}" rpmbuild --nodeps --noclean -bb --buildroot "$top/root" "${RPM_ARGS[@]}" \
		-D "_topdir $top" -D '__check_files %{nil}' -D "_rpmdir $3" -D '_rpmfilename %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm' \
		"$top/update.spec" >"$top/log" 2>&1 ||
		build_failed "$top/log" "update package"
}

make_repodata() {	# DISK COMPS
	createrepo_c --quiet --no-database --checksum sha256 --excludes '*.src.rpm' \
		--general-compress-type gz --set-timestamp-to-revision \
		--revision "$SOURCE_DATE_EPOCH" --groupfile "$2" "$1" >"$WORK/repo.log" 2>&1 ||
		build_failed "$WORK/repo.log" "createrepo_c"
}

# What an admin's host needs to install this disk without having our packages.
# It is made once: static linking takes longer than packing a disk.
add_tools() {	# DISK
	local built=$TOP/build/dom0

	[[ -d $built ]] || mkdir -p "$built" 2>/dev/null || true
	[[ -w $built ]] || { built=$WORK/dom0; mkdir -p "$built"; }
	# shellcheck disable=SC2094  # a folder is only locked
	(
		flock 9
		{ is_current "$built/made" "$TOP"/pack "$TOP"/pack/{*,quiet/*} || make_tools "$built"; } &&
			{ cp -Rl "$built/disk/." "$1/" 2>/dev/null || cp -Rf "$built/disk/." "$1/"; }
	) 9<"$built" >"$WORK/tools.log" 2>&1 || build_failed "$WORK/tools.log" "packinfo"
}

make_tools() {	# FOLDER
	rm -rf "$1"/{made,disk}
	make -s -C "$TOP/pack" install-parts PARTS="$1/disk/driver-disk" O="$1" \
		CFLAGS=-O2 LDFLAGS='-s -Wl,--build-id=none' &&
		install -m 755 "$TOP/pack/install" "$1/disk/install" && touch "$1/made"
}

# DISK/Packages and DISK/SRPMS become a whole disk.
update_write() {	# DISK
	local disk=$1 file
	local -a rpms

	update_xml >"$disk/update.xml"
	build_update_rpms "$WORK/update.$K" "$disk/update.xml" "$disk/Packages"
	if [[ -n $O_GROUPFILE ]]; then cat "$O_GROUPFILE"; else comps_xml; fi >"$WORK/groups.xml"
	rpms=("$disk"/Packages/*.rpm)
	for file in "$disk"/SRPMS/*.rpm; do [[ ! -f $file ]] || rpms+=("$file"); done
	sign_rpms "${rpms[@]}"
	touch -d "@$SOURCE_DATE_EPOCH" "$disk"/Packages/*.rpm
	make_repodata "$disk" "$WORK/groups.xml"
	sign_file "$disk/update.xml"
	sign_file "$disk/repodata/repomd.xml"
	add_tools "$disk"
}
