// SPDX-License-Identifier: GPL-2.0-only
/* A pool as counts: at every moment what combining its hosts gives. */
#include <errno.h>

#include "pool.h"
#include "tap.h"

#define MOST	40

static struct host hosts[MOST];
static int nr_hosts;

static bool same(const struct cl_featureset *a, const struct cl_featureset *b)
{
	return cl_equal(a, b) && a->nr_words == b->nr_words;
}

static bool join(struct cl_counts *counts, const struct host *host)
{
	return !cl_counts_add(counts, &host->def, max_of(host));
}

static bool leave(struct cl_counts *counts, const struct host *host)
{
	return !cl_counts_remove(counts, &host->def, max_of(host));
}

static bool agrees(const struct cl_counts *counts)
{
	struct cl_featureset level, expected, all, left_out;
	unsigned int bit = random_word() % (25 * 32);
	uint32_t having = 0;
	int i;

	for (i = 0; i < nr_hosts; i++)
		having += cl_has(&hosts[i].def, bit);
	cl_counts_level(counts, &level);
	cl_counts_left_out(counts, &left_out);
	fold_within(&expected, hosts, nr_hosts);
	fold(&all, hosts, nr_hosts);
	cl_minus(&all, &all, &expected);
	return counts->nr_hosts == (uint32_t)nr_hosts &&
	       cl_counts_of(counts, bit) == having &&
	       same(&level, &expected) && cl_equal(&left_out, &all);
}

/* Whoever joins or leaves is a random one; the others stay where they are. */
static bool step(struct cl_counts *counts, const struct cl_featureset *make)
{
	int which;

	if (nr_hosts < MOST && (!nr_hosts || random_word() % 8 < 5)) {
		random_host(&hosts[nr_hosts], make);
		return join(counts, &hosts[nr_hosts++]);
	}
	which = random_word() % nr_hosts;
	if (!leave(counts, &hosts[which]))
		return false;
	hosts[which] = hosts[--nr_hosts];
	return true;
}

static void test_join_leave(void)
{
	struct cl_featureset make;
	struct cl_counts counts;
	bool good = true, done = true, emptied = true;
	int round, i;

	for (round = 0; round < 60; round++) {
		random_featureset(&make);
		cl_counts_init(&counts);
		nr_hosts = 0;
		for (i = 0; i < 150; i++) {
			CHECK(&done, step(&counts, &make), "round %d.%d",
			      round, i);
			CHECK(&good, agrees(&counts), "round %d.%d", round, i);
		}
		while (nr_hosts)
			CHECK(&done, leave(&counts, &hosts[--nr_hosts]),
			      "round %d, the last", round);
		CHECK(&emptied, agrees(&counts), "round %d", round);
	}
	ok(good, "the level is that of the fold after every join and leave");
	ok(done, "whoever joined may leave");
	ok(emptied, "when all have left, the pool is empty");
}

static void test_merge(void)
{
	struct cl_counts counts, other;
	struct cl_featureset make;
	bool good = true;
	int round, i;

	for (round = 0; round < 300; round++) {
		random_featureset(&make);
		cl_counts_init(&counts);
		cl_counts_init(&other);
		nr_hosts = random_word() % (MOST / 2);
		for (i = 0; i < nr_hosts; i++) {
			random_host(&hosts[i], &make);
			join(random_word() % 2 ? &counts : &other, &hosts[i]);
		}
		CHECK(&good, !cl_counts_merge(&counts, &other) &&
		      agrees(&counts), "round %d", round);
		for (i = 0; i < 5 && nr_hosts; i++) {
			leave(&counts, &hosts[--nr_hosts]);
			CHECK(&good, agrees(&counts), "round %d left", round);
		}
		memcpy(hosts + nr_hosts, hosts, nr_hosts * sizeof(*hosts));
		nr_hosts *= 2;
		CHECK(&good, !cl_counts_merge(&counts, &counts) &&
		      agrees(&counts), "round %d, itself", round);
	}
	ok(good, "merging two pools is joining one to the other");
}

