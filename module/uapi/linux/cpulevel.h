/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The contract between cpulevel.ko and userspace: ioctls on /dev/cpulevel.
 *
 * Every structure has one layout on all architectures: fixed-width fields,
 * naturally aligned, no pointers and no holes.  A field marked "in" is read by
 * the kernel, one marked "out" is written by it and ignored on entry.
 * Reserved fields must be 0 on entry and are 0 on return.  The interface grows
 * by new ioctls; a field never changes its meaning.
 *
 * Errors common to every ioctl:
 *   ENOTTY  the command is not one of this file's
 *   EFAULT  the argument is not readable or not writable
 *   EINVAL  a reserved field is not 0
 *
 * No call here ever reaches the hypervisor or the hardware: all answers come
 * from a snapshot that the module took when it was loaded.
 */
#ifndef _UAPI_LINUX_CPULEVEL_H
#define _UAPI_LINUX_CPULEVEL_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* Version of this contract; the same number as /sys/class/misc/cpulevel/abi. */
#define CPULEVEL_ABI		1

/* Capacity of the ABI in 32-bit featureset words; Xen 4.22 has 19. */
#define CPULEVEL_MAX_WORDS	64

/*
 * Featuresets.  "default" is what a guest gets that asks for nothing, "max"
 * what one may be given, or may bring along when it migrates in.
 */
#define CPULEVEL_SET_RAW		0	/* what the CPUs report */
#define CPULEVEL_SET_HOST		1	/* what the hypervisor uses */
#define CPULEVEL_SET_PV_DEFAULT		2
#define CPULEVEL_SET_HVM_DEFAULT	3
#define CPULEVEL_SET_PV_MAX		4
#define CPULEVEL_SET_HVM_MAX		5
#define CPULEVEL_NR_SETS		6

/* cpulevel_info.backend: where the facts come from. */
#define CPULEVEL_BACKEND_XEN		1

/* cpulevel_info.flags */
/* Xen has one policy per guest type: its default and max sets are the same. */
#define CPULEVEL_INFO_ONE_POLICY	(1U << 0)

/* cpulevel_info.caps_source: how the levelling capabilities are known. */
#define CPULEVEL_CAPS_ABSENT		0	/* not known; caps is 0 */
#define CPULEVEL_CAPS_XEN		1	/* reported by Xen */

/*
 * cpulevel_info.caps: the bits of XEN_SYSCTL_get_cpu_levelling_caps.  With
 * FAULTING every CPUID leaf of a PV guest can be controlled; otherwise only
 * the registers that have a mask (or, on AMD, an override) of their own.
 */
#define CPULEVEL_CAP_FAULTING		(1U << 0)
#define CPULEVEL_CAP_1_ECX		(1U << 1)
#define CPULEVEL_CAP_1_EDX		(1U << 2)
#define CPULEVEL_CAP_E1_ECX		(1U << 3)	/* 0x80000001 */
#define CPULEVEL_CAP_E1_EDX		(1U << 4)
#define CPULEVEL_CAP_D1_EAX		(1U << 5)	/* 0xd subleaf 1 */
#define CPULEVEL_CAP_6_ECX		(1U << 6)
#define CPULEVEL_CAP_7_EAX		(1U << 7)
#define CPULEVEL_CAP_7_EBX		(1U << 8)

/**
 * struct cpulevel_info - what the module knows, and since when
 * @abi: out: CPULEVEL_ABI
 * @backend: out: CPULEVEL_BACKEND_*
 * @sysctl_version: out: Xen's sysctl interface version, such as 0x15
 * @nr_words: out: words in this host's featuresets, at most CPULEVEL_MAX_WORDS
 * @generation: out: number of the snapshot, from 1
 * @time_ns: out: when it was taken, ns since the epoch (CLOCK_REALTIME)
 * @valid: out: bit n is set if featureset CPULEVEL_SET_* n is known
 * @flags: out: CPULEVEL_INFO_*
 * @caps: out: CPULEVEL_CAP_*; meaningless if @caps_source is ABSENT
 * @caps_source: out: CPULEVEL_CAPS_*
 * @reserved: in: must be 0
 */
struct cpulevel_info {
	__u32 abi;
	__u32 backend;
	__u32 sysctl_version;
	__u32 nr_words;
	__u64 generation;
	__u64 time_ns;
	__u32 valid;
	__u32 flags;
	__u32 caps;
	__u32 caps_source;
	__u64 reserved[2];
};

/**
 * struct cpulevel_featureset - one featureset
 * @index: in: CPULEVEL_SET_*
 * @nr_words: out: words filled; the rest of @words is 0
 * @reserved: in: must be 0
 * @words: out: word 0 first, bit 0 lowest; Xen's numbering
 *
 * EINVAL also if @index is none of CPULEVEL_SET_*; ENODATA if this host does
 * not offer the set (cpulevel_info.valid), as a host without HVM.
 */
struct cpulevel_featureset {
	__u32 index;
	__u32 nr_words;
	__u64 reserved;
	__u32 words[CPULEVEL_MAX_WORDS];
};

#define CPULEVEL_IOC_MAGIC	0xCE
#define CPULEVEL_IOC_INFO \
	_IOWR(CPULEVEL_IOC_MAGIC, 0x00, struct cpulevel_info)
#define CPULEVEL_IOC_FEATURESET \
	_IOWR(CPULEVEL_IOC_MAGIC, 0x01, struct cpulevel_featureset)

#endif /* _UAPI_LINUX_CPULEVEL_H */
