#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# schemas/*.rng: real disks of both families are valid; a damaged one is not.

load pack
load legacy

setup_file() {
	have_kernels || return 0
	setup_pack
	BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR
	export L=$BATS_FILE_TMPDIR/legacy
	module "$L" "acme-edu-$K65-modules" "$K65"
	stub "$L" acme-firmware 1.1 System/Kernel /lib/firmware/acme.bin
	stub "$L" kernel 3.10.1 System /boot/vmlinuz-3.10.0+3
	legacy O_BUILD=10 O_MEM=16 O_HOMOGENEOUS=1 O_HIDDEN=1 "REQUIRES=xs linux ge 6.2" legacy_write "$L"
}

teardown_file() { stop_agent "$BATS_FILE_TMPDIR/trust"; }

setup() { have_kernels || skip "CPULEVEL_KDIR_A and CPULEVEL_KDIR_B name no kernel-devel folders"; }

# A file of a disk as plain XML, by its schema's name.
file() {
	case $1 in
	update) cat "$W/disk/update.xml" ;;
	comps) cat "$W"/disk/repodata/*-groups.xml ;;
	repomd) cat "$W/disk/repodata/repomd.xml" ;;
	primary | filelists | other) gzip -dc "$W"/disk/repodata/*-"$1".xml.gz ;;
	xs-repository) cat "$L/XS-REPOSITORY" ;;
	xs-packages) cat "$L/XS-PACKAGES" ;;
	esac
}

valid() { xmllint --noout --nonet --relaxng "$TOP/schemas/$1.rng" -; }	# SCHEMA <XML

@test "every schema is itself well-formed, and compiles" {
	for schema in "$TOP"/schemas/*.rng; do
		name=${schema##*/}
		run valid "${name%.rng}" <<<"<nothing/>"
		[[ $name = types.rng || $output = *"fails to validate"* ]]
		[[ $output != *"failed to compile"* || $name = types.rng ]]
	done
}

@test "every XML file of real disks is valid" {
	for name in update comps repomd primary filelists other xs-repository xs-packages; do
		file $name | valid $name
	done
}

@test "what other tools and other days write is valid too" {
	cd "$BATS_TEST_TMPDIR"
	stub Packages tool 1 Apps "/usr/bin/tool /usr/share/doc/tool" "Epoch: 2" "Requires: a >= 1:2-3" "Requires: b" \
		"Obsoletes: c < 2" "Conflicts: d" "Recommends: e" "%changelog" "* Sat Jan 01 2022 Me <me@example.org> - 1-1" "- one & two"
	file comps >groups.xml
	createrepo_c --quiet --database --general-compress-type gz --groupfile groups.xml .
	valid repomd <repodata/repomd.xml
	for name in primary filelists other; do
		gzip -dc repodata/*-$name.xml.gz | valid $name
	done
	valid xs-repository <"$TOP/tests/fuzz/corpus/packinfo/xs-repository"
	valid xs-packages <"$TOP/tests/fuzz/corpus/packinfo/xs-packages"
	valid update <"$TOP/tests/fuzz/corpus/packinfo/update"
}

# Each line: a schema, and a sed script that does the damage.
damages() {
	cat <<-'END'
		update	s/ uuid="[^"]*"//
		update	s/uuid="./&Z/
		update	s/version="1.1"/version="1.1-1"/
		update	s/name-label="acme-edu"/name-label="acme edu"/
		update	s/restartHost/restartHost,restartAll/
		update	s/<update/<update livid="x"/
		update	s/installation-size="/&k/
		update	/name-description/d
		update	s/.*name-description.*/&&/
		update	s/name-description>[^<]*/name-description>/
		update	s,</update>,<rollsup name-label="x"/></update>,
		comps	s,<id>update</id>,<id>updates</id>,
		comps	s,<id>drivers</id>,<id>update</id>,
		comps	s/mandatory/always/
		comps	/packagereq/d
		comps	s/<default>false/<default>no/
		repomd	s/checksum type="sha256"/checksum type="sha"/
		repomd	s/primary.xml.gz/primary.xml.xz/
		repomd	s,href="repodata/,href="../,
		repomd	s,href="repodata/,href="http://example.org/,
		repomd	s/<data type="primary">/<data type="first">/
		repomd	s/<data type="group">/<data type="groups">/
		repomd	s/<size>/<size>-/
		repomd	s,metadata/repo",metadata/other",
		primary	s/<arch>x86_64/<arch>src/
		primary	s,href="Packages/,href="Packages/../,
		primary	s/type="sha256"/type="md5"/
		primary	s/<checksum\(.*\)>[0-9a-f]*</<checksum\1>0</
		primary	s/flags="EQ"/flags="IS"/
		primary	s/ver="1.1"/ver="1-1"/
		primary	/<location/d
		primary	s,<name>,<name>;,
		filelists	s/pkgid="../pkgid="/
		filelists	s,>/lib,>lib,
		filelists	/<version/d
		other	s/pkgid="../pkgid="/
		other	s/otherdata/filelists/
		xs-repository	s/ originator="acme"//
		xs-repository	s/name="acme-edu"/name="acme edu"/
		xs-repository	s/ product="XenServer" version="1.1"/ version="1.1"/
		xs-repository	s/ version="1.1"//
		xs-repository	s/enforce-homogeneity="true"/enforce-homogeneity="yes"/
		xs-repository	s/memory-requirement-mb="/&x/
		xs-repository	/<description/d
		xs-repository	s/.*<description.*/<else\/>&/
		xs-repository	s/<description>[^<]*/<description> /
		xs-repository	s/test="eq"/test="is"/
		xs-repository	s/version="6.5.0"/version="6.5.0a"/
		xs-packages	s/ label="[^"]*"//
		xs-packages	s/type="rpm"/type="deb"/
		xs-packages	s/type="rpm"/type="driver-rpm"/
		xs-packages	s/type="rpm"/type="tbz2"/
		xs-packages	s/ kernel="[^"]*"//
		xs-packages	s/size="/&0x/
		xs-packages	s/md5="./md5="X/
		xs-packages	s,>acme,>/acme,
		xs-packages	s/>acme/>-acme/
		xs-packages	s/options="-i"/options="-i;x"/
		xs-packages	/<package /d
	END
}

@test "damage is noticed" {
	cd "$BATS_TEST_TMPDIR"
	while IFS=$'\t' read -r name damage; do
		file "$name" >good
		sed "$damage" good >bad
		if cmp -s good bad; then
			echo "$name: $damage: does nothing"
			return 1
		fi
		xmllint --noout bad
		run valid "$name" <bad
		[[ $status -ne 0 && $output = *"fails to validate"* ]] || { echo "$name: $damage: $output"; return 1; }
	done < <(damages)
}
