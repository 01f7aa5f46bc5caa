// SPDX-License-Identifier: GPL-2.0-only
/* Featuresets from CPUID leaves and back: every real CPU, and what is missing. */
#include <errno.h>

#include "../../../lib/cpulevel.h"
#include "tap.h"

enum { HOST_SET, HOST_NAME, HOST_RAW = 12, HOST_FIELDS };

static void test_round_trips(void)
{
	FILE *table = open_table("hosts.tsv");
	char line[8192], *fields[HOST_FIELDS + 1];
	struct cl_featureset raw, back;
	struct cl_leaves leaves;
	bool good = true;
	int rows = 0;

	next_row(table, line, sizeof(line), fields, HOST_FIELDS);
	while (next_row(table, line, sizeof(line), fields, HOST_FIELDS)) {
		rows++;
		cl_featureset_parse(&raw, fields[HOST_RAW], NULL);
		CHECK(&good, !cl_featureset_to_leaves(&leaves, &raw) &&
		      !cl_featureset_from_leaves(&back, &leaves, NULL) &&
		      cl_equal(&raw, &back), "%s", fields[HOST_NAME]);
	}
	fclose(table);
	ok(good && rows > 100, "%d real CPUs: featureset, leaves, featureset",
	   rows);
}

/* Every bit of every word comes back, but for the two that are cleared. */
static void test_all_bits(void)
{
	struct cl_featureset all = { .nr_words = CL_NR_KNOWN_WORDS }, back;
	struct cl_leaves leaves;

	memset(all.words, 0xff, CL_NR_KNOWN_WORDS * 4);
	cl_featureset_to_leaves(&leaves, &all);
	cl_featureset_from_leaves(&back, &leaves, NULL);
	ok(!cl_has(&back, CL_F_OSXSAVE) && !cl_has(&back, CL_F_OSPKE),
	   "OSXSAVE and OSPKE are cleared");
	cl_set(&back, CL_F_OSXSAVE);
	cl_set(&back, CL_F_OSPKE);
	ok(cl_equal(&all, &back), "every other bit has its place");
	ok(leaves.nr_msrs == 1 && leaves.msrs[0].index == 0x10a &&
	   leaves.msrs[0].value == ~0ull, "two words are one MSR");
	leaves.msrs[0].value = 0x1234567890abcdefull;
	cl_featureset_from_leaves(&back, &leaves, NULL);
	ok(back.words[CL_WORD_16] == 0x90abcdef &&
	   back.words[CL_WORD_17] == 0x12345678, "its low half and its high half");
	cl_set(&all, CL_NR_KNOWN_WORDS * 32 + 3);
	cl_set(&all, CL_MAX_BITS - 1);
	ok(cl_featureset_to_leaves(&leaves, &all) == 2,
	   "bits of unknown words are counted, not dropped in silence");
}

static void add(struct cl_leaves *leaves, uint32_t leaf, uint32_t subleaf,
		uint32_t eax, uint32_t ecx)
{
	struct cl_leaf *l = &leaves->leaves[leaves->nr_leaves++];

	*l = (struct cl_leaf){ leaf, subleaf, { eax, 0, ecx, 0 } };
}

static const struct missing {
	const char *what;
	uint32_t max, max_ext, max_7, ecx;
	const char *says;	/* NULL: nothing is missing */
} missing[] = {
	{ "an old CPU has few leaves", 1, 0x80000001, 0, 0, NULL },
	{ "a CPU without XSAVE has nothing to say of it", 0xd, 0x80000001, 0,
	  1u << 12, NULL },
	{ "leaf 7", 7, 0x80000001, 0, 0, "leaf 7:0 is missing" },
	{ "leaf 0x80000008", 1, 0x80000008, 0, 0, "leaf 80000007 is missing" },
	{ "subleaf 1 of leaf d, with XSAVE", 0xd, 0x80000001, 0, 1u << 26,
	  "leaf d:1 is missing" },
};

static void test_missing(void)
{
	struct cl_error error;
	size_t i;

	for (i = 0; i < sizeof(missing) / sizeof(missing[0]); i++) {
		const struct missing *m = &missing[i];
		struct cl_leaves leaves = { 0 };
		struct cl_featureset fs;
		int ret;

		add(&leaves, 0, CL_NO_SUBLEAF, m->max, 0);
		add(&leaves, 1, CL_NO_SUBLEAF, 0, m->ecx);
		add(&leaves, 0x80000000, CL_NO_SUBLEAF, m->max_ext, 0);
		add(&leaves, 0x80000001, CL_NO_SUBLEAF, 0, 0);
		if (m->ecx)
			add(&leaves, 7, 0, 0, 0);
		ret = cl_featureset_from_leaves(&fs, &leaves, &error);
		if (!ok(m->says ? ret == -ENODATA &&
			!strncmp(error.reason, m->says, strlen(m->says)) : !ret,
			"%s: %s", m->says ? "missing" : "right", m->what))
			printf("# %d %s\n", ret, error.reason);
	}
}

static void test_subleaves(void)
{
	struct cl_leaves leaves = { 0 };
	struct cl_featureset fs;

	ok(cl_featureset_from_leaves(&fs, &leaves, NULL) == -ENODATA,
	   "missing: leaf 1, which every CPU has");
	add(&leaves, 0, 0, 7, 0);
	add(&leaves, 1, 0, 0, 0);
	add(&leaves, 7, 0, 1, 0);
	ok(cl_featureset_from_leaves(&fs, &leaves, NULL) == -ENODATA,
	   "missing: subleaf 1 of leaf 7, of which subleaf 0 tells");
	add(&leaves, 7, 1, 0x20, 0);
	ok(!cl_featureset_from_leaves(&fs, &leaves, NULL) &&
	   cl_has(&fs, CL_F_AVX512_BF16) && !fs.words[CL_WORD_5],
	   "subleaves are told apart");
}

int main(void)
{
	test_round_trips();
	test_all_bits();
	test_missing();
	test_subleaves();
	return done();
}
