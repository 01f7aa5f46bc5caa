# SPDX-License-Identifier: GPL-2.0-only
# driver-kabi's verdicts as findings.

FILENAME ~ /unpacked$/ { split($0, at, "\t"); rpm[at[1]] = at[2]; next }
FILENAME ~ /kos$/ {
	if ($0 in seen)
		next
	text = ($0 in log_) ? log_[$0] : "driver-kabi says nothing of it"
	print 212, rpm[substr($0, 1, index($0, "/") - 1)], substr($0, index($0, "/")) ": " text
	next
}
/^driver-kabi: \.\// {
	ko = substr($0, 16)
	i = index(ko, ": ")
	log_[substr(ko, 1, i - 1)] = substr(ko, i + 2)
	next
}
!/^(same|changed|missing|refused) +\.\// { next }
{
	verdict = $1
	rest = substr($0, index($0, "./") + 2)
	i = index(rest, ".ko  ") + 2
	ko = substr(rest, 1, i)
	text = substr(rest, i + 3)
	if (ko in seen)
		next
	seen[ko] = 1
	number = verdict == "refused" ? (text ~ /^vermagic flags/ ? 207 : 206) : 205
	if (verdict == "refused" && text ~ /^the module has no/)
		next
	if (verdict != "same")
		print number, rpm[substr(ko, 1, index(ko, "/") - 1)], substr(ko, index(ko, "/")) ": " verdict ": " text
}
