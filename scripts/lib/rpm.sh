# SPDX-License-Identifier: GPL-2.0-only
# Build RPMs whose bytes depend on their inputs alone, and ask RPMs what they are.
# shellcheck shell=bash disable=SC2034 source-path=SCRIPTDIR  # RPM_ARGS and CLEAN_ENV are the builds'

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

rpm_tag() {	# RPM QUERYFORMAT
	rpm -qp --nosignature --qf "$2" "$1" 2>/dev/null
}

# cpio would write through a symbolic link that the package itself brings; tar does not.
unpack_rpm() {	# RPM DIR
	rpm2archive -n - <"$1" 2>/dev/null |
		tar -C "$2" --no-same-owner --no-same-permissions -xf - 2>/dev/null
}

# The kernels below whose /lib/modules an RPM puts something.
rpm_kernels() {	# RPM
	rpm -qpl --nosignature "$1" 2>/dev/null |
		sed -n 's#^/\(usr/\)\{0,1\}lib/modules/\([^/]*\)/.*#\2#p' | sort -u
}

# RPM_ARGS and CLEAN_ENV: by these the same inputs give the same bytes.  The
# rpm 4.4 of XenServer up to 6.5 reads md5 digests only.  A build's folders are
# new: rpmbuild need not empty them.  Its threads for packages of a few
# kilobytes take longer than packing them.
set_rpm_args() {
	local digest=8

	[[ $O_FORMAT != legacy ]] || digest=1
	RPM_ARGS=(-D '_buildhost reproducible'
		-D 'use_source_date_epoch_as_buildtime 1'
		-D 'clamp_mtime_to_source_date_epoch 1'
		-D 'source_date_epoch_from_changelog 0'
		-D '_build_id_links none'
		-D '_binary_payload w9.gzdio' -D '_source_payload w9.gzdio'
		-D "_binary_filedigest_algorithm $digest"
		-D "_source_filedigest_algorithm $digest"
		-D '_srcdefattr (-,root,root)'
		-D '__spec_install_pre %{___build_pre}'
		-D "_smp_build_ncpus $(nproc)" -D '_smp_build_nthreads 1'
		-D "_tmppath $WORK/tmp" -D "_dbpath $WORK/rpmdb")
	# Nothing of the user's own reaches a build.
	CLEAN_ENV=(env -i PATH="$PATH" HOME="$WORK/home" TMPDIR="$WORK/tmp" LC_ALL=C TZ=UTC
		SOURCE_DATE_EPOCH="$SOURCE_DATE_EPOCH")
	[[ ${MAKEFLAGS:-} != *--jobserver* ]] || CLEAN_ENV+=(MAKEFLAGS="$MAKEFLAGS")
}
