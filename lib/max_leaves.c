// SPDX-License-Identifier: LGPL-2.1-or-later
/* The maximum CPUID leaves of a policy: from its leaves, and as text. */
#include <string.h>

#include "internal.h"

bool cl_max_leaves_parse(struct cl_max_leaves *max, const char *text)
{
	struct cl_featureset numbers;

	if (cl_featureset_parse(&numbers, text, NULL) || numbers.nr_words != 3 ||
	    !numbers.words[0])
		return false;
	max->max_leaf = numbers.words[0];
	max->max_subleaf = numbers.words[1];
	max->max_extended_leaf = numbers.words[2];
	return true;
}

bool cl_max_leaves_text(const struct cl_max_leaves *max,
			char text[CL_MAX_LEAVES_TEXT_SIZE])
{
	snprintf(text, CL_MAX_LEAVES_TEXT_SIZE, "%08x-%08x-%08x", max->max_leaf,
		 max->max_subleaf, max->max_extended_leaf);
	return max->max_leaf;
}

void cl_max_leaves_update(struct cl_max_leaves *max, uint32_t leaf,
			  uint32_t subleaf, uint32_t eax)
{
	if (leaf == 0)
		max->max_leaf = eax;
	else if (leaf == 7 && !subleaf)
		max->max_subleaf = eax;
	else if (leaf == 0x80000000)
		max->max_extended_leaf = eax;
}
