// SPDX-License-Identifier: GPL-2.0-only
/* sysfs: the files that each host has, how they come and go, and who is told. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "device.h"
#include "tests.h"

#define TREE	"/sys/class/misc/cpulevel/"
#define EVENTS	"/tmp/uevents"

static const char *read_file(const char *path)
{
	static char text[8192];
	int fd = open(path, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	text[n > 0 ? n : 0] = 0;
	if (fd >= 0)
		close(fd);
	return text;
}

static void expect_file(const char *host, const char *file, const char *want)
{
	char path[128], name[192];

	snprintf(path, sizeof(path), TREE "%s", file);
	snprintf(name, sizeof(name), "sysfs, %s: %s", host, file);
	if (!want)
		check(access(path, F_OK) != 0, name, "it is there: %s", read_file(path));
	else
		check(!strcmp(read_file(path), want), name, "'%s'", read_file(path));
}

/* Features of the fake: set n has (n + 1) << 12 | word + 1. */
static const char *words(int set)
{
	static char text[256];
	char *to = text;

	for (int i = 0; i < 19; i++)
		to += sprintf(to, "%s%08x", i ? "-" : "", (set + 1) << 12 | (i + 1));
	strcpy(to, "\n");
	return text;
}

static void become(const char *fake)
{
	set_fake(fake);
	if (refresh())
		printf("# REFRESH to %s failed\n", fake);
}

static void test_files(void)
{
	static const char * const sets[] = {
		"featuresets/raw", "featuresets/host", "featuresets/pv_default",
		"featuresets/hvm_default", "featuresets/pv_max", "featuresets/hvm_max",
	};

	become("newest");
	expect_file("newest", "abi", "1\n");
	expect_file("newest", "backend", "xen\n");
	expect_file("newest", "xen/sysctl_version", "0x16\n");
	expect_file("newest", "cpu/vendor", "GenuineIntel\n");
	expect_file("newest", "cpu/signature", "000306c3\n");
	expect_file("newest", "cpu/microcode", "0x28\n");
	expect_file("newest", "cpu/uniform", "1\n");
	expect_file("newest", "levelling/caps", "0x1e\n");
	expect_file("newest", "levelling/method", "masking\n");
	expect_file("newest", "levelling/source", "xen\n");
	for (int i = 0; i < 6; i++)
		expect_file("newest", sets[i], words(i));
	become("without_hvm");
	for (int i = 0; i < 6; i++)
		expect_file("without HVM", sets[i], i == 3 || i == 5 ? NULL : words(i));
	become("newest");
	expect_file("HVM again", sets[3], words(3));
	expect_file("HVM again", sets[5], words(5));
}

static void test_vanish(void)
{
	become("without_caps");
	expect_file("without caps", "levelling/caps", NULL);
	expect_file("without caps", "levelling/method", NULL);
	expect_file("without caps", "levelling/source", NULL);
	become("no_cpus");
	expect_file("without CPU facts", "cpu/vendor", NULL);
	expect_file("without CPU facts", "cpu/signature", NULL);
	expect_file("without CPU facts", "cpu/microcode", NULL);
	expect_file("without CPU facts", "cpu/uniform", NULL);
	expect_file("without CPU facts", "levelling/caps", "0x1e\n");
	become("newest");
	expect_file("CPU facts again", "cpu/vendor", "GenuineIntel\n");
	expect_file("CPU facts again", "cpu/uniform", "1\n");
}

/* Whoever has a file open that stays reads on, the new fact. */
static void test_open_file(void)
{
	char before[32] = "", after[32] = "";
	int fd = open(TREE "generation", O_RDONLY);
	ssize_t ok = pread(fd, before, sizeof(before) - 1, 0);

	become("without_hvm");
	if (ok > 0)
		ok = pread(fd, after, sizeof(after) - 1, 0);
	check(ok > 0 && atoi(after) == atoi(before) + 1, "sysfs: an open file outlives a REFRESH",
	      "'%s' then '%s', errno %d", before, after, errno);
	close(fd);
}

int log_uevent(void)
{
	FILE *to = fopen(EVENTS, "a");

	if (!to)
		return 1;
	fprintf(to, "%s %s\n", getenv("ACTION"), getenv("DEVPATH"));
	return fclose(to);
}

static long uevents(void)
{
	return atol(read_file("/sys/kernel/uevent_seqnum"));
}

static void test_uevent(void)
{
	int fd = open("/sys/kernel/uevent_helper", O_WRONLY);
	bool helps = write(fd, "/device", 7) == 7;
	long before;

	close(fd);
	become("newest");
	usleep(200000);
	unlink(EVENTS);
	before = uevents();
	become("newest");
	check(uevents() == before, "no uevent when nothing changed", "%ld of them", uevents() - before);
	become("new_microcode");
	check(uevents() == before + 1, "one uevent when a fact changed", "%ld of them", uevents() - before);
	for (int i = 0; i < 50 && !*read_file(EVENTS); i++)
		usleep(100000);
	check(helps && !strcmp(read_file(EVENTS), "change /devices/virtual/misc/cpulevel\n"),
	      "the uevent is the device's change", "'%s'", read_file(EVENTS));
	set_fake("restless");
	before = uevents();
	refresh();
	check(uevents() == before, "no uevent when REFRESH failed", "%ld of them", uevents() - before);
	fd = open("/sys/kernel/uevent_helper", O_WRONLY);
	if (write(fd, "\n", 1) != 1)
		printf("# the helper stays\n");
	close(fd);
}

static void test_native(void)
{
	call(0, NULL);
	unload();
	check(!load("native"), "loading without Xen", "it failed");
	expect_file("native", "backend", "native\n");
	expect_file("native", "xen/sysctl_version", NULL);
	expect_file("native", "cpu/vendor", "GenuineIntel\n");
	expect_file("native", "cpu/uniform", "1\n");
	expect_file("native", "levelling/caps", "0x0\n");
	expect_file("native", "levelling/method", "none\n");
	expect_file("native", "levelling/source", "probed\n");
	expect_file("native", "featuresets/pv_max", NULL);
	expect_file("native", "featuresets/hvm_default", NULL);
	check(!strncmp(read_file(TREE "featuresets/host"), "178bfbff-", 9), "sysfs, native: host", "%s",
	      read_file(TREE "featuresets/host"));
	call(0, NULL);
	unload();
	check(!load("newest"), "loading with Xen again", "it failed");
}

void test_sysfs(void)
{
	test_files();
	test_vanish();
	test_open_file();
	test_uevent();
	test_native();
}
