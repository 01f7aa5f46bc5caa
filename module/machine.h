/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The seam between the backends and the machine: everything they may do to it
 * goes through here, so that a test can put a fake one underneath.
 */
#ifndef _CL_MACHINE_H
#define _CL_MACHINE_H

#include <linux/types.h>

struct cl_xen_sysctl;
struct cl_xen_platform_op;

/* Where cpuid() puts a register. */
enum { CL_EAX, CL_EBX, CL_ECX, CL_EDX, CL_NR_REGS };

/**
 * struct cl_machine - what the backends need from the machine
 * @on_xen: is there a Xen below this kernel?  Whether it lets us ask is for
 *	it to say: a control domain need not be the initial one.
 * @sysctl: HYPERVISOR_sysctl; 0 or Xen's -errno
 * @platform_op: HYPERVISOR_platform_op; 0 or Xen's -errno
 * @next_online_cpu: the lowest online CPU above @prev, -1 to begin with; -1
 *	if there is none
 * @call_on_cpu: run @fn, which must not sleep, on @cpu and wait for it; 0, or
 *	-ENXIO if that CPU is not online
 * @cpuid: CPUID on the CPU that this runs on, into @regs by CL_EAX...; never
 *	called but from a function that @call_on_cpu runs
 * @rdmsr_safe: read @msr on @cpu, may sleep; 0, -ENXIO as above, or -EIO if
 *	the CPU has no such register.  There is deliberately no way to write.
 * @microcode: the microcode revision of @cpu as the kernel knows it; 0 if it
 *	does not
 *
 * The first three are for the Xen backend and nothing else of this may be used
 * while @on_xen(): below Xen this kernel's own CPUID and MSRs are faked.  The
 * others are for the native backend.  All but @cpuid are called in process
 * context, by one task at a time.
 */
struct cl_machine {
	bool (*on_xen)(void);
	int (*sysctl)(struct cl_xen_sysctl *op);
	int (*platform_op)(struct cl_xen_platform_op *op);

	int (*next_online_cpu)(int prev);
	int (*call_on_cpu)(unsigned int cpu, void (*fn)(void *arg), void *arg);
	void (*cpuid)(u32 leaf, u32 subleaf, u32 regs[CL_NR_REGS]);
	int (*rdmsr_safe)(unsigned int cpu, u32 msr, u64 *value);
	u32 (*microcode)(unsigned int cpu);
};

extern const struct cl_machine cl_x86;

#endif /* _CL_MACHINE_H */
