# SPDX-License-Identifier: GPL-2.0-only
# Decide whether a driver disk, unpacked in a folder, is what a trusted vendor made.
# shellcheck shell=bash

# Messages name the disk as the caller did, not the copy that is looked at.
refuse() {
	local text=$*

	note "${text//"$VERIFY_AT"/"$VERIFY_NAME"}"
	return 6
}

# Who only reads needs no lock, for which a full disk has no room.
read_gpg() { gpg --homedir "$1" --batch --no-tty --lock-never "${@:2}"; }	# KEYRING ARGUMENT...

trusted_keys() {	# KEYRING -> fingerprints of the keys with ultimate trust
	read_gpg "$1" --quiet --with-colons --list-keys 2>/dev/null |
		awk -F: '$1 == "pub" { u = $2 == "u" } $1 == "fpr" && u { print $10; u = 0 }'
}

verify_signature() {	# FILE KEYRING
	local status word

	[[ -f $1.asc ]] ||
		refuse "$1: not signed (no ${1##*/}.asc); get the disk from its vendor" || return
	status=$(read_gpg "$2" --status-fd 1 --verify "$1.asc" "$1" 2>&1) || true
	[[ $status != *"clock problem"* ]] ||
		refuse "$1: signed with a key that is younger than this host's clock, $(date -u +%F); set the clock" || return
	for word in GOODSIG VALIDSIG TRUST_ULTIMATE; do
		[[ $'\n'$status$'\n' = *$'\n[GNUPG:] '"$word"[$' \n']* ]] && continue
		refuse "$1: no good signature by a key this host trusts ultimately ($2); import the vendor's key or get a sound disk"
		return
	done
}

# All files of a signed list at once: starting a program is what takes the time.
verify_sha256() {	# DISK LIST: "sum<TAB>file" lines
	local sum file i
	local -a lines=() files=() said

	while IFS=$'\t' read -r sum file; do
		[[ -f $1/$file ]] || refuse "$1/$file: missing; get a complete disk" || return
		lines+=("$sum  $1/$file") files+=("$1/$file")
	done <<<"$2"
	mapfile -t said < <(sha256sum -- "${files[@]}" 2>/dev/null)
	for i in "${!files[@]}"; do
		[[ ${said[i]-} = "${lines[i]}" ]] ||
			refuse "${files[i]}: checksum differs from the signed one; get a sound disk" || return
	done
}

# The keys that vouch for the disk's metadata must vouch for its RPMs too, and
# the host's rpm database may trust others, so rpm gets a database of its own.
make_rpm_keyring() {	# KEYRING DBPATH
	local -a keys

	mapfile -t keys < <(trusted_keys "$1")
	[[ ${#keys[@]} -gt 0 ]] ||
		refuse "$1: no key with ultimate trust; import the vendor's public key there" || return
	# That the folder is there says that all keys are in it.
	rm -rf "$2.part"
	mkdir -p "$2.part"
	read_gpg "$1" --quiet --armor --export "${keys[@]}" >"$2.part/trusted.asc" 2>/dev/null ||
		refuse "$1: its trusted keys cannot be read; see what 'gpg --homedir $1 --export' says" || return
	rpmkeys --dbpath "$2.part" --import "$2.part/trusted.asc" ||
		refuse "$1: rpm cannot use the trusted keys; use RSA keys" || return
	mv "$2.part" "$2"
}

# rpmkeys is content with an unsigned RPM, so look for the signature itself.  What
# it says of a file is indented below the file's name.
verify_rpms() {	# DBPATH RPM...
	local line rpm=
	local -A good=() bad=()

	while IFS= read -r line; do
		case $line in
		[!\ ]*:) rpm=${line%:} ;;
		[!\ ]*) rpm= ;;
		*[Ss]ignature*": OK") good[.$rpm]=1 ;;
		*[Ss]ignature*) bad[.$rpm]=1 ;;
		*" digest: OK" | *" digest: OK ("*")") ;;	# rpm 4.11 adds the sum
		*" digest: "*) bad[.$rpm]=1 ;;
		esac
	done <<<"$(rpmkeys --dbpath "$1" -Kv "${@:2}" 2>/dev/null || true)"
	for rpm in "${@:2}"; do
		[[ -n ${good[.$rpm]-} && -z ${bad[.$rpm]-} ]] ||
			refuse "$rpm: not signed by a trusted key, or changed since; get a sound disk" || return
	done
}

verify_repomd() {	# DISK -> the primary's name
	local type sum href list sums=

	list=$("$PACKINFO" repomd "$1/repodata/repomd.xml") || return 6
	while read -r type sum href; do sums+=$sum$'\t'$href$'\n'; done <<<"$list"
	verify_sha256 "$1" "${sums%$'\n'}" || return
	while read -r type sum href; do
		[[ $type != primary ]] || printf '%s\n' "$href"
	done <<<"$list"
}

verify_packages() {	# DISK DBPATH PRIMARY
	local name evr sum href list
	local sums='' names=$'\n'
	local -a rpms=() found

	list=$(gzip -dc "$1/$3" | "$PACKINFO" primary -) || return 6
	[[ -n $list ]] || refuse "$1: no packages; get a complete disk" || return
	while IFS=$'\t' read -r name evr sum href; do
		sums+=$sum$'\t'$href$'\n' names+=$href$'\n' rpms+=("$1/$href")
	done <<<"$list"
	verify_sha256 "$1" "${sums%$'\n'}" || return
	verify_rpms "$2" "${rpms[@]}" || return
	read_rpms "${rpms[@]}"
	while IFS=$'\t' read -r name evr sum href; do
		{ rpm_fact "$1/$href" && [[ $R_NAME = "$name" && $R_EPOCH$R_VERSION-$R_RELEASE = "$evr" ]]; } ||
			refuse "$1/$href: is not the $name $evr that the disk lists; get a sound disk" || return
	done <<<"$list"
	# Each of what is there is listed, and as many are: so nothing else is listed, either.
	mapfile -t found < <(cd "$1" && find Packages -type f)
	[[ ${#found[@]} -eq ${#rpms[@]} ]] ||
		refuse "$1/Packages: holds other files than the signed list names; get a sound disk" || return
	for href in "${found[@]}"; do
		[[ $names = *$'\n'"$href"$'\n'* ]] ||
			refuse "$1/Packages: holds other files than the signed list names; get a sound disk" || return
	done
}

# Everything that will be used must be vouched for; say what is not, return 6.
# The keys that PRIVATE_DIR has in rpmdb already are those that are trusted.
verify_disk() {	# DISK NAME_FOR_MESSAGES KEYRING PRIVATE_DIR
	local odd file primary

	VERIFY_AT=$1 VERIFY_NAME=$2
	odd=$(find "$1" ! -type f ! -type d -print -quit) || return 6
	[[ -z $odd ]] || refuse "$odd: neither a file nor a folder; get a sound disk" || return
	for file in update.xml repodata/repomd.xml; do
		[[ -f $1/$file ]] ||
			refuse "$1/$file: missing; give a driver disk of the update family (XenServer 7.1 or later, XCP-ng)" || return
		verify_signature "$1/$file" "$3" || return
	done
	"$PACKINFO" update "$1/update.xml" >/dev/null || return 6
	[[ -d $4/rpmdb ]] || make_rpm_keyring "$3" "$4/rpmdb" || return
	primary=$(verify_repomd "$1") || return
	[[ -n $primary ]] || refuse "$1: its repository has no package list; get a complete disk" || return
	verify_packages "$1" "$4/rpmdb" "$primary"
}
