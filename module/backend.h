/* SPDX-License-Identifier: GPL-2.0-only */
/* What the two backends share: reading policies, and what masks CPUs have. */
#ifndef _CL_BACKEND_H
#define _CL_BACKEND_H

#include <linux/bitops.h>
#include <linux/types.h>
#include <linux/cpulevel.h>

struct cl_machine;
struct cl_snapshot;

/* The few bits that mean something to the module: word * 32 + bit. */
#define CL_BIT_OSXSAVE		(1 * 32 + 27)	/* of the kernel, not the CPU */
#define CL_BIT_HYPERVISOR	(1 * 32 + 31)
#define CL_BIT_OSPKE		(6 * 32 + 4)	/* as OSXSAVE */
#define CL_BIT_ARCH_CAPS	(9 * 32 + 29)	/* has MSR ARCH_CAPABILITIES */
#define CL_BIT_CPUID_USER_DIS	(11 * 32 + 17)	/* AMD's CPUID faulting */

#define CL_MSR_PLATFORM_INFO		0x0ce
#define CL_PLATFORM_CPUID_FAULTING	BIT_ULL(31)
#define CL_MSR_ARCH_CAPS		0x10a
#define CL_MSR_MISC_FEATURES		0x140

static inline bool cl_has_bit(const u32 *words, u32 bit)
{
	return words[bit / 32] & (1U << (bit % 32));
}

/* Words whose place in CPUID and MSRs we know; Xen 4.22 has the same. */
#define CL_KNOWN_WORDS		19

struct cpulevel_leaf *cl_policy_leaf(const struct cpulevel_policy *p, u32 leaf,
				     u32 subleaf);
struct cpulevel_msr *cl_policy_msr(const struct cpulevel_policy *p, u32 msr);
void cl_policy_get_words(const struct cpulevel_policy *p, u32 *words,
			 u32 nr_words);
void cl_policy_set_words(struct cpulevel_policy *p, const u32 *words);
bool cl_policy_empty(const struct cpulevel_policy *p);

/**
 * struct cl_mask - a register that hides CPUID bits from a PV guest
 * @msr: which one
 * @caps: CPULEVEL_CAP_* that it gives
 */
struct cl_mask {
	u32 msr;
	u32 caps;
};

#define CL_MAX_MASKS	4

bool cl_is_intel(const struct cpulevel_info *info);
u32 cl_family(u32 signature);
int cl_masks(const struct cpulevel_info *info,
	     const struct cpulevel_policy *raw, struct cl_mask *masks);

int cl_xen_read_policies(const struct cl_machine *m, struct cl_snapshot *s);
void cl_xen_read_cpus(const struct cl_machine *m, struct cpulevel_info *info);

#endif /* _CL_BACKEND_H */
