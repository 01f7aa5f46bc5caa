#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# packinfo: what it prints, and the XML it will have nothing to do with.

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
