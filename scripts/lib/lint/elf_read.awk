# SPDX-License-Identifier: GPL-2.0-only
# readelf's output as "PATH key value" lines.

/^File: / { file = substr($0, 7); dump = ""; next }
/^String dump of section/ { dump = $0; next }
/^$/ { dump = ""; next }
dump != "" {
	sub(/^ *\[ *[0-9a-f]+\] +/, "")
	if (index($0, "="))
		print file, "info-" substr($0, 1, index($0, "=") - 1), substr($0, index($0, "=") + 1)
	next
}
$1 == "Machine:" { sub(/^ *Machine: */, ""); print file, "machine", $0 }
$1 == "Class:" { print file, "class", $2 }
$1 == "Type:" { print file, "type", $2 }
$1 == "INTERP" { print file, "dynamic", 1 }
$2 == "(NEEDED)" { gsub(/.*\[|\].*/, ""); print file, "needs", $0 }
/^ *\[ *[0-9]+\] (__versions|\.modinfo|__version_ext_crcs) / {
	sub(/^ *\[ *[0-9]+\] /, "")
	print file, "section", $1
}
/ Name: GLIBC_[0-9.]+ / { sub(/.* Name: GLIBC_/, ""); print file, "glibc", $1 }
