// SPDX-License-Identifier: GPL-2.0-only
/* features.def against features.tsv, bit by bit; names to bits and back. */
#include <ctype.h>
#include <errno.h>

#include "../../../lib/cpulevel.h"
#include "tap.h"

enum { INDEX, WORD_NR, BIT, WORD_NAME, LEAF, SUBLEAF, REG, NAME, ATTR, FIRST,
       OLD_NAMES, IN_4_17, NR_COLUMNS };

static unsigned int attributes(const char *letters)
{
	unsigned int attr = 0;

	for (; *letters; letters++) {
		switch (toupper(*letters)) {
		case 'A':
			attr |= CL_ATTR_ALL;
			break;
		case 'S':
			attr |= CL_ATTR_HVM;
			break;
		case 'H':
			attr |= CL_ATTR_HAP;
			break;
		case '!':
			attr |= CL_ATTR_SPECIAL;
			break;
		case '|':
			attr |= CL_ATTR_ACCUMULATE;
			break;
		}
		if (islower(*letters))
			attr |= CL_ATTR_OPT_IN;
	}
	return attr;
}

static bool same_word(const struct cl_word *word, char **row)
{
	static const char *const regs[] = {
		[CL_EAX] = "eax", [CL_EBX] = "ebx", [CL_ECX] = "ecx",
		[CL_EDX] = "edx", [CL_MSR_LO] = "lo", [CL_MSR_HI] = "hi",
	};
	const char *leaf = row[LEAF];
	bool msr = !strncmp(leaf, "MSR ", 4);
	uint32_t subleaf = CL_NO_SUBLEAF;

	if (*row[SUBLEAF] != '-')
		subleaf = strtoul(row[SUBLEAF], NULL, 10);
	return word && !strcmp(word->name, row[WORD_NAME]) &&
	       word->leaf == strtoul(leaf + (msr ? 4 : 0), NULL, 16) &&
	       word->subleaf == subleaf && !strcmp(regs[word->reg], row[REG]);
}

/* An old name that is now another feature's means that one. */
static void check_old_name(bool *good, const char *old, int bit)
{
	int found;

	if (*old == '-')
		return;
	found = cl_bit(old);
	CHECK(good, found == bit ||
	      (found >= 0 && !strcmp(cl_feature(found)->name, old)),
	      "old name %s is bit %d, not %d", old, found, bit);
}

static void test_table(void)
{
	bool words = true, names = true, attr = true, old = true;
	char line[512], *row[NR_COLUMNS];
	FILE *table = open_table("features.tsv");
	int rows = 0, known = 0;
	unsigned int bit;

	next_row(table, line, sizeof(line), row, NR_COLUMNS);	/* titles */
	while (next_row(table, line, sizeof(line), row, NR_COLUMNS)) {
		int index = atoi(row[INDEX]);
		const struct cl_feature *feature = cl_feature(index);

		rows++;
		CHECK(&words, same_word(cl_word(index / 32), row),
		      "word %d differs", index / 32);
		CHECK(&names, feature && !strcmp(feature->name, row[NAME]),
		      "bit %d is %s, not %s", index,
		      feature ? feature->name : "unknown", row[NAME]);
		CHECK(&attr, feature &&
		      feature->attributes == attributes(row[ATTR]),
		      "%s: attributes are not %s", row[NAME], row[ATTR]);
		check_old_name(&old, row[OLD_NAMES], index);
	}
	fclose(table);
	for (bit = 0; bit < CL_MAX_BITS; bit++)
		known += !!cl_feature(bit);
	ok(words, "every word comes from its leaf and register");
	ok(names, "every bit has its name");
	ok(attr, "every bit has its attributes");
	ok(old, "old names are understood");
	ok(rows > 280 && known == rows, "no bit more and none less: %d", known);
	ok(cl_word(18) && !cl_word(19), "19 words, and no more are known");
}

static void fold(char *to, const char *name)
{
	do {
		*to++ = *name == '_' ? '-' : tolower(*name);
	} while (*name++);
}

static void test_round_trip(void)
{
	bool exact = true, folded = true, texts = true, any = true;
	char name[CL_BIT_NAME_SIZE], lower[64];
	unsigned int bit;

	for (bit = 0; bit < CL_MAX_BITS; bit++) {
		const struct cl_feature *f = cl_feature(bit);

		cl_bit_name(bit, name);
		if (!f) {
			CHECK(&any, atoi(name) == (int)bit / 32 &&
			      strchr(name, '.') &&
			      atoi(strchr(name, '.') + 1) == (int)bit % 32,
			      "bit %u is %s", bit, name);
			continue;
		}
		fold(lower, f->name);
		CHECK(&exact, cl_bit(name) == (int)bit, "%s", name);
		CHECK(&folded, cl_bit(lower) == (int)bit, "%s", lower);
		CHECK(&texts, strlen(f->text) >= 8 && strlen(f->text) <= 70 &&
		      !strchr(f->text, '\n'), "%s: %s", name, f->text);
	}
	ok(exact, "every name leads back to its bit");
	ok(folded, "in lower case, with '-' for '_', too");
	ok(texts, "every feature has one line of text");
	ok(any, "a bit without a name is called word.bit");
	ok(cl_bit("") == -ENOENT && cl_bit("AVX22") == -ENOENT &&
	   cl_bit("AV") == -ENOENT, "what is no name is not found");
	ok(cl_bit("avx512ifma") == CL_F_AVX512_IFMA, "an old name in lower case");
	ok(cl_bit("TSXLDTRK") == 9 * 32 + 16, "TSXLDTRK is not LA57");
}

int main(void)
{
	test_table();
	test_round_trip();
	return done();
}
