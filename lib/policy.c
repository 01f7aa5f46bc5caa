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

/* The table's order would make one pass enough today; nothing relies on it. */
void cl_prune(struct cl_featureset *fs)
{
	bool again;
	size_t i;

	do {
		again = false;
		for (i = 0; i < ARRAY_SIZE(dependencies); i++) {
			if (!cl_has(fs, dependencies[i].feature) ||
			    cl_has(fs, dependencies[i].prerequisite))
				continue;
			cl_clear(fs, dependencies[i].feature);
			again = true;
		}
	} while (again);
}
