// SPDX-License-Identifier: LGPL-2.1-or-later
/* Whether a VM can run on a host, and what would change for it there. */
#include <errno.h>
#include <string.h>

#include "internal.h"

/* Bits that Xen or the toolstack makes up afresh wherever a guest starts. */
static const unsigned int made_up[] = {
	CL_F_HTT, CL_F_CMP_LEGACY, CL_F_OSXSAVE, CL_F_OSPKE
};

/* Set where something is lost; every guest sees those of the CPU it is on. */
static const unsigned int unlevellable[] = {
	CL_F_FDP_EXCP_ONLY, CL_F_NO_FPU_SEL
};

/* Move these bits from one set to another, or drop them. */
static void move(struct cl_featureset *from, struct cl_featureset *to,
		 const unsigned int *bits, size_t nr_bits)
{
	size_t i;

	for (i = 0; i < nr_bits; i++) {
		if (to && cl_has(from, bits[i]))
			cl_set(to, bits[i]);
		cl_clear(from, bits[i]);
	}
}

static void find_changes(struct cl_featureset *changes,
			 const struct cl_featureset *from,
			 const struct cl_featureset *to)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(unlevellable); i++)
		if (cl_has(from, unlevellable[i]) !=
		    cl_has(to, unlevellable[i]))
			cl_set(changes, unlevellable[i]);
}

void cl_verdict(struct cl_verdict *verdict, const struct cl_featureset *vm,
		const struct cl_featureset *max,
		const struct cl_featureset *from,
		const struct cl_featureset *to)
{
	memset(verdict, 0, sizeof(*verdict));
	cl_minus(&verdict->missing, vm, max);
	move(&verdict->missing, &verdict->ignored, made_up,
	     ARRAY_SIZE(made_up));
	move(&verdict->missing, NULL, unlevellable, ARRAY_SIZE(unlevellable));
	if (from && to)
		find_changes(&verdict->changes, from, to);
	verdict->runs = cl_empty(&verdict->missing);
}

static bool vendor_is(const struct cl_host *host, const char *vendor)
{
	return !strcmp(host->vendor, vendor);
}

/*
 * XenServer's max-featureset-compat: what VMs may have been started with on
 * other releases, and will not miss here.  Xen 4.7 gave guests both of AMD's
 * copies.
 */
static void complete(struct cl_featureset *max, const struct cl_host *host,
		     enum cl_guest guest)
{
	if (max->words[CL_WORD_0] & CL_E1D_COMMON) {
		max->words[CL_WORD_2] |= max->words[CL_WORD_0] & CL_E1D_COMMON;
		if (max->nr_words <= CL_WORD_2)
			max->nr_words = CL_WORD_2 + 1;
	}
	if (guest != CL_GUEST_HVM)
		return;
	cl_set(max, CL_F_IBS);
	if (vendor_is(host, "AuthenticAMD") || vendor_is(host, "HygonGenuine")) {
		cl_set(max, CL_F_LWP);
		cl_set(max, CL_F_SVM);
	}
	if (vendor_is(host, "GenuineIntel") || vendor_is(host, "CentaurHauls"))
		cl_set(max, CL_F_VMX);
}

int cl_host_max(struct cl_featureset *max, const struct cl_host *host,
		enum cl_guest guest)
{
	enum cl_set set = guest == CL_GUEST_HVM ? CL_SET_HVM_MAX :
						  CL_SET_PV_MAX;

	if (!(host->valid & 1u << set))
		return -ENODATA;
	*max = host->sets[set];
	if (host->one_policy)
		complete(max, host, guest);
	return 0;
}
