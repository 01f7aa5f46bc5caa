// SPDX-License-Identifier: LGPL-2.1-or-later
/* Why a pool's level lacks a feature: hosts, prerequisites, max sets. */
#include "internal.h"

struct why {
	struct cl_reason *reasons;
	size_t room, nr;
	const struct cl_counts *counts;
	struct cl_featureset level;
};

static void tell(struct why *why, enum cl_reason_kind kind, unsigned int bit,
		 unsigned int other, uint32_t nr_hosts)
{
	if (why->nr < why->room)
		why->reasons[why->nr] = (struct cl_reason){
			kind, bit, other, nr_hosts
		};
	why->nr++;
}

static uint32_t nr_with(const struct why *why, unsigned int bit)
{
	return cl_counts_of(why->counts, bit);
}

static void tell_limits(struct why *why, unsigned int bit)
{
	uint32_t nr = why->counts->nr_limited -
		      cl_count(why->counts->maxima, bit);

	if (nr)
		tell(why, CL_REASON_MAX, bit, 0, nr);
}

static bool is_rsba(unsigned int bit)
{
	return bit == CL_F_RSBA || bit == CL_F_RRSBA;
}

/* Did some host's having the bit give it to the level, until it was lost? */
static bool was_given(const struct why *why, unsigned int bit)
{
	const struct cl_feature *feature = cl_feature(bit);
	uint32_t nr = nr_with(why, bit), nr_hosts = why->counts->nr_hosts;

	if (nr == nr_hosts || nr_hosts == 1)
		return nr;
	if (is_rsba(bit))
		return nr_with(why, CL_F_RSBA) || nr_with(why, CL_F_RRSBA);
	return nr && feature && feature->attributes & CL_ATTR_ACCUMULATE;
}

static void explain(struct why *why, unsigned int bit)
{
	unsigned int n;
	size_t before;
	int needs;

	if (!was_given(why, bit)) {
		tell(why, CL_REASON_HOSTS, bit, 0,
		     why->counts->nr_hosts - nr_with(why, bit));
		return;
	}
	before = why->nr;
	for (n = 0; (needs = cl_prerequisite(bit, n)) >= 0; n++) {
		if (cl_has(&why->level, needs))
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
	return cl_has(&why->level, other) ||
	       (other == CL_F_RRSBA && cl_has(&why->level, CL_F_EIBRS));
}

static void explain_rsba(struct why *why, unsigned int bit)
{
	unsigned int other = bit == CL_F_RSBA ? CL_F_RRSBA : CL_F_RSBA;

	if (!says_it_instead(why, other))
		explain(why, bit);
	if (why->nr)
		return;
	tell(why, CL_REASON_INSTEAD, bit, other, 0);
	if (!cl_has(&why->level, other))
		explain(why, other);
}

size_t cl_reasons(struct cl_reason *reasons, size_t room,
		  const struct cl_counts *counts, unsigned int bit)
{
	struct why why = { reasons, room, 0, counts, { 0 } };

	cl_counts_level(counts, &why.level);
	if (!counts->nr_hosts || cl_has(&why.level, bit))
		return 0;
	if (is_rsba(bit) && counts->nr_hosts > 1 && was_given(&why, bit))
		explain_rsba(&why, bit);
	else
		explain(&why, bit);
	return why.nr;
}
