// SPDX-License-Identifier: GPL-2.0-only
/*
 * How fast levels are computed, each beside its peer in the same run: combining
 * two featuresets, and a host that joins or leaves a pool.
 *
 * The peer of combining is the way Xen and XenServer's libxc do it: a walk over
 * the bits of prerequisites that are missing, a look-up for each, and all that
 * depends on it cleared in every word.  It is checked to give the same answers.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../lib/cpulevel.h"

#define WORDS	CL_NR_KNOWN_WORDS
#define MOST	600		/* real sets */
#define ROUNDS	200		/* short ones; the best counts: no one disturbed it */

static struct cl_featureset a[MOST], b[MOST];
static int nr_pairs;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

/* The compiler must not drop what nobody reads. */
static void used(const void *value)
{
	__asm__ volatile("" : : "r"(value) : "memory");
}

/* ---- The peer --------------------------------------------------------- */

static struct deep {
	unsigned int feature;
	uint32_t words[WORDS];
} deeps[WORDS * 32];
static size_t nr_deeps;
static uint32_t deep_features[WORDS], accumulated[WORDS];

static void build_peer(void)
{
	struct cl_featureset all, fs;
	unsigned int bit;

	memset(&all, 0xff, sizeof(all));
	all.nr_words = WORDS;
	for (bit = 0; bit < WORDS * 32; bit++) {
		const struct cl_feature *feature = cl_feature(bit);

		if (feature && feature->attributes & CL_ATTR_ACCUMULATE)
			accumulated[bit / 32] |= 1u << bit % 32;
		fs = all;
		cl_clear(&fs, bit);
		cl_prune(&fs);
		cl_minus(&fs, &all, &fs);
		cl_clear(&fs, bit);
		memcpy(deeps[nr_deeps].words, fs.words, sizeof(deeps->words));
		memset(fs.words, 0, sizeof(deeps->words));
		if (!memcmp(deeps[nr_deeps].words, fs.words, sizeof(deeps->words)))
			continue;
		deeps[nr_deeps++].feature = bit;
		deep_features[bit / 32] |= 1u << bit % 32;
	}
}

