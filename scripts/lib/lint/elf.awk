# SPDX-License-Identifier: GPL-2.0-only
# Programs that ask for more than dom0's C library has.

function newer(version,    v) {
	split(version, v, ".")
	return v[1] > 2 || (v[1] == 2 && v[2] > 17)
}
function later(a, b,    x, y) {
	split(a, x, ".")
	split(b, y, ".")
	return x[2] + 0 > y[2] + 0
}
FILENAME ~ /unpacked$/ { rpm[$1] = $2; next }
FILENAME ~ /facts$/ {
	if ($2 == "file") {
		sub(/.*\//, "", $6)
		ours[$6] = 1
	}
	next
}
$1 ~ /\.ko$/ { next }
$1 != path {
	path = $1
	split(path, at, "/")
	name = substr(path, index(path, "/"))
}
$2 == "glibc" && newer($3) && (!(path in worst) || later($3, worst[path])) { worst[path] = $3 }
$2 == "needs" && !($3 in ours) && $3 !~ /^(ld-linux.*|lib(c|m|dl|rt|pthread|util|resolv|nsl|crypt|gcc_s|stdc\+\+|z))\.so\.[0-9]+$/ {
	print 113, rpm[at[1]], name ": needs " $3
}
END {
	for (path in worst) {
		split(path, at, "/")
		print 112, rpm[at[1]], substr(path, index(path, "/")) ": needs GLIBC_" worst[path] "; dom0 has 2.17"
	}
}
