#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The re-spin's report as a person sees it, in headless Chromium: rendered, clicked, light and dark.

TOP=$(readlink -f "$BATS_TEST_DIRNAME/../..")

setup_file() {
	export PAGE=$BATS_FILE_TMPDIR/report.html TOP
	# A driver's name, an error and a file that would be markup if they were not text.
	jq -n '{schema: "respin-driver-disks/report/1", refused: ["/disks/cut.iso"], cells: [
		{label: "acme-edu", kernel: "6.1.0-56-amd64", action: "rebuild", state: "changed", result: "done",
		 reason: "11 of 24 symbols changed: module_layout", disk: "/out/acme-edu-1.1.respin1-6.1.0-56-amd64.iso", sha256: ("ab" * 32), log: "/c/log", error: null},
		{label: "acme-edu", kernel: "6.1.0-9-amd64", action: "skipped", state: "same", result: "skipped",
		 reason: "its disk for this kernel loads", disk: null, sha256: null, log: null, error: null},
		{label: "zeta", kernel: "6.1.0-56-amd64", action: "rebuild", state: "changed", result: "failed",
		 reason: "3 of 9 symbols changed: </script><img src=x onerror=document.title=1>", disk: null, sha256: null, log: "/c/log2", error: "zeta.c:7:1: error: <b>unknown</b>"},
		{label: "zeta", kernel: "6.1.0-9-amd64", action: "blocked", state: "changed", result: "blocked",
		 reason: "no source on the disk", disk: null, sha256: null, log: null, error: null}]}' >"$BATS_FILE_TMPDIR/report.json"
	# shellcheck source=SCRIPTDIR/../../scripts/lib/respin/report.sh
	. "$TOP/scripts/lib/respin/report.sh"
	report_html <"$BATS_FILE_TMPDIR/report.json" >"$PAGE"
	chrome --dump-dom "file://$PAGE" >"$BATS_FILE_TMPDIR/dom"
}

chrome() {
	chromium --headless --no-sandbox --disable-gpu --user-data-dir="$BATS_FILE_TMPDIR/profile" \
		--virtual-time-budget=2000 --window-size=1200,900 "$@" 2>/dev/null
}

# after SCRIPT: what the page's first column of cells says after a person's actions.
after() {
	{
		cat "$PAGE"
		printf '<script>%s\ndocument.title = [...document.querySelectorAll("#cells tbody tr")].map(r => r.cells[0].textContent + " " + r.cells[1].textContent).join("|");</script>' "$1"
	} >"$BATS_TEST_TMPDIR/after.html"
	chrome --dump-dom "file://$BATS_TEST_TMPDIR/after.html" | sed -n 's,.*<title>\(.*\)</title>.*,\1,p'
}

# The brightness of most of the page: 0 is black, 255 is white.
background() {	# OPTION...
	chrome --screenshot="$BATS_TEST_TMPDIR/shot.png" "$@" "file://$PAGE"
	[ -s "$BATS_TEST_TMPDIR/shot.png" ]
	pngtopnm "$BATS_TEST_TMPDIR/shot.png" 2>/dev/null | pnmcut -left 2 -top 2 -width 1 -height 1 | ppmtopgm | pgmhist -machine 2>/dev/null |
		awk '$2 { print $1 }'
}

@test "the table has a row for each driver, a column for each kernel, in the order of versions" {
	dom=$(tr -d '\n' <"$BATS_FILE_TMPDIR/dom")
	[[ $dom = *'<thead><tr><th>driver</th><th>6.1.0-9-amd64</th><th>6.1.0-56-amd64</th></tr></thead>'* ]]
	[[ $dom = *'<th>acme-edu</th>'*'<th>zeta</th>'* ]]
	[[ $dom = *'4 cells: 1 blocked, 1 done, 1 failed, 1 skipped, 1 refused.'* ]]
	[[ $dom = *'/disks/cut.iso'* ]]
}

@test "each cell says its state in words, its reason, its disk and checksum" {
	dom=$(tr -d '\n' <"$BATS_FILE_TMPDIR/dom")
	[[ $dom = *'data-mark="✓">done</span><div class="detail">11 of 24 symbols changed: module_layout'* ]]
	[[ $dom = *'acme-edu-1.1.respin1-6.1.0-56-amd64.iso</code><div class="detail">sha256 abab'* ]]
	[[ $dom = *'data-mark="✗">failed</span>'* ]]
	[[ $dom = *'log: /c/log2'* ]]
}

@test "text from a driver stays text" {
	dom=$(tr -d '\n' <"$BATS_FILE_TMPDIR/dom")
	[[ $dom = *'&lt;/script&gt;&lt;img src=x'* ]]
	[[ $dom = *'&lt;b&gt;unknown&lt;/b&gt;'* ]]
	[[ $dom = *'<title>Driver disks and kernels</title>'* ]]
	[[ $dom != *'<img'* ]]
}

@test "a click on a column's title sorts by it, another click the other way" {
	[ "$(after 'document.querySelector("th[data-key=kernel] button").click();')" = \
		"acme-edu 6.1.0-9-amd64|zeta 6.1.0-9-amd64|acme-edu 6.1.0-56-amd64|zeta 6.1.0-56-amd64" ]
	[[ "$(after 'const b = document.querySelector("th[data-key=kernel] button"); b.click(); b.click();')" = \
		"acme-edu 6.1.0-56-amd64|zeta 6.1.0-56-amd64|"* ]]
}

@test "what is typed filters, and so does the choice of a state" {
	[ "$(after 'const f = document.getElementById("filter"); f.value = "MODULE_lay"; f.dispatchEvent(new Event("input"));')" = "acme-edu 6.1.0-56-amd64" ]
	[ "$(after 'const o = document.getElementById("only"); o.value = "failed"; o.dispatchEvent(new Event("change"));')" = "zeta 6.1.0-56-amd64" ]
}

@test "it follows the reader's choice of light or dark" {
	[ "$(background)" -gt 200 ]
	[ "$(background --blink-settings=preferredColorScheme=0)" -lt 60 ]
}

@test "the page needs nothing but itself" {
	! grep -nE '(src|href)=|url\(|@import|fetch\(|XMLHttp' "$TOP/scripts/lib/respin/report.html" || return 1
}
