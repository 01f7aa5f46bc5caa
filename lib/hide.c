// SPDX-License-Identifier: LGPL-2.1-or-later
/* What can be hidden from PV guests, which execute CPUID by themselves. */
#include <string.h>

#include "internal.h"

/* The words that a mask covers.  6.ecx is in no word, 7.eax in no feature. */
static const struct {
	uint32_t cap;
	unsigned int word;
} covered[] = {
	{ CL_CAP_1_EDX,		CL_WORD_0 },
	{ CL_CAP_1_ECX,		CL_WORD_1 },
	{ CL_CAP_E1_EDX,	CL_WORD_2 },
	{ CL_CAP_E1_ECX,	CL_WORD_3 },
	{ CL_CAP_D1_EAX,	CL_WORD_4 },
	{ CL_CAP_7_EBX,		CL_WORD_5 },
};

/*
 * Through a mask, the first two follow what the guest does: the hardware turns
 * them on and off.  A PV kernel must see the host's topology in the others.
 */
static const unsigned int never[] = {
	CL_F_APIC, CL_F_OSXSAVE,
	CL_F_HTT, CL_F_X2APIC, CL_F_CMP_LEGACY
};

void cl_hideable(struct cl_featureset *mask, uint32_t caps, const char *vendor)
{
	size_t i;

	memset(mask, 0, sizeof(*mask));
	if (caps & CL_CAP_FAULTING) {
		mask->nr_words = CL_MAX_WORDS;
		memset(mask->words, 0xff, sizeof(mask->words));
		return;
	}
	for (i = 0; i < ARRAY_SIZE(covered); i++)
		if (caps & covered[i].cap) {
			mask->words[covered[i].word] = ~0u;
			mask->nr_words = covered[i].word + 1;
		}
	for (i = 0; i < ARRAY_SIZE(never); i++)
		cl_clear(mask, never[i]);
	/* AMD's registers do not mask but override, and Xen keeps it set. */
	if (!strcmp(vendor, "AuthenticAMD") || !strcmp(vendor, "HygonGenuine"))
		cl_clear(mask, CL_F_HYPERVISOR);
}
