// SPDX-License-Identifier: GPL-2.0-only
/* Featuresets as values: parsing, printing, single bits, algebra. */
#include <errno.h>

#include "../../../lib/cpulevel.h"
#include "tap.h"

static const struct good {
	const char *what, *in, *out;
} good[] = {
	{ "the empty set", "", "" },
	{ "one word", "00000001", "00000001" },
	{ "several words", "178bfbff-00802209-2fd3fbff",
	  "178bfbff-00802209-2fd3fbff" },
	{ "short words, as xapi takes them", "1-2-7b",
	  "00000001-00000002-0000007b" },
	{ "upper case", "ABCDEF01", "abcdef01" },
	{ "xen-cpuid's separator", "bfebfbff:77fafbbf", "bfebfbff-77fafbbf" },
	{ "all bits of a word", "ffffffff", "ffffffff" },
	{ "words of zeros are kept", "0-0-0", "00000000-00000000-00000000" },
};

static const struct bad {
	const char *what, *in;
	int code;
	const char *says;
} bad[] = {
	{ "a letter that is not hex", "1-2g", -EINVAL,
	  "word 1 is not hex at character 4" },
	{ "0x", "0x1", -EINVAL, "word 0 is not hex at character 2" },
	{ "33 bits", "1-1ffffffff", -ERANGE, "word 1 has 9 digits" },
	{ "nine digits, even of a small number", "000000001", -ERANGE,
	  "word 0 has 9 digits" },
	{ "a leading separator", "-1", -EINVAL, "word 0 is empty" },
	{ "a trailing separator", "1-", -EINVAL,
	  "word 1 is empty at character 3" },
	{ "two separators", "1--2", -EINVAL, "word 1 is empty at character 3" },
	{ "mixed separators", "1-2:3", -EINVAL, "':' at character 4" },
	{ "a leading space", " 1", -EINVAL, "word 0 is not hex at character 1" },
	{ "a sign", "+1", -EINVAL, "word 0 is not hex" },
	{ "a newline", "1\n", -EINVAL, "word 0 is not hex at character 2" },
	{ "bytes above ASCII", "\xff\xfe", -EINVAL, "word 0 is not hex" },
};

static void test_good(void)
{
	struct cl_featureset fs;
	char text[CL_TEXT_SIZE];
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		ok(!cl_featureset_parse(&fs, good[i].in, NULL) &&
		   !strcmp(cl_featureset_text(&fs, text), good[i].out),
		   "parsed: %s", good[i].what);
}

static void test_bad(void)
{
	struct cl_error error;
	struct cl_featureset fs;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int ret;

		memset(&fs, 0x5a, sizeof(fs));
		ret = cl_featureset_parse(&fs, bad[i].in, &error);
		ok(ret == bad[i].code && fs.nr_words == 0x5a5a5a5a &&
		   !strncmp(error.reason, bad[i].says, strlen(bad[i].says)),
		   "refused, with its place: %s", bad[i].what);
	}
}

static void test_length(void)
{
	char text[CL_TEXT_SIZE], longest[(CL_MAX_WORDS + 1) * 9 + 1] = "";
	char *huge = malloc(1 << 20);
	struct cl_featureset fs;
	int i;

	for (i = 0; i < CL_MAX_WORDS; i++)
		sprintf(longest + strlen(longest), "%s%08x", i ? "-" : "", ~i);
	ok(!cl_featureset_parse(&fs, longest, NULL) &&
	   fs.nr_words == CL_MAX_WORDS &&
	   !strcmp(cl_featureset_text(&fs, text), longest),
	   "as many words as fit");
	strcat(longest, "-1");
	ok(cl_featureset_parse(&fs, longest, NULL) == -E2BIG, "one word too many");
	memset(huge, 'f', (1 << 20) - 1);
	huge[(1 << 20) - 1] = '\0';
	ok(cl_featureset_parse(&fs, huge, NULL) == -ERANGE, "a megabyte of digits");
	free(huge);
}

static void test_bits(void)
{
	struct cl_featureset fs = { 0 };

	cl_set(&fs, 5 * 32 + 5);
	ok(fs.nr_words == 6 && fs.words[5] == 0x20, "setting a bit makes room");
	ok(cl_has(&fs, 165) && !cl_has(&fs, 164), "a bit is found");
	cl_clear(&fs, 165);
	ok(fs.nr_words == 6 && !cl_has(&fs, 165), "clearing keeps the length");
	cl_set(&fs, 6 * 32);
	ok(fs.nr_words == 7, "so does one in the next word");
	cl_set(&fs, CL_MAX_BITS);
	cl_clear(&fs, CL_MAX_BITS);
	ok(!cl_has(&fs, CL_MAX_BITS) && fs.nr_words == 7,
	   "bits beyond the last are neither set nor there");
}

static void test_algebra(void)
{
	struct cl_featureset a, b, out;
	char text[CL_TEXT_SIZE];

	cl_featureset_parse(&a, "f0-ff", NULL);
	cl_featureset_parse(&b, "3c", NULL);
	cl_and(&out, &a, &b);
	ok(!strcmp(cl_featureset_text(&out, text), "00000030-00000000"), "and");
	cl_or(&out, &a, &b);
	ok(!strcmp(cl_featureset_text(&out, text), "000000fc-000000ff"), "or");
	cl_minus(&out, &a, &b);
	ok(!strcmp(cl_featureset_text(&out, text), "000000c0-000000ff"), "minus");
	ok(cl_subset(&out, &a) && !cl_subset(&a, &out) && !cl_subset(&b, &a),
	   "subset");
	cl_and(&a, &a, &b);
	cl_featureset_parse(&out, "30", NULL);
	ok(cl_equal(&a, &out), "missing words are zero; the result may be an operand");
	cl_minus(&out, &a, &a);
	ok(out.nr_words && cl_empty(&out) && !cl_empty(&a), "words of zeros are empty");
}

int main(void)
{
	test_good();
	test_bad();
	test_length();
	test_bits();
	test_algebra();
	return done();
}
