/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The part of Xen's control interface that cpulevel uses, in our own layout:
 * Linux has no sysctl.h, and its platform.h lacks what we need.  The layout is
 * the same in every Xen from 4.7 to 4.22.
 */
#ifndef _CL_XEN_SYSCTL_H
#define _CL_XEN_SYSCTL_H

#include <linux/build_bug.h>
#include <linux/stddef.h>
#include <linux/types.h>
#include <linux/cpulevel.h>

/* Xen 4.7, the first with featuresets, and Xen 4.21 and 4.22. */
#define CL_XEN_SYSCTL_MIN	0x0d
#define CL_XEN_SYSCTL_MAX	0x16

/* The last version (Xen 4.12, 4.13) with one policy per guest type: its max. */
#define CL_XEN_SYSCTL_ONE_POLICY	0x12

#define CL_XEN_SYSCTL_LEVELLING_CAPS	25	/* -ENOSYS from Xen 4.22 on */
#define CL_XEN_SYSCTL_FEATURESET	26
#define CL_XEN_SYSCTL_POLICY		29	/* -ENOSYS before Xen 4.12 */

/*
 * No command in any Xen.  Even Flask sees a command only after the version was
 * found right, so any answer to this but -EACCES means: right version.
 */
#define CL_XEN_SYSCTL_NONE		0xffffffff

struct cl_xen_levelling_caps {
	u32 caps;		/* out */
};

struct cl_xen_featureset {
	u32 index;		/* in: 0 raw, host, pv, hvm, pv_max, hvm_max 5 */
	u32 nr_words;		/* in: room; out: words written, or Xen has */
	u64 words;		/* in: address; 0 asks for the number only */
};

/* What the two addresses point to are our struct cpulevel_leaf and _msr. */
struct cl_xen_policy {
	u32 index;		/* in: CL_XEN_POLICY_* */
	u32 nr_leaves;		/* in: room; out: entries written */
	u32 nr_msrs;		/* the same; -ENOBUFS if either is too small */
	u32 reserved;		/* in: 0 */
	u64 leaves;		/* in: address; 0 in both asks for the most */
	u64 msrs;		/* that any policy may have */
};

#define CL_XEN_POLICY_RAW		0
#define CL_XEN_POLICY_HOST		1
#define CL_XEN_POLICY_PV_MAX		2
#define CL_XEN_POLICY_HVM_MAX		3
#define CL_XEN_POLICY_PV_DEFAULT	4
#define CL_XEN_POLICY_HVM_DEFAULT	5

struct cl_xen_sysctl {
	u32 cmd;
	u32 version;		/* -EACCES unless it is Xen's own */
	union {
		struct cl_xen_levelling_caps levelling_caps;
		struct cl_xen_featureset featureset;
		struct cl_xen_policy policy;
		u8 pad[128];
	} u;
};

#define CL_XENPF_VERSION		0x03000001
#define CL_XENPF_GET_CPU_VERSION	48
#define CL_XENPF_GET_CPUINFO		55
#define CL_XENPF_GET_UCODE_REVISION	65	/* -ENOSYS before Xen 4.18 */

struct cl_xenpf_cpu_version {
	u32 cpu;		/* in: a physical CPU */
	u32 max_present;	/* out: highest one */
	char vendor[12];	/* out: not terminated; zeros if offline */
	u32 family;		/* out: with the extended family added */
	u32 model;		/* out: with the extended model above */
	u32 stepping;		/* out */
};

#define CL_XENPF_CPU_ONLINE	1

struct cl_xenpf_cpuinfo {
	u32 cpu;		/* in: a physical CPU */
	u32 max_present;	/* out: highest one */
	u32 flags;		/* out: CL_XENPF_CPU_* */
	u32 apic_id;		/* out */
	u32 acpi_id;		/* out */
};

struct cl_xenpf_ucode_revision {
	u32 cpu;		/* in: a physical CPU; -ENOENT if offline */
	u32 signature;		/* out: CPUID leaf 1 eax */
	u32 platform;		/* out: Intel's platform flags */
	u32 revision;		/* out */
};

struct cl_xen_platform_op {
	u32 cmd;
	u32 version;		/* always CL_XENPF_VERSION */
	union {
		struct cl_xenpf_cpu_version cpu_version;
		struct cl_xenpf_cpuinfo cpuinfo;
		struct cl_xenpf_ucode_revision ucode_revision;
		u8 pad[128];
	} u;
};

#define CL_AT(type, field, offset) \
	BUILD_BUG_ON(offsetof(struct type, field) != (offset))

/* Compiles to nothing; must be called, or nothing is checked. */
static inline void cl_xen_check_layout(void)
{
	BUILD_BUG_ON(sizeof(struct cl_xen_sysctl) != 136);
	CL_AT(cl_xen_sysctl, u.levelling_caps.caps, 8);
	CL_AT(cl_xen_sysctl, u.featureset.index, 8);
	CL_AT(cl_xen_sysctl, u.featureset.nr_words, 12);
	CL_AT(cl_xen_sysctl, u.featureset.words, 16);
	CL_AT(cl_xen_sysctl, u.policy.nr_leaves, 12);
	CL_AT(cl_xen_sysctl, u.policy.nr_msrs, 16);
	CL_AT(cl_xen_sysctl, u.policy.leaves, 24);
	CL_AT(cl_xen_sysctl, u.policy.msrs, 32);
	BUILD_BUG_ON(sizeof(struct cpulevel_leaf) != 24);
	CL_AT(cpulevel_leaf, a, 8);
	BUILD_BUG_ON(sizeof(struct cpulevel_msr) != 16);
	CL_AT(cpulevel_msr, value, 8);

	BUILD_BUG_ON(sizeof(struct cl_xen_platform_op) != 136);
	BUILD_BUG_ON(sizeof(struct cl_xenpf_cpu_version) != 32);
	CL_AT(cl_xen_platform_op, u.cpu_version.cpu, 8);
	CL_AT(cl_xen_platform_op, u.cpu_version.vendor, 16);
	CL_AT(cl_xen_platform_op, u.cpu_version.family, 28);
	CL_AT(cl_xen_platform_op, u.cpuinfo.flags, 16);
	CL_AT(cl_xen_platform_op, u.ucode_revision.revision, 20);
}

#endif /* _CL_XEN_SYSCTL_H */
