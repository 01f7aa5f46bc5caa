// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A fleet in K pools that lose few features.  Hosts that are alike are one group,
 * and then the two groups whose union loses least become one, until K are left:
 * approximate, not optimal.
 *
 * The cost of each pair is kept, and of each group the cheapest later one: a union
 * costs one new line of costs, and new searches only where it was the cheapest.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/private.h"
#include "pool.h"

static unsigned int bits(const struct cl_featureset *fs)
{
	unsigned int i, n = 0;

	for (i = 0; i < fs->nr_words; i++)
		n += __builtin_popcount(fs->words[i]);
	return n;
}

/* ---- What the hosts of a group offer: all that their level depends on ---- */

static void add_offer(struct cl_plan_offer *to, const struct cl_plan_offer *from)
{
	unsigned int i;

	if (!to->nr_hosts || !from->nr_hosts) {
		if (from->nr_hosts)
			*to = *from;
		return;
	}
	to->nr_hosts += from->nr_hosts;
	if (from->any.nr_words > to->any.nr_words)
		to->any.nr_words = to->all.nr_words = from->any.nr_words;
	for (i = 0; i < CL_MAX_WORDS; i++) {
		to->any.words[i] |= from->any.words[i];
		to->all.words[i] &= from->all.words[i];
		to->max.words[i] &= from->max.words[i];
	}
}

/* As cl_counts_level() of the same hosts. */
static void level_of(const struct cl_plan_offer *offer, struct cl_featureset *level)
{
	struct cl_featureset within;
	unsigned int i;

	*level = offer->all;
	if (offer->nr_hosts > 1)
		cl_combine(level, &offer->any, &offer->all);
	within = *level;
	for (i = 0; i < level->nr_words; i++)
		within.words[i] &= offer->max.words[i];
	if (cl_equal(&within, level))
		return;
	cl_prune(&within);
	*level = within;
}

/* What the hosts of a group have by default and its level has not. */
static unsigned long loss(const struct cl_plan_offer offers[CL_NR_GUESTS],
			  unsigned long has)
{
	struct cl_featureset level;
	unsigned long kept = 0;
	unsigned int guest;

	for (guest = 0; guest < CL_NR_GUESTS; guest++) {
		level_of(&offers[guest], &level);
		kept += (unsigned long)bits(&level) * offers[guest].nr_hosts;
	}
	/* Remedies that one host adds to all are no gain to count. */
	return has > kept ? has - kept : 0;
}

/* ---- Groups of hosts that are alike ---- */

static void offer_of(struct cl_plan_group *one, const struct cl_member *host)
{
	unsigned int guest;

	memset(one, 0, sizeof(*one));
	strcpy(one->vendor, host->host.vendor);
	for (guest = 0; guest < CL_NR_GUESTS; guest++) {
		const struct cl_featureset *def = cl_member_default(host, guest);
		const struct cl_featureset *max = cl_member_max(host, guest);
		struct cl_plan_offer *offer = &one->offers[guest];

		if (!def)
			continue;
		offer->nr_hosts = 1;
		offer->any = offer->all = *def;
		if (max)
			offer->max = *max;
		else
			memset(offer->max.words, 0xff, sizeof(offer->max.words));
		one->has += bits(def);
	}
}

/* Are all hosts of the group like this one, and the group's level its default sets? */
static bool alike(const struct cl_plan_group *group, const struct cl_plan_group *one)
{
	struct cl_featureset level;
	unsigned int guest;

	if (strcmp(group->vendor, one->vendor))
		return false;
	for (guest = 0; guest < CL_NR_GUESTS; guest++) {
		const struct cl_plan_offer *all = &group->offers[guest];
		const struct cl_plan_offer *host = &one->offers[guest];

		if (!all->nr_hosts != !host->nr_hosts ||
		    all->any.nr_words != host->any.nr_words ||
		    !cl_equal(&all->any, &host->any) ||
		    !cl_equal(&all->max, &host->max))
			return false;
		level_of(all, &level);
		if (!cl_equal(&level, &host->all))
			return false;
	}
	return true;
}

/* The hosts of @from follow those of @to. */
static void add_group(struct cl_plan *plan, struct cl_plan_group *to,
		      const struct cl_plan_group *from)
{
	unsigned int guest;

	for (guest = 0; guest < CL_NR_GUESTS; guest++)
		add_offer(&to->offers[guest], &from->offers[guest]);
	to->has += from->has;
	to->lost = loss(to->offers, to->has);
	to->nr_hosts += from->nr_hosts;
	plan->hosts[to->last].next = from->first;
	to->last = from->last;
}

int cl_plan_add(struct cl_plan *plan, const struct cl_member *host)
{
	struct cl_plan_host *hosts = cl_grow(plan->hosts, plan->nr_hosts,
					     sizeof(*hosts));
	struct cl_plan_group one, *groups;
	size_t i;

	if (!hosts)
		return -ENOMEM;
	plan->hosts = hosts;
	groups = cl_grow(plan->groups, plan->nr_groups, sizeof(*groups));
	if (!groups)
		return -ENOMEM;
	plan->groups = groups;
	offer_of(&one, host);
	one.nr_hosts = 1;
	one.first = one.last = plan->nr_hosts;
	snprintf(hosts[plan->nr_hosts].name, CL_NAME_SIZE, "%s", host->host.name);
	hosts[plan->nr_hosts++].next = CL_PLAN_END;
	for (i = 0; i < plan->nr_groups && !alike(&groups[i], &one); i++)
		;
	if (i < plan->nr_groups) {
		add_group(plan, &groups[i], &one);
		return 0;
	}
	one.lost = loss(one.offers, one.has);
	groups[plan->nr_groups++] = one;
	return 0;
}

