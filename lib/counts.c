// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A pool as counts: hosts join and leave, and the level is always at hand.
 *
 * There is a counter for every bit, and they all count in parallel: plane k
 * holds bit k of each, a word of a plane is a word of a featureset.  So a host
 * joins by an addition with carry whose operands are words, not bits.  Carries
 * die out soon, whatever the counts: bit k changes at every 2^k-th host.
 */
#include <errno.h>
#include <string.h>

#include "internal.h"

typedef uint32_t plane[CL_MAX_WORDS];

void cl_counts_init(struct cl_counts *counts)
{
	memset(counts, 0, sizeof(*counts));
}

/* How many planes counts up to @n reach. */
static unsigned int planes_of(uint32_t n)
{
	return n ? 32 - __builtin_clz(n) : 0;
}

static void count_up(plane *planes, const struct cl_featureset *fs)
{
	cl_block carry[CL_BLOCKS(CL_MAX_WORDS)], left;
	unsigned int n = CL_BLOCKS(fs->nr_words), i, k;
	bool more = true;

	for (i = 0; i < n; i++)
		carry[i] = CL_CONST_BLOCKS(fs->words)[i];
	for (k = 0; k < CL_COUNTS_PLANES && more; k++) {
		cl_block *to = CL_BLOCKS_OF(planes[k]);

		left = (cl_block){ 0 };
		for (i = 0; i < n; i++) {
			cl_block old = to[i];

			to[i] = old ^ carry[i];
			carry[i] &= old;
			left |= carry[i];
		}
		more = cl_any_bit(left);
	}
}

/* The same with borrows; false: some counter was 0, count_up() undoes it. */
static bool count_down(plane *planes, const struct cl_featureset *fs)
{
	cl_block borrow[CL_BLOCKS(CL_MAX_WORDS)], left;
	unsigned int n = CL_BLOCKS(fs->nr_words), i, k;
	bool more = true;

	for (i = 0; i < n; i++)
		borrow[i] = CL_CONST_BLOCKS(fs->words)[i];
	for (k = 0; k < CL_COUNTS_PLANES && more; k++) {
		cl_block *to = CL_BLOCKS_OF(planes[k]);

		left = (cl_block){ 0 };
		for (i = 0; i < n; i++) {
			cl_block old = to[i];

			to[i] = old ^ borrow[i];
			borrow[i] &= ~old;
			left |= borrow[i];
		}
		more = cl_any_bit(left);
	}
	return !more;
}

/* Of these bits, keep those that all of @n counted hosts have; any left? */
static bool keep_all(cl_block *bits, unsigned int nr_blocks,
		     const plane *planes, uint32_t n)
{
	bool more = true;
	unsigned int i, k;

	for (k = 0; k < planes_of(n) && more; k++) {
		const cl_block *from = CL_CONST_BLOCKS(planes[k]);
		uint32_t flip = n >> k & 1 ? 0 : ~0u;
		cl_block left = { 0 };

		for (i = 0; i < nr_blocks; i++) {
			bits[i] &= from[i] ^ (cl_block){ flip, flip, flip, flip };
			left |= bits[i];
		}
		more = cl_any_bit(left);
	}
	return more;
}

/* Of these bits, keep those that none of @n counted hosts has. */
static void keep_none(cl_block *bits, unsigned int nr_blocks,
		      const plane *planes, uint32_t n)
{
	unsigned int i, k;

	for (k = 0; k < planes_of(n); k++)
		for (i = 0; i < nr_blocks; i++)
			bits[i] &= ~CL_CONST_BLOCKS(planes[k])[i];
}

/*
 * Count this set down; false, and nothing is changed, if it cannot be among
 * the @n counted: then a bit it lacks is counted n times, or one it has
 * never.
 */
static bool uncount(plane *planes, uint32_t n, unsigned int nr_words,
		    const struct cl_featureset *fs)
{
	cl_block others[CL_BLOCKS(CL_MAX_WORDS)];
	unsigned int nr_blocks = CL_BLOCKS(nr_words), i;

	for (i = 0; i < nr_blocks; i++)
		others[i] = ~CL_CONST_BLOCKS(fs->words)[i];
	if (keep_all(others, nr_blocks, (const plane *)planes, n))
		return false;
	if (count_down(planes, fs))
		return true;
	count_up(planes, fs);
	return false;
}

static unsigned int longer(unsigned int a, unsigned int b)
{
	return a > b ? a : b;
}

int cl_counts_add(struct cl_counts *counts, const struct cl_featureset *def,
		  const struct cl_featureset *max)
{
	if (counts->nr_hosts == UINT32_MAX)
		return -EOVERFLOW;
	counts->nr_hosts++;
	counts->lengths[def->nr_words]++;
	counts->nr_words = longer(counts->nr_words, def->nr_words);
	count_up(counts->defaults, def);
	if (!max)
		return 0;
	counts->nr_limited++;
	counts->nr_words = longer(counts->nr_words, max->nr_words);
	count_up(counts->maxima, max);
	return 0;
}

