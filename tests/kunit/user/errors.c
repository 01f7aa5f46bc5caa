// SPDX-License-Identifier: GPL-2.0-only
/* Each error that the uapi header promises, and what loading refuses. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "device.h"
#include "tests.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))
#define PAGE		4096

static struct cpulevel_policy policy;

/* @name of what should be @want. */
static void expect(int got, int want, const char *name)
{
	check(got == want, name, "errno %d (%s), expected %d", got, strerror(got), want);
}

static void refuses_to_load(const char *fake, int want)
{
	char name[64];
	int err = load(fake);

	snprintf(name, sizeof(name), "loading is refused: %s", fake);
	check(err == want && access("/dev/cpulevel", F_OK), name,
	      "errno %d, expected %d; the device %s", err, want,
	      access("/dev/cpulevel", F_OK) ? "is not there" : "is there");
	if (!err)
		unload();
}

/* Loading with every allocation failing once; kmemleak judges the rest. */
static void load_without_memory(const char *fake)
{
	int n, err = 0, odd = 0;
	char name[64];

	for (n = 1; n < 2000; n++) {
		fail_allocation(n);
		err = load(fake);
		if (!allocation_failed())
			break;
		if (!err)
			unload();
		else if (err != ENOMEM || !access("/dev/cpulevel", F_OK))
			odd = err ?: -1;
	}
	snprintf(name, sizeof(name), "loading without memory fails cleanly: %s", fake);
	check(!odd && !err && n > 10 && n < 2000, name, "allocation %d of them: errno %d, %d", n, err, odd);
	if (!err)
		unload();
}

void test_load(void)
{
	refuses_to_load("refusing", EPERM);
	refuses_to_load("flask", EACCES);
	refuses_to_load("too_new", EPROTONOSUPPORT);
	refuses_to_load("too_wide", E2BIG);
	refuses_to_load("restless", EAGAIN);
	load_without_memory("newest");
	load_without_memory("native");
	expect(load("newest"), 0, "loading works");
	get_info();
	expect(syscall(SYS_delete_module, "cpulevel", O_NONBLOCK) ? errno : 0, EWOULDBLOCK,
	       "the module stays while the device is open");
}

static const unsigned int commands[] = {
	CPULEVEL_IOC_INFO, CPULEVEL_IOC_FEATURESET, CPULEVEL_IOC_POLICY, CPULEVEL_IOC_REFRESH,
};

static void test_notty(void)
{
	const unsigned int wrong[] = {
		0x12345678, ~0u, CPULEVEL_IOC_INFO & 0xffff,
		_IOWR(CPULEVEL_IOC_MAGIC, 4, struct cpulevel_info),
		_IOWR(CPULEVEL_IOC_MAGIC, 0xff, struct cpulevel_info),
		_IOWR(CPULEVEL_IOC_MAGIC + 1, 0, struct cpulevel_info),
		_IOR(CPULEVEL_IOC_MAGIC, 0, struct cpulevel_info),
		_IOWR(CPULEVEL_IOC_MAGIC, 0, char[sizeof(struct cpulevel_info) + 8]),
		_IOWR(CPULEVEL_IOC_MAGIC, 1, struct cpulevel_info),
		_IO(CPULEVEL_IOC_MAGIC, 3),
	};
	char name[64];

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		memset(&policy, 0, sizeof(policy));
		snprintf(name, sizeof(name), "ENOTTY: command 0x%08x", wrong[i]);
		expect(call(wrong[i], &policy), ENOTTY, name);
	}
}

/* Three pages: one to read and write, one to read, one not there. */
static void test_fault(void)
{
	char *pages = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t size;
	char name[64];

	if (pages == MAP_FAILED || mprotect(pages + PAGE, PAGE, PROT_READ) || munmap(pages + 2 * PAGE, PAGE))
		exit(1);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		size = _IOC_SIZE(commands[i]);
		const struct { const char *what; void *arg; } args[] = {
			{ "NULL", NULL },
			{ "the kernel's memory", (void *)0xffff888000000000 },
			{ "the last byte", (void *)~0ul },
			{ "nothing there", pages + 2 * PAGE },
			{ "nothing at its end", pages + 2 * PAGE - (size > PAGE ? PAGE : size) + 8 },
			{ "read only", pages + PAGE },
			{ "read only at its end", pages + PAGE - 8 },
		};

		for (size_t j = 0; j < ARRAY_SIZE(args); j++) {
			snprintf(name, sizeof(name), "EFAULT: command %u, %s", _IOC_NR(commands[i]), args[j].what);
			expect(call(commands[i], args[j].arg), EFAULT, name);
		}
	}
	munmap(pages, 2 * PAGE);
}

