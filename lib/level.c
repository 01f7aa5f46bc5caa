// SPDX-License-Identifier: LGPL-2.1-or-later
/* The rules of levelling: what several hosts can all offer their guests. */
#include <string.h>

#include "attributes.h"
#include "block.h"
#include "internal.h"

/* Bits that protect a guest only if it knows of them wherever it may go. */
static void accumulate(uint32_t *level, const uint32_t *any)
{
#define FEATURE(name, word, bit, attributes, text)			\
	if ((attributes) & ACCUMULATE)					\
		level[CL_WORD_##word] |= any[CL_WORD_##word] & 1u << (bit);
#include "features.def"
}

#define WORD_OF(feature)	(CL_F_##feature / 32)
#define MASK_OF(feature)	(1u << CL_F_##feature % 32)

/*
 * RSBA and RRSBA announce a danger that a guest must know of if any host has
 * it.  Which of the two is right depends on the mode the guest will use.
 */
static void settle_rsba(uint32_t *level, const uint32_t *any)
{
	CL_ASSERT(one_word, WORD_OF(RSBA) == WORD_OF(RRSBA) &&
			    WORD_OF(RSBA) == WORD_OF(EIBRS));
	const uint32_t either = MASK_OF(RSBA) | MASK_OF(RRSBA);
	uint32_t *word = &level[WORD_OF(RSBA)];

	if (!(level[WORD_OF(ARCH_CAPS)] & MASK_OF(ARCH_CAPS)) ||
	    !(any[WORD_OF(RSBA)] & either))
		return;
	*word &= ~either;
	*word |= *word & MASK_OF(EIBRS) ? MASK_OF(RRSBA) : MASK_OF(RSBA);
}

void cl_settle(struct cl_featureset *level, const uint32_t *any)
{
	accumulate(level->words, any);
	cl_prune(level);
	settle_rsba(level->words, any);
}

/* Words from nr_words on are 0: in a result that is new they have to become so. */
void cl_combine(struct cl_featureset *out, const struct cl_featureset *a,
		const struct cl_featureset *b)
{
	uint32_t any[CL_NR_KNOWN_WORDS];
	unsigned int i, n = a->nr_words > b->nr_words ? a->nr_words : b->nr_words;

	/* Both are read before the result is written: it may be one of them. */
	CL_UNROLL(32)
	for (i = 0; i < CL_NR_KNOWN_WORDS; i++) {
		uint32_t x = a->words[i], y = b->words[i];

		any[i] = x | y;
		out->words[i] = x & y;
	}
	for (; i < n; i++)
		out->words[i] = a->words[i] & b->words[i];
	if (out != a && out != b)
		memset(out->words + i, 0, sizeof(out->words) - i * sizeof(*any));
	out->nr_words = n;
	cl_settle(out, any);
}
