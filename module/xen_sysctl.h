/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The part of Xen's control interface that cpulevel uses, in our own layout:
 * Linux has no sysctl.h, and its platform.h lacks get_cpu_version.  The layout
 * is the same in every Xen from 4.7 to 4.22.
 */
#ifndef _CL_XEN_SYSCTL_H
#define _CL_XEN_SYSCTL_H

#include <linux/build_bug.h>
#include <linux/stddef.h>
#include <linux/types.h>

/* Xen 4.7, the first with featuresets, and Xen 4.21 and 4.22. */
#define CL_XEN_SYSCTL_MIN	0x0d
#define CL_XEN_SYSCTL_MAX	0x16

/* The last version (Xen 4.12, 4.13) with one policy per guest type: its max. */
#define CL_XEN_SYSCTL_ONE_POLICY	0x12

#define CL_XEN_SYSCTL_LEVELLING_CAPS	25	/* -ENOSYS from Xen 4.22 on */
#define CL_XEN_SYSCTL_FEATURESET	26

struct cl_xen_levelling_caps {
	u32 caps;		/* out */
};

struct cl_xen_featureset {
	u32 index;		/* in: 0 raw, host, pv, hvm, pv_max, hvm_max 5 */
	u32 nr_words;		/* in: room; out: words written, or Xen has */
	u64 words;		/* in: address; 0 asks for the number only */
};

struct cl_xen_sysctl {
	u32 cmd;
	u32 version;		/* -EACCES unless it is Xen's own */
	union {
		struct cl_xen_levelling_caps levelling_caps;
		struct cl_xen_featureset featureset;
		u8 pad[128];
	} u;
};

#define CL_XENPF_VERSION		0x03000001
#define CL_XENPF_GET_CPU_VERSION	48

struct cl_xenpf_cpu_version {
	u32 cpu;		/* in: a physical CPU */
	u32 max_present;	/* out: highest one */
	char vendor[12];	/* out: not terminated; zeros if offline */
	u32 family;		/* out: with the extended family added */
	u32 model;		/* out: with the extended model above */
	u32 stepping;		/* out */
};

struct cl_xen_platform_op {
	u32 cmd;
	u32 version;		/* always CL_XENPF_VERSION */
	union {
		struct cl_xenpf_cpu_version cpu_version;
		u8 pad[128];
	} u;
};

/* Compiles to nothing; must be called, or nothing is checked. */
static inline void cl_xen_check_layout(void)
{
	BUILD_BUG_ON(sizeof(struct cl_xen_sysctl) != 136);
	BUILD_BUG_ON(offsetof(struct cl_xen_sysctl, u.levelling_caps.caps) != 8);
	BUILD_BUG_ON(offsetof(struct cl_xen_sysctl, u.featureset.index) != 8);
	BUILD_BUG_ON(offsetof(struct cl_xen_sysctl, u.featureset.nr_words) != 12);
	BUILD_BUG_ON(offsetof(struct cl_xen_sysctl, u.featureset.words) != 16);

	BUILD_BUG_ON(sizeof(struct cl_xen_platform_op) != 136);
	BUILD_BUG_ON(sizeof(struct cl_xenpf_cpu_version) != 32);
	BUILD_BUG_ON(offsetof(struct cl_xen_platform_op, u.cpu_version.cpu) != 8);
	BUILD_BUG_ON(offsetof(struct cl_xen_platform_op, u.cpu_version.vendor) != 16);
	BUILD_BUG_ON(offsetof(struct cl_xen_platform_op, u.cpu_version.family) != 28);
}

#endif /* _CL_XEN_SYSCTL_H */
