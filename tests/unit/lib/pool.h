/* SPDX-License-Identifier: GPL-2.0-only */
/* Random pools, and their level computed host by host, for tests to compare with. */
#ifndef POOL_H
#define POOL_H

#include "random.h"

struct host {
	struct cl_featureset def, max;
	bool limited;		/* max is known */
};

/* Hosts of one make: alike but for a few bits, which may be any. */
__attribute__((unused))
static void random_host(struct host *host, const struct cl_featureset *make)
{
	int i;

	host->def = *make;
	for (i = random_word() % 6; i > 0; i--)
		cl_clear(&host->def, random_word() % (24 * 32));
	for (i = random_word() % 4; i > 0; i--)
		cl_set(&host->def, random_word() % (20 * 32));
	host->max = host->def;
	for (i = random_word() % 6; i > 0; i--)
		cl_clear(&host->max, random_word() % (24 * 32));
	if (random_word() % 2)
		cl_or(&host->max, &host->max, make);
	host->limited = random_word() % 4;
}

__attribute__((unused))
static const struct cl_featureset *max_of(const struct host *host)
{
	return host->limited ? &host->max : NULL;
}

__attribute__((unused))
static void fold(struct cl_featureset *level, const struct host *hosts, int nr)
{
	int i;

	*level = (struct cl_featureset){ 0 };
	for (i = 0; i < nr; i++) {
		if (i)
			cl_combine(level, level, &hosts[i].def);
		else
			*level = hosts[i].def;
	}
}

/* The fold, within every max set that is known. */
__attribute__((unused))
static void fold_within(struct cl_featureset *level, const struct host *hosts,
			int nr)
{
	struct cl_featureset all;
	int i;

	fold(&all, hosts, nr);
	*level = all;
	for (i = 0; i < nr; i++)
		if (hosts[i].limited)
			cl_and(level, level, &hosts[i].max);
	cl_resize(level, all.nr_words);
	if (!cl_equal(level, &all))
		cl_prune(level);
}

#endif /* POOL_H */
