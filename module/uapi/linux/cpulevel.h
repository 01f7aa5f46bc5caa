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
 * No call here but REFRESH ever reaches the hypervisor or the hardware: all
 * answers come from the newest snapshot.  One is taken when the module is
 * loaded, by each REFRESH, and without Xen when a CPU comes or goes.  Whoever
 * asks for several facts can see from the generation in INFO, before and
 * after, whether they belong together.
 */
#ifndef _UAPI_LINUX_CPULEVEL_H
#define _UAPI_LINUX_CPULEVEL_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* Version of this contract; the same number as /sys/class/misc/cpulevel/abi. */
#define CPULEVEL_ABI		1

/* Capacity of the ABI in 32-bit featureset words; Xen 4.22 has 19. */
#define CPULEVEL_MAX_WORDS	64

/* The same in CPUID leaves and MSRs of a policy; Xen 4.17 has 120 and 2. */
#define CPULEVEL_MAX_LEAVES	256
#define CPULEVEL_MAX_MSRS	32

/*
 * Featuresets, and the policies of the same name.  "default" is what a guest
 * gets that asks for nothing, "max" what one may be given, or may bring along
 * when it migrates in.
 */
#define CPULEVEL_SET_RAW		0	/* what the CPUs report */
#define CPULEVEL_SET_HOST		1	/* what the hypervisor uses */
#define CPULEVEL_SET_PV_DEFAULT		2
#define CPULEVEL_SET_HVM_DEFAULT	3
#define CPULEVEL_SET_PV_MAX		4
#define CPULEVEL_SET_HVM_MAX		5
#define CPULEVEL_NR_SETS		6

/* cpulevel_info.backend: where the facts come from. */
#define CPULEVEL_BACKEND_XEN		1	/* Xen, by its sysctls */
#define CPULEVEL_BACKEND_NATIVE		2	/* no Xen here: CPUID, MSRs */

/* cpulevel_info.flags */
/* Xen has one policy per guest type: its default and max sets are the same. */
#define CPULEVEL_INFO_ONE_POLICY	(1U << 0)

/* cpulevel_info.caps_source: how the levelling capabilities are known. */
#define CPULEVEL_CAPS_ABSENT		0	/* not known; caps is 0 */
#define CPULEVEL_CAPS_XEN		1	/* reported by Xen */
#define CPULEVEL_CAPS_DERIVED		2	/* from what Xen >= 4.22 reports */
#define CPULEVEL_CAPS_PROBED		3	/* native: an upper bound */

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

/*
 * cpulevel_info.uniform: are the online physical CPUs of one kind?  By Xen:
 * the same vendor, family, model, stepping and, where known, microcode.
 * Native: the same vendor, signature and featuresets.
 */
#define CPULEVEL_UNIFORM_UNKNOWN	0
#define CPULEVEL_UNIFORM_NO		1
#define CPULEVEL_UNIFORM_YES		2

/**
 * struct cpulevel_info - what the module knows, and since when
 * @abi: out: CPULEVEL_ABI
 * @backend: out: CPULEVEL_BACKEND_*
 * @sysctl_version: out: Xen's sysctl interface version, such as 0x15; native: 0
 * @nr_words: out: words in this host's featuresets, at most CPULEVEL_MAX_WORDS
 * @generation: out: number of the snapshot: 1, then one more for each newer
 * @time_ns: out: when it was taken, ns since the epoch (CLOCK_REALTIME)
 * @valid: out: bit n is set if featureset CPULEVEL_SET_* n is known
 * @flags: out: CPULEVEL_INFO_*
 * @caps: out: CPULEVEL_CAP_*; meaningless if @caps_source is ABSENT
 * @caps_source: out: CPULEVEL_CAPS_*
 * @valid_policies: out: bit n is set if policy CPULEVEL_SET_* n can be had
 * @signature: out: CPUID leaf 1 eax of the first CPU: family, model, stepping;
 *	0 if not known
 * @microcode: out: its microcode revision; 0 if not known
 * @uniform: out: CPULEVEL_UNIFORM_*
 * @vendor: out: its vendor as CPUID leaf 0 has it, such as "GenuineIntel",
 *	followed by zeros; "" if not known
 * @reserved: in: must be 0
 *
 * No errors but the common ones.
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
	__u32 valid_policies;
	__u32 signature;
	__u32 microcode;
	__u32 uniform;
	char vendor[16];
	__u64 reserved;
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

/* cpulevel_leaf.subleaf: the leaf has none. */
#define CPULEVEL_NO_SUBLEAF	0xffffffffU

