// SPDX-License-Identifier: GPL-2.0-only
/* Make random calls, know from the header what each may answer, and hold the kernel to it. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "abuse.h"

#define AREA		(3 * 4096)	/* the largest structure takes two pages */
#define GUARD		16		/* bytes on each side that nobody may touch */
#define MAY(got)	(1U << (got))

enum place { GOOD, STRADDLE, READONLY, NOWHERE };

struct call {
	int what;		/* CMD_* */
	unsigned int cmd;
	size_t size;
	enum place place;
	char *arg;
	bool low;		/* arg fits a 32-bit call */
	uint32_t may;		/* bit per GOT_* */
	char in[sizeof(struct cpulevel_policy)] __attribute__((aligned(8)));
};

static const struct { unsigned int cmd; size_t size; } commands[] = {
	[CMD_INFO]	 = { CPULEVEL_IOC_INFO, sizeof(struct cpulevel_info) },
	[CMD_FEATURESET] = { CPULEVEL_IOC_FEATURESET, sizeof(struct cpulevel_featureset) },
	[CMD_POLICY]	 = { CPULEVEL_IOC_POLICY, sizeof(struct cpulevel_policy) },
	[CMD_REFRESH]	 = { CPULEVEL_IOC_REFRESH, sizeof(struct cpulevel_refresh) },
};

