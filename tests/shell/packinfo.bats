#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# packinfo: what it prints, and the XML it will have nothing to do with.

bats_require_minimum_version 1.5.0

setup_file() {
	export P=$BATS_FILE_TMPDIR/packinfo
	make -s -C "$BATS_TEST_DIRNAME/../../pack" O="$BATS_FILE_TMPDIR" \
		CFLAGS="-g -fsanitize=address,undefined" STATIC_LDFLAGS=
}

ID=3f6c1a52-0000-4000-8000-0123456789ab
DESC='<name-description>Acme</name-description>'
update() { printf '<update name-label="foo" version="1.0" uuid="%s"%s>%s</update>' "$ID" "$1" "${2-$DESC}"; }

refused() {	# SUBCOMMAND XML MESSAGE
	run "$P" "$1" - <<<"$2"
	[ "$status" -eq 1 ]
	[[ $output = "packinfo: -:"*"$3"* ]]
	[[ $output = *"do not use it"* ]]
}

@test "an update is printed as key=value lines, entities resolved" {
	run "$P" update - < <(update ' kernel="6.1.0-47-amd64" key="RPM-GPG-KEY-a"' \
		"<name-description>A &amp; &lt;B&gt;</name-description><rollsup name-label='foo' uuid='$ID'/>")
	[ "$status" -eq 0 ]
	diff - <<-END <(echo "$output")
		uuid=$ID
		name-label=foo
		version=1.0
		key=RPM-GPG-KEY-a
		kernel=6.1.0-47-amd64
		description=A & <B>
		rollsup=$ID foo
	END
}

@test "a document type is refused, so there are no entities to expand" {
	refused update '<!DOCTYPE update [<!ENTITY a "aaaa">]><update/>' "document type"
	refused update '<!DOCTYPE update SYSTEM "file:///etc/passwd"><update/>' "document type"
}

@test "a value that would make a second line is refused" {
	refused update "$(update ' kernel="6.1&#10;uuid=x"')" "illegal character"
	refused update "$(update ' vendor-name="a&#10;b"')" "control character"
	refused update "$(update '' '<name-description>a&#10;b</name-description>')" "control character"
}

@test "mandatory parts, their form and the root are checked" {
	refused update "$(update '' '')" "no name-description"
	refused update "$(update '' "$DESC$DESC")" "two name-description"
	refused update "<update name-label='foo' version='1-0' uuid='$ID'>$DESC</update>" "version has an illegal"
	refused update "<update name-label='f;o' version='1' uuid='$ID'>$DESC</update>" "name-label has an illegal"
	refused update "<update name-label='foo' version='1' uuid='${ID^^}'>$DESC</update>" "lower-case"
	refused update "<update version='1' uuid='$ID'>$DESC</update>" "no name-label"
	refused update "<packages/>" "root element"
	refused update "<update" "unclosed token"
}

SUM=$(printf '%064d' 1)
repomd() { printf '<repomd><data type="primary"><checksum type="%s">%s</checksum><location href="%s"/></data></repomd>' "$1" "$2" "$3"; }

@test "repomd prints type, checksum and place" {
	run "$P" repomd - < <(repomd sha256 "$SUM" repodata/p.xml.gz)
	[ "$output" = "primary $SUM repodata/p.xml.gz" ]
}

@test "weak checksums and places outside the disk are refused" {
	refused repomd "$(repomd md5 "$SUM" a)" "expected sha256"
	refused repomd "$(repomd sha256 "${SUM%1}" a)" "64 lower-case hex"
	for href in /etc/passwd ../a a/../../b a//b ./a a/. "" "a&#10;b"; do
		refused repomd "$(repomd sha256 "$SUM" "$href")" ""
	done
	refused repomd '<repomd><data type="x"/></repomd>' "lacks a checksum"
}

package() { printf '<metadata><package><name>%s</name><version epoch="%s" ver="1.0" rel="2"/><checksum type="sha256">%s</checksum><location %s/></package></metadata>' "$1" "$2" "$SUM" "$3"; }

@test "primary prints name, evr, checksum and place, with tabs" {
	run "$P" primary - < <(package foo 0 'href="Packages/foo.rpm"')
	[ "$output" = "foo"$'\t'"1.0-2"$'\t'"$SUM"$'\t'"Packages/foo.rpm" ]
	run "$P" primary - < <(package foo 3 'href="Packages/foo.rpm"')
	[[ $output = *$'\t'"3:1.0-2"$'\t'* ]]
}

