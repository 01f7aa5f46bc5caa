// SPDX-License-Identifier: LGPL-2.1-or-later
/* The rules of levelling: what several hosts can all offer their guests. */
#include "attributes.h"
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

/* Words from nr_words on are 0: all blocks are combined, none is counted. */
void cl_combine(struct cl_featureset *out, const struct cl_featureset *a,
		const struct cl_featureset *b)
{
	const cl_block *x = CL_CONST_BLOCKS(a->words);
	const cl_block *y = CL_CONST_BLOCKS(b->words);
	cl_block any[CL_BLOCKS(CL_NR_KNOWN_WORDS)];
	cl_block *to = CL_BLOCKS_OF(out->words);
	size_t i;

	out->nr_words = a->nr_words > b->nr_words ? a->nr_words : b->nr_words;
	/* Both are read before the result is written: it may be one of them. */
	for (i = 0; i < ARRAY_SIZE(any); i++) {
		any[i] = x[i] | y[i];
		to[i] = x[i] & y[i];
	}
	for (; i < CL_BLOCKS(CL_MAX_WORDS); i++)
		to[i] = x[i] & y[i];
	cl_settle(out, (const uint32_t *)any);
}
