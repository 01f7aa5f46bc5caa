// SPDX-License-Identifier: LGPL-2.1-or-later
/* A pool: its hosts as counts, and the levels that follow. */
#include <errno.h>
#include <string.h>

#include "../lib/private.h"
#include "pool.h"

void cl_pool_init(struct cl_pool *pool, struct cl_pool_counts *counts,
		  const char *name)
{
	memset(pool, 0, sizeof(*pool));
	snprintf(pool->name, sizeof(pool->name), "%s", name);
	cl_counts_init(&counts->of[CL_GUEST_PV]);
	cl_counts_init(&counts->of[CL_GUEST_HVM]);
}

static void find_levels(struct cl_pool *pool,
			const struct cl_pool_counts *counts)
{
	unsigned int guest;

	for (guest = 0; guest < CL_NR_GUESTS; guest++) {
		pool->offering[guest] = counts->of[guest].nr_hosts;
		cl_counts_level(&counts->of[guest], &pool->level[guest]);
	}
}

typedef int count_function(struct cl_counts *counts,
			   const struct cl_featureset *def,
			   const struct cl_featureset *max);

/* Count the host in or out; both types of guests, or none. */
static int count(struct cl_pool_counts *counts, const struct cl_member *member,
		 count_function *this_way, count_function *back)
{
	unsigned int guest;
	int ret = 0;

	for (guest = 0; guest < CL_NR_GUESTS && !ret; guest++)
		if (cl_member_default(member, guest))
			ret = this_way(&counts->of[guest],
				       cl_member_default(member, guest),
				       cl_member_max(member, guest));
	/* The last one failed: what came before it is undone. */
	while (ret && --guest > 0)
		if (cl_member_default(member, guest - 1))
			back(&counts->of[guest - 1],
			     cl_member_default(member, guest - 1),
			     cl_member_max(member, guest - 1));
	return ret;
}

int cl_pool_join(struct cl_pool *pool, struct cl_pool_counts *counts,
		 const struct cl_member *member, struct cl_error *error)
{
	const struct cl_host *host = &member->host;
	int ret;

	if (*pool->vendor && strcmp(pool->vendor, host->vendor))
		return cl_fail(error, -EXDEV, host->name,
			       "is a host of %s, and pool %s is of %s; guests cannot move between them",
			       host->vendor, pool->name, pool->vendor);
	ret = count(counts, member, cl_counts_add, cl_counts_remove);
	if (ret)
		return cl_fail(error, ret, host->name,
			       "pool %s has as many hosts as it can count",
			       pool->name);
	strcpy(pool->vendor, host->vendor);
	pool->nr_hosts++;
	find_levels(pool, counts);
	return 0;
}

int cl_pool_leave(struct cl_pool *pool, struct cl_pool_counts *counts,
		  const struct cl_member *member, struct cl_error *error)
{
	int ret = -EINVAL;

	if (pool->nr_hosts)
		ret = count(counts, member, cl_counts_remove, cl_counts_add);
	if (ret)
		return cl_fail(error, ret, member->host.name,
			       "is not counted in pool %s with these sets",
			       pool->name);
	if (!--pool->nr_hosts)
		*pool->vendor = '\0';
	find_levels(pool, counts);
	return 0;
}

int cl_pool_report(struct cl_pool *pool, struct cl_pool_counts *counts,
		   const struct cl_member *before,
		   const struct cl_member *now, struct cl_error *error)
{
	struct cl_pool old_pool = *pool;
	struct cl_pool_counts old_counts = *counts;
	int ret;

	/* A pool of one host has no vendor while that host is between two reports. */
	if (strcmp(before->host.vendor, now->host.vendor))
		return cl_fail(error, -EXDEV, now->host.name,
			       "was a host of %s and reports CPUs of %s; is this the file of another host? let it leave and join again if not",
			       before->host.vendor, now->host.vendor);
	ret = cl_pool_leave(pool, counts, before, error);
	if (!ret)
		ret = cl_pool_join(pool, counts, now, error);
	if (ret) {
		*pool = old_pool;
		*counts = old_counts;
	}
	return ret;
}
