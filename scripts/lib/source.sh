# SPDX-License-Identifier: GPL-2.0-only
# What a driver is compiled from: a folder, a tarball or a source RPM.
# shellcheck shell=bash disable=SC2034  # FOREIGN is compile.sh's

# What the user's git configuration says must not change what is packed.
plain_git() {	# DIR ARGUMENT...
	GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 XDG_CONFIG_HOME=/nonexistent HOME=/nonexistent \
		git -c safe.directory='*' -C "$@"
}

# git takes longer to find out that it has nothing to say.
in_git() {	# DIR
	local dir

	dir=$(CDPATH='' cd -P "$1" && pwd) || return
	while [[ -n $dir && ! -e $dir/.git ]]; do dir=${dir%/*}; done
	[[ -n $dir ]]
}

# The newest change of DIR: its last commit, else its newest file.
source_epoch() {	# DIR
	{ in_git "$1" && plain_git "$1" log -1 --format=%ct -- . 2>/dev/null | grep .; } ||
		find "$1" -type f -printf '%T@\n' |
			awk 'NR == 1 || $1 > newest { newest = $1; split($1, part, ".") } END { if (!NR) exit 1; print part[1] }'
}

source_files() {	# DIR -> NUL separated, sorted, without what git ignores
	local file

	if in_git "$1" && plain_git "$1" rev-parse --is-inside-work-tree >/dev/null 2>&1; then
		plain_git "$1" ls-files -z --cached --others --exclude-standard |
			while IFS= read -r -d '' file; do
				[[ ! -e $1/$file ]] || printf '%s\0' "$file"
			done
	else
		find "$1" '(' -type f -o -type l ! -xtype l ')' -printf '%P\0'
	fi | sort -zu
}

make_tarball() {	# DIR NAME-VERSION FILE
	source_files "$1" |
		tar -C "$1" --null --no-recursion -T - --transform "s,^,$2/,S" \
			--owner=0 --group=0 --numeric-owner --mode=u+rw,go=rX \
			--mtime="@$SOURCE_DATE_EPOCH" --format=gnu -cf - |
		gzip -9n >"$3"
}

# Find out what --source is: SOURCE_KIND, and SOURCE_FOLDER where there is one.
open_source() {
	local said

	SOURCE_KIND=none SOURCE_FOLDER='' SOURCE_BUILT='' FOREIGN=''
	[[ -n $O_SOURCE ]] || return 0
	[[ -r $O_SOURCE ]] ||
		die 5 "$O_SOURCE: cannot be read; give a source folder, tarball or source RPM"
	if [[ -d $O_SOURCE ]]; then
		SOURCE_KIND=folder SOURCE_FOLDER=$(readlink -f "$O_SOURCE")
	elif said=$(rpm_tag "$O_SOURCE" '%{SOURCEPACKAGE} %{BUILDTIME}') && [[ $said = "1 "* ]]; then
		SOURCE_KIND=srpm SOURCE_BUILT=${said#1 }
	else
		SOURCE_KIND=tarball
		open_tarball "$WORK/tarball"
	fi
	[[ $SOURCE_KIND = srpm ]] || check_source_folder
}

open_tarball() {	# DIR
	local -a inside

	mkdir "$1"
	tar -C "$1" --no-same-owner -xf "$O_SOURCE" 2>/dev/null ||
		die 1 "$O_SOURCE: neither a source RPM nor a tarball that can be unpacked; give another --source"
	inside=("$1"/*)
	SOURCE_FOLDER=$1
	[[ ${#inside[@]} -ne 1 || ! -d ${inside[0]} ]] || SOURCE_FOLDER=${inside[0]}
}

check_source_folder() {
	local option path

	while IFS='|' read -r option path; do
		[[ -z $path || -e $SOURCE_FOLDER/$path ]] ||
			die 2 "$option: the source has no $path; give its path inside $O_SOURCE"
	done <<-END
		--kbuild|$O_KBUILD
		--firmware|$O_FIRMWARE
		--modprobe-conf|$O_MODPROBE_CONF
		--udev-rules|$O_UDEV_RULES
		--userspace|$O_USERSPACE
	END
	[[ $O_SPEC != "$TOP/specs/driver.spec.in" ]] ||
		[[ -e $SOURCE_FOLDER/${O_KBUILD:-.}/Kbuild || -e $SOURCE_FOLDER/${O_KBUILD:-.}/Makefile ]] ||
		die 1 "$O_SOURCE: has neither Kbuild nor Makefile${O_KBUILD:+ in $O_KBUILD}; say with --kbuild which folder has"
}

set_epoch() {
	[[ -z ${SOURCE_DATE_EPOCH:-} ]] || return 0
	case $SOURCE_KIND in
	none) SOURCE_DATE_EPOCH=$(newest_rpm "${READY[@]}") ;;
	srpm) SOURCE_DATE_EPOCH=$SOURCE_BUILT ;;
	*) SOURCE_DATE_EPOCH=$(source_epoch "$SOURCE_FOLDER") ;;
	esac || die 1 "${O_SOURCE:-${READY[0]}}: empty, or not readable; give another"
	export SOURCE_DATE_EPOCH
}

newest_rpm() {	# RPM... -> when the last of them was built
	local rpm

	for rpm; do rpm_tag "$rpm" '%{BUILDTIME}\n'; done | sort -n | tail -n 1 | grep .
}

# Fill SOURCES with the spec and what it builds from.
prepare_sources() {	# SOURCES
	if [[ $SOURCE_KIND = srpm ]]; then
		unpack_rpm "$O_SOURCE" "$1" ||
			die 1 "$O_SOURCE: not a source RPM that can be unpacked; give another --source"
		chmod -R u=rwX,go=rX "$1"
		set -- "$1"/*.spec
		[[ $# -eq 1 && -f $1 ]] ||
			die 1 "$O_SOURCE: does not hold exactly one spec; give another --source"
		# Ours, and only ours, say where a re-spin's number goes.
		[[ $(<"$1") = *'%{?respin}'* ]] || FOREIGN=1
		return
	fi
	fill_spec "$O_SPEC" LABEL "$O_LABEL" VERSION "$O_VERSION" \
		RELEASE "${O_RELEASE%%.*}" SUMMARY "$O_TEXT" VENDOR "$O_VENDOR_NAME" \
		MODULE_DIR "${O_MODULE_DIR:-updates}" KBUILD "$O_KBUILD" \
		MAKE_ARGS "${O_MAKE_ARGS//'{}'/\$PWD}" LICENSE "${O_LICENSE:-GPL-2.0-only}" FIRMWARE "$O_FIRMWARE" \
		MODPROBE_CONF "$O_MODPROBE_CONF" UDEV_RULES "$O_UDEV_RULES" \
		USERSPACE "$O_USERSPACE" EULA "${O_EULA:+EULA}" >"$1/$O_LABEL.spec"
	[[ -z $O_EULA ]] || install -m 644 "$O_EULA" "$1/EULA"
	make_tarball "$SOURCE_FOLDER" "$O_LABEL-$O_VERSION" "$1/$O_LABEL-$O_VERSION.tar.gz"
}
