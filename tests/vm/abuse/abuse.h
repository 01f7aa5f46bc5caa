/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of abuse share: the plan, one worker's state, the memory of what was answered first. */
#ifndef ABUSE_H
#define ABUSE_H

#include <stdbool.h>
#include <stdint.h>
#include <linux/cpulevel.h>

#define SYSFS		"/sys/class/misc/cpulevel/"
#define MAX_FILES	24
#define MAX_TEXT	1024

enum { CMD_INFO, CMD_FEATURESET, CMD_POLICY, CMD_REFRESH, CMD_OTHER, NR_CMDS };

/* What became of a call; one column of the summary each. */
enum { GOT_OK, GOT_EINVAL, GOT_ENODATA, GOT_EFAULT, GOT_ENOTTY, GOT_EPERM, GOT_OTHER, NR_GOT };

/*
 * The host's facts do not change while we run, so whoever gets an answer first
 * writes it down, and every later one, of whatever generation and from
 * whichever door, must be the same.
 */
struct first {
	uint32_t state;		/* 0 nobody yet, 1 being written, 2 written */
	uint32_t size;
	char data[sizeof(struct cpulevel_policy)];
};

/* Shared by all processes. */
struct board {
	const char *device;
	uint64_t ioctls;	/* per worker */
	uint64_t seed;
	bool reopen;
	bool until_term;	/* ioctls is only the least */
	bool compat;		/* int 0x80 works here */
	uint32_t told;		/* SIGTERM came */
	uint32_t stop;		/* tells the readers that the workers are done */
	uint32_t violations;
	uint64_t calls;
	uint64_t int80;
	uint64_t opens;
	uint64_t absent;	/* opens while there was no device */
	uint64_t reads;
	uint64_t got[NR_CMDS][NR_GOT];
	struct first info;
	struct first featuresets[CPULEVEL_NR_SETS];
	struct first policies[CPULEVEL_NR_SETS];
	struct first files[MAX_FILES];
};

struct worker {
	struct board *board;
	int number;
	bool privileged;
	int fd;
	uint64_t opened;	/* when; CLOCK_MONOTONIC, ns */
	uint64_t rng;
	uint64_t call;
	uint64_t generation;	/* the last one seen, and its time */
	uint64_t time_ns;
	char *page;		/* a page that nothing follows */
	char *readonly;
	char *gone;		/* nothing is mapped here */
};

uint64_t roll(struct worker *w, uint64_t below);
void violation(struct worker *w, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
bool same_as_first(struct first *first, const void *data, uint32_t size);

void check_info(struct worker *w, const struct cpulevel_info *info);
void check_featureset(struct worker *w, uint32_t index, const struct cpulevel_featureset *fs);
void check_policy(struct worker *w, uint32_t index, const struct cpulevel_policy *policy);
void check_refresh(struct worker *w, const struct cpulevel_refresh *refresh);

void map_pages(struct worker *w);
bool learn_host(struct worker *w);
void one_call(struct worker *w);
void *sysfs_reader(void *worker);

#endif /* ABUSE_H */
