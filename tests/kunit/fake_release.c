// SPDX-License-Identifier: GPL-2.0-only
/* The fake Xen, filled: every release's sets, policies and CPUs, all of them distinct. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "fake_xen.h"

#define NONE	0xffffffff	/* a leaf without subleaves */

const struct fake_release fake_newest = {
	.name = "newest", .version = 0x16, .nr_words = 19, .nr_sets = 6,
	.caps = true, .policies = true, .nr_msrs = 2,
};

/* The leaves of every policy, and the word that each register holds, or -1. */
static const struct {
	u32 leaf, subleaf;
	int a, b, c, d;
} places[] = {
	{ 0x00000000, NONE, -1, -1, -1, -1 },
	{ 0x00000001, NONE, -1, -1,  1,  0 },
	{ 0x00000007, 0,    -1,  5,  6,  9 },
	{ 0x00000007, 1,    10, 12, 14, 15 },
	{ 0x00000007, 2,    -1, -1, -1, 13 },
	{ 0x0000000d, 0,    -1, -1, -1, -1 },
	{ 0x0000000d, 1,     4, -1, -1, -1 },
	{ 0x80000000, NONE, -1, -1, -1, -1 },
	{ 0x80000001, NONE, -1, -1,  3,  2 },
	{ 0x80000007, NONE, -1, -1, -1,  7 },
	{ 0x80000008, NONE, -1,  8, -1, -1 },
	{ 0x80000021, NONE, 11, -1, 18, -1 },
};

/*
 * What each set has in each word: never the same twice, never 0.  The high
 * half is left 0, because a few bits there mean something to the module
 * (HYPERVISOR, CPUID_USER_DIS, ARCH_CAPS); tests set those they are about.
 */
u32 fake_xen_word(u32 set, u32 word)
{
	return (set + 1) << 12 | (word + 1);
}

/* A register that is no part of a featureset has a value of its own too. */
static u32 reg(const struct fake_xen *xen, u32 set, int word, u32 filler)
{
	return word < 0 ? filler + set : xen->words[set][word];
}

static void fill_policy(struct fake_xen *xen, u32 set, u32 nr_msrs)
{
	struct fake_policy *p = &xen->policies[set];
	const u32 *w = xen->words[set];
	u32 i;

	memset(p, 0, sizeof(*p));
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		p->leaves[i].leaf = places[i].leaf;
		p->leaves[i].subleaf = places[i].subleaf;
		p->leaves[i].a = reg(xen, set, places[i].a, 0xa00 + 16 * i);
		p->leaves[i].b = reg(xen, set, places[i].b, 0xb00 + 16 * i);
		p->leaves[i].c = reg(xen, set, places[i].c, 0xc00 + 16 * i);
		p->leaves[i].d = reg(xen, set, places[i].d, 0xd00 + 16 * i);
	}
	p->nr_leaves = ARRAY_SIZE(places);

	p->msrs[0].index = 0xce;
	p->msrs[0].value = 0x70 + set;
	p->msrs[1].index = 0x10a;
	p->msrs[1].value = (u64)w[17] << 32 | w[16];
	p->nr_msrs = nr_msrs;
}

/* Give @set @nr_words words, the others 0, and the policy that goes with it. */
void fake_xen_set_words(struct fake_xen *xen, u32 set, u32 nr_words)
{
	u32 i;

	for (i = 0; i < FAKE_WORDS; i++)
		xen->words[set][i] = i < nr_words ? fake_xen_word(set, i) : 0;
	fill_policy(xen, set, xen->policies[set].nr_msrs);
}

/* @nr_leaves and @nr_msrs of nothing in particular. */
void fake_xen_fill(struct fake_policy *p, u32 nr_leaves, u32 nr_msrs)
{
	u32 i;

	for (i = p->nr_leaves; i < nr_leaves; i++)
		p->leaves[i] = (struct fake_leaf){ 0x90000000 + i, NONE, i, i, i, i };
	for (i = p->nr_msrs; i < nr_msrs; i++)
		p->msrs[i] = (struct fake_msr){ 0x9000 + i, 0, i };
	p->nr_leaves = nr_leaves;
	p->nr_msrs = nr_msrs;
}

struct fake_leaf *fake_xen_leaf(struct fake_policy *p, u32 leaf, u32 subleaf)
{
	u32 i;

	for (i = 0; i < p->nr_leaves; i++)
		if (p->leaves[i].leaf == leaf && p->leaves[i].subleaf == subleaf)
			return &p->leaves[i];
	return NULL;
}

/* A Haswell, stepping 3, of which Xen says family 6, model 0x3c. */
static void fill_pcpus(struct fake_xen *xen)
{
	u32 i;

	xen->nr_pcpus = 4;
	for (i = 0; i < FAKE_CPUS; i++)
		xen->pcpus[i] = (struct fake_pcpu){
			.flags = 1, .vendor = "GenuineIntel",
			.family = 6, .model = 0x3c, .stepping = 3,
			.signature = 0x306c3, .platform = 2, .revision = 0x28,
		};
}

void fake_xen_init(struct fake_xen *xen, const struct fake_release *release)
{
	u32 set;

	memset(xen, 0, sizeof(*xen));
	xen->version = release->version;
	xen->nr_sets = release->nr_sets;
	xen->nr_words = release->nr_words;
	for (set = 0; set < FAKE_SETS; set++) {
		xen->policies[set].nr_msrs = release->nr_msrs;
		fake_xen_set_words(xen, set, release->nr_words);
	}
	/* Up to Xen 4.13 the default policies are the max ones. */
	if (release->version <= 0x12) {
		xen->policies[FAKE_PV_MAX] = xen->policies[FAKE_PV];
		xen->policies[FAKE_HVM_MAX] = xen->policies[FAKE_HVM];
	}
	xen->max_leaves = 118;
	xen->max_msrs = release->nr_msrs;
	xen->caps = 0x1e;
	if (!release->caps)
		xen->error[FAKE_CAPS] = -ENOSYS;
	if (!release->policies)
		xen->error[FAKE_POLICY] = -ENOSYS;
	if (release->version < 0x15)
		xen->platform_error[FAKE_UCODE] = -ENOSYS;
	fill_pcpus(xen);
}
