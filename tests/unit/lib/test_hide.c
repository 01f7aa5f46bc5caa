// SPDX-License-Identifier: GPL-2.0-only
/* What can be hidden from PV guests, by levelling capabilities. */
#include "../../../lib/cpulevel.h"
#include "tap.h"

static struct cl_featureset with(uint32_t caps, const char *vendor)
{
	struct cl_featureset mask;

	cl_hideable(&mask, caps, vendor);
	return mask;
}

/* Which words have a bit that can be hidden, a bit each. */
static uint64_t words_of(uint32_t caps, const char *vendor)
{
	struct cl_featureset mask = with(caps, vendor);
	uint64_t words = 0;
	unsigned int i;

	for (i = 0; i < CL_MAX_WORDS; i++)
		words |= (uint64_t)!!mask.words[i] << i;
	return words;
}

#define W(name)	(1ull << CL_WORD_##name)

static const struct {
	const char *what, *vendor;
	uint32_t caps;
	uint64_t words;
} rows[] = {
	{ "Ivy Bridge: faulting hides everything, also of a newer Xen",
	  "GenuineIntel", 0x1, ~0ull },
	{ "Zen 4: so does AMD's", "AuthenticAMD", 0x1, ~0ull },
	{ "Merom: nothing", "GenuineIntel", 0, 0 },
	{ "Penryn: leaf 1", "GenuineIntel", 0x6, W(0) | W(1) },
	{ "Nehalem, Westmere: 0x80000001 as well", "GenuineIntel", 0x1e,
	  W(0) | W(1) | W(2) | W(3) },
	{ "Sandy Bridge: 0xd.1 as well", "GenuineIntel", 0x3e,
	  W(0) | W(1) | W(2) | W(3) | W(4) },
	{ "AMD before leaf 7", "AuthenticAMD", 0x1e,
	  W(0) | W(1) | W(2) | W(3) },
	{ "AMD, Hygon: leaf 7.ebx as well", "HygonGenuine", 0x19e,
	  W(0) | W(1) | W(2) | W(3) | W(5) },
	{ "7.ebx has features", "AuthenticAMD", 0x100, W(5) },
	{ "7.eax, the number of subleaves, has none", "AuthenticAMD", 0x80, 0 },
	{ "AMD family 0x15: leaf 6 has no feature here", "AuthenticAMD", 0x1de,
	  W(0) | W(1) | W(2) | W(3) | W(5) },
};

/* Exactly these of the words' bits stay visible. */
static bool shows(const char *vendor, const unsigned int *bits)
{
	struct cl_featureset mask = with(0x1be, vendor), all = { 0 };
	unsigned int i;

	for (i = 0; i < 6 * 32; i++)
		cl_set(&all, i);
	for (; *bits; bits++)
		cl_clear(&all, *bits);
	return cl_equal(&mask, &all);
}

int main(void)
{
	static const unsigned int six[] = {
		CL_F_HYPERVISOR, CL_F_APIC, CL_F_OSXSAVE, CL_F_HTT, CL_F_X2APIC,
		CL_F_CMP_LEGACY, 0
	};
	struct cl_featureset mask;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ok(words_of(rows[i].caps, rows[i].vendor) == rows[i].words,
		   "%s", rows[i].what);
	ok(shows("GenuineIntel", six + 1), "masks leave five bits in sight");
	ok(shows("AuthenticAMD", six) && shows("HygonGenuine", six),
	   "AMD's overrides also HYPERVISOR");
	mask = with(0, "GenuineIntel");
	ok(mask.nr_words == 0, "without capabilities the mask is empty");
	mask = with(0x6, "GenuineIntel");
	ok(mask.nr_words == 2, "and else as long as it needs to be");
	return done();
}
