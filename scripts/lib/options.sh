# SPDX-License-Identifier: GPL-2.0-only
# What can be asked of build-supplemental-pack.sh: the options and their values.
# shellcheck shell=bash disable=SC2034,SC2153  # every O_ is for the other files

usage() {
	printf 'usage: %s OPTION... [RPM...]\n' "$PROG"
	awk -F '|' '
		/^#/ { next }
		NF == 1 { print "\n" $0 ":"; next }
		{
			gsub(/ -/, ", -", $1)
			left = "  " $1 ($2 == "" ? "" : " " $2)
			if (length(left) > 26) { print left; left = "" }
			printf "%-27s %s\n", left, $4
		}' "$TOP/scripts/lib/options"
}

bad_usage() { die 2 "$*; '$PROG --help' shows every option"; }

load_options() {
	local names value variable text name

	declare -gA OPTION_VALUE=() OPTION_VARIABLE=()
	while IFS='|' read -r names value variable text; do
		[[ $names != '#'* && -n $text ]] || continue
		for name in $names; do
			OPTION_VALUE[$name]=$value OPTION_VARIABLE[$name]=$variable
		done
		printf -v "O_$variable" '%s' ''
	done <"$TOP/scripts/lib/options"
	O_KERNELS=() O_REQUIRES=() READY=() ASKED=' '
}

# Options that can be given again add up; of the others the last one counts.
set_option() {	# NAME VALUE
	local variable=${OPTION_VARIABLE[$1]}

	case $variable in
	KERNELS) O_KERNELS+=("$2") ;;
	REQUIRES) O_REQUIRES+=("$2") ;;
	ROLLUPS) O_ROLLUPS+=${O_ROLLUPS:+,}$2 ;;
	REORDER) O_NOREORDER='' ;;
	*) printf -v "O_$variable" '%s' "$2" ;;
	esac
	ASKED+="$variable "
}

asked() { [[ $ASKED = *" $1 "* ]]; }	# VARIABLE: on the command line or in the config

parse_options() {	# ARGUMENT...
	local name

	load_options
	while [[ $# -gt 0 ]]; do
		case $1 in
		--) shift; READY+=("$@"); break ;;
		--*=*)
			name=${1%%=*}
			[[ -n ${OPTION_VARIABLE[$name]-} ]] || bad_usage "$name: no such option"
			[[ -n ${OPTION_VALUE[$name]} ]] || bad_usage "$name: takes no value"
			set_option "$name" "${1#*=}"
			shift
			;;
		-?*)
			[[ -n ${OPTION_VARIABLE[$1]-} ]] || bad_usage "$1: no such option"
			name=$1
			shift
			if [[ -z ${OPTION_VALUE[$name]} ]]; then
				set_option "$name" 1
				continue
			fi
			[[ $# -gt 0 ]] || bad_usage "$name: needs a value, ${OPTION_VALUE[$name]}"
			set_option "$name" "$1"
			shift
			;;
		*) READY+=("$1"); shift ;;
		esac
	done
}

must_match() {	# OPTION VALUE REGEX MEANING
	[[ -n $2 ]] || bad_usage "$1: missing; give $4"
	may_match "$@"
}

may_match() {	# OPTION VALUE REGEX MEANING
	[[ -z $2 || $2 =~ ^($3)$ ]] || bad_usage "$1: '$2' is not usable; give $4"
}

UUID_REGEX='[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'
WORD_REGEX='[A-Za-z0-9][A-Za-z0-9._+-]*'

