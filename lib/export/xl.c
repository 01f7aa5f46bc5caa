// SPDX-License-Identifier: LGPL-2.1-or-later
/* A level as xl.cfg's cpuid=. */
#include <string.h>

#include "../flags.h"
#include "export.h"

#define SAYS_NOTHING	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static bool is_cpuid(unsigned int word)
{
	return cl_word(word) && cl_word(word)->reg <= CL_EDX;
}

/* The bits that xl can be told in its one form and in the other. */
static void bits_form(struct cl_featureset *says)
{
	unsigned int i;

	memset(says, 0, sizeof(*says));
	says->nr_words = CL_NR_KNOWN_WORDS;
	for (i = 0; i < CL_NR_KNOWN_WORDS; i++)
		says->words[i] = is_cpuid(i) ? ~0u : 0;
}

/* The features that have one of these attributes. */
static void with_attributes(struct cl_featureset *fs, unsigned int attributes)
{
	unsigned int bit;

	memset(fs, 0, sizeof(*fs));
	for (bit = 0; bit < CL_NR_KNOWN_WORDS * 32; bit++) {
		const struct cl_feature *feature = cl_feature(bit);

		if (feature && feature->attributes & attributes)
			cl_set(fs, bit);
	}
}

/*
 * What no guest ever sees.  Special features Xen shows on grounds of its own;
 * one that is not known may be seen.
 */
static void invisible(struct cl_featureset *fs)
{
	unsigned int bit;

	memset(fs, 0, sizeof(*fs));
	for (bit = 0; bit < CL_NR_KNOWN_WORDS * 32; bit++) {
		const struct cl_feature *feature = cl_feature(bit);

		if (feature && !(feature->attributes &
				 (CL_ATTR_ALL | CL_ATTR_HVM | CL_ATTR_HAP |
				  CL_ATTR_SPECIAL)))
			cl_set(fs, bit);
	}
}

/* What guests may see by default on any host. */
static void any_default(struct cl_featureset *fs)
{
	struct cl_featureset opt_in;

	with_attributes(fs, CL_ATTR_ALL | CL_ATTR_HVM | CL_ATTR_HAP);
	with_attributes(&opt_in, CL_ATTR_OPT_IN);
	cl_minus(fs, fs, &opt_in);
}

/* What a level has although a host of it may not have it by default. */
static void not_everywhere(struct cl_featureset *fs)
{
	with_attributes(fs, CL_ATTR_ACCUMULATE | CL_ATTR_OPT_IN);
	cl_set(fs, CL_F_RSBA);
	cl_set(fs, CL_F_RRSBA);
}

struct changes {
	struct cl_featureset any, on, off;
	struct cl_featureset refused;	/* wanted, but no guest sees it */
};

static void find_changes(struct changes *changes,
			 const struct cl_featureset *level,
			 const struct cl_featureset *any)
{
	struct cl_featureset beyond, hidden;

	if (any)
		changes->any = *any;
	else
		any_default(&changes->any);
	invisible(&hidden);
	cl_minus(&changes->off, &changes->any, level);
	cl_minus(&changes->off, &changes->off, &hidden);
	not_everywhere(&changes->on);
	cl_and(&changes->on, &changes->on, level);
	cl_minus(&beyond, level, &changes->any);
	cl_or(&changes->on, &changes->on, &beyond);
	cl_and(&changes->refused, &changes->on, &hidden);
	cl_minus(&changes->on, &changes->on, &hidden);
	cl_drop_unspoken(&changes->on);
	cl_drop_unspoken(&changes->off);
	cl_drop_unspoken(&changes->refused);
}

/* What a guest sees all the same, or does not, told only what @says has. */
static void left(struct cl_featureset *out, const struct changes *changes,
		 const struct cl_featureset *says)
{
	struct cl_featureset seen, said;

	cl_and(&said, &changes->off, says);
	cl_minus(&seen, &changes->any, &said);
	cl_prune(&seen);
	cl_minus(out, &changes->off, says);
	cl_and(out, out, &seen);
	cl_minus(&seen, &changes->on, says);
	cl_or(out, out, &seen);
	cl_or(out, out, &changes->refused);
}

