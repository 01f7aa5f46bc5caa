// SPDX-License-Identifier: LGPL-2.1-or-later
/* Up to which CPUID leaves hosts accept VMs: one host, all of a pool; and as text. */
#include <string.h>

#include "../lib/private.h"
#include "pool.h"
#include "record.h"

void cl_accepted_leaves_of(struct cl_accepted_leaves *accepted,
			   const struct cl_member *member)
{
	accepted->of[CL_GUEST_PV] = *cl_member_max_leaves_accepted(member, CL_GUEST_PV);
	accepted->of[CL_GUEST_HVM] = *cl_member_max_leaves_accepted(member, CL_GUEST_HVM);
}

static void lower(uint32_t *to, uint32_t other)
{
	if (other < *to)
		*to = other;
}

static void join(struct cl_max_leaves *all, const struct cl_max_leaves *host)
{
	if (!host->max_leaf)
		return;
	if (!all->max_leaf)
		*all = *host;
	lower(&all->max_leaf, host->max_leaf);
	lower(&all->max_subleaf, host->max_subleaf);
	lower(&all->max_extended_leaf, host->max_extended_leaf);
}

void cl_accepted_leaves_join(struct cl_accepted_leaves *all,
			     const struct cl_accepted_leaves *host)
{
	join(&all->of[CL_GUEST_PV], &host->of[CL_GUEST_PV]);
	join(&all->of[CL_GUEST_HVM], &host->of[CL_GUEST_HVM]);
}

/* ---- As text ---- */

#define ACCEPTED_FORM	"cpulevel-takes 1"

void cl_accepted_leaves_write(const struct cl_accepted_leaves *accepted, FILE *to)
{
	char text[CL_MAX_LEAVES_TEXT_SIZE];

	fputs(ACCEPTED_FORM "\n", to);
	if (cl_max_leaves_text(&accepted->of[CL_GUEST_PV], text))
		cl_put_text(to, "pv", text);
	if (cl_max_leaves_text(&accepted->of[CL_GUEST_HVM], text))
		cl_put_text(to, "hvm", text);
	fputs("end\n", to);
}

static bool take_max_leaves(void *value, const char *key, const char *text)
{
	struct cl_accepted_leaves *accepted = value;

	if (!strcmp(key, "pv"))
		return cl_max_leaves_parse(&accepted->of[CL_GUEST_PV], text);
	if (!strcmp(key, "hvm"))
		return cl_max_leaves_parse(&accepted->of[CL_GUEST_HVM], text);
	return true;
}

int cl_accepted_leaves_parse(struct cl_accepted_leaves *accepted,
			     const char *text, size_t len,
			     struct cl_error *error)
{
	struct cl_accepted_leaves read = { .of = { { 0 } } };
	size_t used;
	int ret;

	ret = cl_walk(text, len, ACCEPTED_FORM, take_max_leaves, &read, &used, error);
	if (!ret)
		*accepted = read;
	return ret;
}
