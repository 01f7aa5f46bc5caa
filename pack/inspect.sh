# SPDX-License-Identifier: GPL-2.0-only
# driver-disk inspect: what a disk is, whoever built it; it is read, never run.
# shellcheck shell=bash disable=SC2034 # other parts read these

key_owner() {	# KEYID or fingerprint -> the name in the host's key ring
	gpg --homedir "$KEYRING" --batch --no-tty --with-colons --list-keys "$1" 2>/dev/null |
		awk -F: '$1 == "uid" { print $10; exit }'
}

rpm_signer() {	# RPM -> key id, or nothing
	rpm -qp --nosignature --qf '%|RSAHEADER?{%{RSAHEADER:pgpsig}}:{%|SIGPGP?{%{SIGPGP:pgpsig}}:{%|SIGGPG?{%{SIGGPG:pgpsig}}:{}|}|}|' "$1" 2>/dev/null |
		sed -n 's/.*[Kk]ey ID //p'
}

metadata_signer() {	# FILE -> key id, or nothing
	[[ -f $1.asc ]] || return 0
	gpg --homedir "$KEYRING" --batch --no-tty --status-fd 1 --verify "$1.asc" "$1" 2>/dev/null |
		awk '$2 ~ /^(GOODSIG|ERRSIG|BADSIG|EXPSIG|EXPKEYSIG|REVKEYSIG)$/ { print tolower($3); exit }' || true
}

verdict() {	# STAGE ITEM -> one word, TAB, why
	local said

	if [[ $(family "$1") = legacy ]]; then
		if said=$(verify_legacy "$1" "$2" 2>&1); then
			printf 'unsigned\tits md5 sums agree, but nothing vouches for who made it\n'
		else
			printf 'damaged\t%s\n' "${said##*"$PROG: "}"
		fi
		return
	fi
	if said=$(verify_disk "$1" "$2" "$KEYRING" "$WORK/trust" 2>&1); then
		printf 'verified\tby a key that this host trusts\n'
	else
		printf 'not-verified\t%s\n' "$(tail -n 1 <<<"${said##*"$PROG: "}")"
	fi
}

# All of it as "key<TAB>value" lines, from which text and JSON are made.
disk_facts() {	# STAGE
	local stage=$1 rpm info signer
	local -a rpms

	printf 'family\t%s\n' "$(family "$stage")"
	if [[ $(family "$stage") = update ]]; then
		info=$("$PACKINFO" update "$stage/update.xml") || return
		rpms=("$stage"/Packages/*.rpm)
		signer=$(metadata_signer "$stage/update.xml")
		printf 'signed-by\t%s\n' "${signer:-nobody} ${signer:+$(key_owner "$signer")}"
	else
		info=$("$PACKINFO" xs-repository "$stage/XS-REPOSITORY") || return
		rpms=("$stage"/*.rpm)
	fi
	sed 's/=/\t/; s/^name-label\t/name\t/' <<<"$info"
	[[ -f ${rpms[0]} ]] || return 0
	read_rpms "${rpms[@]}"
	disk_kernels "${rpms[@]}" | sed 's/^/for-kernel	/'
	for rpm in "${rpms[@]}"; do
		printf 'package\t%s\n' "$(nevra "$rpm" | grep . || echo "${rpm##*/} (not an RPM)")"
		printf 'package-signed-by\t%s\n' "$(rpm_signer "$rpm" | grep . || echo nobody)"
		rpm -qp --nosignature --qf '[%{REQUIRENAME} %{REQUIREFLAGS:depflags} %{REQUIREVERSION}\n]' "$rpm" 2>/dev/null |
			grep -v '^rpmlib(\|^/' | sed 's/ *$//; s/^/package-requires	/' || true
		rpm_files "$rpm" | sed -n 's,^\(/lib/modules/.*\.ko.*\),module	\1,p; s,^\(.*EULA\)$,eula	\1,p; s,^\(/lib/firmware/.*\),firmware	\1,p'
		odd_files "$rpm" | cut -f 2 | sed 's/^/odd	holds /'
		odd_scripts "$rpm" | sed 's/^[ \t]*/odd	runs: /'
	done
}

cmd_inspect() {
	local item stage facts said rc=0

	parse_inspect "$@"
	need rpm rpmkeys gpg find awk
	make_work
	item=${ITEMS[0]} stage=$WORK/disk
	check_item "$item"
	stage "$item" "$stage"
	said=$(verdict "$stage" "$item")
	facts=$(disk_facts "$stage") || rc=6
	facts=$(printf 'verdict\t%s\nbecause\t%s\n%s\n' "${said%%$'\t'*}" "${said#*$'\t'}" "$facts" | LC_ALL=C tr -d '\1-\10\13-\37\177')
	if [[ $FORM = json ]]; then
		awk -F '\t' "$JSON_AWK"'
			{ if (!($1 in list)) order[++n] = $1; list[$1] = list[$1] ($1 in list && list[$1] != "" ? "," : "") js($2) }
			END {
				printf "{%s", key("schema", "\"driver-disk/inspect/1\"")
				for (i = 1; i <= n; i++) {
					k = order[i]
					many = k ~ /^(for-kernel|package|package-signed-by|package-requires|module|eula|firmware|odd|rollsup|requires)$/
					printf ",%s", key(k, many ? "[" list[k] "]" : list[k])
				}
				print "}"
			}' <<<"$facts"
	else
		awk -F '\t' '{ printf "%-18s %s\n", ($1 ~ /^package-/ ? "  " substr($1, 9) : $1) ":", $2 }' <<<"$facts"
	fi
	[[ ${said%%$'\t'*} != damaged && $rc = 0 ]] || return 6
	[[ ${said%%$'\t'*} = verified ]] || return 1
}

parse_inspect() {
	FORM=table ITEMS=()
	while [[ $# -gt 0 ]]; do
		case $1 in
		--json) FORM=json ;;
		--keyring)
			[[ -d ${2:-} ]] || bad_usage "$1: '${2:-}' is not a folder; give one with keys"
			KEYRING=$2
			shift ;;
		-*) bad_usage "$1: no such option" ;;
		*) ITEMS+=("$1") ;;
		esac
		shift
	done
	[[ ${#ITEMS[@]} -eq 1 ]] || bad_usage "inspect: takes one disk; give an ISO or a folder"
}
