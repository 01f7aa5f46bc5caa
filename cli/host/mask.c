// SPDX-License-Identifier: GPL-2.0-only
/* cpulevel mask: the level of hosts as configuration of another tool. */
#include <stdlib.h>
#include <string.h>

#include "host.h"

/*
 * The one vendor of the pool, NULL if it is not known.  There is no level for
 * guests that cannot move: false after a message.
 */
static bool one_vendor(const struct pool *pool, const char **vendor)
{
	*vendor = pool->nr_vendors ? pool->vendors[0] : NULL;
	if (pool->nr_vendors <= 1)
		return true;
	complain("mask", "the hosts are of %s and %s, and guests cannot move between them; give hosts of one vendor",
		 pool->vendors[0], pool->vendors[1]);
	return false;
}

/* What any of the hosts gives its guests: of that, xl has to take away. */
static const struct cl_featureset *any_of(const struct pool *pool,
					  const struct tally *tally,
					  struct cl_featureset *any)
{
	unsigned int bit;

	/* A single featureset is the level that is wished for, not a host. */
	if (pool->hosts == 1 && !pool->named)
		return NULL;
	*any = (struct cl_featureset){ 0 };
	for (bit = 0; bit < CL_MAX_BITS; bit++)
		if (cl_counts_of(&tally->counts, bit))
			cl_set(any, bit);
	return any;
}

static void export(char *text, enum tool tool, const struct pool *pool,
		   const struct tally *tally, const char *vendor,
		   struct cl_featureset *left_out)
{
	struct cl_featureset level, any;
	struct cl_model model;

	cl_counts_level(&tally->counts, &level);
	*left_out = (struct cl_featureset){ 0 };
	if (tool == TOOL_XL) {
		cl_export_xl(text, &level, any_of(pool, tally, &any), left_out);
	} else if (tool == TOOL_XAPI) {
		cl_export_xapi(text, &level);
	} else {
		cl_nearest_model(&model, &level, vendor);
		cl_export_libvirt(text, &model);
		*left_out = model.unnamed;
	}
}

/* stdout is for the tool; what it cannot be told is for people. */
static void tell_left_out(const char *tool, const struct cl_featureset *left_out)
{
	char name[CL_BIT_NAME_SIZE], list[800] = "";
	size_t len = 0;
	unsigned int bit;

	for (bit = 0; bit < CL_MAX_BITS && len < sizeof(list) - 40; bit++)
		if (cl_has(left_out, bit))
			len += snprintf(list + len, sizeof(list) - len, " %s",
					cl_bit_name(bit, name));
	if (len)
		complain(tool, "cannot be told of%s; it decides them by itself", list);
}

static int out_mask(const struct arguments *args, const char *config,
		    const struct cl_featureset *left_out)
{
	struct out out;

	if (!args->json) {
		tell_left_out(tool_name(args->tool), left_out);
		/* Some tools' configuration is whole lines already. */
		printf("%s%s", config, strchr(config, '\n') ? "" : "\n");
		return finish_stdout();
	}
	out_begin(&out, args, "cpulevel/mask/1");
	out_string(&out, "for", tool_name(args->tool));
	out_string(&out, "config", config);
	out_features(&out, "left_out", left_out);
	return out_finish(&out);
}

int verb_mask(const struct arguments *args)
{
	char config[CL_EXPORT_SIZE];
	struct cl_featureset left_out;
	const struct tally *tally;
	const char *vendor;
	struct pool *pool;
	int ret = EXIT_NO;

	if (!(args->given & OPT_FOR))
		return complain("mask", "is for which tool? give --for xl, xapi or libvirt");
	pool = pool_read(args, false);
	if (!pool)
		return EXIT_ERROR;
	tally = &pool->guests[args->guest];
	if (!tally->counts.nr_hosts) {
		ret = complain("mask", "no host offers %s guests; choose others or --guest",
			       args->guest == CL_GUEST_PV ? "PV" : "HVM");
	} else if (one_vendor(pool, &vendor)) {
		export(config, args->tool, pool, tally, vendor, &left_out);
		ret = out_mask(args, config, &left_out);
	}
	pool_free(pool);
	return ret;
}
