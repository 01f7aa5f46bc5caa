// SPDX-License-Identifier: GPL-2.0-only
/* struct cl_machine over the fakes. */
#include "fake_machine.h"
#include "machine.h"

struct fakes *fakes;

/* Below Xen a kernel's own CPUs and MSRs are faked: who asks them is wrong. */
static struct fake_host *native(void)
{
	if (fakes->on_xen && !fakes->host.misuse)
		fakes->host.misuse = "a CPU was asked though Xen is there";
	return &fakes->host;
}

static struct fake_xen *hypervisor(void)
{
	if (!fakes->on_xen && !fakes->host.misuse)
		fakes->host.misuse = "Xen was asked though it is not there";
	return &fakes->xen;
}

static bool on_xen(void)
{
	return fakes->on_xen;
}

static int sysctl(struct cl_xen_sysctl *op)
{
	return fake_xen_sysctl(hypervisor(), op);
}

static int platform_op(struct cl_xen_platform_op *op)
{
	return fake_xen_platform_op(hypervisor(), op);
}

static int next_online_cpu(int prev)
{
	return fake_host_next_online(native(), prev);
}

static int call_on_cpu(unsigned int cpu, void (*fn)(void *arg), void *arg)
{
	return fake_host_call(native(), cpu, fn, arg);
}

static void cpuid(u32 leaf, u32 subleaf, u32 regs[CL_NR_REGS])
{
	fake_host_cpuid(native(), leaf, subleaf, regs);
}

static int rdmsr_safe(unsigned int cpu, u32 msr, u64 *value)
{
	return fake_host_rdmsr(native(), cpu, msr, value);
}

static u32 microcode(unsigned int cpu)
{
	return fake_host_microcode(native(), cpu);
}

const struct cl_machine fake_machine = {
	.on_xen		 = on_xen,
	.sysctl		 = sysctl,
	.platform_op	 = platform_op,
	.next_online_cpu = next_online_cpu,
	.call_on_cpu	 = call_on_cpu,
	.cpuid		 = cpuid,
	.rdmsr_safe	 = rdmsr_safe,
	.microcode	 = microcode,
};
