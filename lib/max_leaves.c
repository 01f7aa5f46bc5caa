// SPDX-License-Identifier: LGPL-2.1-or-later
/* The last leaves that a policy numbers: taken from it, and as text. */
#include <string.h>

#include "internal.h"

bool cl_last_parse(struct cl_last_leaves *last, const char *text)
{
	struct cl_featureset numbers;

	if (cl_featureset_parse(&numbers, text, NULL) || numbers.nr_words != 3 ||
	    !numbers.words[0])
		return false;
	last->basic = numbers.words[0];
	last->seven = numbers.words[1];
	last->extended = numbers.words[2];
	return true;
}

bool cl_last_text(const struct cl_last_leaves *last, char text[CL_LAST_SIZE])
{
	snprintf(text, CL_LAST_SIZE, "%08x-%08x-%08x", last->basic,
		 last->seven, last->extended);
	return last->basic;
}

void cl_last_take(struct cl_last_leaves *last, uint32_t leaf, uint32_t subleaf,
		  uint32_t eax)
{
	if (leaf == 0)
		last->basic = eax;
	else if (leaf == 7 && !subleaf)
		last->seven = eax;
	else if (leaf == 0x80000000)
		last->extended = eax;
}
