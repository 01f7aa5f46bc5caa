// SPDX-License-Identifier: LGPL-2.1-or-later
/* Featuresets from CPUID leaves, and back, by the table of words. */
#include <errno.h>
#include <string.h>

#include "source.h"
#include "../internal.h"

#define XSAVE_LEAF	0xdu
#define FEATURES_LEAF	7u
#define EXTENDED	0x80000000u

/* A bit each in struct cl_cpu. */
CL_ASSERT(words_fit, CL_NR_KNOWN_WORDS <= 32);

static bool is_msr(const struct cl_word *word)
{
	return word->reg == CL_MSR_LO || word->reg == CL_MSR_HI;
}

static bool is_of(const struct cl_leaf *leaf, uint32_t number, uint32_t subleaf)
{
	return leaf->leaf == number &&
	       (leaf->subleaf == CL_NO_SUBLEAF ||
		leaf->subleaf == (subleaf == CL_NO_SUBLEAF ? 0 : subleaf));
}

/* What only says which leaves there are; true: it was not said before. */
static bool note_max(uint32_t *max, bool *known, const struct cl_leaf *leaf)
{
	if (*known)
		return false;
	*known = true;
	*max = leaf->regs[CL_EAX];
	return true;
}

static void set_vendor(char vendor[13], const struct cl_leaf *leaf)
{
	unsigned int i;

	memcpy(vendor, &leaf->regs[CL_EBX], 4);
	memcpy(vendor + 4, &leaf->regs[CL_EDX], 4);
	memcpy(vendor + 8, &leaf->regs[CL_ECX], 4);
	vendor[12] = '\0';
	/* Not a vendor: then better none than one that cannot be saved. */
	for (i = 0; i < 12; i++)
		if (vendor[i] < ' ' || vendor[i] > '~')
			vendor[0] = '\0';
}

/* Leaf 0 or 0x80000000: 1, or -EEXIST. */
static int add_first(struct cl_cpu *cpu, const struct cl_leaf *leaf)
{
	if (leaf->leaf)
		return note_max(&cpu->max.max_extended_leaf, &cpu->has_extended,
				leaf) ? 1 : -EEXIST;
	if (!note_max(&cpu->max.max_leaf, &cpu->has_leaf_0, leaf))
		return -EEXIST;
	set_vendor(cpu->vendor, leaf);
	return 1;
}

int cl_cpu_add(struct cl_cpu *cpu, const struct cl_leaf *leaf)
{
	uint32_t before = cpu->seen;
	bool used = false;
	unsigned int i;

	if (is_of(leaf, 0, 0) || is_of(leaf, EXTENDED, 0))
		return add_first(cpu, leaf);
	for (i = 0; i < CL_NR_KNOWN_WORDS; i++) {
		const struct cl_word *word = cl_word(i);

		if (is_msr(word) || !is_of(leaf, word->leaf, word->subleaf))
			continue;
		used = true;
		if (before >> i & 1)
			return -EEXIST;
		cpu->seen |= 1u << i;
		cpu->words[i] = leaf->regs[word->reg];
	}
	if (used && is_of(leaf, 1, 0))
		cpu->signature = leaf->regs[CL_EAX];
	if (used && is_of(leaf, FEATURES_LEAF, 0))
		cpu->max.max_subleaf = leaf->regs[CL_EAX];
	return used;
}

/* Does the CPU itself say that it has the leaf of this word? */
static bool exists(const struct cl_cpu *cpu, const struct cl_word *word)
{
	if (cpu->sparse)
		return false;
	if (word->leaf >= EXTENDED)
		return cpu->max.max_extended_leaf >= word->leaf;
	if (cpu->max.max_leaf < word->leaf)
		return false;
	if (word->leaf == FEATURES_LEAF && word->subleaf)
		return cpu->max.max_subleaf >= word->subleaf;
	/* Subleaf 1 of 0xd is about XSAVE, and reserved without it. */
	if (word->leaf == XSAVE_LEAF)
		return cpu->words[CL_F_XSAVE / 32] >> CL_F_XSAVE % 32 & 1;
	return true;
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

int cl_cpu_end(const struct cl_cpu *cpu, struct cl_featureset *fs,
	       struct cl_error *error)
{
	struct cl_featureset made = { .nr_words = CL_NR_KNOWN_WORDS };
	unsigned int i;

	if (!(cpu->seen >> CL_WORD_0 & 1))
		return missing(cl_word(CL_WORD_0), error);
	for (i = 0; i < CL_NR_KNOWN_WORDS; i++) {
		const struct cl_word *word = cl_word(i);

		if (!is_msr(word) && !(cpu->seen >> i & 1) && exists(cpu, word))
			return missing(word, error);
		made.words[i] = cpu->words[i];
	}
	cl_clear(&made, CL_F_OSXSAVE);
	cl_clear(&made, CL_F_OSPKE);
	*fs = made;
	return 0;
}

void cl_cpu_add_msr(struct cl_cpu *cpu, const struct cl_msr *msr)
{
	unsigned int i;

	for (i = 0; i < CL_NR_KNOWN_WORDS; i++) {
		const struct cl_word *word = cl_word(i);

		if (is_msr(word) && word->leaf == msr->index)
			cpu->words[i] = msr->value >>
					(word->reg == CL_MSR_HI ? 32 : 0);
	}
}

int cl_featureset_from_leaves(struct cl_featureset *fs,
			      const struct cl_leaves *leaves,
			      struct cl_error *error)
{
	struct cl_cpu cpu = { .seen = 0 };
	unsigned int i;

	for (i = 0; i < leaves->nr_leaves; i++)
		cl_cpu_add(&cpu, &leaves->leaves[i]);
	/* The first of an index counts, as of a leaf. */
	for (i = leaves->nr_msrs; i-- > 0; )
		cl_cpu_add_msr(&cpu, &leaves->msrs[i]);
	return cl_cpu_end(&cpu, fs, error);
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
