// SPDX-License-Identifier: GPL-2.0-only
/*
 * cpulevel pool plan: a fleet in K pools that lose few features.  Hosts that
 * are alike stay together, and then the two groups whose union loses least
 * become one, until K are left: greedy, so it is good and not always the best.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "pool.h"

/* Hosts that are to be one pool. */
struct group {
	struct cl_pool_counts counts;
	char vendor[13];
	unsigned long hosts;
	unsigned long has;	/* features, over all of its hosts */
	char (*names)[CL_NAME_SIZE];
};

struct plan {
	struct group **groups;
	size_t nr, room;
	unsigned long hosts;
};

static unsigned int bits(const struct cl_featureset *fs)
{
	unsigned int i, n = 0;

	for (i = 0; i < fs->nr_words; i++)
		n += __builtin_popcount(fs->words[i]);
	return n;
}

/* What the hosts of a group have by default and its level has not. */
static unsigned long loss(const struct cl_pool_counts *counts, unsigned long has)
{
	struct cl_featureset level;
	unsigned long kept = 0;
	unsigned int guest;

	for (guest = 0; guest < CL_NR_GUESTS; guest++) {
		cl_counts_level(&counts->of[guest], &level);
		kept += (unsigned long)bits(&level) * counts->of[guest].nr_hosts;
	}
	/* Remedies that one host adds to all are no gain to count. */
	return has > kept ? has - kept : 0;
}

static int count_host(struct cl_pool_counts *counts,
		      const struct cl_member *host, unsigned long *has)
{
	const struct cl_featureset *def;
	unsigned int guest;

	for (guest = 0; guest < CL_NR_GUESTS; guest++) {
		def = cl_member_default(host, guest);
		if (def && cl_counts_add(&counts->of[guest], def,
					 cl_member_max(host, guest)))
			return -EOVERFLOW;
		*has += def ? bits(def) : 0;
	}
	return 0;
}

/* Is every host of the group just like this one? */
static bool alike(const struct group *group, const struct cl_member *host)
{
	struct cl_pool_counts one = group->counts;
	struct cl_featureset level, cost;
	unsigned int guest;

	if (strcmp(group->vendor, host->host.vendor))
		return false;
	for (guest = 0; guest < CL_NR_GUESTS; guest++) {
		const struct cl_featureset *def = cl_member_default(host, guest);

		if (!def != !one.of[guest].nr_hosts)
			return false;
		if (!def)
			continue;
		cl_counts_level(&one.of[guest], &level);
		if (cl_counts_remove(&one.of[guest], def,
				     cl_member_max(host, guest)))
			return false;
		cl_minus(&cost, &level, def);
		if (!cl_empty(&cost) || !cl_equal(&level, def))
			return false;
	}
	return true;
}

static int add_name(struct group *group, const char *name)
{
	void *more = realloc(group->names, (group->hosts + 1) *
					   sizeof(*group->names));

	if (!more)
		return -ENOMEM;
	group->names = more;
	snprintf(group->names[group->hosts++], CL_NAME_SIZE, "%s", name);
	return 0;
}

static struct group *new_group(struct plan *plan, const char *vendor)
{
	struct group **more = realloc(plan->groups, (plan->nr + 1) *
						    sizeof(*plan->groups));
	struct group *group = calloc(1, sizeof(*group));

	if (more)
		plan->groups = more;
	if (!more || !group) {
		free(group);
		return NULL;
	}
	cl_counts_init(&group->counts.of[0]);
	cl_counts_init(&group->counts.of[1]);
	strcpy(group->vendor, vendor);
	plan->groups[plan->nr++] = group;
	return group;
}

static int add_host(void *arg, const struct cl_member *host)
{
	struct plan *plan = arg;
	struct group *group = NULL;
	size_t i;

	for (i = 0; i < plan->nr && !group; i++)
		if (alike(plan->groups[i], host))
			group = plan->groups[i];
	if (!group)
		group = new_group(plan, host->host.vendor);
	plan->hosts++;
	if (!group || count_host(&group->counts, host, &group->has))
		return -ENOMEM;
	return add_name(group, host->host.name);
}

/* What is lost by making one of two, or -1 if nobody can. */
static long price(const struct group *a, const struct group *b)
{
	struct cl_pool_counts both = a->counts;
	unsigned long apart, together;
	unsigned int guest;

	if (strcmp(a->vendor, b->vendor))
		return -1;
	for (guest = 0; guest < CL_NR_GUESTS; guest++)
		if (cl_counts_merge(&both.of[guest], &b->counts.of[guest]))
			return -1;
	apart = loss(&a->counts, a->has) + loss(&b->counts, b->has);
	together = loss(&both, a->has + b->has);
	return together > apart ? together - apart : 0;
}

