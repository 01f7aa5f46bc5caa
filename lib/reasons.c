// SPDX-License-Identifier: LGPL-2.1-or-later
/* Why a pool's level lacks a feature: hosts, prerequisites, max sets. */
#include "internal.h"

struct why {
	struct cl_reason *reasons;
	size_t room, nr;
	const struct cl_featureset *level;
	const struct cl_member *members;
	size_t nr_members;
};

static void tell(struct why *why, enum cl_reason_kind kind, unsigned int bit,
		 unsigned int other, size_t host)
{
	if (why->nr < why->room)
		why->reasons[why->nr] = (struct cl_reason){
			kind, bit, other, host
		};
	why->nr++;
}

static size_t nr_with(const struct why *why, unsigned int bit)
{
	size_t i, nr = 0;

	for (i = 0; i < why->nr_members; i++)
		nr += cl_has(why->members[i].def, bit);
	return nr;
}

static void tell_hosts(struct why *why, unsigned int bit)
{
	size_t i;

	for (i = 0; i < why->nr_members; i++)
		if (!cl_has(why->members[i].def, bit))
			tell(why, CL_REASON_HOST, bit, 0, i);
}

static void tell_limits(struct why *why, unsigned int bit)
{
	const struct cl_featureset *max;
	size_t i;

	for (i = 0; i < why->nr_members; i++) {
		max = why->members[i].max;
		if (max && !cl_has(max, bit))
			tell(why, CL_REASON_MAX, bit, 0, i);
	}
}

static bool is_rsba(unsigned int bit)
{
	return bit == CL_F_RSBA || bit == CL_F_RRSBA;
}

/* Did some host's having the bit give it to the level, until it was lost? */
static bool was_given(const struct why *why, unsigned int bit)
{
	const struct cl_feature *feature = cl_feature(bit);
	size_t nr = nr_with(why, bit);

	if (is_rsba(bit))
		nr = nr_with(why, CL_F_RSBA) + nr_with(why, CL_F_RRSBA);
	else if (!feature || !(feature->attributes & CL_ATTR_ACCUMULATE))
		return nr == why->nr_members;
	return nr && (why->nr_members > 1 || nr_with(why, bit));
}

static void explain(struct why *why, unsigned int bit)
{
	unsigned int n;
	size_t before;
	int needs;

	if (!was_given(why, bit)) {
		tell_hosts(why, bit);
		return;
	}
	before = why->nr;
	for (n = 0; (needs = cl_prerequisite(bit, n)) >= 0; n++) {
		if (cl_has(why->level, needs))
			continue;
		tell(why, CL_REASON_NEEDS, bit, needs, 0);
		explain(why, needs);
	}
	if (why->nr == before)
		tell_limits(why, bit);
}

/*
 * RSBA and RRSBA stand for one danger, and with more hosts than one the level
 * has one of them at most: RRSBA with EIBRS, else RSBA.
 */
static bool says_it_instead(const struct why *why, unsigned int other)
{
	return cl_has(why->level, other) ||
	       (other == CL_F_RRSBA && cl_has(why->level, CL_F_EIBRS));
}

static void explain_rsba(struct why *why, unsigned int bit)
{
	unsigned int other = bit == CL_F_RSBA ? CL_F_RRSBA : CL_F_RSBA;

	if (!says_it_instead(why, other))
		explain(why, bit);
	if (why->nr)
		return;
	tell(why, CL_REASON_INSTEAD, bit, other, 0);
	if (!cl_has(why->level, other))
		explain(why, other);
}

size_t cl_reasons(struct cl_reason *reasons, size_t room,
		  const struct cl_featureset *level,
		  const struct cl_member *members, size_t nr_members,
		  unsigned int bit)
{
	struct why why = { reasons, room, 0, level, members, nr_members };

	if (cl_has(level, bit) || !nr_members)
		return 0;
	if (is_rsba(bit) && nr_members > 1 && was_given(&why, bit))
		explain_rsba(&why, bit);
	else
		explain(&why, bit);
	return why.nr;
}
