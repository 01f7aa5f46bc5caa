// SPDX-License-Identifier: GPL-2.0-only
/* cpulevel features: the table of all features, or of some. */
#include <stdlib.h>
#include <string.h>

#include "host.h"

/* A feature's prerequisites: "LM,AVX". */
#define NEEDS_SIZE	128

static char *needs_text(unsigned int bit, char text[NEEDS_SIZE])
{
	char name[CL_BIT_NAME_SIZE];
	size_t len = 0;
	unsigned int n;
	int needs;

	text[0] = '\0';
	for (n = 0; (needs = cl_prerequisite(bit, n)) >= 0; n++)
		len += snprintf(text + len, NEEDS_SIZE - len, "%s%s",
				len ? "," : "", cl_bit_name(needs, name));
	return text;
}

/* Aligned for people, one tab between columns for programs. */
static void print_row(const struct out *out, const char *const columns[6])
{
	static const int widths[] = { 20, 6, 22, 22, 16, 0 };
	int i;

	for (i = 0; i < 6; i++)
		if (out->term.width)
			printf("%-*s%s", widths[i], columns[i], i < 5 ? " " : "\n");
		else
			printf("%s%c", columns[i], i < 5 ? '\t' : '\n');
}

static void print_feature(const struct out *out, unsigned int bit)
{
	const struct cl_feature *feature = cl_feature(bit);
	char name[CL_BIT_NAME_SIZE], number[16], place[FEATURE_TEXT_SIZE];
	char attributes[ATTRIBUTES_TEXT_SIZE], needs[NEEDS_SIZE];
	const char *const columns[] = {
		cl_bit_name(bit, name), number, feature_place(bit, place),
		attributes_text(feature ? feature->attributes : 0, attributes),
		needs_text(bit, needs), feature ? feature->text : "not known",
	};

	snprintf(number, sizeof(number), "%u.%u", bit / 32, bit % 32);
	print_row(out, columns);
}

static void word_json(struct out *out, unsigned int bit)
{
	static const char *const registers[] = {
		[CL_EAX] = "eax", [CL_EBX] = "ebx", [CL_ECX] = "ecx",
		[CL_EDX] = "edx", [CL_MSR_LO] = "msr_lo", [CL_MSR_HI] = "msr_hi",
	};
	const struct cl_word *word = cl_word(bit / 32);

	out_number(out, "word", bit / 32);
	out_number(out, "bit", bit % 32);
	if (!word)
		return;
	out_string(out, "word_name", word->name);
	out_number(out, "leaf", word->leaf);
	if (word->subleaf == CL_NO_SUBLEAF)
		out_absent(out, "subleaf", "");
	else
		out_number(out, "subleaf", word->subleaf);
	out_string(out, "register", registers[word->reg]);
}

/* "a,b" as a list of two. */
static void list_json(struct out *out, const char *key, char *text)
{
	char *word, *rest;

	out_list(out, key);
	for (word = strtok_r(text, ",", &rest); word;
	     word = strtok_r(NULL, ",", &rest))
		out_item(out, word);
	out_end_list(out);
}

static void feature_json(struct out *out, unsigned int bit)
{
	const struct cl_feature *feature = cl_feature(bit);
	char name[CL_BIT_NAME_SIZE], attributes[ATTRIBUTES_TEXT_SIZE];
	char needs[NEEDS_SIZE];

	out_entry(out, cl_bit_name(bit, name));
	word_json(out, bit);
	if (feature) {
		attributes_text(feature->attributes, attributes);
		list_json(out, "attributes", attributes);
		list_json(out, "prerequisites", needs_text(bit, needs));
		out_string(out, "text", feature->text);
	}
	out_end_group(out);
}

static void put_feature(struct out *out, unsigned int bit)
{
	if (out->json)
		feature_json(out, bit);
	else
		print_feature(out, bit);
}

/* The bit that a name or word.bit names, or -1 after a message. */
static int bit_of(const char *text)
{
	unsigned int word, bit;
	int known = cl_bit(text), end = 0;

	if (known >= 0)
		return known;
	if (sscanf(text, "%2u.%2u%n", &word, &bit, &end) == 2 && !text[end] &&
	    word < CL_MAX_WORDS && bit < 32)
		return word * 32 + bit;
	complain(text, "no feature has this name; give one as cpulevel features prints it");
	return -1;
}

static void print_header(const struct out *out)
{
	static const char *const titles[] = {
		"NAME", "BIT", "WHERE", "ATTRIBUTES", "NEEDS", "MEANING",
	};

	if (!out->term.width)
		return;
	if (out->term.color)
		fputs("\033[1m", stdout);
	print_row(out, titles);
	if (out->term.color)
		fputs("\033[0m", stdout);
}

int verb_features(const struct arguments *args)
{
	struct out out;
	unsigned int bit;
	int i;

	for (i = 0; i < args->count; i++)
		if (bit_of(args->values[i]) < 0)
			return EXIT_ERROR;
	if (args->given & OPT_MAN) {
		if (!args->json && !args->count)
			return print_features_page();
		return complain("--man", "prints the whole table as a page; leave out %s",
				args->json ? "--json" : args->values[0]);
	}
	out_begin(&out, args, "cpulevel/features/1");
	if (out.json)
		out_array(&out, "features");
	else
		print_header(&out);
	for (i = 0; i < args->count; i++)
		put_feature(&out, bit_of(args->values[i]));
	for (bit = 0; bit < CL_NR_KNOWN_WORDS * 32 && !args->count; bit++)
		if (cl_feature(bit))
			put_feature(&out, bit);
	if (out.json)
		out_end_group(&out);
	return out_finish(&out);
}