static void test_order(void)
{
	struct cl_counts counts, other;
	struct cl_featureset make;
	bool good = true;
	int round, i;

	for (round = 0; round < 300; round++) {
		random_featureset(&make);
		cl_counts_init(&counts);
		cl_counts_init(&other);
		for (i = 0; i < MOST; i++) {
			random_host(&hosts[i], &make);
			join(&counts, &hosts[i]);
		}
		for (i = MOST - 1; i >= 0; i--)
			join(&other, &hosts[i]);
		CHECK(&good, !memcmp(&counts, &other, sizeof(counts)),
		      "round %d", round);
	}
	ok(good, "the order of hosts leaves no trace");
}

static void test_within_max(void)
{
	struct cl_featureset make, level;
	struct cl_counts counts;
	bool good = true;
	int round, i;

	for (round = 0; round < 500; round++) {
		random_featureset(&make);
		cl_counts_init(&counts);
		nr_hosts = 1 + random_word() % MOST;
		for (i = 0; i < nr_hosts; i++) {
			random_host(&hosts[i], &make);
			join(&counts, &hosts[i]);
		}
		cl_counts_level(&counts, &level);
		for (i = 0; i < nr_hosts; i++)
			CHECK(&good, !hosts[i].limited ||
			      cl_subset(&level, &hosts[i].max),
			      "round %d, host %d", round, i);
	}
	ok(good, "the level is within every max set that is known");
}

/* Hosts of a Xen that cannot say FB_CLEAR, beside one that must. */
static void test_left_out(void)
{
	struct cl_featureset old = { 0 }, new, max, level, left_out, cost;
	struct cl_counts counts;

	cl_set(&old, CL_F_ARCH_CAPS);
	cl_set(&old, CL_F_RDCL_NO);
	new = old;
	cl_set(&new, CL_F_FB_CLEAR);
	max = new;
	cl_set(&max, CL_F_RSBA);
	cl_counts_init(&counts);
	cl_counts_add(&counts, &old, &max);
	cl_counts_add(&counts, &new, &max);
	cl_counts_level(&counts, &level);
	ok(cl_has(&level, CL_F_FB_CLEAR), "one host's FB_CLEAR is the pool's");
	cl_counts_add(&counts, &old, &old);
	cl_counts_level(&counts, &level);
	cl_counts_left_out(&counts, &left_out);
	ok(!cl_has(&level, CL_F_FB_CLEAR) &&
	   cl_has(&left_out, CL_F_FB_CLEAR) && cl_has(&level, CL_F_RDCL_NO) &&
	   !cl_has(&left_out, CL_F_RDCL_NO),
	   "it is left out where a host could not let in who has it");
	ok(!cl_counts_cost(&counts, &old, &old, &cost) &&
	   cl_has(&cost, CL_F_FB_CLEAR), "and would come back without that host");
}

static void test_cost(void)
{
	struct cl_featureset make, cost, level, without;
	struct cl_counts counts;
	struct host last;
	bool good = true;
	int round, i;

	for (round = 0; round < 200; round++) {
		random_featureset(&make);
		cl_counts_init(&counts);
		nr_hosts = 1 + random_word() % 8;
		for (i = 0; i < nr_hosts; i++) {
			random_host(&hosts[i], &make);
			join(&counts, &hosts[i]);
		}
		cl_counts_level(&counts, &level);
		last = hosts[--nr_hosts];
		fold_within(&without, hosts, nr_hosts);
		cl_minus(&without, &without, &level);
		CHECK(&good, !cl_counts_cost(&counts, &last.def, max_of(&last),
					     &cost) &&
		      cl_equal(&cost, &without), "round %d", round);
	}
	ok(good, "a host's cost is what the level gains when it has left");
}

/* Refused, and nothing has changed. */
static bool refused(const struct cl_counts *counts,
		    const struct cl_featureset *def,
		    const struct cl_featureset *max)
{
	struct cl_counts copy = *counts;

	return cl_counts_remove(&copy, def, max) == -EINVAL &&
	       !memcmp(&copy, counts, sizeof(copy));
}