static void put_names(struct cl_export *to, const struct changes *changes,
		      const struct cl_featureset *says)
{
	char name[CL_FLAG_SIZE];
	unsigned int bit;

	cl_put(to, "cpuid = \"host");
	for (bit = 0; bit < CL_NR_KNOWN_WORDS * 32; bit++) {
		if (!cl_has(says, bit))
			continue;
		if (cl_has(&changes->off, bit))
			cl_put(to, ",%s=0", cl_xl_flag(bit, name));
		if (cl_has(&changes->on, bit))
			cl_put(to, ",%s=1", cl_xl_flag(bit, name));
	}
	cl_put(to, "\"\n");
}

static bool same_leaf(unsigned int a, unsigned int b)
{
	return cl_word(a)->leaf == cl_word(b)->leaf &&
	       cl_word(a)->subleaf == cl_word(b)->subleaf;
}

static bool says_something(const struct changes *changes, unsigned int word)
{
	return is_cpuid(word) &&
	       (changes->on.words[word] | changes->off.words[word]);
}

/* "ebx=xxxx...0x", bit 31 first */
static void put_register(struct cl_export *to, const struct changes *changes,
			 unsigned int word)
{
	char bits[] = SAYS_NOTHING;
	unsigned int bit;

	for (bit = 0; bit < 32; bit++) {
		if (changes->off.words[word] >> bit & 1)
			bits[31 - bit] = '0';
		if (changes->on.words[word] >> bit & 1)
			bits[31 - bit] = '1';
	}
	cl_put(to, "e%cx=%s", 'a' + cl_word(word)->reg, bits);
}

/* All registers of the leaf of which @word is the first; xl takes it once. */
static void put_leaf(struct cl_export *to, const struct changes *changes,
		     unsigned int word)
{
	unsigned int i;

	cl_put(to, "    \"0x%x", cl_word(word)->leaf);
	if (cl_word(word)->subleaf != CL_NO_SUBLEAF)
		cl_put(to, ",%u", cl_word(word)->subleaf);
	for (i = word; i < CL_NR_KNOWN_WORDS; i++) {
		if (!says_something(changes, i) || !same_leaf(i, word))
			continue;
		cl_put(to, i == word ? ":" : ",");
		put_register(to, changes, i);
	}
	cl_put(to, "\",\n");
}

static void put_bits(struct cl_export *to, const struct changes *changes)
{
	unsigned int i, first;

	cl_put(to, "cpuid = [\n");
	for (i = 0; i < CL_NR_KNOWN_WORDS; i++) {
		if (!says_something(changes, i))
			continue;
		for (first = 0; !says_something(changes, first) ||
				!same_leaf(first, i); first++)
			;
		if (first == i)
			put_leaf(to, changes, i);
	}
	cl_put(to, "]\n");
}

char *cl_export_xl(char text[CL_EXPORT_SIZE], const struct cl_featureset *level,
		   const struct cl_featureset *any,
		   struct cl_featureset *left_out)
{
	struct cl_featureset names, bits, left_by_names, left_by_bits;
	struct cl_export to = { .text = text };
	struct changes changes;
	bool named;

	find_changes(&changes, level, any);
	cl_xl_knows(&names);
	bits_form(&bits);
	left(&left_by_names, &changes, &names);
	left(&left_by_bits, &changes, &bits);
	named = cl_nr_bits(&left_by_names) <= cl_nr_bits(&left_by_bits);
	if (named)
		put_names(&to, &changes, &names);
	else
		put_bits(&to, &changes);
	if (left_out)
		*left_out = named ? left_by_names : left_by_bits;
	return text;
}
