# SPDX-License-Identifier: GPL-2.0-only
# The repository's list against the files.

FILENAME ~ /facts$/ { if ($2 == "source" && !$3) rpms[$1] = 1; next }
FILENAME ~ /repomd$/ { split($0, w, " "); want[substr($0, length(w[1] w[2]) + 3)] = w[2]; next }
FILENAME ~ /primary$/ { want[$4] = $3; listed[$4] = 1; lists++; next }
{ sum[substr($0, 69)] = substr($0, 1, 64) }
END {
	for (f in want)
		if (!(f in sum))
			print 516, f, "is listed in the repository and not on the disk"
		else if (sum[f] != want[f])
			print 518, f, "is not the file that the repository describes (sha256 " sum[f] ")"
	for (f in rpms)
		if (lists && !(f in listed))
			print 515, f, "is not listed in the repository"
}
