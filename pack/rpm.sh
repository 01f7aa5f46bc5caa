# SPDX-License-Identifier: GPL-2.0-only
# What rpm says of package files and of this host: each asked once, as starting rpm is what takes the time.
# shellcheck shell=bash disable=SC2034 # other parts read these
#
# What is kept here is of copies that only root can write, and of a database
# that is read again after each transaction.  A $( ) cannot keep anything, so
# who asks more than once calls the read_ functions first.

declare -gA FACTS=() INSTALLED=()

# The first line: name, version, release, arch, epoch.  Then a line per file:
# mode, path, what it links to.
FACTS_FORMAT='%{NAME}\t%{VERSION}\t%{RELEASE}\t%{ARCH}\t%|EPOCH?{%{EPOCH}:}|\n[%{FILEMODES:perms}\t%{FILENAMES}\t%{FILELINKTOS}\n]'

# One start of rpm for all; a file that is none has no answer among the others',
# so that each is then asked for itself.
read_rpms() {	# FILE...
	local file said line text='' n=0 word=@$RANDOM$RANDOM$RANDOM$RANDOM@
	local -a files=()

	for file; do [[ -n ${FACTS[$file]:-} ]] || files+=("$file"); done
	if [[ ${#files[@]} -gt 1 ]] && said=$(rpm -qp --nosignature --qf "$FACTS_FORMAT$word\n" "${files[@]}" 2>/dev/null); then
		while IFS= read -r line; do
			[[ $line = "$word" ]] || { text+=$line$'\n'; continue; }
			FACTS[${files[n]}]=${text%$'\n'} text='' n=$((n + 1))
		done <<<"$said"
		return
	fi
	for file in ${files[@]+"${files[@]}"}; do
		FACTS[$file]=$(rpm -qp --nosignature --qf "$FACTS_FORMAT" "$file" 2>/dev/null) || FACTS[$file]=
	done
}

rpm_fact() {	# FILE: sets R_NAME R_VERSION R_RELEASE R_ARCH R_EPOCH; false: not an RPM
	read_rpms "$1"
	R_EPOCH=
	IFS=$'\t' read -r R_NAME R_VERSION R_RELEASE R_ARCH R_EPOCH <<<"${FACTS[$1]%%$'\n'*}"
	[[ -n $R_ARCH ]]
}

rpm_name() { rpm_fact "$1" && printf '%s\n' "$R_NAME"; }	# FILE
nevra() { rpm_fact "$1" && printf '%s\n' "$R_NAME-$R_VERSION-$R_RELEASE.$R_ARCH"; }	# FILE

file_rows() {	# FILE -> "mode<TAB>path<TAB>link" of what it holds
	read_rpms "$1"
	[[ ${FACTS[$1]} != *$'\n'* ]] || printf '%s\n' "${FACTS[$1]#*$'\n'}"
}

rpm_files() {	# FILE -> the paths of what it holds
	local mode path link

	while IFS=$'\t' read -r mode path link; do
		[[ -z $path ]] || printf '%s\n' "$path"
	done <<<"$(file_rows "$1")"
}

# ---- the host's database ----

# rpm says "not installed" of everything where it cannot read its database.
check_rpmdb() {
	local said rc=0

	forget_rpmdb
	read_rpmdb 2>"$WORK/rpmdb.log" || rc=$?
	said=$(<"$WORK/rpmdb.log")
	[[ $rc = 0 && $said != *[Ee]rror* ]] ||
		die 5 "rpm's database cannot be read (${said%%$'\n'*}); nothing was changed, try 'rpm --rebuilddb'"
	# One that can be read need not take what rpm writes, and rpm finds out half-way.
	# On a read-only disk rpm cannot look, and others will say why not.
	[[ $EUID -ne 0 || ! -w $ROOT/var/lib ]] || rpmdb ${ROOT:+--root "$ROOT"} --verifydb >"$WORK/rpmdb.log" 2>&1 || {
		said=$(<"$WORK/rpmdb.log")
		die 5 "rpm's database is damaged (${said%%$'\n'*}); nothing was changed, try 'rpm --rebuilddb'"
	}
}

forget_rpmdb() { INSTALLED=() KERNELS_HERE=; }

# By name and by full name: the full names, one a line.
read_rpmdb() {
	local said name id

	[[ ${#INSTALLED[@]} -eq 0 ]] || return 0
	said=$(host_rpm -qa --qf '%{NAME}\t%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}\n') || return
	while IFS=$'\t' read -r name id; do
		[[ -n $name ]] || continue
		INSTALLED[$name]+=$id$'\n'
		INSTALLED[$id]=$id$'\n'
	done <<<"$said"
}

installed() {	# NAME|NEVRA
	read_rpmdb 2>/dev/null || true
	[[ -n $1 && -n ${INSTALLED[$1]:-} ]]
}

installed_nevra() {	# NAME
	installed "$1" && printf '%s' "${INSTALLED[$1]}"
}

installed_evr() {	# NAME -> "VERSION RELEASE" of each
	local id

	installed "$1" || return 0
	for id in ${INSTALLED[$1]}; do
		id=${id#"$1"-} id=${id%.*}
		printf '%s %s\n' "${id%-*}" "${id##*-}"
	done
}

know_kernels() { [[ -n ${KERNELS_HERE:-} ]] || KERNELS_HERE=$(installed_kernels); }

is_kernel() { know_kernels; [[ $'\n'$KERNELS_HERE$'\n' = *$'\n'"$1"$'\n'* ]]; }	# K
