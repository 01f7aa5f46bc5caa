/* SPDX-License-Identifier: GPL-2.0-only */
/* Random featuresets: reproducible, and dense enough that features survive. */
#ifndef RANDOM_H
#define RANDOM_H

#include "../../../lib/cpulevel.h"

static uint64_t random_state = 0x9e3779b97f4a7c15;

static uint32_t random_word(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state >> 16;
}

__attribute__((unused))
static void random_featureset(struct cl_featureset *fs)
{
	unsigned int density = random_word() % 4, i;

	*fs = (struct cl_featureset){ .nr_words = random_word() % 25 };
	for (i = 0; i < fs->nr_words; i++) {
		fs->words[i] = random_word();
		if (density > 0)
			fs->words[i] |= random_word();
		if (density > 1)
			fs->words[i] |= random_word() | random_word();
	}
}

#endif /* RANDOM_H */
