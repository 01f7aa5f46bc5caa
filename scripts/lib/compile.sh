# SPDX-License-Identifier: GPL-2.0-only
# Compile a driver's source packages: in a sandbox, and with its log kept.
# shellcheck shell=bash disable=SC2034  # SANDBOXED is plan.sh's

# Run in the sources' folder: otherwise its path gets into the source package.
# A spec may run programs when it is only read, and one that looks like ours need
# not be: only what lies here is.
build_srpm() {	# LOG
	local -a sandbox=()

	[[ $SOURCE_KIND != srpm && $O_SPEC = "$TOP"/specs/* ]] || sandbox=(${SANDBOX[@]+"${SANDBOX[@]}"})
	(cd "$WORK/src/SOURCES" && "${CLEAN_ENV[@]}" ${sandbox[@]+"${sandbox[@]}"} rpmbuild --nodeps -bs "${RPM_ARGS[@]}" \
		-D '_topdir /nonexistent' -D '_sourcedir .' -D "_srcrpmdir $WORK/src/SRPMS" \
		"${RELEASE_ARGS[@]}" ./*.spec) >"$1" 2>&1
}

# What this release adds to the spec's own: a re-spin's number, a changelog.
# Ours say where; of a foreign spec every release ends in %dist.
set_release_args() {
	local respin='' plain have date

	RELEASE_ARGS=(-D 'debug_package %{nil}')
	[[ $O_RELEASE != *.* ]] || respin=.${O_RELEASE#*.}
	if [[ -z $FOREIGN ]]; then
		TZ=UTC printf -v date '%(%a %b %d %Y)T' "$SOURCE_DATE_EPOCH"
		RELEASE_ARGS+=(${respin:+-D "respin $respin"} ${O_CHANGELOG:+-D "change ${O_CHANGELOG//%/%%}"}
			-D "change_date $date")
		return
	fi
	have=$(rpm_tag "$O_SOURCE" '%{RELEASE}')
	plain=$("${CLEAN_ENV[@]}" ${SANDBOX[@]+"${SANDBOX[@]}"} rpmspec -q --srpm --qf '%{RELEASE}' -D 'dist %{nil}' \
		"$WORK"/src/SOURCES/*.spec 2>/dev/null) || plain=$have
	have=${have%.respin*}
	RELEASE_ARGS+=(-D "dist ${have#"$plain"}$respin%{nil}")
}

# The macros by which the driver kits say what to build for, and how.
set_kernel_args() {	# K
	local dir=${O_MODULE_DIR:-updates} jobs='-j%{_smp_build_ncpus}' built=$O_BUILT

	# Under a make that has a job server its share is enough.
	[[ ${MAKEFLAGS:-} != *--jobserver* ]] || jobs='%{nil}'
	# Of two kernels on one disk none may get the other's.
	[[ -z $built || $(kernel_abi "$1") = "$1" ]] || built=$built/$1
	[[ -z $built || -d $built ]] || die 2 "--built: $built: no such folder; each of two kernels has its modules in a folder of its name"
	KERNEL_ARGS=(-D "kernel_version $1" -D "kernel_devel ${KDIRS[$1]}"
		-D "kernel_uname_r $(rpm_kver "$1")" -D "_smp_mflags $jobs"
		${built:+-D "built $built"})
	if [[ $O_FORMAT = legacy ]]; then
		KERNEL_ARGS+=(-D "legacy 1" -D "modules_name $(legacy_modules_name "$O_LABEL" "$1")")
		[[ $O_ERA != 6.2 ]] || KERNEL_ARGS+=(-D "kernel_requires $(kernel_package "$1")")
	fi
	[[ -z $O_MODULE_KEY ]] || KERNEL_ARGS+=(-D "sign_module '$TOP/scripts/lib/ask-signature' '$WORK/sign'")
	[[ -n $FOREIGN ]] || return 0
	KERNEL_ARGS+=(-D "module_dir $dir" -D "__os_install_post $(finish_modules)"
		-D "regenerate_initrd_post $(initrd_script mark "$1")"
		-D "regenerate_initrd_postun $(initrd_script remove "$1")"
		-D "regenerate_initrd_posttrans $(initrd_script make "$1")")
}

kernel_package() {	# K of the 6.2 era -> the dependency on its package
	case $1 in
	*xen) printf 'kernel-xen = %s\n' "${1%xen}" ;;
	*kdump) printf 'kernel-kdump = %s\n' "${1%kdump}" ;;
	*) printf 'kernel-uname-r = %s\n' "$(rpm_kver "$1")" ;;
	esac
}

# The kernel says which digest it checks; a module is never stripped after this.
start_signer() {	# K
	local hash

	[[ -n $O_MODULE_KEY ]] || return 0
	hash=$(sed -n 's/^CONFIG_MODULE_SIG_HASH="\{0,1\}\([a-z0-9-]*\).*/\1/p' \
		"${KDIRS[$1]}/include/config/auto.conf" 2>/dev/null) || true
	rm -rf "$WORK/sign"
	mkdir "$WORK/sign"
	mkfifo "$WORK"/sign/{asked,signed}
	setsid "$TOP/scripts/lib/sign-modules" "$WORK/sign" "${KDIRS[$1]}/scripts/sign-file" "${hash:-sha256}" \
		"$(readlink -f "$O_MODULE_KEY")" "$(readlink -f "$O_MODULE_CERT")" </dev/null >/dev/null 2>&1 &
	SIGNER=$!
}

# What the driver kit's rpm does to every module, then what we were asked for.
finish_modules() {
	cat <<-'END'
		%{expand:
		find "$RPM_BUILD_ROOT" -name '*.ko' | while read -r ko; do
			tail -c 28 "$ko" | grep -aq '~Module signature appended~' && continue
			strip --strip-debug "$ko"
			%{?sign_module:%{sign_module} "$ko"}
		done}
	END
}

# shellcheck disable=SC2016  # $1 is the scriptlet's
initrd_script() {	# mark|make|remove K
	local flag=/var/lib/rpm-state/regenerate-initrd-$2 image=/boot/initrd-$2.img make

	make="if command -v dracut >/dev/null; then dracut -f $image.new $2 || rm -f $image.new"
	make+="; else mkinitrd -f $image.new $2 || rm -f $image.new; fi; [ ! -e $image.new ] || mv -f $image.new $image"
	case $1 in
	mark) printf 'if [ -e %s ]; then mkdir -p /var/lib/rpm-state; : >%s; fi\n' "$image" "$flag" ;;
	make) printf 'if [ -e %s ]; then rm -f %s; %s; fi\n' "$flag" "$flag" "$make" ;;
	remove) printf 'if [ "$1" -eq 0 ] && [ -e %s ]; then %s; fi\n' "$image" "$make" ;;
	esac
}

