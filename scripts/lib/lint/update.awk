# SPDX-License-Identifier: GPL-2.0-only
# update.xml against the packages, the stamp and the groups.

FILENAME ~ /\/update$/ {
	i = index($0, "=")
	key = substr($0, 1, i - 1)
	up[key] = substr($0, i + 1)
	next
}
FILENAME == "update.xml" { xml[++xmls] = $0; next }
FILENAME ~ /comps$/ {
	split($0, w, " ")
	if (w[1] == "group")
		groups[w[2]] = ""
	else
		groups[w[2]] = groups[w[2]] " " w[3]
	next
}
$2 == "name" { rpm = $1; rpms[++n] = rpm; name[rpm] = $3; at[$3] = rpm }
$2 == "epoch" && $3 { epoch[rpm] = $3 ":" }
$2 == "version" { evr[rpm] = epoch[rpm] $3 }
$2 == "release" { evr[rpm] = evr[rpm] "-" $3 }
$2 == "source" { source[rpm] = $3 }
$2 == "size" { size[rpm] = $3 }
$2 == "signed" { signed[rpm] = 1 }
$2 == "provides" { provides[rpm, $5] = 1 }
$2 == "requires" { requires[rpm, $5] = $3 " " $4 }
$2 == "line" && ($3 == "posttrans" || $3 == "post") {
	script[rpm, ++lines[rpm]] = substr($0, length($1 $2 $3 $4) + 5)
}
$2 == "file" && $3 == 10 && match($6, /^(\/usr)?\/lib\/modules\/[^\/]+\/.*\.ko/) {
	split(substr($6, index($6, "/lib/modules/") + 13), w, "/")
	if (!(w[1] in kernels)) {
		kernels[w[1]] = ++nr_kernels
		list = list " " w[1]
	}
}

function guidance(    w, i, m) {
	m = split(up["after-apply-guidance"], w, ",")
	for (i = 1; i <= m; i++)
		if (w[i] !~ /^restart(XAPI|Host|PV|HVM)$/)
			print 503, "update.xml", "after-apply-guidance has the word " w[i]
}
function control() {
	ctl = up["control"]
	if (ctl == "")
		print 504, "update.xml", "names no control package"
	else if (!(ctl in at))
		print 502, "update.xml", "names the control package " ctl ", which is not on the disk"
}
function payload(rpm,    want, evr_) {
	total += size[rpm]
	if (upd == "")
		return
	want = requires[upd, name[rpm]]
	if (want == "")
		print 507, upd, "does not require " name[rpm]
	else if (want != ">= " evr[rpm] && want != "= " evr[rpm])
		print 507, upd, "requires " name[rpm] " " want ", the disk has " evr[rpm]
}
END {
	for (i = 1; i <= n; i++)
		if (!signed[rpms[i]])
			print 517, rpms[i], "is not signed"
	if (nr_kernels > 1)
		print 520, ".", "there are modules for" list
	if (!("uuid" in up))
		exit
	guidance()
	control()
	if (up["key"] == "")
		print 523, "update.xml", "names no key"
	upd = at["update-" up["name-label"]]
	if (upd == "")
		print 505, ".", "there is no package update-" up["name-label"]
	else if (!((upd, up["uuid"]) in provides))
		print 506, upd, "does not provide " up["uuid"]
	for (i = 1; i <= n; i++)
		if (!source[rpms[i]] && rpms[i] != upd && rpms[i] != at[ctl])
			payload(rpms[i])
	if (up["installation-size"] != total "")
		print 524, "update.xml", "installation-size is " (up["installation-size"] == "" ? "not given" : up["installation-size"]) ", the packages' sum is " total + 0
	if (upd != "")
		stamp()
	comps()
}

function stamp(    i, s, path, word, quoted, m) {
	path = "/var/update/applied/" up["uuid"]
	for (i = 1; i <= lines[upd]; i++) {
		s = script[upd, i]
		if (!index(s, path))
			continue
		seen = 1
		if (match(s, /<<-?[ \t]*['"\\]?[A-Za-z_][A-Za-z0-9_-]*/))
			break
	}
	if (!seen) {
		print 508, upd, "%posttrans does not write " path
		return
	}
	if (i > lines[upd])
		return
	word = substr(s, RSTART, RLENGTH)
	quoted = word ~ /['"\\]/
	sub(/^<<-?[ \t]*['"\\]?/, "", word)
	for (m = 1; m <= xmls; m++) {
		s = script[upd, i + m]
		if (s != xml[m] || (!quoted && s ~ /[$`\\]/)) {
			print 509, upd, "the stamp's line " m " is not that of update.xml: " s
			return
		}
	}
	if (script[upd, i + m] != word)
		print 509, upd, "the stamp goes on after update.xml's end: " script[upd, i + m]
}

function comps(    g, w, i, m) {	# without any group, another finding says so
	for (g in groups)
		m++
	if (!m)
		return
	if (!("update" in groups))
		print 510, "repodata", "there is no group update"
	if (nr_kernels && !("drivers" in groups))
		print 511, "repodata", "there is no group drivers"
	for (g in groups) {
		m = split(groups[g], w, " ")
		for (i = 1; i <= m; i++)
			if (!(w[i] in at))
				print 512, "repodata", "group " g " holds " w[i] ", which is not on the disk"
		if ((g == "update" || g == "drivers") && !index(groups[g] " ", " update-" up["name-label"] " "))
			print 512, "repodata", "group " g " does not hold update-" up["name-label"]
	}
}
