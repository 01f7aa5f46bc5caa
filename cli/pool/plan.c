// SPDX-License-Identifier: GPL-2.0-only
/* cpulevel pool plan: a fleet in K pools that lose few features. */
#include <errno.h>
#include <stdlib.h>

#include "pool.h"

static void out_group_hosts(struct out *out, const struct cl_plan *plan,
			    const struct cl_plan_group *group)
{
	size_t i;

	out_list(out, "hosts");
	for (i = group->first; i != CL_PLAN_END; i = plan->hosts[i].next)
		out_item(out, plan->hosts[i].name);
	out_end_list(out);
}

static void out_plan(struct out *out, const struct cl_plan *plan)
{
	char name[32], text[CL_TEXT_SIZE];
	struct cl_featureset level;
	unsigned long lost = 0;
	size_t n;

	out_array(out, "pools");
	for (n = 0; n < plan->nr_groups; n++) {
		const struct cl_plan_group *group = &plan->groups[n];

		snprintf(name, sizeof(name), "pool %zu", n + 1);
		out_entry(out, name);
		out_string(out, "vendor", group->vendor);
		out_group_hosts(out, plan, group);
		cl_plan_level(group, CL_GUEST_HVM, &level);
		out_string(out, "hvm", cl_featureset_text(&level, text));
		out_number(out, "lost", group->lost);
		lost += group->lost;
		out_end_group(out);
	}
	out_end_group(out);
	out_number(out, "lost", lost);
	out_string(out, "method", "greedy: not always the best");
}

static int add_host(void *arg, const struct cl_member *host)
{
	return cl_plan_add(arg, host);
}

static int no_memory(void)
{
	return complain("pool plan", "out of memory; give fewer hosts");
}

/* The hosts that are named, or those of the pool. */
static int read_fleet(const struct arguments *args, struct cl_plan *plan)
{
	struct cl_member member;
	struct cl_store *store;
	struct cl_error error;
	struct cl_pool pool;
	int i, ret;

	for (i = 0; i < args->count; i++)
		if (read_member_file(&member, args->values[i]))
			return EXIT_ERROR;
		else if (cl_plan_add(plan, &member))
			return no_memory();
	if (args->count)
		return EXIT_YES;
	store = open_pool(args, &pool, NULL);
	if (!store)
		return EXIT_ERROR;
	ret = cl_registry_hosts(store, pool.name, add_host, plan, &error);
	cl_store_close(store);
	if (ret == -ENOMEM)
		return no_memory();
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
	struct cl_plan plan = { .hosts = NULL };
	int ret, made = 0;
	struct out out;
	size_t pools;

	if (how_many(args, &pools))
		return EXIT_ERROR;
	ret = read_fleet(args, &plan);
	if (!ret)
		made = cl_plan_make(&plan, pools);
	if (made == -ENOMEM)
		ret = no_memory();
	if (!ret) {
		out_begin(&out, args, "cpulevel/pool-plan/1");
		out_plan(&out, &plan);
		ret = out_finish(&out);
	}
	cl_plan_free(&plan);
	if (ret || !made)
		return ret;
	complain("pool plan", "the hosts are of more vendors than that, and no pool has two");
	return EXIT_NO;
}
