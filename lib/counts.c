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

#include "block.h"
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

/*
 * Each loop over a plane is written for any number of blocks, inline, and
 * compiled twice: once for the number that nearly all hosts have.
 */
#define INLINE	static inline __attribute__((always_inline))
#define USUAL	CL_BLOCKS(CL_NR_KNOWN_WORDS)
#define FOR_EACH_BLOCK(i, n)	CL_UNROLL(8) for (i = 0; i < (n); i++)

INLINE void add_one(plane *planes, const cl_block *fs, unsigned int n)
{
	cl_block carry[CL_BLOCKS(CL_MAX_WORDS)], left;
	unsigned int i, k;
	bool more = true;

	FOR_EACH_BLOCK(i, n)
		carry[i] = fs[i];
	for (k = 0; k < CL_COUNTS_PLANES && more; k++) {
		cl_block *to = CL_BLOCKS_OF(planes[k]);

		left = (cl_block){ 0 };
		FOR_EACH_BLOCK(i, n) {
			cl_block old = to[i];

			to[i] = old ^ carry[i];
			carry[i] &= old;
			left |= carry[i];
		}
		more = cl_any_bit(left);
	}
}

static void count_up(plane *planes, const struct cl_featureset *fs)
{
	const cl_block *words = CL_CONST_BLOCKS(fs->words);
	unsigned int n = CL_BLOCKS(fs->nr_words);

	if (n == USUAL)
		add_one(planes, words, USUAL);
	else
		add_one(planes, words, n);
}

/* The same with borrows; false: some counter was 0, count_up() undoes it. */
INLINE bool take_one(plane *planes, const cl_block *fs, unsigned int n)
{
	cl_block borrow[CL_BLOCKS(CL_MAX_WORDS)], left;
	unsigned int i, k;
	bool more = true;

	FOR_EACH_BLOCK(i, n)
		borrow[i] = fs[i];
	for (k = 0; k < CL_COUNTS_PLANES && more; k++) {
		cl_block *to = CL_BLOCKS_OF(planes[k]);

		left = (cl_block){ 0 };
		FOR_EACH_BLOCK(i, n) {
			cl_block old = to[i];

			to[i] = old ^ borrow[i];
			borrow[i] &= ~old;
			left |= borrow[i];
		}
		more = cl_any_bit(left);
	}
	return !more;
}

static bool count_down(plane *planes, const struct cl_featureset *fs)
{
	const cl_block *words = CL_CONST_BLOCKS(fs->words);
	unsigned int n = CL_BLOCKS(fs->nr_words);

	return n == USUAL ? take_one(planes, words, USUAL) :
			    take_one(planes, words, n);
}

/* From the highest plane on: bits that many hosts lack are gone at once. */
INLINE bool compare(cl_block *bits, unsigned int n, const plane *planes,
		    uint32_t nr)
{
	unsigned int i, k = planes_of(nr);
	bool more = true;

	while (k-- && more) {
		const cl_block *from = CL_CONST_BLOCKS(planes[k]);
		uint32_t flip = nr >> k & 1 ? 0 : ~0u;
		cl_block left = { 0 };

		FOR_EACH_BLOCK(i, n) {
			bits[i] &= from[i] ^ (cl_block){ flip, flip, flip, flip };
			left |= bits[i];
		}
		more = cl_any_bit(left);
	}
	return more;
}

/* Of these bits, keep those that all of @nr counted hosts have; any left? */
static bool keep_all(cl_block *bits, unsigned int n, const plane *planes,
		     uint32_t nr)
{
	return n == USUAL ? compare(bits, USUAL, planes, nr) :
			    compare(bits, n, planes, nr);
}

/* The bits that any of @nr counted hosts has. */
static void find_any(cl_block *bits, unsigned int n, const plane *planes,
		     uint32_t nr)
{
	unsigned int i, k;

	for (k = 0; k < planes_of(nr); k++)
		FOR_EACH_BLOCK(i, n)
			bits[i] |= CL_CONST_BLOCKS(planes[k])[i];
}

/*
 * Count this set down; false, and nothing is changed, if it cannot be among
 * the @nr counted: then a bit it lacks is counted nr times, or one it has
 * never.
 */
static bool uncount(plane *planes, uint32_t nr, unsigned int nr_words,
		    const struct cl_featureset *fs)
{
	cl_block others[CL_BLOCKS(CL_MAX_WORDS)];
	unsigned int n = CL_BLOCKS(nr_words), i;

	for (i = 0; i < n; i++)
		others[i] = ~CL_CONST_BLOCKS(fs->words)[i];
	if (keep_all(others, n, (const plane *)planes, nr))
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
	cl_block any[CL_BLOCKS(CL_MAX_WORDS)] = { { 0 } };
	cl_block *all = CL_BLOCKS_OF(out->words);
	unsigned int n;

	memset(out, 0, sizeof(*out));
	out->nr_words = length_of(counts);
	n = CL_BLOCKS(out->nr_words);
	memset(all, 0xff, n * sizeof(*all));
	keep_all(all, n, counts->defaults, counts->nr_hosts);
	if (counts->nr_hosts < 2)
		return;
	find_any(any, n, counts->defaults, counts->nr_hosts);
	cl_settle(out, (const uint32_t *)any);
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

uint32_t cl_count(const uint32_t (*planes)[CL_MAX_WORDS], unsigned int bit)
{
	uint32_t count = 0;
	unsigned int k;

	if (bit >= CL_MAX_BITS)
		return 0;
	for (k = 0; k < CL_COUNTS_PLANES; k++)
		count |= (planes[k][bit / 32] >> bit % 32 & 1) << k;
	return count;
}

uint32_t cl_counts_of(const struct cl_counts *counts, unsigned int bit)
{
	return cl_count(counts->defaults, bit);
}
