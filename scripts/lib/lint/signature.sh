# SPDX-License-Identifier: GPL-2.0-only
# The modules' own signatures: there, at the very end, and good.
# shellcheck shell=bash disable=SC2034,SC2154  # L, KOS and ELFS are lint_disk's

LINT_TRAILER='~Module signature appended~'

lint_signatures() {
	local ko signed

	[[ ${#KOS[@]} -gt 0 ]] || return 0
	signed=$(cd "$L/root" && grep -laF -e "$LINT_TRAILER" "${KOS[@]/#/./}") || true
	[[ -n $signed || -n ${LINT_MODULE_KEY:-} ]] || return 0
	: >"$L/signed"
	for ko in "${KOS[@]}"; do
		if grep -qxF -e "./$ko" <<<"$signed"; then
			lint_signature "$ko"
		elif [[ -n ${LINT_MODULE_KEY:-} ]]; then
			printf '219\t%s\tis not signed\n' "$ko"
		fi
	done | lint_name_package
}

lint_signature() {	# KO
	local ko=$L/root/$1 size

	if [[ $(tail -c 28 "$ko" | tr -d '\0') != "$LINT_TRAILER" ]]; then
		printf '220\t%s\tits signature is not the end of the file\n' "$1"
		return
	fi
	[[ -n ${LINT_MODULE_KEY:-} ]] || return 0
	size=$(stat -c %s "$ko")
	lint_cut_signature "$ko" "$size" && lint_verify_signature ||
		printf '221\t%s\tits signature is not a good one of %s\n' "$1" "${LINT_MODULE_KEY##*/}"
}

# struct module_signature, then the trailer's 28 bytes: PKCS#7, and its length.
lint_cut_signature() {	# KO SIZE -> $L/signature $L/content
	local len
	local -a b

	[[ $2 -gt 40 ]] || return
	read -r -a b < <(od -An -v -w12 -tu1 -j $(($2 - 40)) -N 12 "$1")
	len=$(((b[8] << 24) + (b[9] << 16) + (b[10] << 8) + b[11]))
	[[ ${b[2]} = 2 && $len -gt 0 && $len -lt $(($2 - 40)) ]] || return
	head -c $(($2 - 40 - len)) "$1" >"$L/content" &&
		tail -c $((40 + len)) "$1" | head -c "$len" >"$L/signature"
}

lint_verify_signature() {
	local pem=$L/module-key.pem

	[[ -s $pem ]] || openssl x509 -in "$LINT_MODULE_KEY" -out "$pem" 2>/dev/null ||
		openssl x509 -inform DER -in "$LINT_MODULE_KEY" -out "$pem" 2>/dev/null || return
	openssl cms -verify -binary -inform DER -in "$L/signature" -content "$L/content" \
		-nointern -noverify -certfile "$pem" -out /dev/null 2>/dev/null
}

lint_name_package() {	# "NUMBER N/NAME TEXT" lines -> findings
	awk -F '\t' -v OFS='\t' '
		FILENAME ~ /unpacked$/ { rpm[$1] = $2; next }
		{
			i = index($2, "/")
			print $1, rpm[substr($2, 1, i - 1)], substr($2, i) ": " $3
		}' "$L/unpacked" -
}
