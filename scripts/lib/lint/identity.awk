# SPDX-License-Identifier: GPL-2.0-only
# XS-REPOSITORY, beyond what packinfo refuses.

{ i = index($0, "="); key = substr($0, 1, i - 1); repo[key] = substr($0, i + 1) }
END {
	if (!("name" in repo))
		exit
	if (length(repo["description"]) > 32)
		print 603, "XS-REPOSITORY", "the description has " length(repo["description"]) " characters"
	if (repo["version"] !~ /^[0-9]+(\.[0-9]+)*$/)
		print 604, "XS-REPOSITORY", "the version is " repo["version"]
	if (repo["product"] !~ /^(XenServer|XCP)$/)
		print 605, "XS-REPOSITORY", "the product is " repo["product"]
	if (repo["originator"] ":" repo["name"] ~ /^(xs:(main|linux|xenserver-transfer-vm)|xcp:(main|extras))$/)
		print 618, "XS-REPOSITORY", repo["originator"] ":" repo["name"] " is a part of the product"
	if (!("requires" in repo))
		print 619, "XS-REPOSITORY", "requires no release of the product"
}
