#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# scripts/lib/legacy.sh: the disks of XenServer 5.6 to 7.0, made of real RPMs.
# shellcheck disable=SC2086,SC2030,SC2031  # words without spaces; each test's run is its own

load legacy

setup_file() {
	make -s -C "$BATS_TEST_DIRNAME/../../pack" O="$BATS_FILE_TMPDIR"
}

setup() {
	D=$BATS_TEST_TMPDIR/disk
	P=$BATS_FILE_TMPDIR/packinfo
	mkdir "$D"
}

size() { stat -c %s "$D/$1"; }
md5() { md5sum <"$D/$1" | cut -d ' ' -f 1; }
files() { "$P" xs-packages "$D/XS-PACKAGES" | cut -f 8; }
firmware() { stub "$D" acme-firmware 1.1 System/Kernel /lib/firmware/acme/fw.bin; }

@test "a disk for 6.5: both files, to the byte" {
	module "$D" acme-edu-$K65-modules $K65 "/lib/modules/$K65/updates/acme_edu.ko"
	stub "$D" acme-edu-modules 1.1 System/Kernel ""
	firmware
	stub "$D" acme-tools 1.1 Applications "/usr/bin/acme /usr/share/doc/acme-tools/EULA"
	legacy BUILD=7 O_BUILD=10 O_MEM=16 O_HOMOGENEOUS=1 O_HIDDEN=1 "REQUIRES=xs linux ge 6.2" legacy_write "$D"
	diff - "$D/XS-REPOSITORY" <<-END
		<repository originator="acme" name="acme-edu" product="XenServer" version="1.1" build="10" memory-requirement-mb="16" enforce-homogeneity="true" hidden="true">
		  <description>Acme EDU driver</description>
		  <requires originator="xs" name="main" test="eq" product="XenServer" version="6.5.0"/>
		  <requires originator="xs" name="linux" test="ge" product="XenServer" version="6.2"/>
		</repository>
	END
	m=acme-edu-$K65-modules-1.1-1.noarch.rpm a=acme-edu-modules-1.1-1.noarch.rpm
	f=acme-firmware-1.1-1.noarch.rpm t=acme-tools-1.1-1.noarch.rpm
	diff - "$D/XS-PACKAGES" <<-END
		<packages>
		  <package label="acme-edu" type="driver-rpm" size="$(size $m)" md5="$(md5 $m)" kernel="$K65">$m</package>
		  <package label="acme-edu-modules" type="driver-rpm" size="$(size $a)" md5="$(md5 $a)" kernel="any">$a</package>
		  <package label="acme-firmware" type="driver-rpm" size="$(size $f)" md5="$(md5 $f)" kernel="any">$f</package>
		  <package label="acme-tools" type="rpm" size="$(size $t)" md5="$(md5 $t)">$t</package>
		</packages>
	END
	[ -x "$D/install" ]
	cmp "$D/install" "$D/install.sh"
}

@test "a disk for 6.2: each driver for the xen and the kdump kernel" {
	for flavour in xen kdump; do
		module "$D" acme-edu-modules-$flavour-$KVER62 $KVER62$flavour
	done
	legacy 62= legacy_write "$D"
	x=acme-edu-modules-xen-$KVER62-1.1-1.noarch.rpm d=acme-edu-modules-kdump-$KVER62-1.1-1.noarch.rpm
	diff - "$D/XS-PACKAGES" <<-END
		<packages>
		  <package label="acme-edu" type="driver-rpm" size="$(size $d)" md5="$(md5 $d)" kernel="${KVER62}kdump">$d</package>
		  <package label="acme-edu" type="driver-rpm" size="$(size $x)" md5="$(md5 $x)" kernel="${KVER62}xen">$x</package>
		</packages>
	END
	grep -qF '<requires originator="xs" name="main" test="eq" product="XenServer" version="6.2.0"/>' "$D/XS-REPOSITORY"
	rm "$D/$d"
	not_done 1 "no kdump kernel module found for acme-edu:$KVER62;" 62= legacy_write "$D"
	module "$D" acme-edu-modules-kdump-$KVER62 ${KVER62}kdump
	rm "$D/$x"
	not_done 1 "no xen kernel module found for acme-edu:$KVER62;" 62= legacy_write "$D"
}