@test "a package elsewhere or without a plain name is refused" {
	refused primary "$(package foo 0 'href="../foo.rpm"')" "inside the disk"
	refused primary "$(package foo 0 'xml:base="http://x/" href="foo.rpm"')" "xml:base"
	refused primary "$(package 'f o' 0 'href="foo.rpm"')" "illegal character"
}

@test "comps prints groups and their packages" {
	run "$P" comps - <<<'<comps><group><id>drivers</id><packagelist><packagereq type="mandatory">update-foo</packagereq></packagelist></group></comps>'
	[ "$output" = $'group drivers\npackage drivers update-foo' ]
}

@test "input beyond the limits is refused" {
	deep=$(printf '<a>%.0s' {1..40})
	refused comps "<comps>$deep" "nested too deep"
	refused comps "<comps>$(head -c 5000 /dev/zero | tr '\0' x)" "text too long"
	run "$P" primary - < <(echo '<metadata>'; head -c 20000000 /dev/zero | tr '\0' '\n')
	[ "$status" -eq 1 ]
	[[ $output = *"larger than"* ]]
}

@test "wrong usage is exit 2, a missing file names itself" {
	run "$P"
	[ "$status" -eq 2 ]
	run "$P" frob x
	[ "$status" -eq 2 ]
	run "$P" update /nowhere
	[ "$status" -eq 1 ]
	[[ $output = "packinfo: /nowhere: No such file"* ]]
}

# ---- the legacy family; "_" in a test's XML stands for an attribute's double quote ----

xs() { tr _ '"'; }	# XML with _ for "
repository() { xs <<<"<repository originator=_acme_ name=_foo_ product=_XenServer_ version=_1.2.3_$1>${2-<description>Acme foo</description>}</repository>"; }
requires() { repository '' "<description>d</description><requires originator=_xs_ name=_main_ $1/>"; }
MD5=$(printf '%032d' 1)
one_package() { xs <<<"<packages><package $1>${2-foo-1-1.noarch.rpm}</package></packages>"; }
PACKAGE="label=_foo_ size=_10_ md5=_${MD5}_"

@test "a legacy disk's identity is printed as key=value lines, 6.5's own spelling included" {
	run "$P" xs-repository - <<-END
		<?xml version="1.0" ?>
		<!-- attributes as minidom sorts them -->
		<repository build="10" enforce-homogeneity="true" future="x" hidden="true" memory-requirement-mb="16" name="foo" originator="acme" product="XenServer" version="1.2.3">
		  <description>
		    Acme &quot;foo&quot; driver
		  </description>
		  <requires build="90233c" name="main" originator="xs" product="XenServer" test="eq" version="6.5.0"/>
		  <requires originator="xs" name="linux" test="ge" version="6"/>
		  <else/>
		</repository>
	END
	[ "$status" -eq 0 ]
	diff - <<-END <(echo "$output")
		originator=acme
		name=foo
		product=XenServer
		version=1.2.3
		build=10
		memory-requirement-mb=16
		enforce-homogeneity=true
		hidden=true
		description=Acme "foo" driver
		requires=xs main eq 6.5.0
		requires=xs linux ge 6
	END
}

@test "a flag that is not \"true\" is not set, as hosts see it" {
	run "$P" xs-repository - < <(repository ' enforce-homogeneity=_1_ hidden=_false_')
	[ "$status" -eq 0 ]
	[[ $output != *enforce* && $output != *hidden* ]]
}

@test "an identity that hosts cannot read is refused" {
	for name in originator name product version; do
		refused xs-repository "$(repository '' | sed "s/ $name=\"[^\"]*\"//")" "no $name in /repository"
	done
	refused xs-repository "$(repository | sed 's/"foo"/"f\/o"/')" "name has an illegal"
	refused xs-repository "$(repository | sed 's/"acme"/"a:b"/')" "originator has an illegal"
	refused xs-repository "$(repository ' memory-requirement-mb=_1G_')" "memory-requirement-mb is not a number"
	refused xs-repository "$(repository ' build=_1 2_')" "build has an illegal"
	refused xs-repository "<packages/>" "root element is not <repository>"
}