/* ---- Unions ---- */

#define NEVER	UINT32_MAX	/* CPUs of two vendors are in no pool */

struct search {
	struct cl_plan *plan;
	uint32_t **costs;	/* of group i with each group before it */
	size_t *cheapest;	/* the first of those behind i with which it loses least */
};

static uint32_t price(const struct cl_plan_group *a, const struct cl_plan_group *b)
{
	struct cl_plan_offer both[CL_NR_GUESTS];
	unsigned long apart = a->lost + b->lost, together;
	unsigned int guest;

	if (strcmp(a->vendor, b->vendor))
		return NEVER;
	for (guest = 0; guest < CL_NR_GUESTS; guest++) {
		both[guest] = a->offers[guest];
		add_offer(&both[guest], &b->offers[guest]);
	}
	together = loss(both, a->has + b->has);
	return together > apart ? together - apart : 0;
}

static uint32_t cost(const struct search *search, size_t i, size_t j)
{
	return i > j ? search->costs[i][j] : search->costs[j][i];
}

static void find_cheapest(struct search *search, size_t i)
{
	size_t j, best = i + 1;

	for (j = i + 2; j < search->plan->nr_groups; j++)
		if (search->costs[j][i] < search->costs[best][i])
			best = j;
	search->cheapest[i] = best;
}

static void end_search(struct search *search, size_t nr)
{
	while (search->costs && nr)
		free(search->costs[--nr]);
	free(search->costs);
	free(search->cheapest);
}

static int begin_search(struct search *search, struct cl_plan *plan)
{
	size_t nr = plan->nr_groups, i, j;

	search->plan = plan;
	search->costs = calloc(nr, sizeof(*search->costs));
	search->cheapest = calloc(nr, sizeof(*search->cheapest));
	if (!search->costs || !search->cheapest)
		return -ENOMEM;
	for (i = 0; i < nr; i++) {
		search->costs[i] = malloc((i + 1) * sizeof(**search->costs));
		if (!search->costs[i])
			return -ENOMEM;
		for (j = 0; j < i; j++)
			search->costs[i][j] = price(&plan->groups[i], &plan->groups[j]);
	}
	for (i = 0; i + 1 < nr; i++)
		find_cheapest(search, i);
	return 0;
}

static void set_cost(struct search *search, size_t i, size_t j, uint32_t cost)
{
	search->costs[i > j ? i : j][i > j ? j : i] = cost;
}

/* The cost of i with @with has changed, and that was not its cheapest. */
static void compare(struct search *search, size_t i, size_t with)
{
	size_t best = search->cheapest[i];
	uint32_t now = cost(search, i, with), old = cost(search, i, best);

	if (i < with && with < search->plan->nr_groups &&
	    (now < old || (now == old && with < best)))
		search->cheapest[i] = with;
}

/* After the hosts of @from went to @to, which is before it, and @last to its place. */
static void search_again(struct search *search, size_t to, size_t from, size_t last)
{
	size_t i, best;

	for (i = 0; i + 1 < last; i++) {
		best = search->cheapest[i];
		if (i == to || i == from || best == to || best == from ||
		    best == last) {
			find_cheapest(search, i);
			continue;
		}
		compare(search, i, from);
		compare(search, i, to);
	}
}

static void unite(struct search *search, size_t to, size_t from)
{
	struct cl_plan *plan = search->plan;
	size_t last = plan->nr_groups - 1, i;

	add_group(plan, &plan->groups[to], &plan->groups[from]);
	for (i = 0; i < last && from != last; i++)
		if (i != from)
			set_cost(search, from, i, search->costs[last][i]);
	plan->groups[from] = plan->groups[last];
	plan->nr_groups = last;
	for (i = 0; i < last; i++)
		if (i != to)
			set_cost(search, to, i,
				 price(&plan->groups[to], &plan->groups[i]));
	search_again(search, to, from, last);
}

/* The two whose union loses least, the first of such pairs; false: no two are of one vendor. */
static bool find_pair(const struct search *search, size_t *to, size_t *from)
{
	uint32_t best = NEVER, this;
	size_t i;

	for (i = 0; i + 1 < search->plan->nr_groups; i++) {
		this = cost(search, i, search->cheapest[i]);
		if (this >= best)
			continue;
		best = this;
		*to = i;
		*from = search->cheapest[i];
	}
	return best != NEVER;
}

int cl_plan_make(struct cl_plan *plan, size_t pools)
{
	struct search search = { .costs = NULL };
	size_t nr = plan->nr_groups, to, from;
	int ret;

	if (nr <= pools)
		return 0;
	ret = begin_search(&search, plan);
	while (!ret && plan->nr_groups > pools && find_pair(&search, &to, &from))
		unite(&search, to, from);
	end_search(&search, nr);
	return ret ? ret : plan->nr_groups > pools ? -EXDEV : 0;
}

void cl_plan_level(const struct cl_plan_group *group, enum cl_guest guest,
		   struct cl_featureset *level)
{
	level_of(&group->offers[guest], level);
}

void cl_plan_free(struct cl_plan *plan)
{
	free(plan->groups);
	free(plan->hosts);
	memset(plan, 0, sizeof(*plan));
}
