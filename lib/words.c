// SPDX-License-Identifier: LGPL-2.1-or-later
/* Featuresets from CPUID leaves, and back, by the table of words. */
#include <errno.h>
#include <string.h>

#include "source/source.h"
#include "internal.h"

#define XSAVE_LEAF	0xdu
#define FEATURES_LEAF	7u
#define EXTENDED	0x80000000u

const struct cl_leaf *cl_find_leaf(const struct cl_leaves *leaves,
				   uint32_t leaf, uint32_t subleaf)
{
	unsigned int i;

	for (i = 0; i < leaves->nr_leaves; i++) {
		const struct cl_leaf *l = &leaves->leaves[i];

		if (l->leaf == leaf && (l->subleaf == subleaf ||
					l->subleaf == CL_NO_SUBLEAF ||
					subleaf == CL_NO_SUBLEAF))
			return l;
	}
	return NULL;
}

static uint64_t find_msr(const struct cl_leaves *leaves, uint32_t index)
{
	unsigned int i;

	for (i = 0; i < leaves->nr_msrs; i++)
		if (leaves->msrs[i].index == index)
			return leaves->msrs[i].value;
	return 0;
}

/* What a register of a leaf says; 0 if the leaf is not there. */
static uint32_t reg(const struct cl_leaves *leaves, uint32_t leaf,
		    uint32_t subleaf, enum cl_register reg)
{
	const struct cl_leaf *found = cl_find_leaf(leaves, leaf, subleaf);

	return found ? found->regs[reg] : 0;
}

/* Does the CPU itself say that it has the leaf of this word? */
static bool exists(const struct cl_leaves *leaves, const struct cl_word *word)
{
	if (word->leaf >= EXTENDED)
		return reg(leaves, EXTENDED, CL_NO_SUBLEAF, CL_EAX) >=
		       word->leaf;
	if (reg(leaves, 0, CL_NO_SUBLEAF, CL_EAX) < word->leaf)
		return false;
	if (word->leaf == FEATURES_LEAF && word->subleaf)
		return reg(leaves, FEATURES_LEAF, 0, CL_EAX) >= word->subleaf;
	/* Subleaf 1 of 0xd is about XSAVE, and reserved without it. */
	if (word->leaf == XSAVE_LEAF)
		return reg(leaves, 1, CL_NO_SUBLEAF, CL_ECX) >>
		       CL_F_XSAVE % 32 & 1;
	return true;
}

static bool is_msr(const struct cl_word *word)
{
	return word->reg == CL_MSR_LO || word->reg == CL_MSR_HI;
}

static int missing(const struct cl_word *word, struct cl_error *error)
{
	char subleaf[16] = "";

	if (word->subleaf != CL_NO_SUBLEAF)
		snprintf(subleaf, sizeof(subleaf), ":%x", word->subleaf);
	return cl_fail(error, -ENODATA, "CPUID",
		       "leaf %x%s is missing, though the CPU has it; dump all leaves",
		       word->leaf, subleaf);
}

static int word_of(uint32_t *value, const struct cl_leaves *leaves,
		   const struct cl_word *word, struct cl_error *error)
{
	const struct cl_leaf *found;

	if (is_msr(word)) {
		*value = find_msr(leaves, word->leaf) >>
			 (word->reg == CL_MSR_HI ? 32 : 0);
		return 0;
	}
	found = cl_find_leaf(leaves, word->leaf, word->subleaf);
	if (!found && exists(leaves, word))
		return missing(word, error);
	*value = found ? found->regs[word->reg] : 0;
	return 0;
}

int cl_featureset_from_leaves(struct cl_featureset *fs,
			      const struct cl_leaves *leaves,
			      struct cl_error *error)
{
	struct cl_featureset made = { .nr_words = CL_NR_KNOWN_WORDS };
	unsigned int i;
	int ret;

	if (!cl_find_leaf(leaves, 1, CL_NO_SUBLEAF))
		return missing(cl_word(CL_WORD_0), error);
	for (i = 0; i < CL_NR_KNOWN_WORDS; i++) {
		ret = word_of(&made.words[i], leaves, cl_word(i), error);
		if (ret)
			return ret;
	}
	cl_clear(&made, CL_F_OSXSAVE);
	cl_clear(&made, CL_F_OSPKE);
	*fs = made;
	return 0;
}

static struct cl_leaf *get_leaf(struct cl_leaves *leaves,
				const struct cl_word *word)
{
	struct cl_leaf *new = &leaves->leaves[leaves->nr_leaves];
	unsigned int i;

	for (i = 0; i < leaves->nr_leaves; i++)
		if (leaves->leaves[i].leaf == word->leaf &&
		    leaves->leaves[i].subleaf == word->subleaf)
			return &leaves->leaves[i];
	leaves->nr_leaves++;
	new->leaf = word->leaf;
	new->subleaf = word->subleaf;
	return new;
}

static struct cl_msr *get_msr(struct cl_leaves *leaves, uint32_t index)
{
	struct cl_msr *new = &leaves->msrs[leaves->nr_msrs];
	unsigned int i;

	for (i = 0; i < leaves->nr_msrs; i++)
		if (leaves->msrs[i].index == index)
			return &leaves->msrs[i];
	leaves->nr_msrs++;
	new->index = index;
	return new;
}

/* The table is far shorter than the capacity for leaves and MSRs. */
CL_ASSERT(leaves_fit, CL_NR_KNOWN_WORDS <= CL_MAX_MSRS);

unsigned int cl_featureset_to_leaves(struct cl_leaves *leaves,
				     const struct cl_featureset *fs)
{
	unsigned int i, left = 0;

	memset(leaves, 0, sizeof(*leaves));
	for (i = 0; i < CL_NR_KNOWN_WORDS; i++) {
		const struct cl_word *word = cl_word(i);

		if (!is_msr(word))
			get_leaf(leaves, word)->regs[word->reg] = fs->words[i];
		else
			get_msr(leaves, word->leaf)->value |=
				(uint64_t)fs->words[i] <<
				(word->reg == CL_MSR_HI ? 32 : 0);
	}
	for (; i < CL_MAX_WORDS; i++)
		left += __builtin_popcount(fs->words[i]);
	return left;
}