# Build for K into $WORK/for.K/RPMS; the log is $WORK/for.K/log.
compile() {	# K
	local top=$WORK/for.$1 rc=0
	local -a foreign=() more=() spec=("$WORK"/src/SOURCES/*.spec)

	mkdir -p "$top/root"
	set_kernel_args "$1"
	# All that our template installs is in its %files.
	[[ $SOURCE_KIND = srpm || $O_SPEC != "$TOP/specs/driver.spec.in" ]] || more=(-D '__check_files %{nil}')
	[[ -n $SANDBOXED ]] ||
		note "bubblewrap does not work here: $O_LABEL is compiled not sandboxed"
	if [[ -n $FOREIGN ]]; then
		# It looks for the headers where only a driver kit has them, and does not
		# map the build's path away.
		sed 's#/lib/modules/%{\{0,1\}kernel_version}\{0,1\}/\(build\|source\)#%{kernel_devel}#g' \
			"${spec[0]}" >"$top/${spec[0]##*/}"
		spec=("$top/${spec[0]##*/}")
		foreign=(KCFLAGS="-ffile-prefix-map=$top/BUILD=.")
	fi
	start_signer "$1"
	run_job "$O_LABEL $O_VERSION for $1:" "$top/log" "${CLEAN_ENV[@]}" \
		${foreign[@]+"${foreign[@]}"} ${SANDBOX[@]+"${SANDBOX[@]}"} \
		rpmbuild --nodeps --noclean -bb --buildroot "$top/root" "${RPM_ARGS[@]}" -D "_topdir $top" \
		-D "_sourcedir $WORK/src/SOURCES" "${RELEASE_ARGS[@]}" "${KERNEL_ARGS[@]}" \
		${more[@]+"${more[@]}"} "${spec[0]}" || rc=$?
	stop_signer
	return $rc
}

# Show the first thing that went wrong; the log stays for the rest.
build_failed() {	# LOG WHAT
	local kept first full

	! grep -q 'exceeds free space' "$1" ||
		die 1 "--out $O_OUT is full: no room for the ISO; free space, or choose another"
	! grep -q 'No space left on device' "$1" ||
		die 1 "$2: TMPDIR ${TMPDIR:-/tmp} is full; free space, or choose another"
	first=$(grep -m 1 -E '^[^ ]+:[0-9]+(:[0-9]+)?: (fatal )?error:' "$1" ||
		grep -m 1 -iE '(^|[ :])error:|ERROR: modpost|\*\*\*' "$1" ||
		tail -n 1 "$1")
	note "$2: ${first#"$WORK"/for.*/BUILD/"$O_LABEL-$O_VERSION"/}"
	# Not every program says why it could not write.
	full=$(full_folders)
	[[ -z $full ]] || die 1 "$full is full; free space, or choose another"
	kept=$O_OUT/$O_LABEL-$O_VERSION${K:+-$K}.log
	cp "$1" "$kept" 2>/dev/null || die 1 "$O_LABEL: not built for $K"
	die 1 "$O_LABEL: not built for $K; the whole log is $kept"
}
