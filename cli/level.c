// SPDX-License-Identifier: GPL-2.0-only
/* cpulevel level: what a pool can offer, and what each of its hosts costs. */
#include "pool.h"

#define NAMES_SIZE	320	/* of hosts: LACKING_NAMED and how many more */
#define LOST_SIZE	360

/* "a, b and 5 more", of the hosts that lack the bit. */
static void names_text(char text[NAMES_SIZE], const struct tally *tally,
		       const struct lacking *lacking, unsigned int bit,
		       unsigned long nr)
{
	const struct witness *witness;
	unsigned int n;
	size_t len = 0;

	text[0] = '\0';
	for (n = 0; (witness = tally_lacking(tally, lacking, bit, n)); n++)
		len += snprintf(text + len, NAMES_SIZE - len, "%s%s",
				n == 0 ? "" : n + 1 == nr ? " and " : ", ",
				witness->name);
	if (nr > n)
		snprintf(text + len, NAMES_SIZE - len, " and %lu more", nr - n);
}

/* The first prerequisite of the bit that the level lacks. */
static int missing_prerequisite(const struct cl_featureset *level,
				unsigned int bit)
{
	unsigned int n;
	int needs;

	for (n = 0; (needs = cl_prerequisite(bit, n)) >= 0; n++)
		if (!cl_has(level, needs))
			return needs;
	return -1;
}

/* Bits that need not be in every default set to be in the level. */
static bool is_unshared(unsigned int bit)
{
	const struct cl_feature *feature = cl_feature(bit);

	return bit == CL_F_RSBA || bit == CL_F_RRSBA ||
	       (feature && feature->attributes & CL_ATTR_ACCUMULATE);
}

/* Why the level lacks the bit; at least one host has it. */
static void lost_text(char text[LOST_SIZE], const struct tally *tally,
		      const struct cl_featureset *level, unsigned int bit)
{
	uint32_t having = cl_counts_of(&tally->counts, bit);
	uint32_t nr = tally->counts.nr_hosts - having;
	int needs = missing_prerequisite(level, bit);
	char name[CL_BIT_NAME_SIZE], names[NAMES_SIZE];

	if (needs >= 0 && (!nr || is_unshared(bit))) {
		snprintf(text, LOST_SIZE, "needs %s, which is missing",
			 cl_bit_name(needs, name));
	} else if (is_unshared(bit)) {
		snprintf(text, LOST_SIZE, "%s stands for it",
			 bit == CL_F_RSBA ? "RRSBA" : "RSBA");
	} else {
		names_text(names, tally, &tally->set, bit, nr);
		snprintf(text, LOST_SIZE, "%s %s it", names,
			 nr == 1 ? "lacks" : "lack");
	}
}

static void out_reason(struct out *out, unsigned int bit, unsigned long lacking,
		       const char *reason)
{
	char name[CL_BIT_NAME_SIZE], text[FEATURE_TEXT_SIZE];

	if (!out->json) {
		out_line(out, "%s: %s", feature_text(bit, text), reason);
		return;
	}
	out_entry(out, cl_bit_name(bit, name));
	out_string(out, "place", feature_place(bit, text));
	out_number(out, "lacking", lacking);
	out_string(out, "reason", reason);
	out_end_group(out);
}

/* What some host has and the level has not. */
static void out_lost(struct out *out, const struct tally *tally,
		     const struct cl_featureset *level,
		     const struct cl_featureset *left_out)
{
	const struct cl_counts *counts = &tally->counts;
	char reason[LOST_SIZE];
	unsigned int bit;

	out_array(out, "lost");
	for (bit = 0; bit < CL_MAX_BITS; bit++) {
		if (!cl_counts_of(counts, bit) || cl_has(level, bit) ||
		    cl_has(left_out, bit))
			continue;
		lost_text(reason, tally, level, bit);
		out_reason(out, bit, counts->nr_hosts - cl_counts_of(counts, bit),
			   reason);
	}
	out_end_group(out);
}

/* What no guest may have yet, since a member would refuse a guest with it. */
static void out_left_out(struct out *out, const struct tally *tally,
			 const struct cl_featureset *left_out)
{
	const struct witness *witness;
	char reason[LOST_SIZE];
	unsigned int bit;

	out_array(out, "left_out");
	for (bit = 0; bit < CL_MAX_BITS; bit++) {
		if (!cl_has(left_out, bit))
			continue;
		witness = tally_lacking(tally, &tally->max, bit, 0);
		snprintf(reason, sizeof(reason), "left out, the max set of %s lacks it",
			 witness ? witness->name : "a host");
		out_reason(out, bit,
			   tally->counts.nr_hosts - cl_counts_of(&tally->counts, bit),
			   reason);
	}
	out_end_group(out);
}

/* Hosts without which something would come back; all others cost nothing. */
static void out_costs(struct out *out, const struct tally *tally)
{
	const struct witness *witness = tally->witnesses;
	struct cl_featureset cost;
	size_t i;

	out_array(out, "costs");
	for (i = 0; i < tally->nr_witnesses; i++, witness++) {
		if (cl_counts_cost(&tally->counts, &witness->set,
				   witness->has_max ? &witness->max : NULL,
				   &cost) || is_empty(&cost))
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
	out_costs(out, tally);
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
	out_begin(&out, args, "cpulevel/level/1");
	out_pool(&out, pool);
	pool_free(pool);
	ret = out_finish(&out);
	return ret || movable ? ret : EXIT_NO;
}
