// SPDX-License-Identifier: LGPL-2.1-or-later
/* Featuresets as values: text form, single bits, algebra. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "internal.h"

size_t cl_hex(const char *text, uint32_t *value)
{
	size_t n;

	*value = 0;
	for (n = 0; isxdigit((unsigned char)text[n]); n++)
		*value = *value << 4 | (isdigit((unsigned char)text[n]) ?
					text[n] - '0' : (text[n] | 32) - 'a' + 10);
	return n;
}

/* One word of @len characters; the error's position is counted from 1. */
static int parse_word(uint32_t *word, const char *at, size_t len,
		      unsigned int index, size_t pos, struct cl_error *error)
{
	static const char *const hint = "expected 1 to 8 hex digits";
	size_t digits = cl_hex(at, word);

	if (!len)
		return cl_fail(error, -EINVAL, "featureset",
			       "word %u is empty at character %zu; %s",
			       index, pos, hint);
	if (digits < len)
		return cl_fail(error, -EINVAL, "featureset",
			       "word %u is not hex at character %zu: '%.*s'; %s",
			       index, pos + digits,
			       (int)(len < 16 ? len : 16), at, hint);
	if (len > 8)
		return cl_fail(error, -ERANGE, "featureset",
			       "word %u has %zu digits at character %zu; %s",
			       index, len, pos, hint);
	return 0;
}

int cl_featureset_parse(struct cl_featureset *fs, const char *text,
			struct cl_error *error)
{
	struct cl_featureset parsed = { 0 };
	const char *at = text;
	char separator = 0;

	while (*text) {
		unsigned int n = parsed.nr_words;
		size_t len = strcspn(at, "-:");
		int ret;

		if (n == CL_MAX_WORDS)
			return cl_fail(error, -E2BIG, "featureset",
				       "more than %u words; is it a featureset?",
				       CL_MAX_WORDS);
		ret = parse_word(&parsed.words[n], at, len, n, at - text + 1,
				 error);
		if (ret)
			return ret;
		parsed.nr_words++;
		at += len;
		if (!*at)
			break;
		if (separator && *at != separator)
			return cl_fail(error, -EINVAL, "featureset",
				       "'%c' at character %td after '%c' before; separate all words alike",
				       *at, at - text + 1, separator);
		separator = *at++;
	}
	*fs = parsed;
	return 0;
}

char *cl_featureset_text(const struct cl_featureset *fs,
			 char text[CL_TEXT_SIZE])
{
	char *to = text;
	unsigned int i;

	*to = '\0';
	for (i = 0; i < fs->nr_words; i++)
		to += sprintf(to, "%s%08x", i ? "-" : "", fs->words[i]);
	return text;
}

void cl_resize(struct cl_featureset *fs, unsigned int nr_words)
{
	if (nr_words > CL_MAX_WORDS)
		nr_words = CL_MAX_WORDS;
	fs->nr_words = nr_words;
	memset(fs->words + nr_words, 0,
	       (CL_MAX_WORDS - nr_words) * sizeof(fs->words[0]));
}

bool cl_has(const struct cl_featureset *fs, unsigned int bit)
{
	return bit < CL_MAX_BITS && fs->words[bit / 32] >> bit % 32 & 1;
}

void cl_set(struct cl_featureset *fs, unsigned int bit)
{
	if (bit >= CL_MAX_BITS)
		return;
	fs->words[bit / 32] |= 1u << bit % 32;
	if (fs->nr_words <= bit / 32)
		fs->nr_words = bit / 32 + 1;
}

void cl_clear(struct cl_featureset *fs, unsigned int bit)
{
	if (bit < CL_MAX_BITS)
		fs->words[bit / 32] &= ~(1u << bit % 32);
}

/* All words, not just the longer operand's: what is beyond stays 0. */
#define FOR_EACH_WORD(i)	for (i = 0; i < CL_MAX_WORDS; i++)

static unsigned int longer(const struct cl_featureset *a,
			   const struct cl_featureset *b)
{
	return a->nr_words > b->nr_words ? a->nr_words : b->nr_words;
}

void cl_and(struct cl_featureset *out, const struct cl_featureset *a,
	    const struct cl_featureset *b)
{
	unsigned int i;

	out->nr_words = longer(a, b);
	FOR_EACH_WORD(i)
		out->words[i] = a->words[i] & b->words[i];
}

void cl_or(struct cl_featureset *out, const struct cl_featureset *a,
	   const struct cl_featureset *b)
{
	unsigned int i;

	out->nr_words = longer(a, b);
	FOR_EACH_WORD(i)
		out->words[i] = a->words[i] | b->words[i];
}

void cl_minus(struct cl_featureset *out, const struct cl_featureset *a,
	      const struct cl_featureset *b)
{
	unsigned int i;

	out->nr_words = longer(a, b);
	FOR_EACH_WORD(i)
		out->words[i] = a->words[i] & ~b->words[i];
}

bool cl_subset(const struct cl_featureset *a, const struct cl_featureset *b)
{
	unsigned int i;

	FOR_EACH_WORD(i)
		if (a->words[i] & ~b->words[i])
			return false;
	return true;
}

bool cl_equal(const struct cl_featureset *a, const struct cl_featureset *b)
{
	return !memcmp(a->words, b->words, sizeof(a->words));
}

bool cl_empty(const struct cl_featureset *fs)
{
	static const struct cl_featureset nothing;

	return cl_equal(fs, &nothing);
}
