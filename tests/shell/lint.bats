#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# What --lint finds in packages, modules and scriptlets: every number on a disk
# that has just this fault.

# shellcheck disable=SC1083,SC2016,SC2030,SC2031,SC2034  # the parts are variables of lint.bash
load lint

setup_file() {
	have_kernels || return 0
	setup_lint
}

teardown_file() { stop_agent "$BATS_FILE_TMPDIR/trust"; }

setup() {
	need_kernels
	start_lint
	new_legacy
	D=$BATS_TEST_TMPDIR/disk
	BAD=0
}

# Each line: the numbers that must be found, then what is done to the good parts.
cases() {	# lines on stdin
	local want change

	while IFS='|' read -r want change; do
		[[ -n $want ]] || continue
		want=${want%"${want##*[! ]}"}
		new_legacy
		source /dev/stdin <<<"$change"
		legacy_disk "$D"
		expect "$D" "$want" "$change"
	done
	[[ $BAD = 0 ]]
}

# What a tools package of these files gets: /opt/acme/x made by COMMAND.
tool() { T_INSTALL="install -d %{buildroot}/opt/acme; cd %{buildroot}/opt/acme; $1"; T_LIST=/opt/acme; }
file() { T_INSTALL="install -D -m ${2:-644} /etc/hostname %{buildroot}$1"; T_LIST=$1; }
post() { T_MORE="%post"$'\n'"$1"; }
spoil_ko() { sed "$1" "$W/good.ko" >"$W/bad.ko"; M_KO=$W/bad.ko; }

