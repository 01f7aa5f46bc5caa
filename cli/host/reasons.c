// SPDX-License-Identifier: GPL-2.0-only
/* The library's reasons why a level lacks a feature, with the hosts' names. */
#include "host.h"

#define ROOM		32	/* far more than any chain of prerequisites */
#define NAMES_SIZE	320	/* LACKING_NAMED hosts and how many more */

static const struct lacking *lacking_of(const struct tally *tally,
					const struct cl_reason *reason)
{
	return reason->kind == CL_REASON_MAX ? &tally->max : &tally->set;
}

/* "a, b and 5 more", of the hosts that the reason speaks of. */
static char *names_text(char text[NAMES_SIZE], const struct tally *tally,
			const struct cl_reason *reason)
{
	const struct lacking *lacking = lacking_of(tally, reason);
	uint32_t nr = reason->nr_hosts;
	const struct witness *witness;
	unsigned int n;
	size_t len = 0;

	text[0] = '\0';
	for (n = 0; (witness = tally_lacking(tally, lacking, reason->bit, n)); n++)
		len += snprintf(text + len, NAMES_SIZE - len, "%s%s",
				n == 0 ? "" : n + 1 == nr ? " and " : ", ",
				witness->name);
	if (nr > n)
		snprintf(text + len, NAMES_SIZE - len, " and %u more", nr - n);
	return text;
}

/* "a and b lack it"; @it is "" where a "which" said it already. */
static void put_reason(FILE *to, const struct tally *tally,
		       const struct cl_reason *reason, const char *it)
{
	const char *s = reason->nr_hosts == 1 ? "s" : "";
	char name[CL_BIT_NAME_SIZE], names[NAMES_SIZE];

	switch (reason->kind) {
	case CL_REASON_HOSTS:
		fprintf(to, "%s lack%s%s", names_text(names, tally, reason), s, it);
		break;
	case CL_REASON_MAX:
		fprintf(to, "the max set%s of %s lack%s%s", *s ? "" : "s",
			names_text(names, tally, reason), s, it);
		break;
	case CL_REASON_NEEDS:
		fprintf(to, "needs %s", cl_bit_name(reason->other, name));
		break;
	case CL_REASON_INSTEAD:
		fprintf(to, "%s stands for it", cl_bit_name(reason->other, name));
		break;
	}
}

static size_t find_reasons(struct cl_reason reasons[ROOM],
			   const struct tally *tally, unsigned int bit)
{
	size_t nr = cl_reasons(reasons, ROOM, &tally->counts, bit);

	return nr < ROOM ? nr : ROOM;
}

char *reason_text(char text[REASON_SIZE], const struct tally *tally,
		  unsigned int bit)
{
	struct cl_reason reasons[ROOM];
	size_t nr = find_reasons(reasons, tally, bit), i;
	char name[CL_BIT_NAME_SIZE];
	bool follows;
	FILE *to;

	text[0] = text[REASON_SIZE - 1] = '\0';
	to = fmemopen(text, REASON_SIZE - 1, "w");
	for (i = 0; to && i < nr; i++) {
		follows = i && reasons[i].bit == reasons[i - 1].other;
		if (i)
			fputs(follows ? ", which " : "; ", to);
		if (!follows && reasons[i].bit != bit)
			fprintf(to, "%s ", cl_bit_name(reasons[i].bit, name));
		put_reason(to, tally, &reasons[i], follows ? "" : " it");
	}
	if (to)
		fclose(to);
	return text;
}

static void out_hosts(struct out *out, const struct tally *tally,
		      const struct cl_reason *reason)
{
	const struct lacking *lacking = lacking_of(tally, reason);
	const struct witness *witness;
	unsigned int n;

	out_number(out, "lacking", reason->nr_hosts);
	out_list(out, "hosts");
	for (n = 0; (witness = tally_lacking(tally, lacking, reason->bit, n)); n++)
		out_item(out, witness->name);
	out_end_list(out);
}

void out_reasons(struct out *out, const struct tally *tally, unsigned int bit)
{
	static const char *const kinds[] = {
		[CL_REASON_HOSTS] = "hosts", [CL_REASON_NEEDS] = "needs",
		[CL_REASON_MAX] = "max", [CL_REASON_INSTEAD] = "instead",
	};
	struct cl_reason reasons[ROOM];
	size_t nr = find_reasons(reasons, tally, bit), i;
	char name[CL_BIT_NAME_SIZE];

	out_array(out, "reasons");
	for (i = 0; i < nr; i++) {
		out_entry(out, cl_bit_name(reasons[i].bit, name));
		out_string(out, "kind", kinds[reasons[i].kind]);
		if (reasons[i].nr_hosts)
			out_hosts(out, tally, &reasons[i]);
		else
			out_string(out, "other",
				   cl_bit_name(reasons[i].other, name));
		out_end_group(out);
	}
	out_end_group(out);
}
