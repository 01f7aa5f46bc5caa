/* SPDX-License-Identifier: GPL-2.0-only */
/* What the verbs of hosts and featuresets share. */
#ifndef CPULEVEL_CLI_HOST_H
#define CPULEVEL_CLI_HOST_H

#include "../input/input.h"
#include "../output/out.h"

int verb_show(const struct arguments *args);
int verb_save(const struct arguments *args);
int verb_decode(const struct arguments *args);
int verb_features(const struct arguments *args);
int verb_diff(const struct arguments *args);
int verb_level(const struct arguments *args);
int verb_check(const struct arguments *args);
int verb_mask(const struct arguments *args);
int verb_combine(const struct arguments *args);

/* The table of features as man(7) source. */
int print_features_page(void);

/* ---- What the hosts add up to, for one type of guest, however many they are ---- */

/* A host that was one of the first without some feature: a reason to name. */
struct witness {
	unsigned long number;		/* of the host, from 1 */
	char name[65];
	bool has_max;
	struct cl_featureset set, max;
};

/* For each bit, the first hosts without it. */
#define LACKING_NAMED	3

struct lacking {
	/* folds[n]: what is lacked by no more than n hosts yet */
	uint32_t folds[LACKING_NAMED][CL_MAX_WORDS];
	uint32_t witness[LACKING_NAMED][CL_MAX_BITS];
};

struct tally {
	struct cl_counts counts;
	struct lacking set, max;
	struct witness *witnesses;
	size_t nr_witnesses, room;
};

void tally_begin(struct tally *tally);
void tally_end(struct tally *tally);

/*
 * @max: NULL if it is not known; @number: a different one for each host,
 * rising from 1.  Returns EXIT_ERROR after a message.
 */
int tally_add(struct tally *tally, unsigned long number, const char *name,
	      const struct cl_featureset *set, const struct cl_featureset *max);

/*
 * The nth host, from 0, without that bit in its default set, or in its max
 * set, of which @lacking is; NULL: there are not so many, or n is too large.
 */
const struct witness *tally_lacking(const struct tally *tally,
				    const struct lacking *lacking,
				    unsigned int bit, unsigned int n);

/* Why the level lacks the bit: "needs AVX, which a and b lack"; and as JSON. */
#define REASON_SIZE	1024
char *reason_text(char text[REASON_SIZE], const struct tally *tally,
		  unsigned int bit);
void out_reasons(struct out *out, const struct tally *tally, unsigned int bit);

/* ---- The hosts of a pool, from the command line or a stream, added up ---- */

#define POOL_VENDORS	8

struct pool {
	unsigned long hosts;
	bool named;		/* some are more than a featureset */
	char vendors[POOL_VENDORS][13];
	unsigned int nr_vendors;
	unsigned long estimated;	/* hosts whose sets are */
	unsigned long raw_known;	/* hosts whose raw set is, and of them */
	uint32_t raw_all, raw_any;	/* what all and any have in word 5 */
	struct tally guests[CL_NR_GUESTS];	/* by enum cl_guest */
};

/*
 * All members, from the arguments or, with @stream and --stdin or "-", from
 * the lines of stdin; NULL after a message.
 */
struct pool *pool_read(const struct arguments *args, bool stream);
void pool_free(struct pool *pool);

#endif /* CPULEVEL_CLI_HOST_H */