static void test_strangers(void)
{
	struct cl_featureset a = { 0 }, more, less, longer;
	struct cl_counts counts;

	cl_counts_init(&counts);
	ok(refused(&counts, &a, NULL), "nobody leaves an empty pool");
	cl_set(&a, CL_F_FPU);
	cl_set(&a, CL_F_AVX2);
	more = less = longer = a;
	cl_set(&more, CL_F_AVX);
	cl_clear(&less, CL_F_AVX2);
	cl_resize(&longer, 19);
	cl_counts_add(&counts, &a, NULL);
	ok(refused(&counts, &a, &a), "nor who has a max set where none has");
	cl_counts_remove(&counts, &a, NULL);
	cl_counts_add(&counts, &a, &a);
	cl_counts_add(&counts, &a, &a);
	ok(refused(&counts, &more, &a), "nor who has what no host has");
	ok(refused(&counts, &less, &a), "nor who lacks what all hosts have");
	ok(refused(&counts, &longer, &a), "nor a set of another length");
	ok(refused(&counts, &a, NULL), "nor a host without a max set");
	ok(refused(&counts, &a, &more), "nor one with another max set");
	ok(refused(&counts, &a, &less), "or a lesser one");
	cl_counts_add(&counts, &a, NULL);
	ok(!cl_counts_remove(&counts, &a, NULL), "one without may then leave");
	ok(!cl_counts_remove(&counts, &a, &a) &&
	   !cl_counts_remove(&counts, &a, &a) && !counts.nr_hosts,
	   "and those who joined");
}

/* Whatever leaves, no count goes below 0 or above the number of hosts. */
static void test_abuse(void)
{
	struct cl_featureset make;
	struct cl_counts counts;
	struct host host;
	bool good = true;
	unsigned int bit;
	int round, i;

	for (round = 0; round < 100; round++) {
		random_featureset(&make);
		cl_counts_init(&counts);
		for (i = 0; i < 60; i++) {
			random_host(&host, &make);
			if (i < 30)
				join(&counts, &host);
			else
				leave(&counts, &host);
		}
		for (bit = 0; bit < CL_MAX_BITS; bit++)
			CHECK(&good, cl_counts_of(&counts, bit) <=
			      counts.nr_hosts, "round %d, bit %u", round, bit);
	}
	ok(good, "hosts that never joined cannot break the counts");
}

static void test_many(void)
{
	struct cl_counts counts, twice;
	struct cl_featureset fs = { 0 }, level;
	int i, bad = 0;

	cl_set(&fs, CL_F_FPU);
	cl_counts_init(&counts);
	cl_counts_init(&twice);
	cl_counts_add(&twice, &fs, &fs);
	for (i = 0; i < 32; i++) {
		bad |= cl_counts_merge(&counts, &twice);
		if (i < 31)
			bad |= cl_counts_merge(&twice, &twice);
	}
	cl_counts_level(&counts, &level);
	ok(!bad && counts.nr_hosts == UINT32_MAX &&
	   cl_counts_of(&counts, CL_F_FPU) == UINT32_MAX &&
	   cl_counts_of(&counts, CL_F_VME) == 0 &&
	   cl_counts_of(&counts, CL_MAX_BITS) == 0 && cl_equal(&level, &fs),
	   "a pool has room for 4294967295 hosts");
	twice = counts;
	ok(cl_counts_add(&counts, &fs, &fs) == -EOVERFLOW &&
	   cl_counts_merge(&counts, &counts) == -EOVERFLOW &&
	   !memcmp(&counts, &twice, sizeof(counts)), "one more is refused");
	ok(!cl_counts_remove(&counts, &fs, &fs) &&
	   cl_counts_of(&counts, CL_F_FPU) == UINT32_MAX - 1,
	   "one may leave");
}

int main(void)
{
	test_join_leave();
	test_merge();
	test_order();
	test_within_max();
	test_left_out();
	test_cost();
	test_strangers();
	test_abuse();
	test_many();
	return done();
}