static const uint32_t *look_up(unsigned int feature)
{
	size_t low = 0, high = nr_deeps;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (deeps[middle].feature == feature)
			return deeps[middle].words;
		if (deeps[middle].feature < feature)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static void peer_prune(uint32_t *fs)
{
	uint32_t missing[WORDS];
	unsigned int i, bit;

	for (i = 0; i < WORDS; i++)
		missing[i] = ~fs[i] & deep_features[i];
	for (bit = 0; bit < WORDS * 32; bit++) {
		const uint32_t *deep;

		if (!(missing[bit / 32] >> bit % 32 & 1))
			continue;
		deep = look_up(bit);
		for (i = 0; i < WORDS; i++) {
			fs[i] &= ~deep[i];
			missing[i] &= ~deep[i];
		}
	}
}

static bool bit_of(const uint32_t *fs, unsigned int bit)
{
	return fs[bit / 32] >> bit % 32 & 1;
}

/* Here the compiler knows no word of the tables, nor how many there are. */
__attribute__((noinline))
static void peer_combine(uint32_t *out, const uint32_t *x, const uint32_t *y)
{
	uint32_t both[WORDS];
	unsigned int i, rsba;

	for (i = 0; i < WORDS; i++)
		both[i] = (x[i] & y[i]) | (accumulated[i] & (x[i] | y[i]));
	peer_prune(both);
	if (bit_of(both, CL_F_ARCH_CAPS) &&
	    (bit_of(x, CL_F_RSBA) || bit_of(x, CL_F_RRSBA) ||
	     bit_of(y, CL_F_RSBA) || bit_of(y, CL_F_RRSBA))) {
		rsba = bit_of(both, CL_F_EIBRS) ? CL_F_RRSBA : CL_F_RSBA;
		both[CL_F_RSBA / 32] &= ~(1u << CL_F_RSBA % 32 |
					  1u << CL_F_RRSBA % 32);
		both[rsba / 32] |= 1u << rsba % 32;
	}
	memcpy(out, both, sizeof(both));
}

/* ---- Combining -------------------------------------------------------- */

static void read_pairs(const char *path)
{
	char line[4096], *at, *field;
	FILE *table = fopen(path, "r");
	int column;

	while (table && nr_pairs < MOST && fgets(line, sizeof(line), table)) {
		for (at = line, column = 0; column < 4; column++)
			strsep(&at, "\t");
		field = at ? strsep(&at, "\t") : NULL;
		if (!field || cl_featureset_parse(&a[nr_pairs], field, NULL))
			continue;
		field = at ? strsep(&at, "\t") : NULL;
		if (!field || cl_featureset_parse(&b[nr_pairs], field, NULL))
			continue;
		nr_pairs += a[nr_pairs].nr_words == WORDS &&
			    b[nr_pairs].nr_words == WORDS;
	}
	if (table)
		fclose(table);
}

static void check_peer(void)
{
	struct cl_featureset level;
	uint32_t peer[WORDS];
	int i;

	for (i = 0; i < nr_pairs; i++) {
		cl_combine(&level, &a[i], &b[i]);
		peer_combine(peer, a[i].words, b[i].words);
		if (memcmp(peer, level.words, sizeof(peer))) {
			fprintf(stderr, "lib: pair %d: the peer differs; the figures mean nothing\n", i);
			exit(1);
		}
	}
}

/* All pairs in turn: ns for each. */
static double time_pairs(bool peer)
{
	struct cl_featureset level = { 0 };
	double best = 0, took;
	int round, i, n;

	for (round = 0; round < ROUNDS; round++) {
		took = now();
		for (n = 0; n < 50; n++)
			for (i = 0; i < nr_pairs; i++) {
				if (peer)
					peer_combine(level.words, a[i].words,
						     b[i].words);
				else
					cl_combine(&level, &a[i], &b[i]);
				used(&level);
			}
		took = (now() - took) / 50 / nr_pairs;
		best = round && best < took ? best : took;
	}
	return best;
}

/* One host after the other into the level of a pool of 64: ns for each. */
static double time_fold(bool peer)
{
	struct cl_featureset level;
	double best = 0, took;
	int round, i, n;

	for (round = 0; round < ROUNDS; round++) {
		took = now();
		for (n = 0; n < 200; n++) {
			level = a[0];
			for (i = 1; i < 64; i++)
				if (peer)
					peer_combine(level.words, level.words,
						     a[i].words);
				else
					cl_combine(&level, &level, &a[i]);
			used(&level);
		}
		took = (now() - took) / 200 / 63;
		best = round && best < took ? best : took;
	}
	return best;
}

static void row(const char *what, double ours, double peer)
{
	printf("%-34s %8.1f ns   peer %8.1f ns   %5.1f times\n", what, ours,
	       peer, peer / ours);
}

/* ---- Joining and leaving ---------------------------------------------- */

static void fill(struct cl_counts *pool, int nr_hosts)
{
	int i;

	cl_counts_init(pool);
	for (i = 0; i < nr_hosts; i++)
		cl_counts_add(pool, &a[i % nr_pairs], &b[i % nr_pairs]);
}

enum { JOIN, LEAVE, LEVEL, NR_STEPS };

/*
 * A host joins, another one leaves: ns for each.  Joins and leaves are timed
 * in runs of 8, or the clock would be what is timed.
 */
static void time_pool(int nr_hosts, double best[NR_STEPS])
{
	static struct cl_counts pool;
	struct cl_featureset level;
	int round, i, n, step;

	fill(&pool, nr_hosts);
	for (round = 0; round < ROUNDS; round++) {
		double took[NR_STEPS] = { 0 }, t;

		for (n = 0; n < 600; n++) {
			t = now();
			for (i = n; i < n + 8; i++)
				cl_counts_add(&pool, &a[i % nr_pairs],
					      &b[i % nr_pairs]);
			took[JOIN] += now() - t;
			t = now();
			for (i = n; i < n + 8; i++)
				if (cl_counts_remove(&pool, &a[i % nr_pairs],
						     &b[i % nr_pairs]))
					abort();
			took[LEAVE] += now() - t;
			t = now();
			for (i = 0; i < 8; i++) {
				cl_counts_level(&pool, &level);
				used(&level);
			}
			took[LEVEL] += now() - t;
		}
		for (step = 0; step < NR_STEPS; step++) {
			took[step] /= 600 * 8;
			if (!round || took[step] < best[step])
				best[step] = took[step];
		}
	}
}

static void bench_pools(double combine)
{
	/* The last is where every carry runs through all planes. */
	static const int sizes[] = { 10, 1000, 1000000, (1 << 20) - 1 };
	double first[NR_STEPS], ns[NR_STEPS];
	size_t i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		time_pool(sizes[i], ns);
		if (!i)
			memcpy(first, ns, sizeof(first));
		printf("pool of %7d hosts: join %6.1f ns (%.2f)   leave %6.1f ns (%.2f)   level %6.1f ns (%.2f)   peer, anew %11.0f ns\n",
		       sizes[i], ns[JOIN], ns[JOIN] / first[JOIN], ns[LEAVE],
		       ns[LEAVE] / first[LEAVE], ns[LEVEL],
		       ns[LEVEL] / first[LEVEL], combine * (sizes[i] - 1));
	}
}

int main(int argc, char **argv)
{
	double combine;

	if (argc == 2)
		read_pairs(argv[1]);
	if (nr_pairs < 64) {
		fprintf(stderr, "lib: usage: lib TABLE, that of tests/data/combine_vectors.tsv\n");
		return 2;
	}
	build_peer();
	check_peer();
	combine = time_pairs(false);
	row("combine, 19 words, other pairs", combine, time_pairs(true));
	combine = time_fold(false);
	row("combine, 19 words, into one level", combine, time_fold(true));
	bench_pools(combine);
	return 0;
}
