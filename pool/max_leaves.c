// SPDX-License-Identifier: LGPL-2.1-or-later
/* How many CPUID leaves hosts take: one of them, and all of a pool; and as text. */
#include <string.h>

#include "../lib/internal.h"
#include "pool.h"
#include "record.h"

void cl_takes_of(struct cl_takes *takes, const struct cl_member *member)
{
	takes->of[CL_GUEST_PV] = *cl_member_takes(member, CL_GUEST_PV);
	takes->of[CL_GUEST_HVM] = *cl_member_takes(member, CL_GUEST_HVM);
}

static void lower(uint32_t *to, uint32_t other)
{
	if (other < *to)
		*to = other;
}

static void join(struct cl_last_leaves *all, const struct cl_last_leaves *host)
{
	if (!host->basic)
		return;
	if (!all->basic)
		*all = *host;
	lower(&all->basic, host->basic);
	lower(&all->seven, host->seven);
	lower(&all->extended, host->extended);
}

void cl_takes_join(struct cl_takes *all, const struct cl_takes *host)
{
	join(&all->of[CL_GUEST_PV], &host->of[CL_GUEST_PV]);
	join(&all->of[CL_GUEST_HVM], &host->of[CL_GUEST_HVM]);
}

/* ---- As text ---- */

#define TAKES_FORM	"cpulevel-takes 1"

void cl_takes_write(const struct cl_takes *takes, FILE *to)
{
	char last[CL_LAST_SIZE];

	fputs(TAKES_FORM "\n", to);
	if (cl_last_text(&takes->of[CL_GUEST_PV], last))
		cl_put_text(to, "pv", last);
	if (cl_last_text(&takes->of[CL_GUEST_HVM], last))
		cl_put_text(to, "hvm", last);
	fputs("end\n", to);
}

static bool take_last(void *value, const char *key, const char *text)
{
	struct cl_takes *takes = value;

	if (!strcmp(key, "pv"))
		return cl_last_parse(&takes->of[CL_GUEST_PV], text);
	if (!strcmp(key, "hvm"))
		return cl_last_parse(&takes->of[CL_GUEST_HVM], text);
	return true;
}

int cl_takes_parse(struct cl_takes *takes, const char *text, size_t len,
		   struct cl_error *error)
{
	struct cl_takes read = { .of = { { 0 } } };
	size_t used;
	int ret;

	ret = cl_walk(text, len, TAKES_FORM, take_last, &read, &used, error);
	if (!ret)
		*takes = read;
	return ret;
}
