// SPDX-License-Identifier: LGPL-2.1-or-later
/* Up to which CPUID leaves hosts accept VMs: one host, all of a pool. */
#include <string.h>

#include "pool.h"

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
