# SPDX-License-Identifier: GPL-2.0-only
# Every leaf and MSR of every policy, as the module and as xen-cpuid have them; ./policies asks the module.
# shellcheck shell=bash

POLICIES='Raw|Host|PV Default|HVM Default|PV Max|HVM Max'

# policy FILE NAME: its lines in what xen-cpuid -p or ./policies printed, the column heads left out.
policy() {
	awk -v want="$2 policy:" '
		/^[^ ].* policy: / { on = index($0, want) == 1 }
		on && (/ policy: / || /^  [0-9a-f]+(:[0-9a-f]+)? -> /)' "$1"
}

has_leaves() { grep -q '^  [0-9a-f]*:' <<<"$1"; }

# policy_agrees NAME: the same number of leaves and MSRs, and the same in each.
policy_agrees() {
	local xen ours
	xen=$(policy /run/xen.policies "$1")
	ours=$(policy /run/our.policies "$1")
	[[ -n $xen ]] || { echo "xen-cpuid prints no policy $1"; return 1; }
	if ! has_leaves "$xen"; then
		[[ -z $ours ]] || { echo "Xen's policy $1 is empty, the module's is: $ours"; return 1; }
		return 0
	fi
	diff <(echo "$xen") <(echo "$ours") && printf '%s lines\n' "$(wc -l <<<"$xen")"
}

all_policies_agree() {
	local name
	xen-cpuid -p >/run/xen.policies
	./policies >/run/our.policies
	t "xen-cpuid prints six policies" test "$(grep -cE "^($POLICIES) policy: " /run/xen.policies)" = 6
	while read -r name; do
		t "every leaf and MSR of policy $name equals xen-cpuid's" policy_agrees "$name"
	done < <(tr '|' '\n' <<<"$POLICIES")
	cp /run/xen.policies /run/our.policies "$OUT/"
}
