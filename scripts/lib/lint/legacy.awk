# SPDX-License-Identifier: GPL-2.0-only
# XS-PACKAGES against the packages.

FILENAME ~ /\/files$/ { size[$2] = $1; next }
FILENAME ~ /sums$/ { sum[substr($0, 37)] = substr($0, 1, 32); next }
FILENAME ~ /facts$/ {
	if ($2 == "name") {
		n++; rpms[n] = $1; name[$1] = $3
	}
	if ($2 == "source") source[$1] = $3
	if (source[$1])
		next
	if ($2 == "group") group[$1] = $3
	if ($2 == "digest") digest[$1] = $3
	if ($2 == "requires") needs[$1] = needs[$1] "\n" $5
	if ($2 == "provides") gives[$5] = $1
	if ($2 == "file") {
		gives[$6] = $1
		holds[$1] = holds[$1] "\n" $6
		if (match($6, /^(\/usr)?\/lib\/modules\/[^\/]+\/.*\.ko/)) {
			split(substr($6, index($6, "/lib/modules/") + 13), w, "/")
			kernel[$1] = w[1]
		}
	}
	next
}
{ type[$8] = $1; label[$8] = $2; attr[$8] = $3; bytes[$8] = $4; md5[$8] = $5; file[++m] = $8; place[$8] = m }

END {
	for (i = 1; i <= m; i++) {
		f = file[i]
		if (!(f in size)) {
			print 607, f, "is listed in XS-PACKAGES and not on the disk"
			continue
		}
		if (sum[f] != md5[f])
			print 606, f, "has md5 " sum[f] ", XS-PACKAGES says " md5[f]
		if (size[f] != bytes[f])
			print 606, f, "has " size[f] " bytes, XS-PACKAGES says " bytes[f]
		if (type[f] == "driver" || type[f] == "firmware" || type[f] == "tbz2")
			print 620, f, "has the type " type[f]
		if (f in name && type[f] ~ /rpm$/) {
			kinds(f)
			contents(f)
			order(f)
		}
	}
	pairs()
	for (i = 1; i <= n && m; i++) {
		f = rpms[i]
		if (!source[f] && !(f in place))
			print 608, f, "is not listed in XS-PACKAGES"
		if (!source[f] && host_rpm == "4.4" && holds[f] != "" && digest[f] != 1)
			print 616, f, "its file digests are not md5 (algorithm " digest[f] ")"
	}
}

# The two eras' names, as the DDK's tool cut them into label and kernel.
function named(f, was,    s, i, head, tail) {
	s = name[f]
	if (was == "6.2") {
		if (!match(s, /^.*-modules-/))
			return ""
		head = substr(s, 1, RLENGTH - 9); tail = substr(s, RLENGTH + 1)
		i = index(tail, "-")
		return i ? head " " substr(tail, i + 1) substr(tail, 1, i - 1) : ""
	}
	if (!sub(/-modules$/, "", s) || !match(s, /^.*-/))
		return ""
	return substr(s, 1, RLENGTH - 1) " " substr(s, RLENGTH + 1)
}
function kinds(f,    k, was) {
	k = attr[f]
	was = k ~ /(xen|kdump)$/ ? "6.2" : "6.5"
	if (f in kernel && type[f] != "driver-rpm")
		print 610, f, "has modules and the type " type[f]
	if (type[f] != "driver-rpm")
		return
	if (group[f] !~ /\/Kernel$/)
		print 609, f, "is a driver-rpm of the group " group[f]
	if (f in kernel && k != kernel[f])
		print 203, f, "its modules are for kernel " kernel[f] ", XS-PACKAGES says " k
	if (k != "any" && named(f, was) != label[f] " " k)
		print 611, f, "the name " name[f] " is not that of " label[f] " for kernel " k
	if (was == "6.2" && k != "any")
		flavours[label[f], k] = f
}
function pairs(    key, w, k) {
	for (key in flavours) {
		split(key, w, SUBSEP)
		k = w[2]
		if (!sub(/xen$/, "kdump", k))
			sub(/kdump$/, "xen", k)
		if (!((w[1], k) in flavours))
			print 612, flavours[key], "there is no package of " w[1] " for kernel " k
	}
}

function allowed(f, path,    k) {
	k = attr[f]
	if (type[f] == "rpm")
		return name[f] ~ /^kernel(-xen|-kdump)?$/ || path !~ /^((\/usr)?\/lib\/modules\/|\/boot\/vmlinu)/
	if (k == "any")
		return path ~ /^(\/etc|\/lib\/firmware|\/usr\/share\/doc)(\/|$)/
	if (index(path "/", "/lib/modules/" k "/extra/") == 1)
		return 1
	return k !~ /(xen|kdump)$/ && index(path "/", "/lib/modules/" k "/updates/") == 1
}
function contents(f,    w, i, m) {
	m = split(holds[f], w, "\n")
	for (i = 2; i <= m; i++)
		if (!allowed(f, w[i]))
			print 613, f, w[i] " may not be in a package of type " type[f] " for kernel " attr[f]
}

function order(f,    w, i, m, from) {
	m = split(needs[f], w, "\n")
	for (i = 2; i <= m; i++) {
		from = gives[w[i]]
		if (from != "" && from != f && (from in place) && place[from] > place[f])
			print 617, f, "comes before " from ", which it requires for " w[i]
	}
}
