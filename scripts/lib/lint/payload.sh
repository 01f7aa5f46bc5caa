# SPDX-License-Identifier: GPL-2.0-only
# The RPMs' files: where they go, what they are, and a safe copy to look into.
# shellcheck shell=bash disable=SC2034,SC2154  # L and RPMS are lint_disk's

# $L/root/N holds the files of the Nth RPM, $L/unpacked says "N RPM", $L/regular "N FILE"
lint_payloads() {
	local n rpm

	lint_empty unpack unpacked regular
	awk -F '\t' -v OFS='\t' -v unpack="$L/unpack" -v regular="$L/regular" -f "$LINT_LIB/lint/payload.awk" "$L/facts"
	while IFS=$'\t' read -r n rpm; do
		if lint_unpack "$n" "$rpm" 2>"$L/unpack.log"; then
			printf '%s\t%s\n' "$n" "$rpm" >>"$L/unpacked"
			continue
		fi
		finding 106 "$rpm" "cannot be unpacked: $(tail -n 1 "$L/unpack.log")"
	done <"$L/unpack"
}

# Nothing is unpacked before its names and types are those of the header, which
# the rules above have seen: then no entry can lead cpio out of its folder.
lint_unpack() {	# N RPM
	local payload=$L/payload to=$L/root/$1

	(ulimit -f 2097152 && rpm2cpio "./$2") >"$payload" || return
	cpio -itvn --quiet <"$payload" >"$L/listing" || return
	lint_same_names "$2" || return
	mkdir "$to" && (cd "$to" && cpio -idu --quiet --no-absolute-filenames) <"$payload" ||
		return
	chmod -R u+rwX "$to"
}

lint_same_names() {	# RPM
	awk -F '\t' -v rpm="$1" '
		function wrong(what) { print what >"/dev/stderr"; bad = 1; exit }
		BEGIN { type["-"] = 10; type["d"] = 4; type["l"] = 12; type["p"] = 1; type["s"] = 14 }
		NR == FNR && $1 == rpm && $2 == "file" { want[$6] = $3; ghost[$6] = $5 }
		NR == FNR { next }
		{
			t = substr($0, 1, 1)
			name = $0
			for (i = 0; i < 8; i++)
				sub(/^[^ ]+ +/, "", name)
			if (t == "l")
				sub(/ -> .*/, "", name)
			sub(/^\.?\/?/, "/", name)
			if (!(name in want) || want[name] != type[t] || seen[name]++)
				wrong("the payload holds " name ", the header does not")
		}
		END {
			if (bad)
				exit 1
			for (name in want)
				if (!seen[name] && !ghost[name])
					wrong("the header names " name ", which the payload lacks")
			exit bad
		}' "$L/facts" "$L/listing"
}
