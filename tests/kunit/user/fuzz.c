// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random and boundary ioctls.  What each must answer follows from its argument
 * alone, so every answer is checked, and that nothing else was written.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "device.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))
#define PAGE		4096ul
#define WRITABLE	(4 * PAGE)	/* then one page to read, then none */
#define CANARY		0xa5

static uint64_t state;
static unsigned char *arena;
static struct cpulevel_info known;
static const char *fake;
static bool privileged;

static uint32_t random32(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state >> 16;
}

static uint32_t pick(uint32_t n)
{
	return random32() % n;
}

/* A value with a preference for those where mistakes are. */
static uint32_t odd_value(void)
{
	static const uint32_t edges[] = { 0, 1, 5, 6, 7, 63, 64, 255, 256, 0x7fffffff, 0x80000000, ~0u };

	return pick(4) ? edges[pick(ARRAY_SIZE(edges))] : random32();
}

static unsigned int odd_command(void)
{
	static const unsigned int known_ones[] = {
		CPULEVEL_IOC_INFO, CPULEVEL_IOC_FEATURESET, CPULEVEL_IOC_FEATURESET, CPULEVEL_IOC_POLICY,
	};

	switch (pick(16)) {
	case 0:
		return random32() | 1;
	case 1:	/* one bit of a right one is wrong */
		return known_ones[pick(4)] ^ 1u << pick(32);
	default:	/* REFRESH is one in a hundred */
		return pick(94) ? known_ones[pick(4)] : CPULEVEL_IOC_REFRESH;
	}
}

static size_t size_of(unsigned int cmd)
{
	return cmd >> 16 & 0x3fff;
}

/* Somewhere: mostly in the arena, often at its edges, sometimes nowhere. */
static uintptr_t odd_address(size_t size)
{
	static const uintptr_t nowhere[] = { 0, 1, 8, 0x7ffffffff000, 0xffff888000000000, ~0ul, ~0ul - 7 };

	switch (pick(8)) {
	case 0:
		return nowhere[pick(ARRAY_SIZE(nowhere))];
	case 1:	/* about the end of what is writable */
		return (uintptr_t)arena + WRITABLE - size + pick(2) * pick(64);
	case 2:	/* about the end of what is readable */
		return (uintptr_t)arena + WRITABLE + PAGE - size + pick(2) * pick(64);
	default:
		return (uintptr_t)arena + pick(WRITABLE - size);
	}
}

static bool inside(uintptr_t at, size_t size, size_t end)
{
	return at >= (uintptr_t)arena && at - (uintptr_t)arena <= end && size <= end - (at - (uintptr_t)arena);
}

/* Fill the argument in, as far as it can be; what it is then, in @index, @reserved. */
static void fill(unsigned int cmd, uintptr_t at, uint32_t *index, uint64_t *reserved)
{
	size_t reserved_at, reserved_size = 8;

	switch (cmd) {
	case CPULEVEL_IOC_INFO:
		reserved_at = offsetof(struct cpulevel_info, reserved);
		break;
	case CPULEVEL_IOC_FEATURESET:
		reserved_at = offsetof(struct cpulevel_featureset, reserved);
		break;
	case CPULEVEL_IOC_POLICY:
		reserved_at = offsetof(struct cpulevel_policy, reserved);
		reserved_size = 4;
		break;
	case CPULEVEL_IOC_REFRESH:
		reserved_at = offsetof(struct cpulevel_refresh, reserved);
		break;
	default:
		return;
	}
	*index = pick(8) ? pick(7) : odd_value();
	*reserved = pick(8) ? 0 : odd_value();
	/* Beyond what can be written there are zeros, to be read. */
	if (inside(at, 4, WRITABLE))
		memcpy((void *)at, index, 4);
	else
		*index = 0;
	if (inside(at + reserved_at, reserved_size, WRITABLE))
		memcpy((void *)(at + reserved_at), reserved, reserved_size);
	else
		*reserved = 0;
	if (!inside(at, 4, WRITABLE) || !inside(at + reserved_at, reserved_size, WRITABLE)) {
		/* A field across the border: take what is there. */
		if (inside(at, size_of(cmd), WRITABLE + PAGE)) {
			memcpy(index, (void *)at, 4);
			memcpy(reserved, (void *)(at + reserved_at), reserved_size);
		}
	}
}