int cl_counts_remove(struct cl_counts *counts, const struct cl_featureset *def,
		     const struct cl_featureset *max)
{
	if (!counts->lengths[def->nr_words] ||
	    (!max && counts->nr_limited == counts->nr_hosts))
		return -EINVAL;
	if (!uncount(counts->defaults, counts->nr_hosts, counts->nr_words, def))
		return -EINVAL;
	if (max && !uncount(counts->maxima, counts->nr_limited,
			    counts->nr_words, max)) {
		count_up(counts->defaults, def);
		return -EINVAL;
	}
	counts->nr_hosts--;
	counts->nr_limited -= !!max;
	counts->lengths[def->nr_words]--;
	return 0;
}

/* Add counters to counters. */
static void sum(plane *to, const plane *from)
{
	uint32_t carry[CL_MAX_WORDS] = { 0 };
	unsigned int i, k;

	for (k = 0; k < CL_COUNTS_PLANES; k++)
		for (i = 0; i < CL_MAX_WORDS; i++) {
			uint32_t a = to[k][i], b = from[k][i], c = carry[i];

			to[k][i] = a ^ b ^ c;
			carry[i] = (a & b) | (c & (a | b));
		}
}

int cl_counts_merge(struct cl_counts *counts, const struct cl_counts *other)
{
	unsigned int i;

	if (counts->nr_hosts > UINT32_MAX - other->nr_hosts)
		return -EOVERFLOW;
	counts->nr_words = longer(counts->nr_words, other->nr_words);
	for (i = 0; i <= CL_MAX_WORDS; i++)
		counts->lengths[i] += other->lengths[i];
	sum(counts->defaults, other->defaults);
	sum(counts->maxima, other->maxima);
	counts->nr_hosts += other->nr_hosts;
	counts->nr_limited += other->nr_limited;
	return 0;
}

/* The longest of the default sets. */
static unsigned int length_of(const struct cl_counts *counts)
{
	unsigned int n = counts->nr_words;

	while (n && !counts->lengths[n])
		n--;
	return n;
}

/* What combining the default sets gives; one host's is left as it is. */
static void combine_all(const struct cl_counts *counts,
			struct cl_featureset *out)
{
	cl_block none[CL_BLOCKS(CL_MAX_WORDS)], *all = CL_BLOCKS_OF(out->words);
	unsigned int n, i;

	out->nr_words = length_of(counts);
	n = CL_BLOCKS(out->nr_words);
	for (i = 0; i < CL_BLOCKS(CL_MAX_WORDS); i++)
		none[i] = all[i] = (cl_block){ 0 } - (i < n);
	keep_all(all, n, counts->defaults, counts->nr_hosts);
	if (counts->nr_hosts < 2)
		return;
	keep_none(none, n, counts->defaults, counts->nr_hosts);
	for (i = 0; i < n; i++)
		none[i] = ~none[i];
	cl_settle(out, (const uint32_t *)none);
}

void cl_counts_level(const struct cl_counts *counts,
		     struct cl_featureset *level)
{
	struct cl_featureset within;

	combine_all(counts, level);
	within = *level;
	keep_all(CL_BLOCKS_OF(within.words), CL_BLOCKS(within.nr_words),
		 counts->maxima, counts->nr_limited);
	if (cl_equal(&within, level))
		return;
	cl_prune(&within);
	*level = within;
}

void cl_counts_left_out(const struct cl_counts *counts,
			struct cl_featureset *left_out)
{
	struct cl_featureset level;

	cl_counts_level(counts, &level);
	combine_all(counts, left_out);
	cl_minus(left_out, left_out, &level);
}

int cl_counts_cost(const struct cl_counts *counts,
		   const struct cl_featureset *def,
		   const struct cl_featureset *max,
		   struct cl_featureset *cost)
{
	struct cl_counts others = *counts;
	struct cl_featureset level;
	int ret;

	ret = cl_counts_remove(&others, def, max);
	if (ret)
		return ret;
	cl_counts_level(counts, &level);
	cl_counts_level(&others, cost);
	cl_minus(cost, cost, &level);
	return 0;
}

uint32_t cl_counts_of(const struct cl_counts *counts, unsigned int bit)
{
	uint32_t count = 0;
	unsigned int k;

	if (bit >= CL_MAX_BITS)
		return 0;
	for (k = 0; k < CL_COUNTS_PLANES; k++)
		count |= (counts->defaults[k][bit / 32] >> bit % 32 & 1) << k;
	return count;
}