@test "a good legacy disk has no finding, and the answer is yes" {
	legacy_disk "$D"
	run lint_disk "$D"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "where a module lies, and for which kernel it is" {
	cases <<-'END'
		201 | spoil_ko "s/$LK/6.1.0+48.amd64/"
		202 | M_TAGS='Requires: kernel-uname-r = 6.1.0+48.amd64'
		203 302 613 | L_KERNEL=6.1.0+48.amd64 M_NAME=acme-6.1.0+48.amd64-modules
		213 | M_INSTALL="install -D /dev/null %{buildroot}/lib/modules/$LK/updates/other.ko.xz" M_LIST=/lib/modules/$LK/updates/other.ko.xz
		214 | M_INSTALL="install -D $W/good.ko %{buildroot}/lib/modules/$LK/updates/x/acme-edu.ko" M_LIST="/lib/modules/$LK/updates/x/acme-edu.ko"
		215 613 | M_DIR=kernel/drivers
		216 613 | M_DIR=override M_FILE=ttm.ko
		217 613 | M_DIR=override
		218 613 | M_DIR=weak-updates
		218 | tool "install -m 644 $W/good.ko x.ko"
	END
}

@test "a depmod.d file makes override/ right" {
	M_DIR=override
	file /etc/depmod.d/acme.conf
	legacy_disk "$D"
	expect "$D" 613 "depmod.d"
	[ "$BAD" = 0 ]
}

@test "what a module says of itself" {
	objcopy --remove-section __versions "$W/good.ko" "$W/unversioned.ko"
	head -c 2000 "$W/good.ko" >"$W/short.ko"
	cases <<-'END'
		206 | M_KO=$W/unversioned.ko
		209 | spoil_ko 's/version=/versiom=/'
		210 | spoil_ko 's/license=GPL/licenze=GPL/'
		211 | spoil_ko 's/alias=/alibi=/'
		212 | M_KO=/etc/hostname
		212 | M_KO=$W/short.ko
	END
}

@test "what the kernel has for a module" {
	fake_kdir "$W/other"
	sed -i 's/^0x[0-9a-f]*\tmodule_layout\t/0x12345678\tmodule_layout\t/' "$W/other/Module.symvers"
	legacy_disk "$D"
	LINT_KDIR=$W/other expect "$D" 205 "another CRC"
	fake_kdir "$W/other"
	sed -i '/CONFIG_MODULE_UNLOAD=y/d' "$W/other/include/config/auto.conf"
	LINT_KDIR=$W/other expect "$D" 207 "another configuration"
	sed -i 's/[+]47/+48/' "$W/other/include/generated/utsrelease.h"
	fake_kdir "$W/next"
	echo '#define UTS_RELEASE "6.1.0+48.amd64"' >"$W/next/include/generated/utsrelease.h"
	LINT_KDIR=$W/next expect "$D" 204 "another kernel"
	LINT_KDIR='' expect "$D" 208 "no kernel-devel"
	LINT_KDIR=$W/nowhere expect "$D" 208 "an empty folder"
	[ "$BAD" = 0 ]
}

@test "the modules' signatures" {
	openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=acme -keyout "$W/ko.key" -out "$W/ko.pem" 2>/dev/null
	openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=other -keyout "$W/no.key" -out "$W/no.pem" 2>/dev/null
	sign_ko "$W/good.ko" "$W/ko" "$W/signed.ko"
	sign_ko "$W/good.ko" "$W/no" "$W/forged.ko"
	{ cat "$W/signed.ko"; echo more; } >"$W/appended.ko"
	strip --strip-debug -o "$W/stripped.ko" "$W/signed.ko"
	sed 's/author=/Author=/' "$W/signed.ko" >"$W/edited.ko"
	LINT_MODULE_KEY=$W/ko.pem cases <<-'END'
		219 | M_KO=$W/good.ko
		219 | M_KO=$W/stripped.ko
		220 | M_KO=$W/appended.ko
		221 | M_KO=$W/forged.ko
		221 | M_KO=$W/edited.ko
	END
	M_KO=$W/signed.ko
	legacy_disk "$D"
	openssl x509 -in "$W/ko.pem" -outform DER -out "$W/ko.der"
	LINT_MODULE_KEY=$W/ko.pem expect "$D" '' "signed, PEM"
	LINT_MODULE_KEY=$W/ko.der expect "$D" '' "signed, DER"
	[ "$BAD" = 0 ]
}

sign_ko() {	# KO KEY SIGNED: as the kernel's scripts/sign-file does it
	local len

	openssl cms -sign -binary -noattr -nocerts -outform DER -md sha256 -in "$1" \
		-signer "$2.pem" -inkey "$2.key" -out "$3.p7s"
	len=$(printf '%08x' "$(stat -c %s "$3.p7s")")
	{
		cat "$1" "$3.p7s"
		printf '\0\0\2\0\0\0\0\0'
		printf '%b' "\\x${len:0:2}\\x${len:2:2}\\x${len:4:2}\\x${len:6:2}"
		printf '~Module signature appended~\n'
	} >"$3"
}

@test "the files of packages" {
	printf 'int main(void) { return 0; }\n' >"$W/p.c"
	gcc -w -o "$W/new" -x c - <<<'#include <unistd.h>
		int main(void) { return close_range(3, 4, 0); }'
	gcc -shared -nostdlib -o "$W/libacme.so.1" -Wl,-soname,libacme.so.1 -x c - <<<'int x;'
	gcc -nostdlib -Wl,--no-as-needed -Wl,-e,main -o "$W/needs" "$W/p.c" "$W/libacme.so.1"
	gcc -static-pie -nostdlib -Wl,-e,main -o "$W/static" "$W/p.c" || gcc -static -nostdlib -Wl,-e,main -o "$W/static" "$W/p.c"
	cases <<-'END'
		107 | file /boot/acme
		107 | file /var/update/applied/acme
		107 | file /etc/sudoers
		109 | file /opt/acme 4755
		110 | file /opt/acme 666
		111 | tool 'ln -s ../../../../etc/passwd x'
		111 | tool 'ln -s /etc/passwd x'
		112 | tool "cp $W/new x"
		113 | tool "cp $W/needs x"
		114 | file /opt/firmware/acme.bin
		114 | file /lib/firmware/updates/4.19.0+2/acme.bin
		114 | spoil_ko 's,description=.........,firmware=acme/a.bin\x00x,'; file /lib/firmware/a.bin
	END
	new_legacy
	tool "cp $W/static x; ln -s x y; ln -s /opt/acme/x z; chmod 755 ."
	legacy_disk "$D"
	expect "$D" '' "a static program and links to it"
	new_legacy
	spoil_ko 's,description=.........,firmware=acme/a.bin\x00x,'
	file "/lib/firmware/updates/$LK/acme/a.bin"
	legacy_disk "$D"
	expect "$D" '' "firmware where its driver asks for it"
	new_legacy
	tool "cp $W/needs $W/libacme.so.1 ."
	legacy_disk "$D"
	expect "$D" '' "a library of its own"
	[ "$BAD" = 0 ]
}

@test "packages: names, requirements, payload, machine" {
	cases <<-'END'
		301 | M_TAGS=''
		302 611 | M_NAME=acme-driver-modules
		303 | T_TAGS='Requires: /usr/bin/python3'
		303 | T_TAGS='Requires: python(abi) = 3.6'
		303 | T_TAGS='Requires: libc.so.6(GLIBC_2.34)(64bit)'
		304 | T_TAGS='Requires: (acme or acme2)'
		304 305 | RPM_OPTIONS+=(-D '_binary_payload w3.zstdio')
		304 305 | RPM_OPTIONS+=(-D '_binary_payload w3.xzdio')
		616 | RPM_OPTIONS+=(-D '_binary_filedigest_algorithm 8')
		309 | RPM_OPTIONS+=(--target armv7hl)
	END
}

@test "XenServer 7.0's rpm reads sha256 and xz, not zstd" {
	L_MAIN=7.0.0
	RPM_OPTIONS=(-D '_binary_payload w3.xzdio')
	legacy_disk "$D"
	expect "$D" '' "xz"
	RPM_OPTIONS=(-D '_binary_payload w3.zstdio')
	legacy_disk "$D"
	expect "$D" '304 305' "zstd"
	[ "$BAD" = 0 ]
}

@test "a version must be greater than the previous release's" {
	mkdir -p "$BATS_TEST_TMPDIR/old"
	legacy_disk "$D"
	cp "$D"/*.rpm "$BATS_TEST_TMPDIR/old"
	LINT_PREVIOUS=$BATS_TEST_TMPDIR/old expect "$D" '' "the same files"
	T_RELEASE=1.1
	legacy_disk "$D"
	LINT_PREVIOUS=$BATS_TEST_TMPDIR/old expect "$D" '' "a greater one"
	T_RELEASE=0.9
	legacy_disk "$D"
	LINT_PREVIOUS=$BATS_TEST_TMPDIR/old expect "$D" 306 "a smaller one"
	T_RELEASE=1 T_TAGS='Provides: acme'
	legacy_disk "$D"
	LINT_PREVIOUS=$BATS_TEST_TMPDIR/old expect "$D" 306 "the same with other content"
	[ "$BAD" = 0 ]
}

@test "scriptlets that do more than prepare files, with the line quoted" {
	cases <<-'END'
		401 | post 'systemctl restart acme'
		401 | post 'if true; then /usr/sbin/service acme start; fi'
		401 | post '/etc/init.d/acme start'
		401 | post '/opt/acme/daemon --detach &'
		402 | post '[ -e /x ] || modprobe acme_edu'
		402 | post '/sbin/rmmod acme_edu'
		403 | post 'curl -s http://example.org >/opt/x'
		403 | post 'exec 3<>/dev/tcp/example.org/80'
		404 | post 'depmod $(uname -r)'
		404 | post 'depmod -a'
		404 | post 'dracut -f'
		405 | post 'xe host-list'
		405 | post '. /etc/xensource-inventory'
		406 | T_MORE=$'%post -p /usr/bin/perl\nprint 1'
		407 | M_POST=''
		407 | M_POSTUN='true'
		408 | post 'rpm -e acme-old'
		408 | post 'yum install acme'
		402 | T_MORE=$'%triggerin -- kernel\nmodprobe acme_edu'
	END
	[[ $FOUND = *'%trigger line 1: '*': modprobe acme_edu' ]]
}

@test "scriptlets that are fine" {
	post "$(cat <<-'END'
		# modprobe would be wrong here
		echo 'do not modprobe; reboot'
		systemctl daemon-reload
		systemctl enable acme.service >/dev/null 2>&1 || :
		command -v dracut >/dev/null && [ -e /boot/initrd-4.19.0+1.img ]
		rpm -q kernel >&2
		cat >/opt/x <<'EOF'
		modprobe acme; uname -r
		EOF
		depmod "$k"
		udevadm trigger --attr-nomatch=driver && udevadm settle -t 30
		case $(rpm -q --qf %%{version} acme) in 1) true ;; esac
	END
	)"
	legacy_disk "$D"
	expect "$D" '' fine
	[ "$BAD" = 0 ]
}
