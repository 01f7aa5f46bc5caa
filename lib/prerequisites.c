// SPDX-License-Identifier: LGPL-2.1-or-later
/* Prerequisites: which features may stand in a featureset together. */
#include <errno.h>

#include "internal.h"

static const struct dependency {
	unsigned int feature;
	unsigned int prerequisite;
} dependencies[] = {
#define DEPENDS(feature, prerequisite) \
	{ CL_F_##feature, CL_F_##prerequisite },
#include "features.def"
};

int cl_prerequisite(unsigned int bit, unsigned int n)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(dependencies); i++)
		if (dependencies[i].feature == bit && !n--)
			return dependencies[i].prerequisite;
	return -ENOENT;
}

/* A rank for each feature: 0, unless it is a prerequisite. */
enum {
#define FEATURE(name, word, bit, attributes, text)	RANK_##name = 0,
#include "features.def"
};

/* Prerequisites have the rank of their place in the list, hiding the 0. */
static inline __attribute__((unused))
void check_order(void)
{
	enum {
		RANK_OF_NOTHING,
#define PREREQUISITE(name)	RANK_##name,
#include "features.def"
	};
#define DEPENDS(feature, prerequisite)					\
	CL_ASSERT(order_##feature##_##prerequisite,			\
		  RANK_##prerequisite > 0 && (!RANK_##feature ||	\
		  (int)RANK_##feature > (int)RANK_##prerequisite));
#include "features.def"
}

/*
 * With a constant prerequisite, all but its own lines vanish and those left
 * merge: one AND for each word that has dependants.
 */
static inline __attribute__((always_inline))
void drop_dependants(uint32_t *words, unsigned int prerequisite)
{
#define DEPENDS(feature, needs)						\
	if (prerequisite == CL_F_##needs)				\
		words[CL_F_##feature / 32] &= ~(1u << CL_F_##feature % 32);
#include "features.def"
}

/* What falls is never above in the list: one walk is enough. */
void cl_prune(struct cl_featureset *fs)
{
	uint32_t *words = fs->words;

#define PREREQUISITE(name)						\
	if (!(words[CL_F_##name / 32] & 1u << CL_F_##name % 32))	\
		drop_dependants(words, CL_F_##name);
#include "features.def"
}
