// SPDX-License-Identifier: GPL-2.0-only
/* Prerequisites: features.def against deps.tsv, and what pruning promises. */
#include <errno.h>

#include "random.h"
#include "tap.h"

enum { PREREQ, INDEX, DIRECT, DEEP, NR_COLUMNS };

static bool needs(int feature, int prerequisite)
{
	int n, bit;

	for (n = 0; (bit = cl_prerequisite(feature, n)) >= 0; n++)
		if (bit == prerequisite)
			return true;
	return false;
}

/* Exactly the deep dependants fall with a prerequisite. */
static void check_deep(bool *good, int prerequisite, char *list)
{
	struct cl_featureset fs = { 0 }, expected;
	char *bit;
	int i;

	for (i = 0; i < CL_NR_KNOWN_WORDS * 32; i++)
		cl_set(&fs, i);
	cl_clear(&fs, prerequisite);
	expected = fs;
	while ((bit = strsep(&list, ",")))
		cl_clear(&expected, atoi(bit));
	cl_prune(&fs);
	CHECK(good, cl_equal(&fs, &expected), "dependants of bit %d", prerequisite);
}

static void test_table(void)
{
	char line[2048], *row[NR_COLUMNS], *name;
	bool direct = true, deep = true;
	FILE *table = open_table("deps.tsv");
	int rows = 0, edges = 0, n;
	unsigned int bit;

	next_row(table, line, sizeof(line), row, NR_COLUMNS);	/* titles */
	while (next_row(table, line, sizeof(line), row, NR_COLUMNS)) {
		int prerequisite = atoi(row[INDEX]);

		while ((name = strsep(&row[DIRECT], ","))) {
			rows++;
			CHECK(&direct, needs(cl_bit(name), prerequisite),
			      "%s does not need %s", name, row[PREREQ]);
		}
		check_deep(&deep, prerequisite, row[DEEP]);
	}
	fclose(table);
	for (bit = 0; bit < CL_MAX_BITS; bit++)
		for (n = 0; cl_prerequisite(bit, n) >= 0; n++)
			edges++;
	ok(direct, "every direct prerequisite is known");
	ok(deep, "with a prerequisite fall exactly its dependants");
	ok(rows > 140 && edges == rows, "no edge more and none less: %d", edges);
	ok(cl_prerequisite(CL_F_FPU, 0) == -ENOENT, "FPU needs nothing");
}

static void test_properties(void)
{
	bool closed = true, idempotent = true, subset = true;
	int i;

	for (i = 0; i < 20000; i++) {
		struct cl_featureset fs, pruned, again;
		unsigned int bit;
		int n, p;

		random_featureset(&fs);
		pruned = fs;
		cl_prune(&pruned);
		for (bit = 0; bit < CL_NR_KNOWN_WORDS * 32; bit++)
			for (n = 0; cl_has(&pruned, bit) &&
			     (p = cl_prerequisite(bit, n)) >= 0; n++)
				CHECK(&closed, cl_has(&pruned, p),
				      "%u stands without %d", bit, p);
		again = pruned;
		cl_prune(&again);
		CHECK(&idempotent, cl_equal(&again, &pruned), "round %d", i);
		CHECK(&subset, cl_subset(&pruned, &fs) &&
		      pruned.nr_words == fs.nr_words, "round %d", i);
	}
	ok(closed, "no feature is left without a prerequisite");
	ok(idempotent, "pruning twice is pruning once");
	ok(subset, "pruning only takes away");
}

static void test_unknown(void)
{
	struct cl_featureset fs = { 0 };

	cl_set(&fs, 40 * 32 + 3);
	cl_set(&fs, 22 + 5 * 32);
	cl_prune(&fs);
	ok(cl_has(&fs, 40 * 32 + 3) && cl_has(&fs, 22 + 5 * 32),
	   "bits of a newer Xen are kept");
}

int main(void)
{
	test_table();
	test_properties();
	test_unknown();
	return done();
}