# ---- the shell parsers of the day, after facts/packs.md §1: greedy, no entities,
# an element with its text on one line, no quote but the double one ----

old_attr() { sed -n "s/.*$1=\"\([^\"]*\)\".*/\1/p"; }	# NAME <line
old_text() { sed -n 's/.*<[^<>]*>\([^<]*\)<\/.*/\1/p'; }
old_packages() {	# FILE -> the lines of packinfo xs-packages
	grep '<package ' "$1" | while read -r line; do
		for attr in type label kernel size md5 options root; do
			value=$(old_attr $attr <<<"$line")
			printf '%s\t' "${value:--}"
		done
		old_text <<<"$line"
	done
}
old_repository() {	# FILE -> the lines of packinfo xs-repository
	local line attr value

	line=$(grep '<repository ' "$1")
	for attr in originator name product version build memory-requirement-mb enforce-homogeneity hidden; do
		value=$(old_attr $attr <<<"$line")
		[[ -z $value ]] || echo "$attr=$value"
	done
	echo "description=$(grep '<description>' "$1" | old_text)"
	grep '<requires ' "$1" | while read -r line; do
		echo "requires=$(old_attr originator <<<"$line") $(old_attr name <<<"$line") $(old_attr test <<<"$line") $(old_attr version <<<"$line")"
	done
}

@test "the old shell parsers read the same as an XML parser" {
	module "$D" acme-edu-$K65-modules $K65
	stub "$D" kernel 3.10.1 System /boot/vmlinuz-3.10.0+3
	firmware
	legacy "O_TEXT=Acme's (EDU) driver: 100% #1; \$A" O_BUILD=10 O_MEM=16 O_HOMOGENEOUS=1 O_HIDDEN=1 \
		"REQUIRES=xs linux ge 6.2" legacy_write "$D"
	diff <(old_packages "$D/XS-PACKAGES") <("$P" xs-packages "$D/XS-PACKAGES")
	diff <(old_repository "$D/XS-REPOSITORY") <("$P" xs-repository "$D/XS-REPOSITORY")
	[ "$(files | wc -l)" = 3 ]
	xmllint --noout "$D/XS-PACKAGES" "$D/XS-REPOSITORY"
}

# ---- what a package is ----

is() {	# ERA NAME GROUP EXPECTED
	run legacy "$([[ $1 = 6.5 ]] && echo X=1 || echo 62=)" legacy_classify "$2" "$3"
	[ "$status" -eq 0 ]
	[ "$output" = "$4" ] || { echo "$1 $2: $output"; return 1; }
}

@test "names and groups tell type, label and kernel, each era in its way" {
	is 6.5 foo-$K65-modules "System Environment/Kernel" "driver-rpm foo $K65 -"
	is 6.5 a-b_c-$K65-modules System/Kernel "driver-rpm a-b_c $K65 -"
	is 6.5 qla2xxx-modules System/Kernel "driver-rpm qla2xxx-modules any -"
	is 6.5 acme-edu-modules System/Kernel "driver-rpm acme-edu-modules any -"
	is 6.5 foo-modules-xen-$KVER62 System/Kernel "driver-rpm foo-modules-xen-$KVER62 any -"
	is 6.5 foo-$K65-modules System/Tools "rpm foo-$K65-modules - -"
	is 6.5 kernel System/Kernel "rpm kernel - -i"
	is 6.5 kernel-xen System "rpm kernel-xen - -"
	is 6.2 foo-modules-xen-$KVER62 System/Kernel "driver-rpm foo ${KVER62}xen -"
	is 6.2 a-modules-b-modules-kdump-$KVER62 System/Kernel "driver-rpm a-modules-b ${KVER62}kdump -"
	is 6.2 foo-firmware System/Kernel "driver-rpm foo-firmware any -"
	is 6.2 foo-$K65-modules System/Kernel "driver-rpm foo-$K65-modules any -"
	is 6.2 kernel-xen System/Kernel "rpm kernel-xen - -i"
	is 6.2 kernel-kdump System/Kernel "rpm kernel-kdump - -i"
	is 6.2 kernel System "rpm kernel - -i"
}

