# SPDX-License-Identifier: GPL-2.0-only
# Check a driver disk of either family: numbered findings, and the texts that explain them.
# shellcheck shell=bash source-path=SCRIPTDIR disable=SC2030,SC2031  # lint_disk is a subshell

LINT_LIB=${BASH_SOURCE[0]%/*}
[[ $LINT_LIB = /* ]] || LINT_LIB=$PWD/$LINT_LIB
# shellcheck source=lint/layout.sh
. "$LINT_LIB/lint/layout.sh"
# shellcheck source=lint/rpm.sh
. "$LINT_LIB/lint/rpm.sh"
# shellcheck source=lint/payload.sh
. "$LINT_LIB/lint/payload.sh"
# shellcheck source=lint/elf.sh
. "$LINT_LIB/lint/elf.sh"
# shellcheck source=lint/module.sh
. "$LINT_LIB/lint/module.sh"
# shellcheck source=lint/signature.sh
. "$LINT_LIB/lint/signature.sh"
# shellcheck source=lint/package.sh
. "$LINT_LIB/lint/package.sh"
# shellcheck source=lint/trust.sh
. "$LINT_LIB/lint/trust.sh"
# shellcheck source=lint/update.sh
. "$LINT_LIB/lint/update.sh"
# shellcheck source=lint/legacy.sh
. "$LINT_LIB/lint/legacy.sh"

# The disk is hostile until shown otherwise: what is said about it stays on its line.
finding() {	# NUMBER OBJECT TEXT
	printf '%s\t%s\t%s\n' "$1" "${2//[![:print:]]/?}" "${3//[![:print:]]/?}"
}

# Check the unpacked disk DIR: "NUMBER severity OBJECT TEXT" lines, sorted.
# Returns 1 if one of them is an error, 5 if the disk could not be looked at.
lint_disk() (	# DIR
	local findings
	export LC_ALL=C
	umask 077
	lint_absolute
	L=${LINT_WORK:?}/lint
	[[ ! -e $L ]] || rm -rf -- "$L"
	mkdir -p -- "$L/root" && cd -- "$1" || return 5
	lint_checks >"$L/found" || return 5
	[[ -s $L/found ]] || return 0
	findings=$(lint_severity "$L/found" | sort -t $'\t' -u -k 1,1n -k 3)
	printf '%s\n' "$findings"
	[[ $'\n'$findings != *$'\n'[0-9][0-9][0-9]$'\terror\t'* ]]
)

# The checks run inside the disk and inside $L.
lint_absolute() {
	local name

	for name in LINT_WORK LINT_KDIR LINT_KDUMP LINT_PREVIOUS LINT_MODULE_KEY LINT_KEYRING LINT_ISO; do
		[[ -z ${!name:-} || ${!name} = /* ]] || printf -v "$name" %s "$PWD/${!name}"
	done
	for name in LINT_KABI LINT_PACKINFO; do
		[[ ${!name:-} != [!/]*/* ]] || printf -v "$name" %s "$PWD/${!name}"
	done
}

# Each step leaves its facts in $L for the next and prints what it finds.
lint_checks() {
	lint_layout
	lint_rpm_facts || return
	lint_payloads
	lint_elf
	lint_family_facts
	lint_modules
	lint_signatures
	lint_packages
	awk -F '\t' -v OFS='\t' -f "$LINT_LIB/lint/scriptlet.awk" "$L/facts"
	case $FAMILY in
	update) lint_update ;;
	legacy) lint_legacy ;;
	esac
}

lint_family_facts() {
	DECLARED='' HOST_RPM=4.11
	case $FAMILY in
	update) lint_update_facts ;;
	legacy) lint_legacy_facts ;;
	esac
}

lint_empty() {	# NAME...
	local name

	for name; do
		: >"$L/$name"
	done
}

# How grave a finding is stands in one place, beside its explanation.
lint_severity() {	# FOUND
	awk -F '\t' -v OFS='\t' '
		FILENAME ~ /\/findings\// {
			if (/^[0-9]+ /)
				severity[$1 + 0] = /^[0-9]+ error/ ? "error" : "warning"
			next
		}
		{
			gsub(/[\001-\010\013-\037\177-\377]/, "?")
			if (length($3) > 400)
				$3 = substr($3, 1, 400) "..."
			print $1, ($1 in severity) ? severity[$1] : "error", $2, $3
		}' "$LINT_LIB"/findings/* "$1"
}

lint_report() {	# findings on stdin
	if [[ ${O_JSON:-} = 1 ]]; then
		lint_json
	else
		awk -F '\t' '{ printf "%s %s: %s: %s\n", $2, $1, $3, $4 }'
	fi
}

lint_json() {
	awk -F '\t' '
		function quoted(s) {
			gsub(/[\\"]/, "\\\\&", s)
			return "\"" s "\""
		}
		{
			count[$2]++
			list = list (NR > 1 ? ",\n    " : "\n    ") "{\"number\": " $1 \
				", \"severity\": " quoted($2) ", \"object\": " quoted($3) \
				", \"text\": " quoted($4) "}"
		}
		END {
			printf "{\n  \"schema\": \"cpulevel-lint 1\",\n"
			printf "  \"errors\": %d,\n  \"warnings\": %d,\n", count["error"], count["warning"]
			printf "  \"findings\": [%s%s]\n}\n", list, NR ? "\n  " : ""
		}'
}

# What finding N means and how to repair it; without N, all of them.
lint_explain() {	# [N]
	awk -v want="${1:-}" '
		/^#/ { next }
		/^[0-9]+ / { show = want == "" || $1 == want; known += show }
		show
		END { exit !known }' "$LINT_LIB"/findings/*
}