check_options() {
	O_RELEASE=${O_RELEASE:-1} O_FORMAT=${O_FORMAT:-auto}
	O_SPEC=${O_SPEC:-$TOP/specs/driver.spec.in}
	[[ -z $O_REPO_DATA ]] ||
		bad_usage "--repo-data: arbitrary metadata is no longer supported; leave it out"
	[[ -n $O_NOREORDER ]] || O_REORDER=1
	check_identity
	check_metadata
	check_source_options
	check_signing_options
	check_output
	[[ -n $O_SOURCE || ${#READY[@]} -gt 0 ]] ||
		bad_usage "nothing to pack; give --source, or RPMs"
	[[ -z $O_SOURCE || ${#O_KERNELS[@]} -gt 0 ]] ||
		bad_usage "--kernel-devel: missing; give the folder or RPM of the kernel to compile for"
}

# A vendor's name is only needed where it is written: in packages we build and
# in the legacy family's files.
check_identity() {
	local text='[[:print:]]*[[:graph:]][[:print:]]*'

	# 32 characters is what a volume id holds.
	must_match --label "$O_LABEL" '[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}' \
		"up to 32 of A-Z a-z 0-9 _ . -"
	must_match --version "$O_VERSION" '[A-Za-z0-9._+~]+' \
		"a version of A-Z a-z 0-9 . _ + ~, without '-'"
	must_match --text "$O_TEXT" "$text" "one line of ASCII text"
	may_match --vendor-code "$O_VENDOR_CODE" '[A-Za-z0-9_.-]+' "A-Z a-z 0-9 _ . -"
	may_match --vendor-name "$O_VENDOR_NAME" "$text" "one line of ASCII text"
	if [[ -n $O_SOURCE ]]; then
		must_match --vendor-code "$O_VENDOR_CODE" '.*' "your name as a word"
		must_match --vendor-name "$O_VENDOR_NAME" '.*' "your name in full"
	fi
	may_match --changelog "$O_CHANGELOG" "$text" "one line of ASCII text"
	must_match --release "$O_RELEASE" '[1-9][0-9]*(\.respin[1-9][0-9]*)?' \
		"a number, then .respinM for a re-spin"
	may_match --build "$O_BUILD" '[A-Za-z0-9._+]+' "a build of A-Z a-z 0-9 . _ +"
	may_match --product "$O_PRODUCT" "(XenServer|XCP|XCP-ng)(:[0-9]+(\.[0-9]+)*)?" \
		"XenServer, XCP or XCP-ng, with its version as in XenServer:6.5.0"
	may_match --license "$O_LICENSE" '[A-Za-z0-9._+() -]+' "a licence as in GPL-2.0-only"
	must_match --format "$O_FORMAT" 'update|legacy|auto' "update, legacy or auto"
	[[ -n $O_PRODUCT || -z $O_XCP ]] || O_PRODUCT=XCP
	O_PRODUCT_VERSION=
	[[ $O_PRODUCT != *:* ]] || O_PRODUCT_VERSION=${O_PRODUCT#*:}
	O_PRODUCT=${O_PRODUCT%%:*}
}

check_metadata() {
	local guidance='restart(Host|XAPI|PV|HVM)' one
	local requires='[A-Za-z0-9_./+-]+( (=|<|>|<=|>=) [A-Za-z0-9._+~:]+(-[A-Za-z0-9._+~]+)?)?'

	may_match --uuid "$O_UUID" "$UUID_REGEX" "a lower-case UUID"
	may_match --rollups "$O_ROLLUPS" "$UUID_REGEX(,$UUID_REGEX)*" "lower-case UUIDs"
	# One word that xapi does not know, and it drops them all.
	may_match --after-apply "$O_AFTER_APPLY" "$guidance(,$guidance)*" \
		"restartHost, restartXAPI, restartPV, restartHVM, with commas between"
	may_match --base-requires "$O_BASE_REQUIRES" "$requires(, $requires)*" \
		"RPM dependencies, as 'product-version = 8.2.1', with ', ' between"
	may_match --mem "$O_MEM" '[0-9]+' "a number of MB"
	for one in ${O_REQUIRES[@]+"${O_REQUIRES[@]}"}; do
		may_match --requires "$one" '[^ ]+ [^ ]+ (eq|ne|lt|gt|le|ge) [0-9.]+' \
			"'originator name test version', the test one of eq ne lt gt le ge"
	done
}

must_be_inside() {	# OPTION PATH folder|file
	may_match "$1" "$2" '[A-Za-z0-9_.][A-Za-z0-9._+/-]*' "a $3 inside the source"
	[[ /$2/ != */../* ]] || bad_usage "$1: '$2' leaves the source; give a $3 inside it"
}

check_source_options() {
	may_match --module-dir "$O_MODULE_DIR" 'updates|extra|override' "updates, extra or override"
	may_match --make-args "${O_MAKE_ARGS//'{}'/}" '[A-Za-z0-9_.,:/=+ -]+' \
		"words of A-Z a-z 0-9 and _.,:/=+-, and {} for the source's folder"
	must_be_inside --kbuild "$O_KBUILD" folder
	must_be_inside --firmware "$O_FIRMWARE" folder
	must_be_inside --userspace "$O_USERSPACE" folder
	must_be_inside --modprobe-conf "$O_MODPROBE_CONF" file
	must_be_inside --udev-rules "$O_UDEV_RULES" file
	[[ -n $O_SOURCE || -z $O_EULA ]] ||
		bad_usage "--eula: goes into a package made from --source; put a file named EULA into one of your RPMs"
	[[ -z $O_BUILT || -d $O_BUILT ]] ||
		bad_usage "--built: $O_BUILT is no folder; give the one that holds the modules"
	[[ -n $O_BUILT || -z $O_BUILT_FOR ]] ||
		bad_usage "--built-for: says for which kernel --built was built; give that too"
	[[ -n $O_SOURCE || -z $O_BUILT ]] ||
		bad_usage "--built: packages modules of --source; give that too"
	[[ -n $O_MODULE_KEY && -n $O_MODULE_CERT ]] || [[ -z $O_MODULE_KEY$O_MODULE_CERT ]] ||
		bad_usage "--module-key and --module-cert: give both"
	[[ -n $O_SOURCE || -z $O_MODULE_KEY ]] ||
		bad_usage "--module-key: signs modules made from --source; sign those in your RPMs before packing them"
}

check_signing_options() {
	may_match --sign-time "$O_SIGN_TIME" '[0-9]{1,10}' "seconds since 1970"
	may_match --keyfile "${O_KEYFILE##*/}" "$WORD_REGEX" "a file named RPM-GPG-KEY-<vendor>"
}

# --output is a file for build-update, a folder for the DDK.
check_output() {
	O_ISO=
	if [[ $O_OUTPUT = *.iso && ! -d $O_OUTPUT ]]; then
		O_ISO=${O_OUTPUT##*/}
		O_OUT=.
		[[ $O_OUTPUT != */* ]] || O_OUT=${O_OUTPUT%/*}
		O_OUT=${O_OUT:-/}
	fi
	O_OUT=${O_OUT:-$O_OUTPUT}
	must_match --out "$O_OUT" '.*' "the folder for the ISO"
}