@test "a module package's name is the one that is found again" {
	[ "$(legacy legacy_modules_name acme-edu $K65)" = acme-edu-$K65-modules ]
	[ "$(legacy 62= legacy_modules_name acme-edu ${KVER62}xen)" = acme-edu-modules-xen-$KVER62 ]
	[ "$(legacy 62= legacy_modules_name acme-edu ${KVER62}kdump)" = acme-edu-modules-kdump-$KVER62 ]
	is 6.5 "$(legacy legacy_modules_name a-b $K65)" System/Kernel "driver-rpm a-b $K65 -"
	is 6.2 "$(legacy 62= legacy_modules_name a-b ${KVER62}kdump)" System/Kernel "driver-rpm a-b ${KVER62}kdump -"
	not_done 2 "'-' in a kernel's name" legacy_modules_name acme-edu 6.1.0-47-amd64
	not_done 2 "ends in xen or kdump" 62= legacy_modules_name acme-edu $K65
}

# ---- what it may hold ----

holds() {	# allowed|refused FILE TYPE LABEL KERNEL [VAR=VALUE]
	run legacy ${6:-X=1} legacy_allowed "$3" "$4" "$5" - "$2"
	[[ $1:$status = allowed:0 || $1:$status = refused:1 ]] || { echo "$*: $status"; return 1; }
}

@test "each type of package may hold files in some folders only" {
	local m=/lib/modules

	holds allowed $m/$K65/extra/a.ko driver-rpm foo $K65
	holds allowed $m/$K65/updates/a/b.ko driver-rpm foo $K65
	holds allowed $m/$K65/updates driver-rpm foo $K65
	holds refused $m/$K65/updates2/a.ko driver-rpm foo $K65
	holds refused $m/$K65/kernel/a.ko driver-rpm foo $K65
	holds allowed $m/$K65/kernel/a.ko driver-rpm md3000-rdac $K65
	holds refused $m/3.10.0+3/extra/a.ko driver-rpm foo $K65
	holds refused /etc/modprobe.d/foo.conf driver-rpm foo $K65
	holds allowed $m/${KVER62}xen/extra/a.ko driver-rpm foo ${KVER62}xen 62=
	holds refused $m/${KVER62}xen/updates/a.ko driver-rpm foo ${KVER62}xen 62=
	holds allowed /etc/udev/rules.d/60-foo.rules driver-rpm foo any
	holds allowed /etc/modprobe.d/foo.conf driver-rpm foo any
	holds allowed /lib/firmware/foo/fw.bin driver-rpm foo any
	holds allowed /usr/share/doc/foo/EULA driver-rpm foo any
	holds refused $m/$K65/extra/a.ko driver-rpm foo any
	holds refused /usr/bin/foo driver-rpm foo any
	holds refused /etcetera driver-rpm foo any
	holds allowed /usr/bin/foo rpm foo -
	holds refused $m/$K65/extra/a.ko rpm foo -
	holds refused /usr$m/$K65/extra/a.ko rpm foo -
	holds refused /boot/vmlinuz-$K65 rpm foo -
	run legacy legacy_allowed rpm kernel - -i /boot/vmlinuz-$K65
	[ "$status" -eq 0 ]
}

@test "a package with a file elsewhere is named with the file, and nothing is written" {
	module "$D" acme-edu-$K65-modules $K65 /lib/modules/$K65/kernel/acme_edu.ko
	not_done 1 "acme-edu-$K65-modules-1.1-1.noarch.rpm: unsupported file /lib/modules/$K65/kernel/acme_edu.ko" legacy_write "$D"
	[ ! -e "$D/XS-PACKAGES" ]
	[ ! -e "$D/install" ]
}

@test "what is not a binary RPM is refused" {
	not_done 1 "no packages supplied" legacy_write "$D"
	echo hello >"$D/README"
	not_done 1 "README: unsupported package type" legacy_write "$D"
	rm "$D/README"
	stub "$D" tool 1 Apps /usr/bin/tool
	rpmbuild -bs -D "_topdir $BATS_TEST_TMPDIR/stub" -D "_srcrpmdir $D" "$BATS_TEST_TMPDIR/stub/stub.spec" >/dev/null
	not_done 1 "tool-1-1.src.rpm: unsupported package type: a source RPM" legacy_write "$D"
}

