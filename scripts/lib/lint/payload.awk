# SPDX-License-Identifier: GPL-2.0-only
# Where packages put files, and links that lead out; the safe ones go to UNPACK,
# and their files to REGULAR.

# The order of the cases is that of the modes: 2 and 6 devices, 10 files, 12 links.
function told(number, text) { print number, rpm, name ": " text }
function unsafe(text) { told(106, text); refused[rpm] = 1 }
function outside() {
	if (name ~ /^(\/usr)?\/lib\/modules\/[^\/]+\/(modules\.[^\/]*|build|source)$/)
		return 1
	if (name ~ /^\/etc\/(passwd|shadow|group|gshadow|sudoers|fstab|ssh|pki|yum\.repos\.d|xensource-inventory|xensource\/installed-repos)(\/|$)/)
		return 1
	if (name ~ /^\/var\/update\/applied(\/|$)/)
		return 1
	return name !~ /^\/(etc|s?bin|lib(64)?|usr\/(s?bin|lib(64)?|libexec|share|include|src|local)|opt|srv|var\/(lib|log|cache|opt|spool|update))\/[^\/]/
}
function firmware(    k) {
	k = name
	sub(/^(\/usr)?\/lib\/firmware\/updates\//, "", k)
	if (k != name && sub(/\/.*/, "", k) && k ~ /^[0-9]+\.[0-9]+\./)
		other[rpm, name] = k
	else if (k == name && name ~ /\/firmware\// && name !~ /^(\/usr)?\/lib\/firmware\//)
		told(114, "the kernel looks for firmware below /lib/firmware only")
}
$2 == "name" { rpm = $1; rpms[++n] = rpm }
$2 == "source" && $3 { source[rpm] = 1 }
$2 != "file" || source[rpm] { next }
{ type = $3; perm = $4; name = $6; kind[name] = type; own[rpm, name] = type }
name !~ /^\/[^\001-\037\177]*$/ || name ~ /\/(\.\.?)?(\/|$)/ {
	unsafe("is not a plain absolute path")
	next
}
type == 2 || type == 6 { told(108, "is a device file"); refused[rpm] = 1; next }
type != 12 && perm ~ /^[2-7]/ { told(109, "has mode " perm) }
type != 12 && perm ~ /[2367]$/ && !(type == 4 && perm ~ /^1/) { told(110, "has mode " perm) }
type == 10 && !$5 { files[rpm]++ }
type == 10 { plain[rpm] = plain[rpm] n OFS name "\n" }
type == 12 { target[rpm, name] = $7 }
type != 4 && outside() { told(107, "no driver disk has a file there") }
type == 10 { firmware() }
match(name, /^(\/usr)?\/lib\/modules\/[^\/]+/) {
	k = substr(name, 1, RLENGTH)
	sub(/.*\//, "", k)
	kernel[k] = 1
}

function escapes(path, link,    part, n, i, depth) {
	depth = gsub(/\//, "/", path) - 1
	n = split(link, part, "/")
	for (i = 1; i <= n; i++) {
		if (part[i] == "..")
			depth--
		else if (part[i] != "" && part[i] != ".")
			depth++
		if (depth < 0)
			return 1
	}
	return 0
}
END {
	for (key in target) {
		split(key, at, SUBSEP)
		rpm = at[1]; name = at[2]; to = target[key]
		if (to ~ /^\// ? !(to in kind) || to ~ /\/\.\.(\/|$)/ : escapes(name, to))
			told(111, "links to " to ", which is not on the disk")
	}
	for (key in other) {
		split(key, at, SUBSEP)
		rpm = at[1]; name = at[2]
		if (!(other[key] in kernel))
			told(114, "only kernel " other[key] " looks there, and the disk has no module for it")
	}
	for (key in own) {
		split(key, at, SUBSEP)
		rpm = at[1]; name = at[2]; to = name
		while (sub(/\/[^\/]*$/, "", to) && to != "")
			if (own[rpm, to] == 12)
				unsafe("goes through the package's own link " to)
	}
	for (i = 1; i <= n; i++)
		if (files[rpms[i]] && !refused[rpms[i]]) {
			print i, rpms[i] >unpack
			printf "%s", plain[rpms[i]] >regular
		}
}
