// SPDX-License-Identifier: LGPL-2.1-or-later
/* The table of features.def, looked up by number and by name. */
#include <errno.h>

#include "attributes.h"
#include "internal.h"

static const struct cl_word words[] = {
#define WORD(index, name, leaf, subleaf, reg) \
	[CL_WORD_##index] = { #name, leaf, subleaf, CL_##reg },
#include "features.def"
};

/* A bit defined twice overrides an initialiser: -Woverride-init refuses it. */
static const struct cl_feature features[CL_NR_KNOWN_WORDS * 32] = {
#define FEATURE(name, word, bit, attributes, text) \
	[CL_F_##name] = { #name, text, attributes },
#include "features.def"
};

/* Nor may a bit lie outside its word. */
#define FEATURE(name, word, bit, attributes, text) \
	CL_ASSERT(bit_of_##name, (bit) >= 0 && (bit) < 32);
#include "features.def"

static const struct alias {
	const char *name;
	unsigned int bit;
} aliases[] = {
#define ALIAS(old, name)	{ #old, CL_F_##name },
#include "features.def"
};

const struct cl_word *cl_word(unsigned int index)
{
	return index < ARRAY_SIZE(words) ? &words[index] : NULL;
}

const struct cl_feature *cl_feature(unsigned int bit)
{
	if (bit >= ARRAY_SIZE(features) || !features[bit].name)
		return NULL;
	return &features[bit];
}

static int fold(char c)
{
	if (c == '-')
		return '_';
	return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c;
}

static bool same_name(const char *a, const char *b)
{
	while (*a && fold(*a) == fold(*b)) {
		a++;
		b++;
	}
	return !*a && !*b;
}

int cl_bit(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(features); i++)
		if (features[i].name && same_name(features[i].name, name))
			return i;
	for (i = 0; i < ARRAY_SIZE(aliases); i++)
		if (same_name(aliases[i].name, name))
			return aliases[i].bit;
	return -ENOENT;
}

char *cl_bit_name(unsigned int bit, char name[CL_BIT_NAME_SIZE])
{
	const struct cl_feature *feature = cl_feature(bit);

	if (feature)
		snprintf(name, CL_BIT_NAME_SIZE, "%s", feature->name);
	else
		snprintf(name, CL_BIT_NAME_SIZE, "%u.%u", bit / 32, bit % 32);
	return name;
}