/**
 * struct cpulevel_leaf - the answer to one CPUID instruction
 * @leaf: out: eax before
 * @subleaf: out: ecx before, or CPULEVEL_NO_SUBLEAF
 * @a: out: eax after
 * @b: out: ebx after
 * @c: out: ecx after
 * @d: out: edx after
 */
struct cpulevel_leaf {
	__u32 leaf;
	__u32 subleaf;
	__u32 a;
	__u32 b;
	__u32 c;
	__u32 d;
};

/**
 * struct cpulevel_msr - one model-specific register
 * @index: out: its number
 * @flags: out: as Xen has them; 0 so far
 * @value: out: what it reads as
 */
struct cpulevel_msr {
	__u32 index;
	__u32 flags;
	__u64 value;
};

/**
 * struct cpulevel_policy - all that CPUID and MSRs say, featureset and beyond
 * @index: in: CPULEVEL_SET_*; Xen's own order differs
 * @nr_leaves: out: entries filled in @leaves; the rest are 0
 * @nr_msrs: out: entries filled in @msrs; the rest are 0
 * @reserved: in: must be 0
 * @leaves: out: in ascending order, as Xen lists them
 * @msrs: out: in ascending order
 *
 * Only @index and @reserved are read.  EINVAL also if @index is none of
 * CPULEVEL_SET_*; ENODATA if the policy is not to be had
 * (cpulevel_info.valid_policies): Xen before 4.12 has none, a native machine
 * only raw and host; E2BIG if it has more leaves or MSRs than fit here, it is
 * never truncated; ENOMEM if the kernel has no memory for a copy.
 */
struct cpulevel_policy {
	__u32 index;
	__u32 nr_leaves;
	__u32 nr_msrs;
	__u32 reserved;
	struct cpulevel_leaf leaves[CPULEVEL_MAX_LEAVES];
	struct cpulevel_msr msrs[CPULEVEL_MAX_MSRS];
};

/**
 * struct cpulevel_refresh - ask the host again
 * @generation: out: number of the snapshot that this took
 * @reserved: in: must be 0
 *
 * If any fact is another than before, sysfs has the files that go with the new
 * facts before this returns, and the device sends a "change" uevent.  On any
 * failure but EFAULT the old snapshot stays as it is.
 *
 * EPERM without CAP_SYS_ADMIN, before anything else is looked at; EAGAIN if
 * the host kept changing while it was read; ENOMEM; EIO if it refused, with
 * its reason in the kernel log.
 */
struct cpulevel_refresh {
	__u64 generation;
	__u64 reserved;
};

#define CPULEVEL_IOC_MAGIC	0xCE
#define CPULEVEL_IOC_INFO \
	_IOWR(CPULEVEL_IOC_MAGIC, 0x00, struct cpulevel_info)
#define CPULEVEL_IOC_FEATURESET \
	_IOWR(CPULEVEL_IOC_MAGIC, 0x01, struct cpulevel_featureset)
#define CPULEVEL_IOC_POLICY \
	_IOWR(CPULEVEL_IOC_MAGIC, 0x02, struct cpulevel_policy)
#define CPULEVEL_IOC_REFRESH \
	_IOWR(CPULEVEL_IOC_MAGIC, 0x03, struct cpulevel_refresh)

#endif /* _UAPI_LINUX_CPULEVEL_H */
