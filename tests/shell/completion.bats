#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# What bash completes of cpulevel's command line, through cpulevel itself.

setup_file() {
	local top

	top=$(readlink -f "$BATS_TEST_DIRNAME/../..")
	make -s -C "$top/cli" O="$BATS_FILE_TMPDIR" >&2
	PATH=$BATS_FILE_TMPDIR:$PATH
	COMPLETION=$top/cli/completion.bash
	export PATH COMPLETION
}

setup() {
	# shellcheck source=../../cli/completion.bash
	. "$COMPLETION"
}

# What can stand in place of the last of these words, on one line.
completed() {
	local -a COMP_WORDS=(cpulevel "$@") COMPREPLY=()
	local COMP_CWORD=$#

	_cpulevel
	echo "${COMPREPLY[*]-}"
}

@test "bash calls the function for cpulevel, and offers files where it offers nothing" {
	run complete -p cpulevel
	[ "$output" = "complete -o bashdefault -o default -F _cpulevel cpulevel" ]
}

@test "the first word is a verb, and none that is hidden" {
	[ "$(completed '')" = "show save decode features diff level check mask combine pool vm" ]
	[ "$(completed d)" = "decode diff" ]
	[ "$(completed comp)" = "" ]
}

@test "every verb of the help is offered" {
	[ "$(completed '' | tr ' ' '\n')" = "$(cpulevel --help | sed -n 's/^  \([a-z]*\) .*/\1/p')" ]
}

@test "the verbs of a verb are offered behind it, and their options behind those" {
	[ "$(completed pool w)" = "what-if watch" ]
	[ "$(completed vm res)" = "resume" ]
	[ "$(completed pool level -)" = "--json --store --pool --help" ]
	[ "$(completed vm start --type '')" = "pv hvm pvh" ]
}

@test "a verb's own options are offered, and no others" {
	[ "$(completed level -)" = "--json --stdin --help" ]
	[ "$(completed show --s)" = "--sysroot" ]
	[ "$(completed --json mask --)" = "--json --guest --for --help" ]
	[ "$(completed --ver)" = "--version" ]
}

@test "an option's choices are offered behind it" {
	[ "$(completed mask --for '')" = "xl xapi libvirt" ]
	[ "$(completed mask --for x)" = "xl xapi" ]
	[ "$(completed check --guest '')" = "pv hvm" ]
	[ "$(completed diff --set pv)" = "pv_default pv_max" ]
}

@test "features are offered by name" {
	[ "$(completed features AVX2)" = "AVX2" ]
	[ "$(completed features SSE4)" = "SSE4_1 SSE4_2 SSE4A" ]
}

@test "where a file can stand, bash offers files" {
	[ "$(completed show '')" = "" ]
	[ "$(completed show --sysroot '')" = "" ]
	[ "$(completed level a b '')" = "" ]
}

@test "the value of an option is no verb" {
	[ "$(completed --sysroot show '')" = "show save decode features diff level check mask combine pool vm" ]
}

@test "a word that cannot go on completes to nothing, without a message" {
	run completed nonsense-
	[ "$status" -eq 0 ]
	[ "$output" = "" ]
}
