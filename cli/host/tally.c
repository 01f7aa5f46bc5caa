// SPDX-License-Identifier: GPL-2.0-only
/*
 * A pool added up.  The library counts; this remembers by name the few hosts
 * that make a difference, and can forget all others.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"

#define FOR_EACH_WORD(i)	for (i = 0; i < CL_MAX_WORDS; i++)

void tally_begin(struct tally *tally)
{
	memset(tally, 0, sizeof(*tally));
	cl_counts_init(&tally->counts);
	memset(tally->set.folds, 0xff, sizeof(tally->set.folds));
	memset(tally->max.folds, 0xff, sizeof(tally->max.folds));
}

void tally_end(struct tally *tally)
{
	free(tally->witnesses);
}

/* Is the host, for some bit, one of the first without it?  Else no fold moves. */
static bool is_new(const struct lacking *lacking, const struct cl_featureset *fs)
{
	uint32_t new = 0;
	unsigned int i;

	FOR_EACH_WORD(i)
		new |= lacking->folds[LACKING_NAMED - 1][i] & ~fs->words[i];
	return new;
}

/* The host lacks what is not in @fs. */
static void fold(struct lacking *lacking, const struct cl_featureset *fs)
{
	unsigned int i, n;

	for (n = LACKING_NAMED - 1; n; n--)
		FOR_EACH_WORD(i)
			lacking->folds[n][i] &= fs->words[i] |
						lacking->folds[n - 1][i];
	FOR_EACH_WORD(i)
		lacking->folds[0][i] &= fs->words[i];
}

static bool in_fold(const struct lacking *lacking, unsigned int n,
		    unsigned int bit)
{
	return lacking->folds[n][bit / 32] >> bit % 32 & 1;
}

/* How many hosts lack the bit; LACKING_NAMED stands for any more, too. */
static unsigned int nr_lacking(const struct lacking *lacking, unsigned int bit)
{
	unsigned int n = 0;

	while (n < LACKING_NAMED && !in_fold(lacking, n, bit))
		n++;
	return n;
}

static void note(struct lacking *lacking, const struct cl_featureset *fs,
		 size_t witness)
{
	unsigned int bit, n;

	for (bit = 0; bit < CL_MAX_BITS; bit++) {
		n = nr_lacking(lacking, bit);
		if (n < LACKING_NAMED && !cl_has(fs, bit))
			lacking->witness[n][bit] = witness;
	}
}

static struct witness *new_witness(struct tally *tally)
{
	size_t room = tally->room ? 2 * tally->room : 16;
	struct witness *larger;

	if (tally->nr_witnesses == tally->room) {
		larger = realloc(tally->witnesses, room * sizeof(*larger));
		if (!larger)
			return NULL;
		tally->witnesses = larger;
		tally->room = room;
	}
	return &tally->witnesses[tally->nr_witnesses++];
}

static int remember(struct tally *tally, unsigned long number,
		    const char *name, const struct cl_featureset *set,
		    const struct cl_featureset *max)
{
	struct witness *witness = new_witness(tally);

	if (!witness)
		return complain(name, "out of memory; nothing was computed");
	witness->number = number;
	snprintf(witness->name, sizeof(witness->name), "%s", name);
	witness->set = *set;
	witness->has_max = max;
	note(&tally->set, set, tally->nr_witnesses - 1);
	fold(&tally->set, set);
	if (max) {
		witness->max = *max;
		note(&tally->max, max, tally->nr_witnesses - 1);
		fold(&tally->max, max);
	}
	return EXIT_YES;
}

int tally_add(struct tally *tally, unsigned long number, const char *name,
	      const struct cl_featureset *set, const struct cl_featureset *max)
{
	int ret = EXIT_YES;

	if (is_new(&tally->set, set) || (max && is_new(&tally->max, max)))
		ret = remember(tally, number, name, set, max);
	if (ret)
		return ret;
	ret = cl_counts_add(&tally->counts, set, max);
	return ret ? complain(name, "%s; give fewer hosts", strerror(-ret)) : EXIT_YES;
}

const struct witness *tally_lacking(const struct tally *tally,
				    const struct lacking *lacking,
				    unsigned int bit, unsigned int n)
{
	if (n >= nr_lacking(lacking, bit))
		return NULL;
	return &tally->witnesses[lacking->witness[n][bit]];
}
