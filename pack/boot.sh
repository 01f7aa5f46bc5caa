# SPDX-License-Identifier: GPL-2.0-only
# Which kernel boots next, as the boot loader's own files say it.
# shellcheck shell=bash disable=SC2034 # other parts read these

# Each kernel that the loader's menu offers: "index<TAB>title<TAB>id<TAB>file".
# A menu inside a menu has indices like 1>0, as GRUB's own default has.
grub_entries() {	# GRUB.CFG FIRST-INDEX
	awk -v first="$2" '
		function word(s) {	# the first word, out of its quotes
			sub(/^[ \t]+/, "", s)
			if (substr(s, 1, 1) ~ /["\047]/) {
				q = substr(s, 1, 1)
				s = substr(s, 2)
				return substr(s, 1, index(s, q) - 1)
			}
			sub(/[ \t{].*/, "", s)
			return s
		}
		BEGIN { depth = 0; prefix = ""; n[0] = first }
		$1 == "submenu" || $1 == "menuentry" {
			line = $0
			sub(/^[ \t]*[a-z]+/, "", line)
			title = word(line)
			id = ""
			if (match(line, /(--id|\$menuentry_id_option)[ \t]+/))
				id = word(substr(line, RSTART + RLENGTH))
			index_of = prefix n[depth]++
			if ($1 == "submenu") {
				up[depth] = prefix
				prefix = index_of ">"
				n[++depth] = 0
				brace[depth] = braces
			}
			found = 0
		}
		($1 ~ /^(linux|linux16|linuxefi|module|module2)$/ && !found) {
			found = 1
			file = $2 == "--nounzip" ? $3 : $2
			print index_of "\t" title "\t" id "\t" file
		}
		{
			braces += gsub(/\{/, "{") - gsub(/\}/, "}")
			while (depth && braces <= brace[depth])
				prefix = up[--depth]
		}' "$1"
}

# The same of the Boot Loader Specification's files: the newest comes first.
bls_entries() {
	local file n=0

	find "$ROOT/boot/loader/entries" -maxdepth 1 -name '*.conf' -printf '%f\n' 2>/dev/null | sort -rV |
		while IFS= read -r file; do
			awk -v OFS='\t' -v n="$((n++))" -v id="${file%.conf}" '
				$1 == "title" { title = $0; sub(/^[ \t]*title[ \t]+/, "", title) }
				$1 == "version" { version = $2 }
				$1 == "linux" { kernel = $2 }
				END {
					# systemd-boot has a folder for each kernel, and calls it linux there.
					if (kernel !~ /(^|\/)vmlinuz-[^\/]*$/ && version != "") kernel = "vmlinuz-" version
					print n, title, id, kernel
				}' "$ROOT/boot/loader/entries/$file"
		done
}

# GRUB takes those where its own file says so, before the entries written there.
menu_entries() {	# GRUB.CFG
	local bls=

	! grep -q '^[[:space:]]*blscfg' "$1" || bls=$(bls_entries)
	[[ -z $bls ]] || printf '%s\n' "$bls"
	grub_entries "$1" "$(grep -c . <<<"$bls")"
}

# What GRUB will choose: a one-time choice, else the saved one, else its file's.
grub_default() {	# GRUB.CFG
	local cfg=$1 env name value

	env=${cfg%/*}/grubenv
	[[ -r $env ]] || env=$ROOT/boot/grub/grubenv
	for name in next_entry override_entry saved_entry; do
		grep -q "\$.*$name" "$cfg" || continue
		value=$(sed -n "s/^$name=//p" "$env" 2>/dev/null) || true
		[[ -z $value ]] || { printf '%s\n' "$value"; return; }
	done
	value=$(sed -n 's/^[ \t]*\(set \)\{0,1\}default=["'\'']\{0,1\}\([^"'\'']*\)["'\'']\{0,1\}[ \t]*$/\2/p' "$cfg" |
		grep -v '\$' | tail -n 1) || true
	printf '%s\n' "${value:-0}"
}

grub_kernel() {	# GRUB.CFG -> the file that it boots
	menu_entries "$1" | awk -F '\t' -v want="$(grub_default "$1")" '
		BEGIN { depth = split(want, w, ">"); last = w[depth] }
		$1 == want || $2 == want || $3 == want { print $4; hit = 1; exit }
		# A path of titles or ids ends in the entry itself.
		depth > 1 && !near && ($2 == last || $3 == last) { near = $4 }
		END { if (!hit && near) print near }'
}

# A menu of before GRUB 2, of XenServer 6: the label that "default" names.
extlinux_kernel() {	# EXTLINUX.CONF
	awk '$1 == "default" { want = $2 }
	     $1 == "label" { label = $2 }
	     label != "" && match($0, /[^ ]*vmlinuz[^ ]*/) && !(label in file) { file[label] = substr($0, RSTART, RLENGTH) }
	     END { if (want in file) print file[want] }' "$1"
}

# systemd-boot: the first that is like the "default", else the first.
loader_kernel() {	# LOADER.CONF
	local want id file rest first=

	want=$(awk '$1 == "default" { w = $2 } END { print w }' "$1")
	while IFS=$'\t' read -r rest rest id file; do
		[[ -n $first ]] || first=$file
		# shellcheck disable=SC2053 # it is a pattern
		[[ $id.conf != $want && $id != $want ]] || { printf '%s\n' "$file"; return; }
	done <<<"$(bls_entries | sed 's/\t\t/\t-\t/g')"
	printf '%s\n' "$first"
}

# A file of the boot folder, through the links there, to its kernel's name.
kernel_of_file() {	# FILE
	local file=$ROOT/boot/${1##*/} link

	while [[ -L $file ]]; do
		link=$(readlink "$file")
		file=$ROOT/boot/${link##*/}
	done
	file=${file##*/}
	[[ $file = vmlinuz-* ]] && printf '%s\n' "${file#vmlinuz-}"
}

boot_menus() {
	# Firmware that is EFI reads its own partition; the other menu may be stale.
	[[ -n $ROOT || ! -d /sys/firmware/efi ]] ||
		printf '%s\n' "$ROOT"/boot/efi/EFI/{xenserver,xcp-ng,*}/grub.cfg
	printf '%s\n' "$ROOT"/boot/{grub,grub2}/grub.cfg "$ROOT"/boot/extlinux.conf \
		"$ROOT"/boot/efi/EFI/{xenserver,xcp-ng}/grub.cfg "$ROOT"/boot/loader/loader.conf
}

# Prints "K how": the menu's choice, else a link's, else the newest kernel.
next_kernel() {	# KERNELS, one a line
	local menu file k=

	while IFS= read -r menu; do
		[[ -r $menu ]] || continue
		case $menu in
		*/extlinux.conf) file=$(extlinux_kernel "$menu") ;;
		*/loader.conf) file=$(loader_kernel "$menu") ;;
		*) file=$(grub_kernel "$menu") ;;
		esac
		[[ -n $file ]] || continue
		k=$(kernel_of_file "$file") || continue
		[[ $'\n'$1$'\n' != *$'\n'"$k"$'\n'* ]] || { printf '%s %s\n' "$k" "${menu#"$ROOT"}"; return; }
	done <<<"$(boot_menus)"
	for file in "$ROOT"/boot/vmlinuz-xen "$ROOT"/boot/vmlinuz-*-xen; do
		[[ -L $file ]] || continue
		k=$(kernel_of_file "$file") || continue
		printf '%s %s\n' "$k" "${file#"$ROOT"}"
		return
	done
	printf '%s newest\n' "${1##*$'\n'}"
}
