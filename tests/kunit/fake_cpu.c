// SPDX-License-Identifier: GPL-2.0-only
/* The fake CPUs: CPUID with the vendors' different manners, MSRs that fault. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "fake_cpu.h"

static void misuse(struct fake_host *host, const char *what)
{
	if (!host->misuse)
		host->misuse = what;
}

/* The registers of a leaf, made if there are none; NULL if there is no room. */
u32 *fake_cpuid_regs(struct fake_cpu *cpu, u32 leaf, u32 subleaf)
{
	struct fake_cpuid *l;

	for (l = cpu->leaves; l < cpu->leaves + cpu->nr_leaves; l++)
		if (l->leaf == leaf && l->subleaf == subleaf)
			return l->regs;
	if (cpu->nr_leaves == FAKE_CPU_LEAVES)
		return NULL;
	cpu->nr_leaves++;
	l->leaf = leaf;
	l->subleaf = subleaf;
	return l->regs;
}

void fake_cpu_add_msr(struct fake_cpu *cpu, u32 msr, u64 value)
{
	cpu->msrs[cpu->nr_msrs].msr = msr;
	cpu->msrs[cpu->nr_msrs].value = value;
	cpu->nr_msrs++;
}

bool fake_host_was_read(const struct fake_host *host, u32 msr)
{
	u32 i;

	for (i = 0; i < host->nr_reads; i++)
		if (host->reads[i] == msr)
			return true;
	return false;
}

/* ebx, edx, ecx: the order of leaf 0. */
static void set_vendor(u32 *regs, const char *vendor)
{
	memcpy(&regs[1], vendor, 4);
	memcpy(&regs[3], vendor + 4, 4);
	memcpy(&regs[2], vendor + 8, 4);
}

static void init_cpu(struct fake_cpu *cpu, const char *vendor, u32 signature,
		     u32 max_leaf)
{
	u32 *regs;

	cpu->online = true;
	cpu->microcode = 0x28;
	regs = fake_cpuid_regs(cpu, 0, 0);
	regs[0] = max_leaf;
	set_vendor(regs, vendor);
	regs = fake_cpuid_regs(cpu, 1, 0);
	regs[0] = signature;
	regs[3] = 0x178bfbff;
	if (max_leaf >= 7)
		fake_cpuid_regs(cpu, 7, 0)[1] = 0x00000020;
	regs = fake_cpuid_regs(cpu, 0x80000000, 0);
	regs[0] = 0x80000008;
	regs = fake_cpuid_regs(cpu, 0x80000001, 0);
	regs[3] = 0x2c100800;
}

/* @nr_cpus equal CPUs online, without any MSR. */
void fake_host_init(struct fake_host *host, unsigned int nr_cpus,
		    const char *vendor, u32 signature, u32 max_leaf)
{
	unsigned int i;

	memset(host, 0, sizeof(*host));
	host->current_cpu = -1;
	for (i = 0; i < nr_cpus; i++)
		init_cpu(&host->cpus[i], vendor, signature, max_leaf);
}

int fake_host_next_online(struct fake_host *host, int prev)
{
	int cpu;

	for (cpu = prev + 1; cpu < FAKE_NR_CPUS; cpu++)
		if (host->cpus[cpu].online)
			return cpu;
	return -1;
}

int fake_host_call(struct fake_host *host, unsigned int cpu,
		   void (*fn)(void *arg), void *arg)
{
	host->calls++;
	if (host->before_call)
		host->before_call(host, cpu);
	if (cpu >= FAKE_NR_CPUS || !host->cpus[cpu].online)
		return -ENXIO;
	if (host->current_cpu >= 0)
		misuse(host, "call_on_cpu() within a call_on_cpu()");
	host->current_cpu = cpu;
	fn(arg);
	host->current_cpu = -1;
	return 0;
}

static const u32 *lookup(const struct fake_cpu *cpu, u32 leaf, u32 subleaf)
{
	const struct fake_cpuid *l;

	for (l = cpu->leaves; l < cpu->leaves + cpu->nr_leaves; l++)
		if (l->leaf == leaf && l->subleaf == subleaf)
			return l->regs;
	return NULL;
}

static bool is_intel(const struct fake_cpu *cpu)
{
	return !memcmp(&lookup(cpu, 0, 0)[2], "ntel", 4);
}

/*
 * Beyond the highest leaf AMD's CPUs answer 0, but Intel's answer what their
 * highest basic leaf says, which makes features of garbage.
 */
static u32 answered_leaf(const struct fake_cpu *cpu, u32 leaf)
{
	u32 basic = lookup(cpu, 0, 0)[0];
	u32 extended = lookup(cpu, 0x80000000, 0)[0];

	if (leaf <= basic || (leaf >= 0x80000000 && leaf <= extended))
		return leaf;
	return is_intel(cpu) ? basic : leaf;
}

void fake_host_cpuid(struct fake_host *host, u32 leaf, u32 subleaf, u32 *regs)
{
	const struct fake_cpu *cpu;
	const u32 *found;

	memset(regs, 0, 4 * sizeof(*regs));
	if (host->current_cpu < 0) {
		misuse(host, "cpuid() outside call_on_cpu()");
		return;
	}
	cpu = &host->cpus[host->current_cpu];
	leaf = answered_leaf(cpu, leaf);
	found = lookup(cpu, leaf, subleaf);
	/* Leaves without subleaves do not look at ecx. */
	if (!found && leaf != 4 && leaf != 7 && leaf != 0xb && leaf != 0xd)
		found = lookup(cpu, leaf, 0);
	if (found)
		memcpy(regs, found, 4 * sizeof(*regs));
}

int fake_host_rdmsr(struct fake_host *host, unsigned int cpu, u32 msr,
		    u64 *value)
{
	u32 i;

	if (host->current_cpu >= 0)
		misuse(host, "rdmsr_safe(), which may sleep, in call_on_cpu()");
	if (host->nr_reads < FAKE_CPU_READS)
		host->reads[host->nr_reads++] = msr;
	if (cpu >= FAKE_NR_CPUS || !host->cpus[cpu].online)
		return -ENXIO;
	for (i = 0; i < host->cpus[cpu].nr_msrs; i++) {
		if (host->cpus[cpu].msrs[i].msr != msr)
			continue;
		*value = host->cpus[cpu].msrs[i].value;
		return 0;
	}
	*value = 0;
	return host->all_msrs ? 0 : -EIO;
}

u32 fake_host_microcode(struct fake_host *host, unsigned int cpu)
{
	if (cpu < FAKE_NR_CPUS && host->cpus[cpu].online)
		return host->cpus[cpu].microcode;
	misuse(host, "microcode() of a CPU that is not there");
	return 0;
}