static void test_reserved(void)
{
	struct cpulevel_info info = { .reserved = 1 };
	struct cpulevel_featureset fs = { .reserved = 1ull << 63 };
	struct cpulevel_refresh r = { .reserved = 1ull << 32 };

	memset(&policy, 0, sizeof(policy));
	policy.reserved = 0x80000000;
	expect(call(CPULEVEL_IOC_INFO, &info), EINVAL, "EINVAL: INFO, reserved");
	expect(call(CPULEVEL_IOC_FEATURESET, &fs), EINVAL, "EINVAL: FEATURESET, reserved");
	expect(call(CPULEVEL_IOC_POLICY, &policy), EINVAL, "EINVAL: POLICY, reserved");
	expect(call(CPULEVEL_IOC_REFRESH, &r), EINVAL, "EINVAL: REFRESH, reserved");
}

static int get_set(uint32_t index)
{
	struct cpulevel_featureset fs = { .index = index };

	return call(CPULEVEL_IOC_FEATURESET, &fs);
}

static int get_policy(uint32_t index)
{
	memset(&policy, 0xff, sizeof(policy));	/* only two fields are read */
	policy.index = index;
	policy.reserved = 0;
	return call(CPULEVEL_IOC_POLICY, &policy);
}

static void test_index(void)
{
	expect(get_set(6), EINVAL, "EINVAL: FEATURESET, index 6");
	expect(get_set(~0u), EINVAL, "EINVAL: FEATURESET, index ~0");
	expect(get_policy(6), EINVAL, "EINVAL: POLICY, index 6");
	expect(get_policy(~0u), EINVAL, "EINVAL: POLICY, index ~0");
	expect(get_policy(4), 0, "POLICY needs only index and reserved");

	set_fake("without_hvm");
	expect(refresh(), 0, "REFRESH to a host without HVM");
	expect(get_set(3), ENODATA, "ENODATA: FEATURESET not offered");
	set_fake("no_policies");
	expect(refresh(), 0, "REFRESH to a host without policies");
	expect(get_policy(0), ENODATA, "ENODATA: POLICY not offered");
	set_fake("big_policy");
	expect(refresh(), 0, "REFRESH to a host with a big policy");
	expect(get_policy(4), E2BIG, "E2BIG: POLICY that does not fit");
	expect(get_policy(5), 0, "POLICY beside a big one");
	fail_allocation(1);
	expect(get_policy(5), ENOMEM, "ENOMEM: POLICY");
	check(allocation_failed(), "POLICY's memory did run out", "no allocation failed");
}

/* The old snapshot stays, to the last bit. */
static void refresh_fails(const char *fake, int want)
{
	struct cpulevel_info before = get_info(), after;
	char name[64];

	set_fake(fake);
	snprintf(name, sizeof(name), "REFRESH fails with %s: %s", strerrorname_np(want), fake);
	expect(refresh(), want, name);
	after = get_info();
	snprintf(name, sizeof(name), "the old snapshot stays: %s", fake);
	check(!memcmp(&before, &after, sizeof(before)), name, "generation %llu became %llu",
	      (unsigned long long)before.generation, (unsigned long long)after.generation);
}

static void refresh_without_memory(void)
{
	struct cpulevel_info before = get_info();
	int n, err = 0, odd = 0;

	set_fake("newest");
	for (n = 1; n < 500; n++) {
		fail_allocation(n);
		err = refresh();
		if (!allocation_failed())
			break;
		if (err == ENOMEM && get_info().generation != before.generation)
			odd = n;
		before = get_info();
		if (err && err != ENOMEM)
			odd = n;
	}
	check(!odd && !err && n > 3 && n < 500, "REFRESH fails with ENOMEM at each allocation",
	      "allocation %d, errno %d, %d odd", n, err, odd);
}

/* In a child, which becomes nobody; its status is the errno. */
static int as_nobody(int (*fn)(void))
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		call(0, NULL);
		if (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
			_exit(255);
		_exit(fn());
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

static int refresh_null(void) { return call(CPULEVEL_IOC_REFRESH, NULL); }
static int get_raw(void) { return get_set(0); }
static int get_raw_policy(void) { return get_policy(0); }
static int get_info_again(void) { get_info(); return 0; }

static void test_refresh(void)
{
	uint64_t generation = get_info().generation;
	struct cpulevel_refresh r = { 0 };

	set_fake("newest");
	expect(call(CPULEVEL_IOC_REFRESH, &r), 0, "REFRESH");
	check(r.generation == generation + 1 && get_info().generation == r.generation,
	      "REFRESH says the new generation", "%llu after %llu", (unsigned long long)r.generation,
	      (unsigned long long)generation);
	refresh_fails("restless", EAGAIN);
	refresh_fails("refusing", EIO);
	refresh_fails("flask", EIO);
	refresh_fails("too_new", EIO);
	refresh_fails("too_wide", EIO);
	refresh_without_memory();
	expect(as_nobody(refresh), EPERM, "EPERM: REFRESH by nobody");
	expect(as_nobody(refresh_null), EPERM, "EPERM: before the argument is looked at");
	expect(as_nobody(get_info_again), 0, "INFO by nobody");
	expect(as_nobody(get_raw), 0, "FEATURESET by nobody");
	expect(as_nobody(get_raw_policy), 0, "POLICY by nobody");
}

void test_errors(void)
{
	test_notty();
	test_fault();
	test_reserved();
	test_index();
	test_refresh();
}
