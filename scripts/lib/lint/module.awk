# SPDX-License-Identifier: GPL-2.0-only
# Each module: its kernel, what it says of itself, and where it lies.

# ko[I]: PATH as "N/name"; rpm, name, k and sub of each; what readelf said.
FILENAME ~ /unpacked$/ { number[$2] = $1; next }
FILENAME ~ /facts$/ && $2 == "requires" && $3 == "=" && $5 ~ /^kernel-(uname-r|xen|kdump)$/ {
	needs[$1] = needs[$1] " " $4 " "
}
FILENAME ~ /facts$/ && $2 == "file" && $6 ~ /\/depmod\.d\/[^\/]+\.conf$/ { ranked = 1 }
FILENAME ~ /facts$/ && $2 == "file" && $3 == 10 && $6 ~ /\.ko\.(gz|xz|zst|bz2)$/ {
	print 213, $1, $6 ": is compressed"
}
FILENAME ~ /facts$/ && $2 == "file" && $3 == 10 && $6 ~ /\.ko$/ {
	path = number[$1] $6
	ko[++n] = path; rpm[path] = $1; name[path] = $6
	if (match($6, /^(\/usr)?\/lib\/modules\/[^\/]+\//)) {
		split(substr($6, index($6, "/lib/modules/") + 13), part, "/")
		k[path] = part[1]; sub_[path] = part[3] == "" ? "" : part[2]
	}
}
FILENAME ~ /facts$/ && $2 == "file" && $3 == 10 {
	base = $6
	sub(/.*\//, "", base)
	file[base] = file[base] "\n" $6
}
FILENAME ~ /facts$/ { next }
$2 == "info-firmware" { firmware[$1] = firmware[$1] "\n" $3 }
$2 == "section" { section[$1, $3] = 1; next }
{ fact[$1, $2] = $3; many[$1, $2]++ }

function told(number, text) { print number, rpm[path], name[path] ": " text }
function rpm_kver(k,    i) {
	i = index(k, "-")
	if (!i)
		return k
	head = substr(k, 1, i); tail = substr(k, i + 1)
	gsub(/-/, "_", tail)
	return head tail
}
function which_kernel(path,    magic, flavourless) {
	magic = fact[path, "info-vermagic"]
	sub(/ .*/, "", magic)
	if (magic != k[path])
		told(201, "was built for kernel " magic ", and lies in the folder of " k[path])
	flavourless = k[path]
	sub(/(xen|kdump)$/, "", flavourless)
	if (needs[rpm[path]] != "" && !index(needs[rpm[path]], " " rpm_kver(k[path]) " ") &&
	    !index(needs[rpm[path]], " " flavourless " "))
		told(202, "its package requires kernel" needs[rpm[path]])
	if (declared != "" && declared != k[path])
		told(203, "the disk says that it is for kernel " declared)
	if (kdir_k != "" && !index(" " kdir_k " ", " " k[path] " ") && !kdir_told++)
		print 204, rpm[path], "is for kernel " k[path] ", the kernel-devel for " kdir_k
}
function inside(path,    fields) {
	if (fact[path, "type"] != "REL" || !((path, ".modinfo") in section)) {
		told(212, "is not a kernel module")
		return
	}
	if (!((path, "__versions") in section) && !((path, "__version_ext_crcs") in section))
		told(206, "has no symbol versions")
	if (fact[path, "info-license"] == "")
		told(210, "names no licence")
	if (fact[path, "info-version"] == "")
		told(209, "names no version")
	if (!many[path, "info-alias"])
		told(211, "has no alias")
}

function place(path,    base, dir) {
	base = name[path]
	sub(/.*\//, "", base)
	gsub(/-/, "_", base)
	dir = sub_[path]
	if ((k[path], base) in first)
		told(214, "the disk brings it as " first[k[path], base] " as well")
	else
		first[k[path], base] = name[path]
	if (dir == "kernel")
		told(215, "lies among the kernel's own modules")
	else if ((dir == "override" || (dir == "extra" && family != "legacy")) && !ranked)
		beside(path, base, dir)
	else if (dir !~ /^(updates|extra|override|dmv|xenserver)$/)
		told(218, "lies where depmod gives no rank")
}
function beside(path, base, dir) {
	while (symvers != "" && !asked && (getline line <symvers) > 0) {
		split(line, part, "\t")
		whole = part[3]
		sub(/.*\//, "", part[3])
		gsub(/-/, "_", part[3])
		inbox[part[3] ".ko"] = whole
	}
	asked = 1
	if (base in inbox)
		told(216, "the kernel has " inbox[base] ", and no depmod.d file ranks " dir "/ above it")
	else
		told(217, "no depmod.d file of this disk ranks " dir "/")
}
# Firmware that the module asks for and the disk has, in a place of another name.
function asks(path,    w, i, j, m, c, base, at, good) {
	m = split(firmware[path], w, "\n")
	for (i = 2; i <= m; i++) {
		base = w[i]
		sub(/.*\//, "", base)
		good = !(base in file)
		c = split(file[base], at, "\n")
		for (j = 2; j <= c && !good; j++) {
			sub(/^\/usr/, "", at[j])
			good = at[j] == "/lib/firmware/updates/" k[path] "/" w[i] || at[j] == "/lib/firmware/updates/" w[i] || at[j] == "/lib/firmware/" k[path] "/" w[i] || at[j] == "/lib/firmware/" w[i]
		}
		if (!good)
			told(114, "asks for firmware " w[i] ", which the disk has as " at[2])
	}
}

END {
	for (i = 1; i <= n; i++) {
		path = ko[i]
		if (k[path] == "") {
			told(218, "lies outside /lib/modules/KERNEL")
			continue
		}
		place(path)
		if (path ~ /^[0-9]/) {
			inside(path)
			asks(path)
			if (fact[path, "info-vermagic"] != "")
				which_kernel(path)
		}
	}
}