static int expected(unsigned int cmd, uintptr_t at, uint32_t index, uint64_t reserved)
{
	size_t size = size_of(cmd);
	bool is_policy = cmd == CPULEVEL_IOC_POLICY;

	if (cmd != CPULEVEL_IOC_INFO && cmd != CPULEVEL_IOC_FEATURESET && !is_policy &&
	    cmd != CPULEVEL_IOC_REFRESH)
		return ENOTTY;
	if (cmd == CPULEVEL_IOC_REFRESH && !privileged)
		return EPERM;
	/* Of a policy only its head is read. */
	if (!inside(at, is_policy ? offsetof(struct cpulevel_policy, leaves) : size, WRITABLE + PAGE))
		return EFAULT;
	if (reserved)
		return EINVAL;
	if (cmd == CPULEVEL_IOC_FEATURESET || is_policy) {
		if (index >= CPULEVEL_NR_SETS)
			return EINVAL;
		if (is_policy && !strcmp(fake, "big_policy") && index == CPULEVEL_SET_PV_MAX)
			return E2BIG;
		if (!((is_policy ? known.valid_policies : known.valid) >> index & 1))
			return ENODATA;
	}
	return inside(at, size, WRITABLE) ? 0 : EFAULT;
}

/* What was written lies within the argument. */
static bool canaries_live(uintptr_t at, size_t size)
{
	uintptr_t p, end = (uintptr_t)arena + WRITABLE;

	for (p = (uintptr_t)arena; p < end; p++)
		if ((p < at || p >= at + size) && *(unsigned char *)p != CANARY)
			return false;
	return true;
}

static bool one_call(unsigned int number)
{
	unsigned int cmd = odd_command();
	size_t size = size_of(cmd) > WRITABLE ? 64 : size_of(cmd);
	uintptr_t at = odd_address(size);
	uint32_t index = 0;
	uint64_t reserved = 0;
	int want, got;

	memset(arena, CANARY, WRITABLE);
	fill(cmd, at, &index, &reserved);
	want = expected(cmd, at, index, reserved);
	got = call(cmd, (void *)at);
	if (got == want && canaries_live(at, size))
		return true;
	printf("# call %u, host %s: cmd 0x%08x at arena%+ld, index %u, reserved %llu: errno %d, expected %d%s\n",
	       number, fake, cmd, (long)(at - (uintptr_t)arena), index, (unsigned long long)reserved, got, want,
	       canaries_live(at, size) ? "" : ", and wrote elsewhere");
	return false;
}

static void change_host(void)
{
	static const char * const fakes[] = {
		"newest", "without_hvm", "no_policies", "big_policy", "no_cpus", "new_microcode",
	};

	fake = fakes[pick(ARRAY_SIZE(fakes))];
	set_fake(fake);
	if (refresh())
		printf("# REFRESH to %s failed\n", fake);
	known = get_info();
}

static unsigned int round_of(unsigned int count)
{
	unsigned int i, bad = 0;

	for (i = 0; i < count && bad < 10; i++) {
		if (privileged && i % 1000 == 0)
			change_host();
		bad += !one_call(i);
	}
	return bad;
}

static bool round_as_nobody(unsigned int count)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		call(0, NULL);
		if (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
			_exit(255);
		privileged = false;
		status = round_of(count);
		fflush(stdout);
		_exit(status);
	}
	return waitpid(pid, &status, 0) == pid && !status;
}

static long parameter(const char *name, char *text, size_t size)
{
	char path[128];
	FILE *from;

	snprintf(path, sizeof(path), "/sys/module/cpulevel/parameters/%s", name);
	from = fopen(path, "r");
	if (!from || !fgets(text, size, from))
		*text = '?';
	if (from)
		fclose(from);
	return atol(text);
}

void fuzz(unsigned int seed, unsigned int count)
{
	char text[128] = "";
	long before, after;

	state = 0x9e3779b97f4a7c15 ^ seed;
	arena = mmap(NULL, WRITABLE + 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (arena == MAP_FAILED || mprotect(arena + WRITABLE, PAGE, PROT_READ) ||
	    munmap(arena + WRITABLE + PAGE, PAGE)) {
		check(false, "random ioctls", "no memory for them");
		return;
	}
	printf("# seed %u\n", seed);
	fflush(stdout);
	privileged = true;
	check(!round_of(count / 2), "random ioctls", "see above");
	fflush(stdout);
	before = parameter("calls", text, sizeof(text));
	check(round_as_nobody(count - count / 2), "random ioctls by nobody", "see above");
	after = parameter("calls", text, sizeof(text));
	check(before == after, "no call by nobody reached Xen", "%ld calls", after - before);
	parameter("misuse", text, sizeof(text));
	check(!strcmp(text, "\n"), "Xen was not misused", "%s", text);
	call(0, NULL);
	unload();
}