@test "the description is the first element, and plain text" {
	refused xs-repository "$(repository '' '')" "no description"
	refused xs-repository "$(repository '' '<requires/><description>d</description>')" "first element is not <description>"
	refused xs-repository "$(repository '' '<description> </description>')" "description is empty"
	refused xs-repository "$(repository '' '<description>a<b/></description>')" "not plain text"
	refused xs-repository "$(repository '' '<description>a</description><description>b</description>')" "two description"
	refused xs-repository "$(repository '' '<description>a&#10;b</description>')" "control character"
}

@test "a requirement that hosts cannot compare is refused" {
	run "$P" xs-repository - < <(requires 'test=_eq_ version=_6.5.0_')
	[ "$status" -eq 0 ]
	refused xs-repository "$(requires 'test=_is_ version=_6.5.0_')" "test is none of"
	refused xs-repository "$(requires 'version=_6.5.0_')" "no test"
	for version in 6.5.0a .5 6. 6..5 6-5; do
		refused xs-repository "$(requires "test=_eq_ version=_${version}_")" "version is not digits and dots"
	done
}

@test "a legacy disk's packages are lines of eight fields" {
	run "$P" xs-packages - < <(xs <<-END | tr '!' _
		<anything>
		<package kernel=_3.10.0+2_ $PACKAGE type=_driver-rpm_ optional=_x_>
		  foo-3.10.0+2-modules-1-1.x86!64.rpm
		</package>
		<package $PACKAGE type=_rpm_ options=_-i --nodeps_>tools.rpm</package>
		<deep><package $PACKAGE type=_tbz2_ root=_/_>a.tbz2</package></deep>
		<package $PACKAGE type=_driver_ root=_/lib/modules/\${LINUX!KABI!VERSION}/_>a.ko</package>
		</anything>
	END
	)
	[ "$status" -eq 0 ]
	diff - <<-END <(echo "${output//$'\t'/|}")
		driver-rpm|foo|3.10.0+2|10|$MD5|-|-|foo-3.10.0+2-modules-1-1.x86_64.rpm
		rpm|foo|-|10|$MD5|-i --nodeps|-|tools.rpm
		tbz2|foo|-|10|$MD5|-|/|a.tbz2
		driver|foo|-|10|$MD5|-|/lib/modules/\${LINUX_KABI_VERSION}/|a.ko
	END
}

@test "a package that installers cannot read is refused" {
	for name in label size md5; do
		refused xs-packages "$(one_package "$PACKAGE type=_rpm_" | sed "s/ $name=\"[^\"]*\"//")" "no $name"
	done
	refused xs-packages "$(one_package "$PACKAGE")" "no type"
	refused xs-packages "$(one_package "$PACKAGE type=_deb_")" "type is none of"
	refused xs-packages "$(one_package "$PACKAGE type=_driver-rpm_")" "no kernel in a driver-rpm"
	refused xs-packages "$(one_package "$PACKAGE type=_tbz2_")" "no root in a tbz2"
	refused xs-packages "$(one_package "label=_foo_ size=_1k_ md5=_${MD5}_ type=_rpm_")" "size is not a number"
	refused xs-packages "$(one_package "label=_foo_ size=_1_ md5=_${MD5%1}A_ type=_rpm_")" "32 lower-case hex"
	refused xs-packages "<packages></packages>" "no package"
	refused xs-packages "$(one_package "$PACKAGE type=_rpm_" '<b/>')" "an element inside a package"
}

@test "a legacy package names nothing outside the disk, and no second line" {
	for file in /etc/passwd ../a a/../b '' 'a b' 'a&#10;b' "a'b" 'a;b' .; do
		refused xs-packages "$(one_package "$PACKAGE type=_rpm_" "$file")" ""
	done
	for root in ../x x/y '/a/../b' '/a b' '/a;b'; do
		refused xs-packages "$(one_package "$PACKAGE type=_tbz2_ root=_${root}_")" "root"
	done
	refused xs-packages "$(one_package "$PACKAGE type=_rpm_ options=_-U;reboot_")" "options has an illegal"
	refused xs-packages "$(one_package "$PACKAGE type=_rpm_ options=_-U&#9;x_")" "options has an illegal"
}

@test "nothing is printed of a file that is refused" {
	run --separate-stderr "$P" xs-repository - < <(repository '' '<description>d</description><requires/>')
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	[ -n "$stderr" ]
}
