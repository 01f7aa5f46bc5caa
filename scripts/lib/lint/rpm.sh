# SPDX-License-Identifier: GPL-2.0-only
# What the RPMs' headers say, asked of rpm once, as lines for awk.
# shellcheck shell=bash disable=SC2034,SC2154  # L and RPMS are lint_disk's

# Every line begins with a WORD that no header can know, so no value can pass
# for a line; a scriptlet's text is the lines that do not begin with it.
lint_query_format() {	# WORD
	local s f w="\n$1\t"

	f="${w}name\t%{NAME}${w}epoch\t%|EPOCH?{%{EPOCH}}:{0}|${w}version\t%{VERSION}"
	f+="${w}release\t%{RELEASE}${w}arch\t%{ARCH}${w}group\t%|GROUP?{%{GROUP}}|"
	f+="${w}source\t%|SOURCERPM?{0}:{1}|${w}size\t%{SIZE}"
	f+="${w}compressor\t%|PAYLOADCOMPRESSOR?{%{PAYLOADCOMPRESSOR}}:{gzip}|"
	f+="${w}digest\t%|FILEDIGESTALGO?{%{FILEDIGESTALGO}}:{1}|"
	for s in RSAHEADER DSAHEADER SIGPGP SIGGPG; do
		f+="%|$s?{${w}signed\t1}|"
	done
	f+="%|SHA1HEADER?{${w}id\t%{SHA1HEADER}}|"
	f+="%|FILENAMES?{[${w}file\t%{FILEMODES:octal}\t%{FILEFLAGS}\t%{FILENAMES}]"
	f+="[${w}link\t%{FILELINKTOS}]}|"
	for s in REQUIRE PROVIDE; do
		f+="%|${s}NAME?{[${w}${s,,}s\t%{${s}FLAGS:depflags}\t%{${s}VERSION}\t%{${s}NAME}]}|"
	done
	for s in pre:PREIN post:POSTIN preun:PREUN postun:POSTUN pretrans:PRETRANS \
		posttrans:POSTTRANS verify:VERIFYSCRIPT; do
		f+="%|${s#*:}PROG?{${w}script\t${s%:*}\t[%{${s#*:}PROG} ]}|"
		f+="%|${s#*:}?{${w}body\t${s%:*}\t%{${s#*:}}}|"
	done
	for s in TRIGGER FILETRIGGER TRANSFILETRIGGER; do
		f+="%|${s}SCRIPTS?{[${w}script\t${s,,}\t%{${s}SCRIPTPROG}"
		f+="${w}body\t${s,,}\t%{${s}SCRIPTS}]}|"
	done
	printf '%s\n' "$f"
}

# $L/facts: "RPM key value..." lines; RPMS keeps those that rpm can read.
lint_rpm_facts() {
	local word format

	: >"$L/facts"
	[[ ${#RPMS[@]} -gt 0 ]] || return 0
	word=@$RANDOM$RANDOM$RANDOM$RANDOM@
	format=$(lint_query_format "$word")
	if ! lint_rpm_query "$format" "${RPMS[@]/#/./}"; then
		lint_drop_damaged
		[[ ${#RPMS[@]} -gt 0 ]] || return 0
		lint_rpm_query "$format" "${RPMS[@]/#/./}" || return
	fi
	printf '%s\n' "${RPMS[@]}" >"$L/rpms"
	lint_normalise "$word"
}

lint_rpm_query() {	# FORMAT RPM...
	rpm -qp --nosignature --qf "$1" "${@:2}" >"$L/query" 2>"$L/query.log"
}

lint_drop_damaged() {
	local rpm
	local -a good=()

	for rpm in "${RPMS[@]}"; do
		if lint_rpm_query "" "./$rpm"; then
			good+=("$rpm")
			continue
		fi
		finding 105 "$rpm" "rpm cannot read it: $(tail -n 1 "$L/query.log")"
	done
	RPMS=(${good[@]+"${good[@]}"})
}

# A file's type, mode and link come together here.
lint_normalise() {	# WORD
	awk -F '\t' -v OFS='\t' -v word="$1" -v facts="$L/facts" '
		function rest(n,    i, s) {
			s = $0
			for (i = 1; i < n; i++)
				s = substr(s, index(s, "\t") + 1)
			return s
		}
		function flush(    i) {
			for (i = 0; i < files; i++)
				print rpm, "file", file[i], (i in link) ? link[i] : "" >facts
			files = links = 0
			delete link
		}
		function broken() {
			if (!(rpm in told))
				print 307, rpm, "a line break in: " $0
			told[rpm] = 1
		}
		FNR == NR { path[++paths] = $0; next }
		$1 != word && kind != "" { print rpm, "line", kind, ++line, $0 >facts; next }
		$1 != word { if ($0 != "") broken(); next }
		$2 == "name" { flush(); rpm = path[++n] }
		$2 != "body" { kind = "" }
		$2 == "body" {
			kind = $3
			print rpm, "line", kind, line = 1, rest(4) >facts
			next
		}
		$2 == "file" {
			mode = substr($3, length($3) - 3)
			type = substr($3, 1, length($3) - 4)
			file[files++] = type OFS mode OFS (int($4 / 64) % 2) OFS rest(5)
			next
		}
		$2 == "link" { link[links++] = rest(3); next }
		{ print rpm, $2, rest(3) >facts }
		END { flush() }' "$L/rpms" "$L/query"
}
