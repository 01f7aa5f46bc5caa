# SPDX-License-Identifier: GPL-2.0-only
# Packages: names, kernels, and what dom0's rpm does not know.

# rpm 4.11 is dom0's since XenServer 7.0, 4.4 before; both lists are those of
# rpm's own sources. A feature that is not listed makes rpm refuse the package.
BEGIN {
	old = " VersionedDependencies CompressedFileNames PayloadIsBzip2 PayloadFilesHavePrefix ExplicitPackageProvide HeaderLoadSortsTags ScriptletInterpreterArgs PartialHardlinkSets ConcurrentAccess BuiltinLuaScripts "
	new = old "PayloadIsLzma PayloadIsXz FileDigests FileCaps ScriptletExpansion TildeInVersions "
	features = era == "4.4" ? old : new
	packers = era == "4.4" ? " gzip bzip2 " : " gzip bzip2 lzma xz "
}
function asks(what,    v) {
	if (match(what, /^rpmlib\(.*\)/)) {
		what = substr(what, 8, RLENGTH - 8)
		# 616 says in plainer words what FileDigests means there.
		if (!(era == "4.4" && what == "FileDigests") && !index(features, " " what " "))
			print 304, rpm, "needs rpmlib(" what "), which rpm " era " does not have"
	} else if (what ~ /^(\/usr\/bin\/|\/usr\/libexec\/(platform-)?|\/bin\/)?(python|ruby|node|php|tclsh|lua|dash|zsh|ksh)[0-9.]*([(-].*)?$/) {
		print 303, rpm, "requires " what
	} else if (match(what, /\(GLIBC_[0-9.]+\)/)) {
		v = substr(what, RSTART + 7, RLENGTH - 8)
		split(v, part, ".")
		if (part[1] > 2 || part[2] + 0 > 17)
			print 303, rpm, "requires " what
	}
}

$2 == "name" { rpm = $1; rpms[++n] = rpm; name[rpm] = $3 }
$2 == "source" { source[rpm] = $3 }
source[rpm] { sources = 1; next }
$2 == "compressor" && !index(packers, " " $3 " ") {
	print 305, rpm, "its payload is packed with " $3 ", which rpm " era " cannot unpack"
}
$2 == "arch" && $3 !~ (family == "legacy" ? "^(x86_64|noarch|i[3-6]86)$" : "^(x86_64|noarch)$") {
	print 309, rpm, "is for " $3
}
$2 == "requires" { asks($5) }
$2 == "requires" && $5 ~ /^kernel(-uname-r|-xen|-kdump)$/ && $3 == "=" { bound[rpm] = 1 }
$2 == "file" && $3 == 10 && $6 ~ /\.ko(\.[a-z0-9]+)?$/ && match($6, /^(\/usr)?\/lib\/modules\/[^\/]+\//) {
	k = substr($6, 1, RLENGTH - 1)
	sub(/.*\//, "", k)
	kernel[rpm] = k
}

function named_for(name, k) {
	if (index(name, k))
		return 1
	gsub(/-/, "_", k)
	gsub(/-/, "_", name)
	if (index(name, k))
		return 1
	sub(/(xen|kdump)$/, "", k)
	return index(name, k) > 0
}
END {
	for (i = 1; i <= n; i++) {
		rpm = rpms[i]
		if (source[rpm] && rpm !~ /(^|\/)SRPMS\//)
			print 117, rpm, "is a source package outside SRPMS/"
		if (!source[rpm] && name[rpm] in carrier)
			print 308, rpm, name[rpm] " is the name of " carrier[name[rpm]] " as well"
		if (!source[rpm])
			carrier[name[rpm]] = rpm
		if (!(rpm in kernel))
			continue
		modules = 1
		if (!bound[rpm])
			print 301, rpm, "requires no kernel-uname-r = " kernel[rpm]
		if (!named_for(name[rpm], kernel[rpm]))
			print 302, rpm, "the name " name[rpm] " does not hold " kernel[rpm]
	}
	if (modules && !sources)
		print 116, ".", "there is no source package on the disk"
}
