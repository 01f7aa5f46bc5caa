# SPDX-License-Identifier: GPL-2.0-only
# Which driver disks are in this host, as rpm and the records of both families say.
# shellcheck shell=bash

# "pack<TAB>version<TAB>family<TAB>identity<TAB>RPM name", a line per RPM that a
# pack brought.  Every hotfix is an update, too: a pack is one that has drivers.
update_packs() {
	host_rpm -qa --qf '[%{=NAME}\t%{=VERSION}\t%{REQUIRENAME}\n]' 'update-*' 2>/dev/null |
		awk -F '\t' -v packed="$PACKED" '
			BEGIN {
				lines = split(packed, line, "\n")
				for (i = 1; i <= lines; i++) {
					split(line[i], f, "\t")
					if (!(f[3] in has)) { has[f[3]]; owner[++n] = f[3] }
				}
				lines = 0
			}
			function drivers_of(label,  i) {
				for (i = 1; i <= n; i++) if (index(owner[i], label "-") == 1) return 1
				return 0
			}
			$3 ~ /^rpmlib\(/ || $3 ~ /^\// { next }
			{
				label = substr($1, 8)
				if ($3 in has || drivers_of(label)) ours[label]
				line[++lines] = label "\t" $2 "\tupdate\t" label "\t" $3
				of[lines] = label
			}
			END { for (i = 1; i <= lines; i++) if (of[i] in ours) print line[i] }' || true
}

legacy_packs() {
	local dir info packages name version

	for dir in "$ROOT"/etc/xensource/installed-repos/*/; do
		[[ $dir != */xs:* && $dir != */xcp:* ]] || continue	# the product itself
		[[ -r ${dir}XS-REPOSITORY && -r ${dir}XS-PACKAGES ]] || continue
		info=$("$PACKINFO" xs-repository "${dir}XS-REPOSITORY" 2>/dev/null) || continue
		packages=$("$PACKINFO" xs-packages "${dir}XS-PACKAGES" 2>/dev/null) || continue
		name=$(sed -n 's/^name=//p' <<<"$info")
		version=$(sed -n 's/^version=//p' <<<"$info")
		dir=${dir%/}
		awk -F '\t' -v OFS='\t' -v n="$name" -v v="$version" -v id="${dir##*/}" '
			$1 ~ /rpm$/ {	# NAME-VERSION-RELEASE.ARCH.rpm
				f = $NF
				sub(/\.[^.]*\.rpm$/, "", f)
				sub(/-[^-]*-[^-]*$/, "", f)
				print n, v, "legacy", id, f
			}' <<<"$packages"
	done
}

all_packs() { update_packs; legacy_packs; }

# Of each update package its own record, and those of the releases that it has rolled up.
stamps_of() {	# RPM-QUERY... -> "RPM<TAB>UUID", sorted
	{
		"$@" --qf '[%{=NAME}\t%{PROVIDENAME}\n]' 2>/dev/null || true
		"$@" --qf 'RPM %{NAME}\n%{POSTIN}\n%{POSTTRANS}\n' 2>/dev/null | awk -v OFS='\t' '
			$1 == "RPM" { name = $2 }
			index($0, "cat >/var/update/applied/") == 1 { sub(/.*\//, "", $2); print name, $2 }'
	} | grep -E $'\t[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' | sort -u || true
}
