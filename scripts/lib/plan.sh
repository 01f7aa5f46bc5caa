# SPDX-License-Identifier: GPL-2.0-only
# What will be made, or was: as text or as JSON, from one list of facts.
# shellcheck shell=bash disable=SC2153  # SANDBOX is compile.sh's

json_string() {
	local s=${1//\\/\\\\}

	s=${s//\"/\\\"}
	s=${s//$'\n'/\\n}
	s=${s//$'\t'/\\t}
	printf '"%s"' "$s"
}

# The packages of one disk: those given, and those that the spec would make.
planned_packages() {	# ABI -> names, without .rpm
	local rpm k

	disk_rpms "$1" | while read -r rpm; do rpm_tag "$rpm" '%{NVRA}\n'; done
	[[ -n $O_SOURCE ]] || return 0
	for k in $(disk_kernels "$1"); do
		set_kernel_args "$k"
		"${CLEAN_ENV[@]}" ${SANDBOX[@]+"${SANDBOX[@]}"} rpmspec -q --builtrpms --qf '%{NVRA}\n' "${RPM_ARGS[@]}" \
			"${RELEASE_ARGS[@]}" "${KERNEL_ARGS[@]}" "$WORK"/src/SOURCES/*.spec 2>"$WORK/spec.log" ||
			die 1 "$O_SOURCE: its spec cannot be read: $(grep -m 1 error: "$WORK/spec.log")"
	done
}

# A foreign package keeps its name: without the kernel in it, hosts with two
# kernels keep one of their drivers.
planned_replacements() {	# ABI PACKAGE... -> texts
	local package k=$1

	[[ -n $FOREIGN ]] || return 0
	shift
	for package; do
		package=${package%-*-*}
		[[ -n $k && $package = *"$k"* ]] ||
			printf '%s: its name has no kernel in it, so it replaces any %s of a host, of whichever kernel\n' "$package" "$package"
	done
	set_kernel_args "$(disk_kernels "$k" | head -n 1)"
	"${CLEAN_ENV[@]}" ${SANDBOX[@]+"${SANDBOX[@]}"} rpmspec -q --obsoletes "${RPM_ARGS[@]}" "${RELEASE_ARGS[@]}" "${KERNEL_ARGS[@]}" \
		"$WORK"/src/SOURCES/*.spec 2>/dev/null | grep . | sort -u | sed 's/^/obsoletes /' || true
}

# KEY VALUE lines of one disk; a key that comes again is a list.
disk_facts() {	# ABI
	local path k package
	local -a packages

	path=$(disk_result "$1")
	printf '%s\t%s\n' file "$path" format "$O_FORMAT" label "$O_LABEL" version "$O_VERSION" \
		release "$O_RELEASE" kernel "$1"
	[[ $O_FORMAT = legacy ]] || printf 'uuid\t%s\n' "$(disk_uuid "$1")"
	[[ $O_FORMAT = legacy ]] || printf 'key\t%s\n' "$KEY"
	if [[ -n $O_SOURCE ]]; then
		printf '%s\t%s\n' source "$O_SOURCE" sandboxed "$([[ -n $SANDBOXED ]] && echo true || echo false)"
		for k in $(disk_kernels "$1"); do printf 'compiled-with\t%s\n' "${KDIRS[$k]}"; done
	fi
	mapfile -t packages < <(planned_packages "$1")
	for package in ${packages[@]+"${packages[@]}"}; do printf 'package\t%s\n' "$package"; done
	[[ -z $FOREIGN ]] || planned_replacements "$1" "${packages[@]}" | sed 's/^/replaces\t/'
	[[ ! -f $path || -n $O_DRY_RUN ]] ||
		printf '%s\t%s\n' size "$(stat -c %s "$path")" sha256 "$(sha256sum <"$path" | cut -d ' ' -f 1)"
}

facts_as_text() {
	awk -F '\t' '
		$1 == "file" { print $2; next }
		$1 == "sandboxed" { print "  " ($2 == "true" ? "sandboxed" : "not sandboxed"); next }
		$2 != "" { printf "  %-14s %s\n", $1, $2 }'
}

facts_as_json() {
	local key value separator='' list=''

	printf '    {'
	while IFS=$'\t' read -r key value; do
		case $key in
		package | replaces | compiled-with)
			if [[ $list = "$key" ]]; then
				printf ', %s' "$(json_string "$value")"
				continue
			fi
			printf '%s' "${list:+]}"
			printf '%s\n      "%s": [%s' "$separator" "$key" "$(json_string "$value")"
			list=$key
			;;
		*)
			printf '%s%s\n      "%s": ' "${list:+]}" "$separator" "$key"
			list=
			case $key in
			size | sandboxed) printf '%s' "$value" ;;
			*) json_string "$value" ;;
			esac
			;;
		esac
		separator=,
	done
	printf '%s\n    }' "${list:+]}"
}

# The plan of a dry run, or the result.
report() {
	local abi separator=''

	if [[ -z $O_JSON ]]; then
		for abi in "${DISKS[@]}"; do
			if [[ -n $O_DRY_RUN ]]; then
				disk_facts "$abi" | facts_as_text
			else
				disk_result "$abi"
			fi
		done
		return
	fi
	printf '{\n  "schema": "cpulevel-pack 1",\n  "dry-run": %s,\n  "disks": [' \
		"$([[ -n $O_DRY_RUN ]] && echo true || echo false)"
	for abi in "${DISKS[@]}"; do
		printf '%s\n' "$separator"
		disk_facts "$abi" | facts_as_json
		separator=,
	done
	printf '\n  ]\n}\n'
}
