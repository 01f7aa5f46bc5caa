#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# docs/support.md: every command in it, run as it stands there, section by section.

load pack

setup_file() {
	have_kernels || return 0
	export W=$BATS_FILE_TMPDIR HOME=$BATS_FILE_TMPDIR/home BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR
	unset GNUPGHOME XDG_CACHE_HOME
	mkdir -p "$HOME/Downloads"
	KEY=$(new_key "$HOME/.gnupg" drivers)
	gpg --batch --quiet --passphrase '' --quick-add-uid "$KEY" 'Acme <drivers@acme.example>' 2>/dev/null
	build_disk "$CPULEVEL_KDIR_A" "$HOME/published" 2>/dev/null
	make_rpm "$HOME/Downloads" "Name: kernel-devel" "Version: 1" "Release: 1" \
		"Summary: headers" "License: GPL" "AutoReqProv: no" "%description" "headers" "%install" \
		"install -d %{buildroot}/usr/src/kernels; ln -s $CPULEVEL_KDIR_B %{buildroot}/usr/src/kernels/$(kernel_of "$CPULEVEL_KDIR_B")" \
		"%files" "/usr/src/kernels/*"
	printf 'cd %q\n' "$TOP" >"$W/state"
}

teardown_file() { [[ ! -d $HOME/.gnupg ]] || gpgconf --kill all; }

setup() {
	have_kernels || skip "CPULEVEL_KDIR_A and CPULEVEL_KDIR_B name no kernel-devel folders"
	GUIDE=$TOP/docs/support.md
	KB=$(kernel_of "$CPULEVEL_KDIR_B")
	D=$HOME/respin/respun/acme-edu-1.1.respin1-$KB.iso
}

section() { awk -v n="## $1. " '/^## / { on = index($0, n) == 1 } on && sub(/^    /, "")' "$GUIDE"; }

run_section() {	# N
	section "$1" | grep -v '^cluster# ' >"$W/commands"
	cat "$W/commands"
	[ -s "$W/commands" ]
	{
		cat "$W/state" "$W/commands"
		# shellcheck disable=SC2016 # that shell's own variables
		printf '{ echo cd "$PWD"; declare -p PATH KDIR; } >%s 2>/dev/null || true\n' "$W/state"
	} >"$W/script"
	bash -e "$W/script" | tee "$W/said"
	[ "${PIPESTATUS[0]}" -eq 0 ]
}

@test "1. the tools" { run_section 1; }
@test "2. the new kernel's headers" { run_section 2; }

@test "3. what is due, and why" {
	run_section 3
	grep -qE "^rebuild +acme-edu +$KB +[0-9]+ of [0-9]+ symbols changed" "$W/said"
	jq -e '.cells[0].action == "rebuild"' "$HOME/respin/plan.json"
}

@test "4. make them" {
	run_section 4
	[ -s "$D" ]
	grep -q 'acme-edu' "$HOME/respin/respun.html"
	sha256sum <"$D" >"$W/sum"
}

@test "5. interrupted, or asked again: the same bytes" {
	run_section 5
	sha256sum <"$D" | diff "$W/sum" -
}

@test "6. less than a rebuild" { run_section 6; }

@test "7. more than one machine" {
	run_section 7
	[ "$(grep -cE -- '^1\) cells [^ ]+ acme-edu ;;$' "$HOME/respin/respin.job")" -eq 1 ]
	(cd "$HOME/respin" && SLURM_ARRAY_TASK_ID=1 bash respin.job)
	[ -s "$HOME/respin/respun-slurm/${D##*/}" ]
}

@test "no command in the guide was left out" {
	for n in {1..7}; do section "$n"; done | diff - <(sed -n 's/^    //p' "$GUIDE")
}

@test "what one sees when something goes wrong is what the tools say" {
	# shellcheck disable=SC2016 # backquotes of Markdown
	sed -n '/^## When something/,$p' "$GUIDE" | sed -n 's/^| `\([^`]*\)` |.*/\1/p' >"$W/messages"
	[ "$(wc -l <"$W/messages")" -ge 5 ]
	while IFS= read -r message; do
		echo "$message"
		grep -rqF -e "$message" "$TOP/scripts" "$TOP/pack"
	done <"$W/messages"
}

@test "every option in the guide is one" {
	grep -oE '[ `(]--[a-z-]+' "$GUIDE" | grep -oE -- '--[a-z-]+' | sort -u | grep -vxE -- '--(quiet|lint)' >"$W/options"
	"$RESPIN" --help >"$W/help"
	while read -r option; do
		echo "$option"
		grep -qE -- "$option([] ,]|\$)" "$W/help"
	done <"$W/options"
}
