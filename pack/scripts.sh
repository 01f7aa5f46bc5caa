# SPDX-License-Identifier: GPL-2.0-only
# What an RPM would run or put on the host beyond what a driver needs.
# shellcheck shell=bash disable=SC2001 # texts of many lines

# A driver's scripts index modules, renew the initrd, leave the pack's stamp.
# Every other line is for a human to look at first.
# shellcheck disable=SC2016 # awk's
ODD_AWK='
	function plain(s) { return s !~ /[`;&|<>\\]|\$\(/ }
	{
		line = $0
		sub(/^[ \t]+/, "", line)
		sub(/[ \t]+$/, "", line)
	}
	# Headings of rpm --scripts name the kind and the interpreter.
	/^[a-z]+ (scriptlet|program)( \(using [^ ]+\))?:? ?/ {
		if (line !~ /^[a-z]+ scriptlet \(using \/bin\/(ba)?sh\)(:| -- [A-Za-z0-9_, -]+| -- \/(boot|lib\/modules)(, \/(boot|lib\/modules))*)$/ && line !~ /^[a-z]+ program: \/(bin\/sh|sbin\/ldconfig)$/) print line
		doc = ""
		next
	}
	doc != "" { if (line == doc) doc = ""; next }
	line == "" || line ~ /^#/ { next }
	line ~ /^(then|else|fi|:|exit 0|fi \|\| :)$/ { next }
	# The stamp of an update package, and those of what it replaces.
	line ~ /^cat >\/var\/update\/applied\/[0-9a-f-]+ <<.END-OF-STAMP.$/ { doc = "END-OF-STAMP"; next }
	line ~ /^mkdir -p \/var\/(update\/applied|lib\/rpm-state)$/ { next }
	line ~ /^echo [0-9a-f-]+ >>\/run\/reboot-required\.hfxs$/ { next }
	line ~ /^rm -f \/var\/(update\/applied\/[0-9a-f-]+|lib\/rpm-state\/regenerate-initrd-[A-Za-z0-9.+_-]+)$/ { next }
	line ~ /^: >\/var\/lib\/rpm-state\/regenerate-initrd-[A-Za-z0-9.+_-]+$/ { next }
	{
		# Conditions on files, arguments and tools, around the commands below.
		gsub(/^(if|elif) /, "", line)
		gsub(/; then$/, "", line)
		n = split(line, part, / *(\|\||&&) */)
		for (i = 1; i <= n; i++) {
			s = part[i]
			sub(/ >\/dev\/null( 2>&1)?$/, "", s)
			sub(/^! /, "", s)
			if (s ~ /^(:|true|exit 0)?$/) continue
			if (plain(s) && s ~ /^\[ .* \]$/) continue
			if (s ~ /^command -v [a-z-]+$/) continue
			if (plain(s) && s ~ /^(\/usr)?(\/sbin\/|\/bin\/)?(depmod|dracut|mkinitrd|weak-modules|udevadm|ldconfig|driver-disk|touch|rm -f|mkdir -p|mv -f|sync)( |$)/ && s !~ /\.\./ &&
			    (s !~ /^(touch|rm|mkdir|mv)/ || s ~ / \/(var\/lib\/rpm-state|var\/update|boot\/\.?initr)/)) continue
			print $0
			next
		}
	}
'

odd_scripts() {	# RPM -> its lines that are not a driver's business
	local query=(rpm -qp --nosignature --scripts --triggers)

	# An rpm that does not know file triggers (4.11) does not run them, either.
	{ "${query[@]}" --filetriggers "$1" || "${query[@]}" "$1" || true; } 2>/dev/null | awk "$ODD_AWK"
}

# What no RPM of a driver disk may hold, and what one from a stranger may not.
odd_files() {	# RPM -> "never|odd<TAB>what"
	file_rows "$1" | awk -F '\t' -v OFS='\t' '
		NF != 3 { print "never", "a file name that cannot be shown"; next }
		$2 ~ /[\001-\037\177]/ || $2 !~ /^\// || $2 ~ /(^|\/)\.\.(\/|$)/ { print "never", "a path that leads elsewhere: " $2; next }
		$1 ~ /^[bcps]/ { print "never", "a device node, pipe or socket: " $2; next }
		$1 ~ /^l/ && $2 ~ /^\/lib\/modules\// && $3 ~ /^\// && $3 !~ /^\/lib\/(modules|firmware)\// { print "never", "a link out of the modules: " $2 " -> " $3; next }
		$1 ~ /^-..[sS]|^-.....[sS]/ { print "odd", "a set-id program: " $2; next }
		$2 ~ /^\/lib\/modules\/[^\/]+\/(kernel|modules\.|build|source)/ { print "odd", "a file that belongs to the kernel: " $2; next }
		$2 ~ /^\/boot\// { print "odd", "a boot file: " $2 }'
}

# Show what a disk wants beyond a driver's business, before anything is done.
check_scripts() {	# RPM...; SIGNED is the signer's name or empty
	local rpm found runs odd=0

	for rpm; do
		found=$(odd_files "$rpm")
		[[ $'\n'$found != *$'\n'never* ]] ||
			die 6 "${rpm##*/}: holds $(sed -n 's/^never	//p' <<<"$found" | head -n 1); do not use this disk"
		runs=$(odd_scripts "$rpm")
		[[ -n $found$runs ]] || continue
		found=$({ sed -n 's/^odd	/holds /p' <<<"$found"; [[ -z $runs ]] || sed 's/^/runs: /' <<<"$runs"; } | LC_ALL=C tr -cd '\11\12\40-\176')
		odd=1
		printf 'script %s:\n%s\n' "${rpm##*/}" "$(sed 's/^/    /' <<<"$found")"
	done
	[[ $odd = 0 || -n $SIGNED || -n $ALLOW_SCRIPTS ]] ||
		die 6 "the lines above are not a driver's business and nobody vouches for them; nothing was run, give --allow-scripts if you have read them"
}
