# SPDX-License-Identifier: GPL-2.0-only
# A pack's configuration file: options as key=value, and XCP-ng's *.cfg keys.
# It is read, never run: it may come from somebody else.
# shellcheck shell=bash disable=SC2034  # every O_ is for the other files

config_error() { die 2 "$O_CONFIG:$1: $2"; }	# LINE MESSAGE

# A file named in the configuration is found beside it.
beside_config() {	# PATH
	local folder=.

	[[ $O_CONFIG != */* ]] || folder=${O_CONFIG%/*}
	case $1 in
	/*) printf '%s\n' "$1" ;;
	.) printf '%s\n' "$folder" ;;
	*) printf '%s\n' "$folder/$1" ;;
	esac
}

read_config() {
	local line number=0 key value here=$ASKED

	[[ -f $O_CONFIG && -r $O_CONFIG ]] ||
		die 2 "--config: $O_CONFIG cannot be read; check the path"
	while IFS= read -r line || [[ -n $line ]]; do
		number=$((number + 1))
		line=${line%$'\r'}
		[[ $line =~ ^[[:space:]]*(#.*)?$ ]] && continue
		[[ $line =~ ^[[:space:]]*([A-Za-z][A-Za-z0-9_-]*)=(.*)$ ]] ||
			config_error "$number" "not key=value: '$line'"
		key=${BASH_REMATCH[1]}
		config_value "$number" "${BASH_REMATCH[2]}"
		use_config "$number" "$key" "$value" "$here"
	done <"$O_CONFIG"
	finish_config
}

# Quotes as in a shell, but nothing that a shell would expand.
config_value() {	# LINE TEXT -> value
	local v=$2

	v=${v%"${v##*[![:space:]]}"}
	if [[ $v = \"*\" && ${#v} -ge 2 || $v = \'*\' && ${#v} -ge 2 ]]; then
		v=${v:1:-1}
	fi
	[[ $v != *[\`\\]* && $v != *'$'* ]] ||
		config_error "$1" "a value is taken as it stands; leave out \\, \$ and \`"
	value=$v
}

# The command line is stronger than the file.
use_config() {	# LINE KEY VALUE ASKED_BEFORE
	local variable

	case $2 in
	PACK_DESC) set -- "$1" text "$3" "$4" ;;
	PACK_UUID) set -- "$1" uuid "$3" "$4" ;;
	GPG_PUBKEY_FILE) set -- "$1" keyfile "$3" "$4" ;;
	PACK_BUILD) CONFIG_PACK_BUILD=$3; return ;;
	RPM_FILE) CONFIG_RPM=$(beside_config "$3"); return ;;
	RPM_SHA256) CONFIG_SHA256=$3; return ;;
	esac
	variable=${OPTION_VARIABLE[--$2]-}
	case $variable in
	'' | CONFIG | LINT | EXPLAIN | HELP | DRY_RUN | JSON)
		config_error "$1" "$2: no such key; the keys are the long options, without --" ;;
	esac
	[[ $4 != *" $variable "* ]] || return 0
	case $variable in
	# What the template takes out of the source is named relative to that.
	SOURCE | SPEC | EULA | PRECHECK | REMOVE | GROUPFILE | KEYFILE | MODULE_KEY | MODULE_CERT | PREVIOUS | KERNELS)
		set -- "$1" "$2" "$(beside_config "$3")" ;;
	esac
	if [[ -n ${OPTION_VALUE[--$2]} ]]; then
		set_option "--$2" "$3"
		return
	fi
	case $3 in
	1 | yes | true) set_option "--$2" 1 ;;
	0 | no | false) ;;
	*) config_error "$1" "$2: '$3' is neither yes nor no" ;;
	esac
}

# An XCP-ng file names one RPM; that gives the disk its name and version.
finish_config() {
	local label version

	[[ -n ${CONFIG_RPM-} ]] || return 0
	[[ -f $CONFIG_RPM && -r $CONFIG_RPM ]] ||
		die 2 "$O_CONFIG: RPM_FILE $CONFIG_RPM cannot be read; put the RPM there"
	[[ -z ${CONFIG_SHA256-} || $(sha256sum <"$CONFIG_RPM") = "$CONFIG_SHA256  -" ]] ||
		die 6 "$CONFIG_RPM: is not the file that RPM_SHA256 in $O_CONFIG stands for; get that one"
	READY+=("$CONFIG_RPM")
	label=$(rpm_tag "$CONFIG_RPM" '%{NAME}') ||
		die 1 "$CONFIG_RPM: not an RPM that can be read; get it again"
	version=$(rpm_tag "$CONFIG_RPM" '%{VERSION}+%{RELEASE}')
	O_LABEL=${O_LABEL:-$label}
	O_VERSION=${O_VERSION:-$version${CONFIG_PACK_BUILD:++$CONFIG_PACK_BUILD}}
	CONFIG_ISO=$label-$O_VERSION.iso
}