static char *map(size_t size, int prot)
{
	char *p = mmap(NULL, size, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	if (p == MAP_FAILED) {
		perror("abuse: mmap");
		exit(2);
	}
	return p;
}

void map_pages(struct worker *w)
{
	w->page = map(AREA + 4096, PROT_READ | PROT_WRITE);
	w->readonly = map(AREA, PROT_READ | PROT_WRITE);
	w->gone = map(AREA, PROT_NONE);
	if (mprotect(w->page + AREA, 4096, PROT_NONE)) {
		perror("abuse: mprotect");
		exit(2);
	}
}

/* A 64-bit process may make 32-bit calls; they arrive at compat_ioctl. */
static int int80_ioctl(int fd, unsigned int cmd, void *arg)
{
	long ret;

	asm volatile("int $0x80" : "=a"(ret)
		     : "0"(54L), "b"((long)fd), "c"((long)cmd), "d"(arg)
		     : "memory", "r8", "r9", "r10", "r11");
	return (int)ret < 0 ? (int)ret : 0;
}

static int call_kernel(struct worker *w, const struct call *c)
{
	if (w->board->compat && c->low && roll(w, 4) == 0) {
		__atomic_add_fetch(&w->board->int80, 1, __ATOMIC_RELAXED);
		return int80_ioctl(w->fd, c->cmd, c->arg);
	}
	return ioctl(w->fd, c->cmd, c->arg) ? -errno : 0;
}

/* The file system answers commands of these types before the driver sees them. */
static bool is_vfs(unsigned int cmd)
{
	static const char types[] = { 0, 0x15, 'T', 'X', 'f', (char)0x94 };

	return memchr(types, _IOC_TYPE(cmd), sizeof(types));
}

static bool is_ours(unsigned int cmd)
{
	int i;

	for (i = 0; i < CMD_OTHER; i++)
		if (cmd == commands[i].cmd)
			return true;
	return false;
}

/* A number near one of ours, or any: wrong size, direction, number or type. */
static unsigned int foreign_command(struct worker *w)
{
	unsigned int cmd;

	do {
		cmd = commands[roll(w, CMD_OTHER)].cmd;
		switch (roll(w, 6)) {
		case 0: cmd = _IOC(_IOC_DIR(cmd), CPULEVEL_IOC_MAGIC, _IOC_NR(cmd), roll(w, 1 << 14)); break;
		case 1: cmd = _IOC(roll(w, 4), CPULEVEL_IOC_MAGIC, _IOC_NR(cmd), _IOC_SIZE(cmd)); break;
		case 2: cmd = _IOC(_IOC_DIR(cmd), CPULEVEL_IOC_MAGIC, roll(w, 256), _IOC_SIZE(cmd)); break;
		case 3: cmd = _IOC(_IOC_DIR(cmd), roll(w, 256), _IOC_NR(cmd), _IOC_SIZE(cmd)); break;
		case 4: cmd ^= 1U << roll(w, 32); break;
		default: cmd = roll(w, 1ULL << 32);
		}
	} while (is_ours(cmd) || is_vfs(cmd));
	return cmd;
}

static uint32_t random_index(struct worker *w)
{
	static const uint32_t edges[] = { CPULEVEL_NR_SETS, CPULEVEL_NR_SETS + 1, 31, 32, 64, 0x7fffffff,
					  0x80000000, 0xfffffffe, 0xffffffff };

	switch (roll(w, 8)) {
	case 0: return edges[roll(w, sizeof(edges) / sizeof(edges[0]))];
	case 1: return roll(w, 1ULL << 32);
	default: return roll(w, CPULEVEL_NR_SETS);
	}
}

/* Mostly 0; else any one bit of it, or all. */
static uint64_t random_reserved(struct worker *w, int bits)
{
	switch (roll(w, 16)) {
	case 0: return 1ULL << roll(w, bits);
	case 1: return ~0ULL;
	default: return 0;
	}
}

/* The errors that the content deserves by itself; GOT_OK if none. */
static uint32_t fill(struct worker *w, struct call *c)
{
	uint32_t index = random_index(w), offered, may = 0;
	uint64_t reserved = random_reserved(w, c->what == CMD_POLICY ? 32 : 64);

	memset(c->in, roll(w, 2) ? 0 : 0xa5, c->size);
	switch (c->what) {
	case CMD_INFO:
		((struct cpulevel_info *)c->in)->reserved = reserved;
		return reserved ? MAY(GOT_EINVAL) : MAY(GOT_OK);
	case CMD_REFRESH:
		((struct cpulevel_refresh *)c->in)->reserved = reserved;
		return reserved ? MAY(GOT_EINVAL) : MAY(GOT_OK);
	case CMD_FEATURESET:
		((struct cpulevel_featureset *)c->in)->index = index;
		((struct cpulevel_featureset *)c->in)->reserved = reserved;
		offered = ((struct cpulevel_info *)w->board->info.data)->valid;
		break;
	default:
		((struct cpulevel_policy *)c->in)->index = index;
		((struct cpulevel_policy *)c->in)->reserved = reserved;
		offered = ((struct cpulevel_info *)w->board->info.data)->valid_policies;
	}
	if (reserved || index >= CPULEVEL_NR_SETS)
		may |= MAY(GOT_EINVAL);
	if (index < CPULEVEL_NR_SETS && !(offered >> index & 1))
		may |= MAY(GOT_ENODATA);
	return may ? may : MAY(GOT_OK);
}

static char *nowhere(struct worker *w, bool *low)
{
	*low = false;
	switch (roll(w, 6)) {
	case 0: *low = true; return NULL;
	case 1: *low = true; return w->gone + roll(w, 4096);
	case 2: *low = true; return (char *)0x10000 + roll(w, 0x10000);	/* below every program */
	case 3: return (char *)0xffff888000000000 + roll(w, 1 << 20);	/* the kernel's memory, */
	case 4: return (char *)0xffffffff81000000 + roll(w, 1 << 20);	/* its text, */
	default: return (char *)(roll(w, 2) ? -roll(w, 8192) - 1 : 0x800000000000);
	}
}

/* Where the argument lies decides with its content what may come back. */
static void place(struct worker *w, struct call *c, uint32_t content)
{
	c->low = true;
	switch (roll(w, 10)) {
	case 0: c->place = STRADDLE; break;
	case 1: c->place = READONLY; break;
	case 2: c->place = NOWHERE; break;
	default: c->place = GOOD;
	}
	switch (c->place) {
	case GOOD:
		c->arg = w->page + (roll(w, 2) ? AREA - c->size : GUARD + roll(w, AREA - c->size - 2 * GUARD));
		c->may = content;
		break;
	case STRADDLE:
		c->arg = w->page + AREA - 1 - roll(w, c->size - 1);
		c->may = MAY(GOT_EFAULT) | (content & ~MAY(GOT_OK));
		break;
	case READONLY:
		c->arg = w->readonly + roll(w, AREA - c->size);
		c->may = MAY(GOT_EFAULT) | (content & ~MAY(GOT_OK));
		break;
	default:
		c->arg = nowhere(w, &c->low);
		c->may = MAY(GOT_EFAULT);
	}
	/* Who may not refresh learns nothing else, and no argument is looked at for a stranger's command. */
	if (c->what == CMD_REFRESH && !w->privileged)
		c->may = MAY(GOT_EPERM);
	if (c->what == CMD_OTHER)
		c->may = MAY(GOT_ENOTTY);
}

static void put(struct worker *w, const struct call *c)
{
	size_t size = c->size;

	if (c->place == READONLY) {
		mprotect(w->readonly, AREA, PROT_READ | PROT_WRITE);
		memcpy(c->arg, c->in, size);
		mprotect(w->readonly, AREA, PROT_READ);
	} else if (c->place != NOWHERE) {
		if ((size_t)(w->page + AREA - c->arg) < size)
			size = w->page + AREA - c->arg;
		memset(c->arg - GUARD, 0x5a, GUARD);
		memcpy(c->arg, c->in, size);
		if (c->arg + size + GUARD <= w->page + AREA)
			memset(c->arg + size, 0x5a, GUARD);
	}
}

static bool guards_intact(const struct worker *w, const struct call *c)
{
	static const char guard[GUARD] = { 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a,
					   0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a };
	const char *end = c->arg + c->size;

	return !memcmp(c->arg - GUARD, guard, GUARD) &&
	       (end + GUARD > w->page + AREA || !memcmp(end, guard, GUARD));
}

static int classify(int err)
{
	switch (-err) {
	case 0: return GOT_OK;
	case EINVAL: return GOT_EINVAL;
	case ENODATA: return GOT_ENODATA;
	case EFAULT: return GOT_EFAULT;
	case ENOTTY: return GOT_ENOTTY;
	case EPERM: return GOT_EPERM;
	default: return GOT_OTHER;
	}
}

/* A kernel short of memory, or a host that would not keep still. */
static bool excused(const struct call *c, int err)
{
	if (!(c->may & MAY(GOT_OK)) && c->place != READONLY)
		return false;
	return (err == -ENOMEM && (c->what == CMD_POLICY || c->what == CMD_REFRESH)) ||
	       (err == -EAGAIN && c->what == CMD_REFRESH);
}

static void check_answer(struct worker *w, const struct call *c, int err)
{
	static const char *const places[] = { "good", "straddling", "read-only", "bad" };
	int got = classify(err);

	__atomic_add_fetch(&w->board->got[c->what][got], 1, __ATOMIC_RELAXED);
	if (!(c->may & MAY(got)) && !excused(c, err)) {
		violation(w, "command %#x, %s argument %p, first words %08x %08x %08x %08x: answer %d (%s)",
			  c->cmd, places[c->place], (void *)c->arg, ((uint32_t *)c->in)[0], ((uint32_t *)c->in)[1],
			  ((uint32_t *)c->in)[2], ((uint32_t *)c->in)[3], err, strerror(-err));
		return;
	}
	if (c->place != GOOD)
		return;
	if (!guards_intact(w, c))
		violation(w, "command %#x: wrote beyond its structure", c->cmd);
	if (err && memcmp(c->arg, c->in, c->size))
		violation(w, "command %#x: failed with %d and wrote all the same", c->cmd, err);
}

static void check_success(struct worker *w, const struct call *c)
{
	static char answer[64][sizeof(struct cpulevel_policy)] __attribute__((aligned(8)));
	char *a = answer[w->number % 64];
	uint32_t index = *(const uint32_t *)c->in;

	memcpy(a, c->arg, c->size);
	switch (c->what) {
	case CMD_INFO: check_info(w, (void *)a); break;
	case CMD_FEATURESET: check_featureset(w, index, (void *)a); break;
	case CMD_POLICY: check_policy(w, index, (void *)a); break;
	case CMD_REFRESH: check_refresh(w, (void *)a); break;
	}
}

/* Before anything random: which sets there are. */
bool learn_host(struct worker *w)
{
	struct cpulevel_info info = { 0 };

	if (ioctl(w->fd, CPULEVEL_IOC_INFO, &info)) {
		violation(w, "INFO: %s", strerror(errno));
		return false;
	}
	check_info(w, &info);
	return true;
}

void one_call(struct worker *w)
{
	struct call c = { .what = CMD_OTHER };
	uint64_t dice = roll(w, 1000);
	uint32_t content = 0;
	int err;

	if (dice == 0)
		c.what = CMD_REFRESH;
	else if (dice < 300)
		c.what = CMD_INFO;
	else if (dice < 600)
		c.what = CMD_FEATURESET;
	else if (dice < 800)
		c.what = CMD_POLICY;
	if (c.what == CMD_OTHER) {
		c.cmd = foreign_command(w);
		c.size = 64;
		memset(c.in, 0xa5, c.size);
	} else {
		c.cmd = commands[c.what].cmd;
		c.size = commands[c.what].size;
		content = fill(w, &c);
	}
	place(w, &c, content);
	put(w, &c);
	err = call_kernel(w, &c);
	check_answer(w, &c, err);
	if (!err && c.place == GOOD && c.what != CMD_OTHER)
		check_success(w, &c);
}
