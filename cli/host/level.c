// SPDX-License-Identifier: GPL-2.0-only
/* cpulevel level: what a pool can offer, and what it would gain without each host. */
#include "host.h"

static void out_missing(struct out *out, const struct tally *tally,
			unsigned int bit, const char *prefix)
{
	char name[CL_BIT_NAME_SIZE], place[FEATURE_TEXT_SIZE];
	char text[REASON_SIZE], reason[REASON_SIZE + 16];

	snprintf(reason, sizeof(reason), "%.15s%s", prefix,
		 reason_text(text, tally, bit));
	if (!out->json) {
		out_line(out, "%s: %s", feature_text(bit, place), reason);
		return;
	}
	out_entry(out, cl_bit_name(bit, name));
	out_string(out, "place", feature_place(bit, place));
	out_number(out, "lacking", tally->counts.nr_hosts -
				   cl_counts_of(&tally->counts, bit));
	out_string(out, "reason", reason);
	out_reasons(out, tally, bit);
	out_end_group(out);
}

/* What some host has and the level has not. */
static void out_lost(struct out *out, const struct tally *tally,
		     const struct cl_featureset *level,
		     const struct cl_featureset *left_out)
{
	unsigned int bit;

	out_array(out, "lost");
	for (bit = 0; bit < CL_MAX_BITS; bit++)
		if (cl_counts_of(&tally->counts, bit) && !cl_has(level, bit) &&
		    !cl_has(left_out, bit))
			out_missing(out, tally, bit, "");
	out_end_group(out);
}

/* What no guest may have yet, since a member would refuse a guest with it. */
static void out_left_out(struct out *out, const struct tally *tally,
			 const struct cl_featureset *left_out)
{
	unsigned int bit;

	out_array(out, "left_out");
	for (bit = 0; bit < CL_MAX_BITS; bit++)
		if (cl_has(left_out, bit))
			out_missing(out, tally, bit, "left out, ");
	out_end_group(out);
}

/* Hosts without which something would come back; all others cost nothing. */
static void out_gained_without(struct out *out, const struct tally *tally)
{
	const struct witness *witness = tally->witnesses;
	struct cl_featureset cost;
	size_t i;

	out_array(out, "gained_without");
	for (i = 0; i < tally->nr_witnesses; i++, witness++) {
		if (cl_counts_cost(&tally->counts, &witness->set,
				   witness->has_max ? &witness->max : NULL,
				   &cost) || cl_empty(&cost))
			continue;
		if (!out->json) {
			out_features(out, witness->name, &cost);
			continue;
		}
		out_entry(out, witness->name);
		out_features(out, "features", &cost);
		out_end_group(out);
	}
	out_end_group(out);
}

/* The named level that it reaches, and what it lacks for the next. */
static void out_nearest(struct out *out, const struct cl_featureset *level)
{
	struct cl_nearest nearest;

	cl_nearest_level(&nearest, level);
	out_group(out, "nearest");
	if (nearest.level)
		out_string(out, "level", nearest.level->name);
	else
		out_absent(out, "level", "none");
	out_features(out, "plus", &nearest.plus);
	if (nearest.next) {
		out_string(out, "next", nearest.next->name);
		out_features(out, "lacks", &nearest.lacks);
	} else {
		out_absent(out, "next", "none");
	}
	out_end_group(out);
}

static void out_guest(struct out *out, const char *key,
		      const struct tally *tally)
{
	struct cl_featureset level, left_out;
	char text[CL_TEXT_SIZE];

	if (!tally->counts.nr_hosts) {
		out_absent(out, key, "not offered by any host");
		return;
	}
	cl_counts_level(&tally->counts, &level);
	cl_counts_left_out(&tally->counts, &left_out);
	out_group(out, key);
	out_number(out, "hosts", tally->counts.nr_hosts);
	out_string(out, "hex", cl_featureset_text(&level, text));
	out_nearest(out, &level);
	out_left_out(out, tally, &left_out);
	out_lost(out, tally, &level, &left_out);
	out_gained_without(out, tally);
	out_end_group(out);
}

static void out_unlevellable(struct out *out, const struct pool *pool)
{
	const uint32_t mask = 1u << CL_F_FDP_EXCP_ONLY % 32 |
			      1u << CL_F_NO_FPU_SEL % 32;
	struct cl_featureset differ = { .nr_words = CL_WORD_5 + 1 };

	if (pool->raw_known < pool->hosts) {
		out_absent(out, "unlevellable", "not known");
		return;
	}
	differ.words[CL_WORD_5] = pool->raw_any & ~pool->raw_all & mask;
	out_features(out, "unlevellable", &differ);
}

static void out_pool(struct out *out, const struct pool *pool)
{
	unsigned int i;

	out_number(out, "hosts", pool->hosts);
	if (!pool->named) {
		out_guest(out, "level", &pool->guests[CL_GUEST_HVM]);
		return;
	}
	out_list(out, "vendors");
	for (i = 0; i < pool->nr_vendors; i++)
		out_item(out, pool->vendors[i]);
	out_end_list(out);
	/* No toolstack moves a guest between CPUs of different makers. */
	if (out->json || pool->nr_vendors > 1)
		out_answer(out, "movable", pool->nr_vendors <= 1);
	/* Made from what the CPUs have, where a dump says nothing of guests. */
	if (out->json || pool->estimated)
		out_number(out, "estimated", pool->estimated);
	out_unlevellable(out, pool);
	out_guest(out, "pv", &pool->guests[CL_GUEST_PV]);
	out_guest(out, "hvm", &pool->guests[CL_GUEST_HVM]);
}

int verb_level(const struct arguments *args)
{
	struct pool *pool = pool_read(args, true);
	struct out out;
	bool movable;
	int ret;

	if (!pool)
		return EXIT_ERROR;
	movable = pool->nr_vendors <= 1;
	out_begin(&out, args, "cpulevel/level/2");
	out_pool(&out, pool);
	pool_free(pool);
	ret = out_finish(&out);
	return ret || movable ? ret : EXIT_NO;
}
