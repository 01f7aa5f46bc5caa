# SPDX-License-Identifier: GPL-2.0-only
# Build and sign RPMs whose unsigned bytes depend on their inputs alone.
# shellcheck shell=bash source-path=SCRIPTDIR

# shellcheck source=../../pack/common.sh
. "$TOP/pack/common.sh"

# Fill @KEY@s of a spec template; a '%' in a value must not become a macro.
fill_spec() {	# TEMPLATE KEY VALUE... -> the spec
	local spec key value

	spec=$(<"$1")
	shift
	while [[ $# -gt 0 ]]; do
		key=$1 value=${2//%/%%}
		shift 2
		spec=${spec//"@$key@"/"$value"}
	done
	printf '%s\n' "$spec"
}

rpmbuild_reproducibly() {	# needs SOURCE_DATE_EPOCH; the call's log is stdout
	rpmbuild -D '_buildhost reproducible' \
		-D 'use_source_date_epoch_as_buildtime 1' \
		-D 'clamp_mtime_to_source_date_epoch 1' \
		-D 'source_date_epoch_from_changelog 0' \
		-D '_build_id_links none' \
		-D '_binary_payload w9.gzdio' -D '_source_payload w9.gzdio' \
		-D '_binary_filedigest_algorithm 8' \
		-D '_source_filedigest_algorithm 8' \
		"$@" 2>&1
}

# The newest change of DIR: its last commit, else its newest file.
source_epoch() {	# DIR
	git -C "$1" log -1 --format=%ct -- . 2>/dev/null | grep . ||
		find "$1" -type f -printf '%T@\n' | sort -n | tail -n 1 | cut -d. -f1
}

source_files() {	# DIR -> NUL separated, sorted, without what git ignores
	local file

	if git -C "$1" rev-parse --is-inside-work-tree >/dev/null 2>&1; then
		git -C "$1" ls-files -z --cached --others --exclude-standard
	else
		(cd "$1" && find . -type f -printf '%P\0' -o -type l -printf '%P\0')
	fi | sort -zu | while IFS= read -r -d '' file; do
		[[ ! -e $1/$file ]] || printf '%s\0' "$file"
	done
}

make_tarball() {	# DIR NAME-VERSION FILE
	source_files "$1" |
		tar -C "$1" --null --no-recursion -T - --transform "s,^,$2/,S" \
			--owner=0 --group=0 --numeric-owner --mode=u+rw,go=rX \
			--mtime="@$SOURCE_DATE_EPOCH" --format=gnu -cf - |
		gzip -9n >"$3"
}

# Run in the sources' folder: otherwise its path gets into the source package.
build_srpm() {	# TOPDIR RESPIN
	(cd "$1/SOURCES" &&
		rpmbuild_reproducibly -bs -D '_topdir /nonexistent' \
			-D '_sourcedir .' -D "_srcrpmdir $1/SRPMS" \
			${2:+-D "respin $2"} ./*.spec)
}

build_rpms() {	# TOPDIR RESPIN K KDIR
	rpmbuild_reproducibly -bb -D "_topdir $1" -D "kernel_version $3" \
		-D "kernel_devel $4" -D "kernel_uname_r $(rpm_kver "$3")" \
		${2:+-D "respin $2"} "$1"/SOURCES/*.spec
}

sign_rpms() {	# KEYID LOG RPM...
	local key=$1 log=$2

	shift 2
	rpmsign -D "_gpg_name $key" -D "__gpg $(command -v gpg)" \
		--addsign "$@" >"$log" 2>&1
}

sign_file() {	# KEYID FILE -> FILE.asc
	gpg --batch --yes --quiet --local-user "$1" --armor --detach-sign \
		--output "$2.asc" "$2"
}

rpm_tag() {	# RPM QUERYFORMAT
	rpm -qp --nosignature --qf "$2" "$1" 2>/dev/null
}
