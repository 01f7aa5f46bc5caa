// SPDX-License-Identifier: GPL-2.0-only
/* cpulevel features --man: the table of features as a manual page. */
#include "host.h"

/* In man(7) a '-' is a hyphen, a '\' an escape, and some first letters a request. */
static void print_escaped(const char *text)
{
	if (*text == '.' || *text == '\'')
		fputs("\\&", stdout);
	for (; *text; text++) {
		if (*text == '-')
			putchar('\\');
		fputs(*text == '\\' ? "\\e" : (char[]){ *text, '\0' }, stdout);
	}
}

static void print_needs(unsigned int bit)
{
	char name[CL_BIT_NAME_SIZE];
	unsigned int n;
	int needs;

	for (n = 0; (needs = cl_prerequisite(bit, n)) >= 0; n++)
		printf("%s%s", n ? ", " : "; needs ", cl_bit_name(needs, name));
}

static void print_feature(unsigned int bit)
{
	const struct cl_feature *feature = cl_feature(bit);
	char attributes[ATTRIBUTES_TEXT_SIZE], place[FEATURE_TEXT_SIZE];

	fputs(".TP\n.B ", stdout);
	print_escaped(feature->name);
	putchar('\n');
	print_escaped(feature->text);
	fputs(".\n", stdout);
	printf("%u.%u, ", bit / 32, bit % 32);
	print_escaped(feature_place(bit, place));
	if (*attributes_text(feature->attributes, attributes)) {
		fputs(", ", stdout);
		print_escaped(attributes);
	}
	print_needs(bit);
	fputs(".\n", stdout);
}

static void print_word(unsigned int index)
{
	unsigned int bit;

	printf(".SH WORD %u: ", index);
	print_escaped(cl_word(index)->name);
	putchar('\n');
	for (bit = index * 32; bit < index * 32 + 32; bit++)
		if (cl_feature(bit))
			print_feature(bit);
}

int print_features_page(void)
{
	unsigned int index;

	puts(".\\\" Printed by cpulevel features \\-\\-man.\n"
	     ".TH CPULEVEL\\-FEATURES 7 2026-11-22 \"cpulevel " CPULEVEL_VERSION "\"\n"
	     ".SH NAME\n"
	     "cpulevel\\-features \\- what the bits of a featureset mean\n"
	     ".SH DESCRIPTION\n"
	     "Each feature has a number, word.bit, and a place in CPUID or in an MSR.\n"
	     ".BR all ,\n"
	     ".B hvm\n"
	     "and\n"
	     ".B hap\n"
	     "say which guests may see it: every one, HVM ones, HVM ones with hardware\n"
	     "assisted paging; without any of them it is the hypervisor\\(aqs alone.\n"
	     ".B opt\\-in\n"
	     "means only if asked for,\n"
	     ".B special\n"
	     "that Xen or the toolstack decides,\n"
	     ".B accumulate\n"
	     "that a pool has it if any host has it.\n"
	     "A feature whose prerequisite is missing is dropped.");
	for (index = 0; index < CL_NR_KNOWN_WORDS; index++)
		print_word(index);
	puts(".SH SEE ALSO\n.BR cpulevel (8)");
	return finish_stdout();
}
