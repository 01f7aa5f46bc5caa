#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Real drivers, as Debian ships their sources, published for one kernel and re-spun for others: a cell is
# done exactly where a bare make builds the driver, and no failure stops the rest.
# CPULEVEL_LONG: every driver below, every kernel of this machine's suite; that is more than an hour, so what
# was made is kept and an interrupted run goes on where it was (CACHE/respin-real-*, see ../README).

load pack

setup_file() {
	have_kernels || return 0
	export D=$BATS_FILE_TMPDIR
	[[ -z ${CPULEVEL_LONG-} ]] || D=$(kept_folder)
	setup_kept_key
	export DRIVERS=$TOP/tests/drivers
	SAMPLE='bbswitch acpi-call dm-writeboost' MORE=''
	[[ -z ${CPULEVEL_LONG-} ]] || MORE='openvpn-dco rapiddisk v4l2loopback ddcci vpoll librem-ec-acpi tp-smapi langford jool digimend lttng-modules'
	publish
	kernels
	# Some of these kernels are too new for some of these drivers.
	"$RESPIN" "$D/published" "${KDIRS[@]}" --sign "$KEY" --cache "$D/cache" --out "$D/new" --report "$W/html" \
		--json >"$W/report" 2>"$W/err" || echo $? >"$W/rc"
}

teardown_file() { stop_agent "$D/trust"; }

setup() {
	have_kernels || skip "CPULEVEL_KDIR_A and CPULEVEL_KDIR_B name no kernel-devel folders"
	cd "$BATS_TEST_TMPDIR" || return
}

# Its name holds the scripts; the rest is known to the re-spin's own cache.
kept_folder() {
	local dir
	. "$TOP/scripts/lib/respin/cell.sh"
	dir=${XDG_CACHE_HOME:-$HOME/.cache}/cpulevel/respin-real-$(tools_digest)
	mkdir -p "$dir"
	printf '%s\n' "$dir"
}

# Another key would make all of it anew.
setup_kept_key() {
	export W=$BATS_FILE_TMPDIR GNUPGHOME=$D/trust KEY
	if [[ ! -d $D/trust ]]; then
		new_key "$D/trust.part" vendor >/dev/null
		GNUPGHOME=$D/trust.part gpgconf --kill all
		mv "$D/trust.part" "$D/trust"
	fi
	KEY=$(gpg --batch --with-colons --list-secret-keys 2>/dev/null | awk -F: '$1 == "fpr" { print $10; exit }')
}

# What does not compile for the first kernel was never published.
publish() {
	local name
	for name in $SAMPLE $MORE; do
		! compgen -G "$D/published/$name-[0-9]*.iso" >/dev/null || continue
		"$DRIVERS" config "$name" >"$W/$name.conf" 2>>"$W/published.log" || continue
		"$BUILD" --config "$W/$name.conf" --source "$("$DRIVERS" source "$name")" \
			--kernel-devel "$CPULEVEL_KDIR_A" --sign "$KEY" --out "$D/published" >>"$W/published.log" 2>&1 || true
	done
}

kernels() {
	local k
	KDIRS=(--kernel-devel "$CPULEVEL_KDIR_B" --kernel-devel "$("$TOP/tests/vm/kernels" devel "$("$TOP/tests/vm/kernels" list | tail -n 1)")")
	[[ -n ${CPULEVEL_LONG-} ]] || return 0
	KDIRS=()
	while read -r k; do KDIRS+=(--kernel-devel "$("$TOP/tests/vm/kernels" devel "$k")"); done < <("$TOP/tests/vm/kernels" list)
}

cells() { jq -r ".cells[] | select($1) | [.label, .kernel, .disk // .error] | @tsv" "$W/report"; }

@test "the sample, or ten drivers and more, were published and looked at for every kernel" {
	cat "$W/published.log" "$W/err" || true
	n=$(find "$D/published" -name '*.iso' | wc -l)
	[ "$n" -ge "$([[ -n ${CPULEVEL_LONG-} ]] && echo 10 || echo 3)" ]
	[ "$(jq '.cells | length' "$W/report")" -eq $((n * $(cut -f 1 "$D/cache/plan/kernels.tsv" | wc -l))) ]
	cells true
	[ "$(jq '[.cells[] | select(.result == "done" or .result == "skipped")] | length' "$W/report")" -ge "$n" ]
}

@test "every disk that was made has modules for its kernel, which that kernel's symbols take" {
	cells '.result == "done"' >made
	[ -s made ]
	while IFS=$'\t' read -r label k iso; do
		kdir=$(awk -F '\t' -v k="$k" '$1 == k { print $2 }' "$D/cache/plan/kernels.tsv")
		"$TOP/build/driver-kabi" check "$iso" --symvers "$kdir"
		[[ $iso = "$D/new/$label-"*.respin1-$k.iso ]]
	done <made
}

@test "a cell that failed is one that a bare make cannot build either, and names the compiler's error" {
	cells '.result == "failed"' >failed
	[ -s failed ] || skip "every driver builds for every kernel today"
	[ "$(cat "$W/rc")" -eq 1 ]
	while IFS=$'\t' read -r label k error; do
		echo "$label for $k: $error"
		! "$DRIVERS" compile "$label" "$k" "bare-$label-$k" >log 2>&1 || return 1
		[[ $error = *error:* ]]
	done <failed
}

@test "drivers with make logic of their own are never compiled together with others" {
	[ "$(cat "$D"/cache/sources/*/kind | wc -l)" -ge 3 ]
	grep -qx template "$D"/cache/sources/*/kind	# bbswitch asks the kernel's configuration
	for kind in "$D"/cache/sources/*/kind; do
		[[ $(<"$kind") = plain ]] || continue
		. "$TOP/scripts/lib/respin/source.sh"
		plain_kbuild "$(echo "${kind%/kind}"/tree/*)"
	done
}

@test "again, and nothing is compiled" {
	mapfile -t again < <(cut -f 2 "$D/cache/plan/kernels.tsv" | sed 's/^/--kernel-devel\n/')
	jq '[.cells[] | select(.result != "failed")]' "$W/report" >before
	before=$(find "$D/cache/cells" -mindepth 1 -maxdepth 1 -type d ! -name '*.part' | sort | sha256sum)
	"$RESPIN" "$D/published" "${again[@]}" --sign "$KEY" --cache "$D/cache" --out "$D/new" --json >report || true
	jq '[.cells[] | select(.result != "failed")]' report | diff before -
	[ "$before" = "$(find "$D/cache/cells" -mindepth 1 -maxdepth 1 -type d ! -name '*.part' | sort | sha256sum)" ]
}
