#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# cpulevel level: a stream says what arguments say, and what XenServer computes.

setup_file() {
	TOP=$(readlink -f "$BATS_TEST_DIRNAME/../..")
	make -s -C "$TOP/cli" O="$BATS_FILE_TMPDIR" >&2
	PATH=$BATS_FILE_TMPDIR:$PATH
	export TOP PATH
}

setup() { cd "$BATS_TEST_TMPDIR" || return; }

# Real Intel CPUs as a pool: name vendor pv_default hvm_default.
intel_pool() {
	awk -F '\t' '$3 == "GenuineIntel" { print $2, $3, $NF, $NF }' "$TOP/tests/data/hosts.tsv"
}

stream_level() { cpulevel level --stdin --json | jq -r .hvm.hex; }

@test "two lines have the level that XenServer computes, for every vector" {
	local id type cpu1 cpu2 a b out checked=0

	while IFS=$'\t' read -r id type cpu1 cpu2 a b out; do
		[[ $id != '#'* && $id != id && -n $out ]] || continue
		[ "$(printf 'a V %s %s\nb V %s %s\n' "$a" "$a" "$b" "$b" | stream_level)" = "$out" ] || {
			echo "vector $id: $type $cpu1 $cpu2"
			return 1
		}
		checked=$((checked + 1))
	done <"$TOP/tests/data/combine_vectors.tsv"
	[ $checked -gt 200 ]
}

@test "a stream has the level of the same featuresets combined" {
	local -a sets

	mapfile -t sets < <(intel_pool | cut -d ' ' -f 4)
	[ "${#sets[@]}" -gt 100 ]
	[ "$(intel_pool | stream_level)" = "$(cpulevel combine "${sets[@]}")" ]
}

@test "a stream and arguments give the same report" {
	local -a files

	intel_pool | head -n 12 >pool
	while read -r name vendor pv hvm; do
		printf '%s\n' "cpulevel-host 1" "name $name" "vendor $vendor" \
			"signature 0" "backend xen" "raw $pv" \
			"pv_default $pv" "hvm_default $hvm" end >"$name.host"
		files+=("$name.host")
	done <pool
	cpulevel level "${files[@]}" | grep -v ^unlevellable >by_arguments
	cpulevel level --stdin <pool | grep -v ^unlevellable >by_stream
	diff by_arguments by_stream
}

@test "the order of the lines does not matter for level, losses and costs" {
	local seed
	intel_pool >pool
	facts() { jq -S '[.pv, .hvm | [.hex, (.lost | map([.name, .lacking])), (.gained_without | sort)]]'; }

	cpulevel level --stdin --json <pool | facts >first
	for seed in 1 2 3 4 5; do
		shuf --random-source=<(yes $seed) pool | cpulevel level --stdin --json | facts >other
		diff first other
	done
}

@test "a cost is what the pool without the host has more" {
	local name before after
	cost() { jq -r --arg name "$1" '.hvm.gained_without[] | select(.name == $name) | .features[]'; }
	lost() { jq -r '.hvm.lost[].name'; }

	# Three CPUs of which each alone lacks something.
	printf '%s\n' 'a V 0 7ff' 'b V 0 0ffffffe' 'c V 0 0ffff7fd' >pool
	for name in a b c; do
		before=$(cpulevel level --stdin --json <pool | lost)
		after=$(grep -v "^$name " pool | cpulevel level --stdin --json | jq -r .hvm.hex)
		[ -n "$before" ]
		cpulevel level --stdin --json <pool | cost $name >told
		cpulevel diff --json "$after" "$(stream_level <pool)" | jq -r '.only_a[]?' >came_back
		diff told came_back
	done
}

@test "any number of hosts fits into 16 MiB" {
	intel_pool >some
	for _ in {1..400}; do cat some; done >many
	# Of memory of its own: the libraries, which all programs share, take address space besides.
	(ulimit -d 16384 && cpulevel level --stdin <many >report)
	grep -qx "hosts *$(wc -l <many)" report
}

@test "a line that spans two reads of the stream is read whole" {
	# Lines of every length around a block's end, fed byte by byte at its seams.
	intel_pool | awk '{ for (i = 0; i < 4; i++) print sprintf("h%0*d", (NR * 7 + i) % 29 + 1, i), $2, $3, $4 }' >pool
	cpulevel level --stdin <pool >at_once
	dd if=pool bs=1021 status=none | cpulevel level --stdin >in_pieces
	diff at_once in_pieces
}
