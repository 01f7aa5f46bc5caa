# SPDX-License-Identifier: GPL-2.0-only
# Debian suites other than the machine's own, each through an apt configuration of its own in the cache.
# shellcheck shell=bash

# The machine's own lists serve its own suite; its configuration is never touched.
SUITES='bullseye bookworm trixie trixie-backports'
OWN=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

# shellcheck disable=SC2016 # apt's own variables
# mirror LABEL DEFAULT: where this machine gets Debian, or Debian-Security, from.
mirror() {
	local uri
	uri=$(apt-get indextargets --format '$(CREATED_BY) $(ORIGIN) $(LABEL) $(REPO_URI)' 2>/dev/null |
		awk -v label="$1" '$1 == "Packages" && $2 == "Debian" && $3 == label { print $4; exit }')
	printf '%s\n' "${uri:-$2}"
}

sources() {	# SUITE -> lines of sources.list
	local line="deb [signed-by=$KEYRING arch=amd64]"
	printf '%s %s %s main\n' "$line" "$(mirror Debian http://deb.debian.org/debian)" "$1"
	[[ $1 = *-backports ]] ||
		printf '%s %s %s-security main\n' "$line" "$(mirror Debian-Security http://deb.debian.org/debian-security)" "$1"
}

# An old suite's lists have expired and are as good as ever.
apt_config() {	# FOLDER
	cat <<-END
		APT::Architecture "amd64";
		APT::Architectures { "amd64"; };
		APT::Sandbox::User "root";
		Acquire::Check-Valid-Until "false";
		Acquire::Languages "none";
		Dir::Cache "$1/cache";
		Dir::Etc::SourceList "$1/sources.list";
		Dir::Etc::SourceParts "/dev/null";
		Dir::Etc::Preferences "/dev/null";
		Dir::Etc::PreferencesParts "/dev/null";
		Dir::State "$1/state";
		Dir::State::Status "$1/status";
	END
}

# Fetch SUITE's lists if they are missing or older than a day; old ones serve
# where there is no network.
suite_lists() {	# SUITE FOLDER
	local dir=$2
	[[ -z $(find "$dir/fresh" -mtime -1 2>/dev/null) ]] || return 0
	mkdir -p "$dir"/{cache/archives/partial,state/lists/partial}
	(
		flock 9
		[[ -z $(find "$dir/fresh" -mtime -1 2>/dev/null) ]] || exit 0
		sources "$1" >"$dir/sources.list"
		apt_config "$dir" >"$dir/apt.conf"
		: >>"$dir/status"
		if APT_CONFIG=$dir/apt.conf apt-get -qq -o APT::Update::Error-Mode=any update >&2; then
			touch "$dir/fresh"
		else
			[[ -e $dir/fresh ]] || die 5 "cannot fetch the lists of $1; is the Debian mirror reachable?"
			note "cannot refresh the lists of $1; those of $(date -r "$dir/fresh" +%F) are used"
		fi
	) 9>"$dir.lock"
}

# in_suite SUITE COMMAND...: every apt tool that COMMAND runs knows that suite alone.
in_suite() {
	local suite=$1 dir
	shift
	if [[ $suite = "$OWN" ]]; then
		"$@"
		return
	fi
	[[ " $SUITES " = *" $suite "* ]] || die 2 "$suite: no such suite; there are $SUITES"
	dir=$CACHE/apt/$suite-$(key <"$VM_DIR/suites.sh")
	suite_lists "$suite" "$dir"
	(
		export APT_CONFIG=$dir/apt.conf SUITE_ASKED=$suite
		"$@"
	)
}

# suite_with PACKAGE: the suite that offers it, the machine's own before others.
suite_with() {
	local suite
	for suite in $OWN $SUITES; do
		[[ -n $(in_suite "$suite" candidate "$1") ]] || continue
		printf '%s\n' "$suite"
		return
	done
	die 5 "$1: in none of the suites $SUITES"
}
