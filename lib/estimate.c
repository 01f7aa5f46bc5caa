// SPDX-License-Identifier: LGPL-2.1-or-later
/* What today's Xen would show guests of a CPU: an estimate from its raw set. */
#include <errno.h>
#include <string.h>

#include "internal.h"

#define MODEL(signature)	(((signature) >> 12 & 0xf0) | \
				 ((signature) >> 4 & 0xf))
#define FAMILY(signature)	((signature) >> 8 & 0xf)
#define IVY_BRIDGE		0x3a
#define SKYLAKE_X		0x55

enum kind { DEFAULT, MAX };

static bool is_intel(const struct cl_host *host)
{
	return !strcmp(host->vendor, "GenuineIntel");
}

static bool is_amd(const struct cl_host *host)
{
	return !strcmp(host->vendor, "AuthenticAMD") ||
	       !strcmp(host->vendor, "HygonGenuine");
}

/* The features that Xen knows how to give to such guests. */
static void mask(struct cl_featureset *fs, enum cl_guest guest, enum kind kind)
{
	unsigned int sees = CL_ATTR_ALL, bit;

	if (guest == CL_GUEST_HVM)
		sees |= CL_ATTR_HVM | CL_ATTR_HAP;
	memset(fs, 0, sizeof(*fs));
	fs->nr_words = CL_NR_KNOWN_WORDS;
	for (bit = 0; bit < CL_NR_KNOWN_WORDS * 32; bit++) {
		const struct cl_feature *feature = cl_feature(bit);

		if (feature && feature->attributes & sees &&
		    (kind == MAX || !(feature->attributes & CL_ATTR_OPT_IN)))
			cl_set(fs, bit);
	}
}

static void set_if(struct cl_featureset *fs, unsigned int bit, bool condition)
{
	if (condition)
		cl_set(fs, bit);
}

/* Said to whoever may come from a host where it is so. */
static void force_max(struct cl_featureset *fs, const struct cl_host *host)
{
	static const unsigned int intel[] = {
		CL_F_ARCH_CAPS, CL_F_RSBA, CL_F_RRSBA, CL_F_MD_CLEAR,
		CL_F_FB_CLEAR, CL_F_RFDS_CLEAR,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(intel); i++)
		set_if(fs, intel[i], is_intel(host));
	set_if(fs, CL_F_VERW_CLEAR, is_amd(host));
	cl_set(fs, CL_F_HTT);
	cl_set(fs, CL_F_CMP_LEGACY);
	cl_set(fs, CL_F_ERMS);
	cl_set(fs, CL_F_HYPERVISOR);
	cl_set(fs, CL_F_X2APIC);
	set_if(fs, CL_F_RTM_ALWAYS_ABORT, cl_has(fs, CL_F_RTM));
	set_if(fs, CL_F_IBPB, cl_has(fs, CL_F_IBRSB));
	set_if(fs, CL_F_STIBP, cl_has(fs, CL_F_IBRSB));
	set_if(fs, CL_F_AMD_STIBP, cl_has(fs, CL_F_IBRS));
}

static void force_hvm(struct cl_featureset *fs)
{
	cl_set(fs, CL_F_APIC);
	cl_set(fs, CL_F_NO_LMSL);
	set_if(fs, CL_F_VIRT_SSBD, cl_has(fs, CL_F_AMD_SSBD));
}

/* What was forced into max goes back to what the host has. */
static void settle_default(struct cl_featureset *fs, const struct cl_host *host)
{
	static const unsigned int as_host[] = {
		CL_F_MD_CLEAR, CL_F_FB_CLEAR, CL_F_RFDS_CLEAR, CL_F_VERW_CLEAR,
		CL_F_HTT, CL_F_CMP_LEGACY, CL_F_ERMS, CL_F_RTM_ALWAYS_ABORT,
	};
	const struct cl_featureset *raw = &host->sets[CL_SET_RAW];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(as_host); i++)
		if (!cl_has(raw, as_host[i]))
			cl_clear(fs, as_host[i]);
	cl_clear(fs, CL_F_RSBA);
	cl_clear(fs, CL_F_RRSBA);
	if (cl_has(raw, CL_F_RSBA) || cl_has(raw, CL_F_RRSBA))
		cl_set(fs, cl_has(fs, CL_F_EIBRS) ? CL_F_RRSBA : CL_F_RSBA);
	if (cl_has(raw, CL_F_RTM_ALWAYS_ABORT))
		cl_clear(fs, CL_F_RTM);
}

/* Features that Xen offers to nobody who does not ask, on CPUs that err. */
static void hide_errata(struct cl_featureset *fs, const struct cl_host *host)
{
	if (!is_intel(host) || FAMILY(host->signature) != 6)
		return;
	if (MODEL(host->signature) == IVY_BRIDGE)
		cl_clear(fs, CL_F_RDRAND);
	if (MODEL(host->signature) == SKYLAKE_X)
		cl_clear(fs, CL_F_CLWB);
}

static void derive(struct cl_featureset *fs, const struct cl_host *host,
		   enum cl_guest guest, enum kind kind)
{
	struct cl_featureset sees;

	mask(&sees, guest, MAX);
	cl_and(fs, &host->sets[CL_SET_RAW], &sees);
	cl_resize(fs, CL_NR_KNOWN_WORDS);
	force_max(fs, host);
	if (guest == CL_GUEST_HVM)
		force_hvm(fs);
	/* Xen runs in long mode, where AMD has no SYSENTER; so do PV guests. */
	else if (is_amd(host))
		cl_clear(fs, CL_F_SEP);
	if (kind == DEFAULT) {
		mask(&sees, guest, DEFAULT);
		cl_and(fs, fs, &sees);
		settle_default(fs, host);
		hide_errata(fs, host);
	}
	cl_prune(fs);
}

int cl_guest_sets_from_raw(struct cl_host *host)
{
	static const struct {
		enum cl_set set;
		enum cl_guest guest;
		enum kind kind;
	} sets[] = {
		{ CL_SET_PV_DEFAULT, CL_GUEST_PV, DEFAULT },
		{ CL_SET_HVM_DEFAULT, CL_GUEST_HVM, DEFAULT },
		{ CL_SET_PV_MAX, CL_GUEST_PV, MAX },
		{ CL_SET_HVM_MAX, CL_GUEST_HVM, MAX },
	};
	size_t i;

	if (!(host->valid >> CL_SET_RAW & 1) || !*host->vendor)
		return -ENODATA;
	for (i = 0; i < ARRAY_SIZE(sets); i++) {
		if (host->valid >> sets[i].set & 1)
			continue;
		derive(&host->sets[sets[i].set], host, sets[i].guest,
		       sets[i].kind);
		host->valid |= 1u << sets[i].set;
		host->derived |= 1u << sets[i].set;
	}
	return 0;
}