@test "an RPM that the hosts' own rpm cannot read is refused" {
	DIGEST=8 stub "$D" tool 1 Apps /usr/bin/tool
	not_done 1 "tool-1-1.noarch.rpm: needs rpmlib(FileDigests), which the hosts' rpm 4.4" legacy_write "$D"
	legacy O_PRODUCT_VERSION=7.0.0 legacy_write "$D"
	PAYLOAD=w3.zstdio stub "$D" tool 1 Apps /usr/bin/tool
	not_done 1 "needs rpmlib(PayloadIsZstd), which the hosts' rpm 4.11" O_PRODUCT_VERSION=7.0.0 legacy_write "$D"
}

@test "a module for a kernel that is neither xen nor kdump is refused for 6.2" {
	module "$D" acme-edu-modules-pae-2.6.32 2.6.32pae
	not_done 1 "unexpected kernel suffix (2.6.32pae)" 62= legacy_write "$D"
}

# ---- order ----

@test "what a package needs comes before it; the rest keeps its order" {
	stub "$D" a 1 Apps /usr/bin/a "Requires: d"
	stub "$D" b 1 Apps /usr/bin/b "Requires: /usr/bin/c" "Requires: /bin/sh"
	stub "$D" c 1 Apps /usr/bin/c "Requires: virtual >= 2"
	stub "$D" d 1 Apps /usr/bin/d
	stub "$D" e 1 Apps /usr/bin/e "Provides: virtual = 2" "Provides: self" "Requires: self"
	legacy legacy_write "$D"
	[ "$(files | cut -c 1 | tr -d '\n')" = daecb ]
	legacy legacy_write "$D" b-1-1.noarch.rpm /some/where/e-1-1.noarch.rpm
	[ "$(files | cut -c 1 | tr -d '\n')" = ecbda ]
	legacy O_REORDER= legacy_write "$D" b-1-1.noarch.rpm e-1-1.noarch.rpm
	[ "$(files | cut -c 1 | tr -d '\n')" = beacd ]
	not_done 1 "z.rpm: not on the disk" legacy_write "$D" z.rpm
}

@test "packages that need each other are refused by name" {
	stub "$D" a 1 Apps /usr/bin/a "Requires: b"
	stub "$D" b 1 Apps /usr/bin/b "Requires: a"
	stub "$D" c 1 Apps /usr/bin/c
	not_done 1 "need each other, and hosts install one after the other: a b;" legacy_write "$D"
}

# ---- options ----

@test "options that the legacy format cannot hold are refused" {
	not_done 2 "33 characters" O_TEXT="$(printf 'x%.0s' {1..33})" true
	legacy O_TEXT="$(printf 'x%.0s' {1..32})" true
	for text in 'a & b' 'a<b' 'a>b' 'a"b' 'a\b'; do
		not_done 2 "has one of & < >" "O_TEXT=$text" true
	done
	for text in '' ' a' 'a ' $'a\tb' é; do
		not_done 2 "give one line of ASCII text" "O_TEXT=$text" true
	done
	not_done 2 "--label: 'a b'" "O_LABEL=a b" true
	not_done 2 "--vendor-code: 'a/b'" O_VENDOR_CODE=a/b true
	not_done 2 "--version: '1.0-1'" O_VERSION=1.0-1 true
	not_done 2 "--version: '1.0a'" O_VERSION=1.0a true
	not_done 2 "--mem: '1G'" O_MEM=1G true
	not_done 2 "--build: 'a b'" "O_BUILD=a b" true
	not_done 2 "--requires: 'xs main is 6'" "REQUIRES=xs main is 6" true
	not_done 2 "--requires: 'xs main eq 6.5.0a'" "REQUIRES=xs main eq 6.5.0a" true
	not_done 2 "part of the product" O_VENDOR_CODE=xs O_LABEL=main true
}

