#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# `cpulevel pool show --html` as a person sees it, in headless Chromium: rendered, clicked, light and dark.

bats_require_minimum_version 1.5.0
load pool

setup_file() {
	build_command
	BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR
	new_store
	join haswell westmere
	# A host's name that would be markup if it were not text.
	cpulevel pool join --name '<img src=x onerror=document.title=1>' "$HOSTS/haswell" >/dev/null
	cpulevel pool show --html page.html
	export PAGE=$BATS_FILE_TMPDIR/page.html
	chrome --dump-dom "file://$PAGE" | tr -d '\n' >"$BATS_FILE_TMPDIR/dom"
}

chrome() {
	chromium --headless --no-sandbox --disable-gpu --user-data-dir="$BATS_FILE_TMPDIR/profile" \
		--virtual-time-budget=2000 --window-size=1400,900 "$@" 2>/dev/null
}

# after SCRIPT EXPRESSION: what the expression is after a person's actions.
after() {
	{
		cat "$PAGE"
		printf '<script>%s\ndocument.title = %s;</script>' "$1" "$2"
	} >"$BATS_TEST_TMPDIR/after.html"
	chrome --dump-dom "file://$BATS_TEST_TMPDIR/after.html" | sed -n 's,.*<title>\(.*\)</title>.*,\1,p'
}

NAMES='[...document.querySelectorAll("#pool tbody tr")].map(r => r.cells[0].textContent.slice(0, 8)).join("|")'
HEADS='[...document.querySelectorAll("#pool thead th.feature")].map(h => h.textContent).join(" ")'

# The brightness of the page's corner: 0 is black, 255 is white.
background() {	# OPTION...
	chrome --screenshot="$BATS_TEST_TMPDIR/shot.png" "$@" "file://$PAGE"
	pngtopnm "$BATS_TEST_TMPDIR/shot.png" 2>/dev/null | pnmcut -left 2 -top 2 -width 1 -height 1 | ppmtopgm | pgmhist -machine 2>/dev/null |
		awk '$2 { print $1 }'
}

@test "a row for each host, and in it what it lacks, what the level hides, what it adds" {
	dom=$(cat "$BATS_FILE_TMPDIR/dom")
	[[ $dom = *'<title>Pool lab</title>'* ]]
	[[ $dom = *'class="hidden" title="haswell: AVX2">◐</td>'* ]]
	[[ $dom = *'class="lacks" title="westmere: AVX2">·</td>'* ]]
	[[ $dom = *'class="added" title="haswell: MD_CLEAR">+</td>'* ]]
	[[ $dom = *'3 hosts of GenuineIntel; 3 can run such guests;'* ]]
}

@test "what all hosts have is shown when asked for" {
	[[ $(after '' "$HEADS") != *"FPU "* ]]
	[[ $(after 'const all = document.getElementById("all"); all.click();' "$HEADS") = "FPU "* ]]
}

@test "PV guests have a picture of their own" {
	[[ $(after '' "$HEADS") = *TSC_DEADLINE* ]]
	[[ $(after 'const g = document.getElementById("guest"); g.value = "pv"; g.dispatchEvent(new Event("change"));' "$HEADS") != *TSC_DEADLINE* ]]
}

@test "a click on a title sorts by it, another click the other way" {
	[ "$(after '' "$NAMES")" = "&lt;img src|haswell|westmere" ]
	[ "$(after 'const b = k => document.querySelector("th[data-key=" + k + "] button").click(); b("name"); ' "$NAMES")" = "westmere|haswell|&lt;img src" ]
	[ "$(after 'const b = k => document.querySelector("th[data-key=" + k + "] button").click(); b("lacking"); b("lacking");' "$NAMES")" = "westmere|&lt;img src|haswell" ]
	[ "$(after 'document.querySelector("th[data-key=\"165\"] button").click();' "$NAMES")" = "westmere|&lt;img src|haswell" ]
}

@test "a host's name stays text" {
	[[ $(cat "$BATS_FILE_TMPDIR/dom") != *'<img'* ]]
	! grep -q '<img' "$PAGE"
}

@test "it follows the reader's choice of light or dark" {
	[ "$(background)" -gt 200 ]
	[ "$(background --blink-settings=preferredColorScheme=0)" -lt 60 ]
}

@test "the page needs nothing but itself" {
	! grep -nE '(src|href)=|url\(|@import|fetch\(|XMLHttp' "$TOP/cli/pool/page.html"
}
