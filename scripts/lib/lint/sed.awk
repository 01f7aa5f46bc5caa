# SPDX-License-Identifier: GPL-2.0-only
# XS-REPOSITORY and XS-PACKAGES as the shell installers cut them apart: with sed, line by line.

# Hosts up to 6.5 cut the files apart with sed, line by line: this reads them as it did.
function trap(text) { print 621, FILENAME, "line " FNR ": " text }
function attributes(s,    n, i, j, a) {
	n = 0
	while (match(s, /[A-Za-z_:-]+="[^"]*"/)) {
		a[++n] = substr(s, RSTART, index(substr(s, RSTART), "=") - 1)
		s = substr(s, RSTART + RLENGTH)
	}
	for (i = 1; i <= n; i++)
		for (j = 1; j <= n; j++)
			if (i != j && length(a[i]) > length(a[j]) &&
			    substr(a[i], length(a[i]) - length(a[j]) + 1) == a[j])
				trap("attribute " a[i] " ends like " a[j])
}
/\r$/ { trap("ends in a carriage return") }
/<!--|<!\[CDATA\[/ { trap("has a comment or a CDATA section") }
/&[A-Za-z#]/ { trap("has an entity") }
/=[ \t]*'/ { trap("has an attribute in single quotes") }
/[A-Za-z][ \t]+=|=[ \t]+"/ { trap("has white space around =") }
/<(package|repository|requires)[ \t>]/ { attributes($0) }
/<package[ \t]/ && !/<package[ \t][^>]*>[^<]*<\/package>/ { trap("a package element goes on in the next line") }
/<(repository|requires)[ \t][^>]*$/ { trap("an element goes on in the next line") }
/<package[ \t][^>]*>[^<]*<\/package>.*<package[ \t]/ { trap("has two package elements") }
/<package[ \t][^>]*>([ \t][^<]*|[^<]*[ \t])<\/package>/ { trap("has white space around the file name") }
