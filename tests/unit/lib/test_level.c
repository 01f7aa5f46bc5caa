// SPDX-License-Identifier: GPL-2.0-only
/* The pool level: XenServer's vectors, and that order never matters. */
#include "random.h"
#include "tap.h"

enum { ID, TYPE, CPU1, CPU2, P1, P2, OUT, NR_COLUMNS };

static void test_vectors(void)
{
	char line[4096], *row[NR_COLUMNS], text[CL_TEXT_SIZE];
	FILE *table = open_table("combine_vectors.tsv");
	bool good = true;
	int rows = 0;

	next_row(table, line, sizeof(line), row, NR_COLUMNS);	/* titles */
	while (next_row(table, line, sizeof(line), row, NR_COLUMNS)) {
		struct cl_featureset a, b, out = { 0 };
		int bad = cl_featureset_parse(&a, row[P1], NULL) ||
			  cl_featureset_parse(&b, row[P2], NULL);

		if (!bad)
			cl_combine(&out, &a, &b);
		cl_featureset_text(&out, text);
		CHECK(&good, !bad && !strcmp(text, row[OUT]), "row %s: %s", row[ID],
		      text);
		rows++;
	}
	fclose(table);
	ok(good && rows > 200, "XenServer computes the same: %d vectors", rows);
}

static void test_properties(void)
{
	bool commutative = true, associative = true, in_place = true;
	int i;

	for (i = 0; i < 20000; i++) {
		struct cl_featureset a, b, c, ab, ba, left, right;

		random_featureset(&a);
		random_featureset(&b);
		random_featureset(&c);
		cl_combine(&ab, &a, &b);
		cl_combine(&ba, &b, &a);
		CHECK(&commutative, cl_equal(&ab, &ba) &&
		      ab.nr_words == ba.nr_words, "round %d", i);
		cl_combine(&left, &ab, &c);
		cl_combine(&right, &b, &c);
		cl_combine(&right, &a, &right);
		CHECK(&associative, cl_equal(&left, &right), "round %d", i);
		cl_combine(&a, &a, &b);
		CHECK(&in_place, cl_equal(&a, &ab), "round %d", i);
	}
	ok(commutative, "combining is commutative");
	ok(associative, "combining is associative");
	ok(in_place, "the result may be an operand");
}

/* What a level can look like: closed, and RSBA or RRSBA as the rule says. */
static void random_level(struct cl_featureset *level)
{
	struct cl_featureset other;

	random_featureset(level);
	random_featureset(&other);
	cl_combine(level, level, &other);
}

/* All bits but those that follow a rule of their own. */
static void keep_ordinary(struct cl_featureset *fs)
{
	unsigned int bit;

	cl_clear(fs, CL_F_RSBA);
	cl_clear(fs, CL_F_RRSBA);
	for (bit = 0; bit < CL_NR_KNOWN_WORDS * 32; bit++)
		if (cl_feature(bit) &&
		    cl_feature(bit)->attributes & CL_ATTR_ACCUMULATE)
			cl_clear(fs, bit);
}

static void test_canonical(void)
{
	bool idempotent = true, closed = true, monotone = true;
	int i;

	for (i = 0; i < 20000; i++) {
		struct cl_featureset a, b, more, out, with_more;

		random_level(&a);
		cl_combine(&out, &a, &a);
		CHECK(&idempotent, cl_equal(&out, &a), "round %d", i);
		out = a;
		cl_prune(&out);
		CHECK(&closed, cl_equal(&out, &a), "round %d", i);
		random_featureset(&b);
		random_featureset(&more);
		keep_ordinary(&more);
		cl_combine(&out, &a, &b);
		cl_or(&more, &a, &more);
		cl_combine(&with_more, &more, &b);
		keep_ordinary(&out);
		CHECK(&monotone, cl_subset(&out, &with_more), "round %d", i);
	}
	ok(idempotent, "combining a level with itself changes nothing");
	ok(closed, "a level has every prerequisite of what it has");
	ok(monotone, "a host with more ordinary features costs none");
}

static struct cl_featureset set_of(const int *bits)
{
	struct cl_featureset fs = { 0 };

	for (; *bits >= 0; bits++)
		cl_set(&fs, *bits);
	return fs;
}

#define SET(...)	set_of((const int[]){ __VA_ARGS__, -1 })
#define CONTROL		CL_F_IBRSB, CL_F_ARCH_CAPS

static void test_rules(void)
{
	struct cl_featureset a, b, out;

	a = SET(CL_F_MD_CLEAR);
	b = SET(CL_F_FPU);
	cl_combine(&out, &a, &b);
	ok(cl_has(&out, CL_F_MD_CLEAR) && !cl_has(&out, CL_F_FPU),
	   "a bit that accumulates is there if one host has it");
	a = SET(CONTROL, CL_F_RSBA);
	b = SET(CONTROL, CL_F_EIBRS);
	cl_combine(&out, &a, &b);
	ok(cl_has(&out, CL_F_RSBA) && !cl_has(&out, CL_F_RRSBA),
	   "without EIBRS everywhere, one host's danger is RSBA");
	a = SET(CONTROL, CL_F_EIBRS, CL_F_RSBA);
	cl_combine(&out, &a, &b);
	ok(cl_has(&out, CL_F_RRSBA) && !cl_has(&out, CL_F_RSBA),
	   "with it, RRSBA");
	b = SET(CL_F_FPU);
	cl_combine(&out, &a, &b);
	ok(!cl_has(&out, CL_F_RSBA) && !cl_has(&out, CL_F_RRSBA),
	   "without ARCH_CAPS there is no place to say it");
	a = SET(40 * 32 + 3, 40 * 32 + 4);
	b = SET(40 * 32 + 4);
	cl_combine(&out, &a, &b);
	ok(cl_has(&out, 40 * 32 + 4) && !cl_has(&out, 40 * 32 + 3),
	   "bits of a newer Xen are intersected, not dropped");
}

int main(void)
{
	test_vectors();
	test_properties();
	test_canonical();
	test_rules();
	return done();
}
