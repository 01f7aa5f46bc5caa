# SPDX-License-Identifier: GPL-2.0-only
# make            build libcpulevel, cpulevel, driver-kabi and packinfo in build/
# make install    the library, the commands, their manual pages and completion: DESTDIR= PREFIX=/usr
# make demo       the whole job on a real Xen dom0, in QEMU; sets itself up (root, Debian 12)
# make check      all tests, a true sample of the long ones; sets itself up
# make check-long everything, full matrices and soaks
# make check-G    one group of tests: lint unit fuzz golden shell kunit vm (tests/README)
# make bench-module  what a call to the module costs, beside libxenctrl and xen-cpuid
# make bench-lib  how fast the library and the command are, each beside a peer
# make bench-pack what a driver disk costs around its compile, beside DKMS
# make bench-admin   driver-disk status on a full module tree, beside depmod and modinfo
# make bench-respin  a matrix of re-spins, beside DKMS and bare kbuild
# make bench-pool    joining, leaving, starting, migrating in pools of 10 to 100,000 hosts, and in etcd
# make clean      remove build/; the cache of downloads and kernels stays
# make help       this text

PREFIX ?= /usr
MAN = $(DESTDIR)$(PREFIX)/share/man

all: tools

help:
	@sed -n '1d; /^$$/q; s/^# \{0,1\}//p' Makefile

tools:
	@$(MAKE) --no-print-directory -C lib
	@$(MAKE) --no-print-directory -C pool
	@$(MAKE) --no-print-directory -C cli
	@$(MAKE) --no-print-directory -C kabi
	@$(MAKE) --no-print-directory -C pack

# Modules come from driver disks, and the scripts that make those run from a checkout.
install: tools
	@$(MAKE) --no-print-directory -C lib install
	@$(MAKE) --no-print-directory -C cli install
	@$(MAKE) --no-print-directory -C kabi install
	@$(MAKE) --no-print-directory -C pack install
	install -d $(MAN)/man1 $(MAN)/man4 $(MAN)/man5 $(MAN)/man8
	install -m 644 man/driver-kabi.1 $(MAN)/man1
	install -m 644 man/cpulevel.4 $(MAN)/man4
	install -m 644 man/cpulevel.5 $(MAN)/man5
	install -m 644 man/cpulevel*.8 man/driver-disk.8 $(MAN)/man8

bootstrap:
	@scripts/bootstrap.sh

demo: bootstrap
	@tests/vm/demo

check: bootstrap
	@tests/run

check-long: bootstrap
	@tests/run --long

check-%: bootstrap
	@tests/run $*

bench-module: bootstrap
	@tests/vm/bench/module

bench-lib: tools
	@tests/bench/lib
	@tests/bench/cli

bench-pack: bootstrap
	@tests/bench/pack

bench-admin: bootstrap
	@tests/bench/admin

bench-respin: tools
	@tests/bench/respin

bench-pool: tools
	@tests/bench/pool

clean:
	rm -rf build

.PHONY: all help tools install bootstrap demo check check-long bench-module bench-lib bench-pack bench-admin \
	bench-respin bench-pool clean
