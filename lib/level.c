// SPDX-License-Identifier: LGPL-2.1-or-later
/* The level of a pool: what several hosts can all offer their guests. */
#include "internal.h"

/* Bits that protect a guest only if it knows of them wherever it may go. */
static void accumulate(struct cl_featureset *out,
		       const struct cl_featureset *a,
		       const struct cl_featureset *b)
{
	unsigned int bit;

	for (bit = 0; bit < CL_NR_KNOWN_WORDS * 32; bit++) {
		const struct cl_feature *feature = cl_feature(bit);

		if (feature && feature->attributes & CL_ATTR_ACCUMULATE &&
		    (cl_has(a, bit) || cl_has(b, bit)))
			cl_set(out, bit);
	}
}

static bool rets_mispredict(const struct cl_featureset *fs)
{
	return cl_has(fs, CL_F_RSBA) || cl_has(fs, CL_F_RRSBA);
}

/*
 * RSBA and RRSBA announce a danger that a guest must know of if any host has
 * it.  Which of the two is right depends on the mode the guest will use.
 */
static void settle_rsba(struct cl_featureset *out)
{
	cl_clear(out, CL_F_RSBA);
	cl_clear(out, CL_F_RRSBA);
	cl_set(out, cl_has(out, CL_F_EIBRS) ? CL_F_RRSBA : CL_F_RSBA);
}

void cl_combine(struct cl_featureset *out, const struct cl_featureset *a,
		const struct cl_featureset *b)
{
	struct cl_featureset both;

	cl_and(&both, a, b);
	accumulate(&both, a, b);
	cl_prune(&both);
	if (cl_has(&both, CL_F_ARCH_CAPS) &&
	    (rets_mispredict(a) || rets_mispredict(b)))
		settle_rsba(&both);
	*out = both;
}
