// SPDX-License-Identifier: GPL-2.0-only
/* Features for people: the name, and where CPUID or an MSR has the bit. */
#include "out.h"

/* Leaves below 10 are written as everybody does, the others are in hex. */
static void number_text(char text[16], uint32_t number)
{
	snprintf(text, 16, number < 10 ? "%u" : "0x%x", number);
}

char *feature_place(unsigned int bit, char text[FEATURE_TEXT_SIZE])
{
	static const char *const registers[] = {
		[CL_EAX] = "eax", [CL_EBX] = "ebx", [CL_ECX] = "ecx",
		[CL_EDX] = "edx",
	};
	const struct cl_word *word = cl_word(bit / 32);
	char leaf[16], subleaf[16];

	text[0] = '\0';
	if (!word)
		return text;
	number_text(leaf, word->leaf);
	number_text(subleaf, word->subleaf);
	if (word->reg == CL_MSR_LO || word->reg == CL_MSR_HI)
		snprintf(text, FEATURE_TEXT_SIZE, "MSR %s[%u]", leaf,
			 bit % 32 + (word->reg == CL_MSR_HI ? 32 : 0));
	else if (word->subleaf == CL_NO_SUBLEAF)
		snprintf(text, FEATURE_TEXT_SIZE, "%s.%s[%u]", leaf,
			 registers[word->reg], bit % 32);
	else
		snprintf(text, FEATURE_TEXT_SIZE, "%s:%s.%s[%u]", leaf, subleaf,
			 registers[word->reg], bit % 32);
	return text;
}

char *feature_text(unsigned int bit, char text[FEATURE_TEXT_SIZE])
{
	char name[CL_BIT_NAME_SIZE], place[FEATURE_TEXT_SIZE];

	cl_bit_name(bit, name);
	if (*feature_place(bit, place))
		snprintf(text, FEATURE_TEXT_SIZE, "%s (%.50s)", name, place);
	else
		snprintf(text, FEATURE_TEXT_SIZE, "%s", name);
	return text;
}

char *attributes_text(unsigned int attributes, char text[ATTRIBUTES_TEXT_SIZE])
{
	static const struct { unsigned int attribute; const char *name; } all[] = {
		{ CL_ATTR_ALL, "all" }, { CL_ATTR_HVM, "hvm" },
		{ CL_ATTR_HAP, "hap" }, { CL_ATTR_OPT_IN, "opt-in" },
		{ CL_ATTR_SPECIAL, "special" },
		{ CL_ATTR_ACCUMULATE, "accumulate" },
	};
	size_t i, len = 0;

	text[0] = '\0';
	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (attributes & all[i].attribute)
			len += snprintf(text + len, ATTRIBUTES_TEXT_SIZE - len,
					"%s%s", len ? "," : "", all[i].name);
	return text;
}

char *features_text(char text[FEATURES_SIZE], const struct cl_featureset *fs)
{
	char name[CL_BIT_NAME_SIZE];
	unsigned int bit, more = 0;
	size_t len = 0;

	text[0] = '\0';
	for (bit = 0; bit < CL_MAX_BITS; bit++) {
		if (!cl_has(fs, bit))
			continue;
		if (len > FEATURES_SIZE - 80) {
			more++;
			continue;
		}
		len += snprintf(text + len, FEATURES_SIZE - len, "%s%s",
				len ? " " : "", cl_bit_name(bit, name));
	}
	if (more)
		snprintf(text + len, FEATURES_SIZE - len, " and %u more", more);
	return text;
}
