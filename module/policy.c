// SPDX-License-Identifier: GPL-2.0-only
/* Policies and featuresets: where in CPUID and the MSRs each word is. */
#include <linux/build_bug.h>
#include <linux/kernel.h>
#include <linux/stddef.h>

#include "backend.h"

/* Instead of a CPUID register: the halves of the MSR that @leaf names. */
enum { A, B, C, D, MSR_LOW, MSR_HIGH };

static const struct word {
	u32 leaf;
	u32 subleaf;
	u8 reg;
} words_at[] = {
	{ 0x00000001, CPULEVEL_NO_SUBLEAF, D },
	{ 0x00000001, CPULEVEL_NO_SUBLEAF, C },
	{ 0x80000001, CPULEVEL_NO_SUBLEAF, D },
	{ 0x80000001, CPULEVEL_NO_SUBLEAF, C },
	{ 0x0000000d, 1, A },
	{ 0x00000007, 0, B },
	{ 0x00000007, 0, C },
	{ 0x80000007, CPULEVEL_NO_SUBLEAF, D },
	{ 0x80000008, CPULEVEL_NO_SUBLEAF, B },
	{ 0x00000007, 0, D },
	{ 0x00000007, 1, A },
	{ 0x80000021, CPULEVEL_NO_SUBLEAF, A },
	{ 0x00000007, 1, B },
	{ 0x00000007, 2, D },
	{ 0x00000007, 1, C },
	{ 0x00000007, 1, D },
	{ CL_MSR_ARCH_CAPS, 0, MSR_LOW },
	{ CL_MSR_ARCH_CAPS, 0, MSR_HIGH },
	{ 0x80000021, CPULEVEL_NO_SUBLEAF, C },
};

/* As strchr() does, these hand on the caller's own right to write. */
struct cpulevel_leaf *cl_policy_leaf(const struct cpulevel_policy *p, u32 leaf,
				     u32 subleaf)
{
	u32 i;

	for (i = 0; i < p->nr_leaves; i++)
		if (p->leaves[i].leaf == leaf && p->leaves[i].subleaf == subleaf)
			return (struct cpulevel_leaf *)&p->leaves[i];
	return NULL;
}

struct cpulevel_msr *cl_policy_msr(const struct cpulevel_policy *p, u32 msr)
{
	u32 i;

	for (i = 0; i < p->nr_msrs; i++)
		if (p->msrs[i].index == msr)
			return (struct cpulevel_msr *)&p->msrs[i];
	return NULL;
}

/* Where @p has this word; NULL if nowhere. */
static u32 *find_word(const struct cpulevel_policy *p, const struct word *at)
{
	struct cpulevel_leaf *leaf;
	struct cpulevel_msr *msr;

	if (at->reg == MSR_LOW || at->reg == MSR_HIGH) {
		msr = cl_policy_msr(p, at->leaf);
		return msr ? (u32 *)&msr->value + (at->reg == MSR_HIGH) : NULL;
	}
	leaf = cl_policy_leaf(p, at->leaf, at->subleaf);
	return leaf ? &leaf->a + at->reg : NULL;
}

/* The featureset of a policy: what it does not have is 0. */
void cl_policy_get_words(const struct cpulevel_policy *p, u32 *words,
			 u32 nr_words)
{
	const u32 *at;
	u32 i;

	BUILD_BUG_ON(ARRAY_SIZE(words_at) != CL_KNOWN_WORDS);
	for (i = 0; i < nr_words && i < CL_KNOWN_WORDS; i++) {
		at = find_word(p, &words_at[i]);
		words[i] = at ? *at : 0;
	}
}

/* Put the known words where @p has a place for them. */
void cl_policy_set_words(struct cpulevel_policy *p, const u32 *words)
{
	u32 *at;
	u32 i;

	for (i = 0; i < CL_KNOWN_WORDS; i++) {
		at = find_word(p, &words_at[i]);
		if (at)
			*at = words[i];
	}
}

/* Nothing but zeros is how Xen answers for guests that cannot be. */
bool cl_policy_empty(const struct cpulevel_policy *p)
{
	u32 i;

	for (i = 0; i < p->nr_leaves; i++)
		if (p->leaves[i].a || p->leaves[i].b || p->leaves[i].c ||
		    p->leaves[i].d)
			return false;
	for (i = 0; i < p->nr_msrs; i++)
		if (p->msrs[i].value)
			return false;
	return true;
}