static int merge(struct plan *plan, size_t to, size_t from)
{
	struct group *a = plan->groups[to], *b = plan->groups[from];
	unsigned long i;
	int ret = 0;

	cl_counts_merge(&a->counts.of[0], &b->counts.of[0]);
	cl_counts_merge(&a->counts.of[1], &b->counts.of[1]);
	a->has += b->has;
	for (i = 0; i < b->hosts && !ret; i++)
		ret = add_name(a, b->names[i]);
	free(b->names);
	free(b);
	plan->groups[from] = plan->groups[--plan->nr];
	return ret;
}

/* The two whose union loses least; false: all that are left are of two vendors. */
static bool cheapest(const struct plan *plan, size_t *to, size_t *from)
{
	size_t i, j;
	long best = -1, cost;

	for (i = 0; i < plan->nr; i++)
		for (j = i + 1; j < plan->nr; j++) {
			cost = price(plan->groups[i], plan->groups[j]);
			if (cost < 0 || (best >= 0 && cost >= best))
				continue;
			best = cost;
			*to = i;
			*from = j;
		}
	return best >= 0;
}

static void out_plan(struct out *out, const struct plan *plan)
{
	char name[32], text[CL_TEXT_SIZE];
	struct cl_featureset level;
	unsigned long lost = 0, i;
	size_t n;

	out_array(out, "pools");
	for (n = 0; n < plan->nr; n++) {
		const struct group *group = plan->groups[n];

		snprintf(name, sizeof(name), "pool %zu", n + 1);
		out_entry(out, name);
		out_string(out, "vendor", group->vendor);
		out_list(out, "hosts");
		for (i = 0; i < group->hosts; i++)
			out_item(out, group->names[i]);
		out_end_list(out);
		cl_counts_level(&group->counts.of[CL_GUEST_HVM], &level);
		out_string(out, "hvm", cl_featureset_text(&level, text));
		out_number(out, "lost", loss(&group->counts, group->has));
		lost += loss(&group->counts, group->has);
		out_end_group(out);
	}
	out_end_group(out);
	out_number(out, "lost", lost);
	out_string(out, "method", "greedy: not always the best");
}

static void free_plan(struct plan *plan)
{
	while (plan->nr) {
		struct group *group = plan->groups[--plan->nr];

		free(group->names);
		free(group);
	}
	free(plan->groups);
}

/* The hosts that are named, or those of the pool. */
static int read_fleet(const struct arguments *args, struct plan *plan)
{
	struct cl_member member;
	struct cl_store *store;
	struct cl_error error;
	struct cl_pool pool;
	int i, ret;

	for (i = 0; i < args->count; i++)
		if (read_member_file(&member, args->values[i]))
			return EXIT_ERROR;
		else if (add_host(plan, &member))
			return complain("pool plan", "out of memory; give fewer hosts");
	if (args->count)
		return EXIT_YES;
	store = open_pool(args, &pool, NULL);
	if (!store)
		return EXIT_ERROR;
	ret = cl_registry_hosts(store, pool.name, add_host, plan, &error);
	cl_store_close(store);
	return ret ? complain_error(&error) : EXIT_YES;
}

static int how_many(const struct arguments *args, size_t *pools)
{
	const char *text = option_text(args, OPT_POOLS, 0);
	char *end;

	*pools = text ? strtoul(text, &end, 10) : 2;
	if (text && (*text < '1' || *text > '9' || *end))
		return complain("--pools", "'%.40s' is no number of pools", text);
	return EXIT_YES;
}

int verb_pool_plan(const struct arguments *args)
{
	struct plan plan = { .nr = 0 };
	size_t pools, to, from;
	struct out out;
	bool enough;
	int ret;

	if (how_many(args, &pools))
		return EXIT_ERROR;
	ret = read_fleet(args, &plan);
	while (!ret && plan.nr > pools && cheapest(&plan, &to, &from))
		if (merge(&plan, to, from))
			ret = complain("pool plan", "out of memory; give fewer hosts");
	enough = plan.nr <= pools;
	if (!ret) {
		out_begin(&out, args, "cpulevel/pool-plan/1");
		out_plan(&out, &plan);
		ret = out_finish(&out);
	}
	free_plan(&plan);
	if (ret || enough)
		return ret;
	complain("pool plan", "the hosts are of more vendors than that, and no pool has two");
	return EXIT_NO;
}
