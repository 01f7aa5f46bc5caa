// SPDX-License-Identifier: GPL-2.0-only
/* cpulevel pool level, what-if: what VMs get that start now, and would then. */
#include <string.h>

#include "../local/local.h"
#include "pool.h"

int verb_pool_level(const struct arguments *args)
{
	struct cl_store *store;
	struct cl_pool pool;
	struct out out;

	store = open_pool(args, &pool, NULL);
	if (!store)
		return EXIT_ERROR;
	cl_store_close(store);
	keep_last_level(args, &pool);
	out_begin(&out, args, "cpulevel/pool-level/1");
	out_string(&out, "pool", pool.name);
	out_number(&out, "hosts", pool.nr_hosts);
	out_levels(&out, &pool);
	return out_finish(&out);
}

/* Let the hosts of --without leave, of --with join; nothing is stored. */
static int change_hosts(const struct arguments *args, struct cl_store *store,
			struct cl_pool *pool, struct cl_pool_counts *counts)
{
	struct cl_member member;
	struct cl_error error;
	const char *name;
	int n, ret;

	for (n = 0; (name = option_text(args, OPT_WITHOUT, n)); n++) {
		ret = cl_registry_host(store, name, &member, &error);
		if (!ret && strcmp(member.pool, pool->name))
			return complain(name, "is a host of pool %s, not of %s",
					member.pool, pool->name);
		if (!ret)
			ret = cl_pool_leave(pool, counts, &member, &error);
		if (ret)
			return complain_failed(ret, &error);
	}
	for (n = 0; (name = option_text(args, OPT_WITH, n)); n++) {
		if (read_member_file(&member, name))
			return EXIT_ERROR;
		ret = cl_pool_join(pool, counts, &member, &error);
		if (ret)
			return complain_failed(ret, &error);
	}
	return EXIT_YES;
}

int verb_pool_whatif(const struct arguments *args)
{
	struct cl_pool_counts counts;
	struct cl_pool before, after;
	struct cl_store *store;
	struct out out;
	int ret;

	if (!(args->given & (OPT_WITH | OPT_WITHOUT)))
		return complain("pool what-if", "nothing is changed; give --with FILE or --without HOST");
	store = open_pool(args, &before, &counts);
	if (!store)
		return EXIT_ERROR;
	after = before;
	ret = change_hosts(args, store, &after, &counts);
	cl_store_close(store);
	if (ret)
		return ret;
	out_begin(&out, args, "cpulevel/pool-what-if/1");
	out_string(&out, "pool", after.name);
	out_number(&out, "hosts", after.nr_hosts);
	out_levels(&out, &after);
	out_level_change(&out, before.level, after.level);
	return out_finish(&out);
}
