// SPDX-License-Identifier: GPL-2.0-only
/*
 * The real machine: hypercalls from a PV or PVH control domain; CPUID and MSRs
 * of a machine without Xen.
 */
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/smp.h>
#include <linux/types.h>
#include <xen/xen.h>
#include <asm/msr.h>
#include <asm/processor.h>
#ifdef CONFIG_XEN
#include <asm/xen/hypercall.h>
#endif

#include "machine.h"
#include "xen_sysctl.h"

/* True for PVH too, which Linux counts as HVM; xen_pvh is not exported. */
static bool x86_on_xen(void)
{
	return xen_domain();
}

#ifdef CONFIG_XEN
static int x86_sysctl(struct cl_xen_sysctl *op)
{
	return _hypercall1(int, sysctl, op);
}

static int x86_platform_op(struct cl_xen_platform_op *op)
{
	return _hypercall1(int, platform_op, op);
}
#else
/* Such a kernel cannot be a control domain, and never finds itself on Xen. */
static int x86_sysctl(struct cl_xen_sysctl *op)
{
	return -ENODEV;
}

static int x86_platform_op(struct cl_xen_platform_op *op)
{
	return -ENODEV;
}
#endif

static int x86_next_online_cpu(int prev)
{
	unsigned int cpu = cpumask_next(prev, cpu_online_mask);

	return cpu < nr_cpu_ids ? (int)cpu : -1;
}

static int x86_call_on_cpu(unsigned int cpu, void (*fn)(void *arg), void *arg)
{
	return smp_call_function_single(cpu, fn, arg, 1);
}

/* Not cpuid(): that may be another hypervisor's hook, which is never wanted. */
static void x86_cpuid(u32 leaf, u32 subleaf, u32 regs[CL_NR_REGS])
{
	regs[CL_EAX] = leaf;
	regs[CL_ECX] = subleaf;
	native_cpuid(&regs[CL_EAX], &regs[CL_EBX], &regs[CL_ECX],
		     &regs[CL_EDX]);
}

/*
 * By all registers, in the order eax, ecx, edx, ebx, esp, ebp, esi, edi: AMD's
 * K8 shows its feature registers only to those who put a password in edi.
 * Other CPUs and registers ignore it.
 */
static int x86_rdmsr_safe(unsigned int cpu, u32 msr, u64 *value)
{
	u32 regs[8] = { [1] = msr, [7] = 0x9c5a203a };
	int ret = rdmsr_safe_regs_on_cpu(cpu, regs);

	if (ret)
		return ret;
	*value = (u64)regs[2] << 32 | regs[0];
	return 0;
}

static u32 x86_microcode(unsigned int cpu)
{
	return cpu_data(cpu).microcode;
}

const struct cl_machine cl_x86 = {
	.on_xen			= x86_on_xen,
	.sysctl			= x86_sysctl,
	.platform_op		= x86_platform_op,
	.next_online_cpu	= x86_next_online_cpu,
	.call_on_cpu		= x86_call_on_cpu,
	.cpuid			= x86_cpuid,
	.rdmsr_safe		= x86_rdmsr_safe,
	.microcode		= x86_microcode,
};