@test "the product must be one that had legacy disks, and the kernel one of its time" {
	not_done 2 "no version" O_PRODUCT_VERSION= true
	legacy O_PRODUCT_VERSION= "REQUIRES=xs main ge 6.0.0" true
	not_done 2 "reads no legacy disks; use --format update" O_PRODUCT_VERSION=7.1.0 true
	not_done 2 "reads no legacy disks" O_PRODUCT=XCP O_PRODUCT_VERSION=2.2.0 true
	not_done 2 "never had legacy disks" O_PRODUCT=XCP-ng true
	legacy O_PRODUCT_VERSION=7.0.0 true
	not_done 2 "6.1.0-47-amd64: a '-'" K=6.1.0-47-amd64 true
	not_done 2 "$K65: up to XenServer 6.2" O_PRODUCT_VERSION=6.2.0 true
	legacy O_PRODUCT=XCP O_PRODUCT_VERSION=1.9.0 true
	legacy O_PRODUCT=XCP O_PRODUCT_VERSION=1.8.0 K=${KVER62}xen true
	not_done 2 "up to XenServer 6.2" O_PRODUCT=XCP O_PRODUCT_VERSION=1.8.0 true
	legacy O_ERA=6.2 K=${KVER62}xen true
}

requires() { "$P" xs-repository "$D/XS-REPOSITORY" | sed -n 's/^\(requires\|product\)=//p' | paste -sd,; }

@test "the product is required at its version, unless another test is asked for" {
	stub "$D" tool 1 Apps /usr/bin/tool
	legacy legacy_write "$D"
	[ "$(requires)" = "XenServer,xs main eq 6.5.0" ]
	legacy O_XCP=1 O_PRODUCT_VERSION=1.9.0 legacy_write "$D"
	[ "$(requires)" = "XCP,xcp main eq 1.9.0" ]
	legacy "REQUIRES=xs linux ge 6" "REQUIRES=xs main ge 6.0.0" legacy_write "$D"
	[ "$(requires)" = "XenServer,xs linux ge 6,xs main ge 6.0.0" ]
}

@test "a licence must be in a package, whole" {
	echo "/usr/share/doc/acme-edu/EULA 1" >"$BATS_TEST_TMPDIR/licence"
	stub "$D" a 1 Apps "/usr/bin/a /usr/share/doc/a/EULA"
	not_done 1 "licence: in no package as a file called EULA" "O_EULA=$BATS_TEST_TMPDIR/licence" legacy_write "$D"
	stub "$D" b 1 System/Kernel /usr/share/doc/acme-edu/EULA
	legacy "O_EULA=$BATS_TEST_TMPDIR/licence" legacy_write "$D"
}

# ---- beside the ISO ----

@test "side files: md5 sums as Citrix published them, and a tarball of root's" {
	stub "$D" tool 1 Apps /usr/bin/tool
	mkdir "$D/SRPMS" && echo x >"$D/SRPMS/x"
	legacy legacy_write "$D"
	cd "$BATS_TEST_TMPDIR"
	echo iso >foo.iso
	legacy O_TARBALL=1 legacy_side_files foo.iso "$D"
	[ "$(cat foo.iso.md5)" = "$(md5sum <foo.iso | cut -c 1-32)  foo.iso" ]
	[ "$(cat foo.metadata.md5)" = "$(cat "$D/XS-REPOSITORY" "$D/XS-PACKAGES" | md5sum | cut -c 1-32)" ]
	tar -tvzf foo.tar.gz >list
	[ "$(grep -vc ' 0/0 ' list)" = 0 ]
	diff <(tar -tzf foo.tar.gz) - <<<$'SRPMS/\nSRPMS/x\nXS-PACKAGES\nXS-REPOSITORY\ninstall\ninstall.sh\ntool-1-1.noarch.rpm'
	[[ $(grep install.sh list) = -rwxr-xr-x* ]]
	cp -r "$D" other && touch other/* && chmod g+w other/XS-PACKAGES
	legacy O_TARBALL=1 legacy_side_files "$PWD/bar.iso" other
	cmp foo.tar.gz bar.tar.gz
	[ ! -e bar.iso.md5 ]
	legacy legacy_side_files baz.iso "$D"
	[ ! -e baz.tar.gz ]
	run legacy legacy_side_files /nowhere/foo.iso "$D"
	[ "$status" -eq 1 ]
	[[ $output = *"/nowhere/foo.metadata.md5: cannot be written"* ]]
}
