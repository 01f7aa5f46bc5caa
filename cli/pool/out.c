// SPDX-License-Identifier: GPL-2.0-only
/* The levels of a pool in a result, and what changed of them. */
#include "pool.h"

void out_levels(struct out *out, const struct cl_pool *pool)
{
	static const char *const keys[CL_NR_GUESTS] = {
		[CL_GUEST_PV] = "pv", [CL_GUEST_HVM] = "hvm",
	};
	char text[CL_TEXT_SIZE];
	unsigned int guest;

	for (guest = 0; guest < CL_NR_GUESTS; guest++) {
		if (pool->offering[guest])
			out_string(out, keys[guest],
				   cl_featureset_text(&pool->level[guest], text));
		else
			out_absent(out, keys[guest], "not offered by any host");
	}
}

static void out_one_change(struct out *out, const char *lost_key,
			   const char *gained_key,
			   const struct cl_featureset *before,
			   const struct cl_featureset *after)
{
	struct cl_featureset lost, gained;

	cl_minus(&lost, before, after);
	cl_minus(&gained, after, before);
	if (out->json || !cl_empty(&lost))
		out_features(out, lost_key, &lost);
	if (out->json || !cl_empty(&gained))
		out_features(out, gained_key, &gained);
}

void out_level_change(struct out *out, const struct cl_featureset before[CL_NR_GUESTS],
		      const struct cl_featureset after[CL_NR_GUESTS])
{
	out_one_change(out, "pv_lost", "pv_gained", &before[CL_GUEST_PV],
		       &after[CL_GUEST_PV]);
	out_one_change(out, "hvm_lost", "hvm_gained", &before[CL_GUEST_HVM],
		       &after[CL_GUEST_HVM]);
}
