/* SPDX-License-Identifier: GPL-2.0-only */
/* The hosts of a pool, from the command line or a stream, added up. */
#ifndef CPULEVEL_MEMBERS_H
#define CPULEVEL_MEMBERS_H

#include "../host/tally.h"

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

#endif /* CPULEVEL_MEMBERS_H */
