/* SPDX-License-Identifier: GPL-2.0-only */
/* A machine without Xen to be tested against: CPUs with CPUID tables and MSRs. */
#ifndef _FAKE_CPU_H
#define _FAKE_CPU_H

#include <linux/types.h>

#define FAKE_NR_CPUS	8
#define FAKE_CPU_LEAVES	24
#define FAKE_CPU_MSRS	8
#define FAKE_CPU_READS	256

struct fake_cpuid {
	u32 leaf, subleaf;	/* subleaf is 0 where a leaf has none */
	u32 regs[4];		/* eax, ebx, ecx, edx */
};

struct fake_cpu_msr {
	u32 msr;
	u64 value;
};

/**
 * struct fake_cpu - one CPU
 * @online: can be asked
 * @nr_leaves: entries of @leaves
 * @leaves: what CPUID says; leaf 0 and 0x80000000 tell how far it goes
 * @nr_msrs: entries of @msrs
 * @msrs: registers that there are; a read of any other faults
 * @microcode: its revision
 */
struct fake_cpu {
	bool online;
	u32 nr_leaves;
	struct fake_cpuid leaves[FAKE_CPU_LEAVES];
	u32 nr_msrs;
	struct fake_cpu_msr msrs[FAKE_CPU_MSRS];
	u32 microcode;
};

/**
 * struct fake_host - one machine
 * @cpus: its CPUs
 * @current_cpu: the one that a call_on_cpu() runs on; -1 outside
 * @before_call: called before each call_on_cpu(), to change the host under the
 *	reader
 * @calls: call_on_cpu()s so far
 * @all_msrs: every MSR reads as 0, as below QEMU's own emulation
 * @reads: MSRs that were read, whether they were there or not
 * @nr_reads: how many
 * @misuse: the first thing done that the machine does not allow, or NULL
 */
struct fake_host {
	struct fake_cpu cpus[FAKE_NR_CPUS];
	int current_cpu;
	void (*before_call)(struct fake_host *host, unsigned int cpu);
	u32 calls;
	bool all_msrs;
	u32 reads[FAKE_CPU_READS];
	u32 nr_reads;
	const char *misuse;
};

void fake_host_init(struct fake_host *host, unsigned int nr_cpus,
		    const char *vendor, u32 signature, u32 max_leaf);
u32 *fake_cpuid_regs(struct fake_cpu *cpu, u32 leaf, u32 subleaf);
void fake_cpu_add_msr(struct fake_cpu *cpu, u32 msr, u64 value);
bool fake_host_was_read(const struct fake_host *host, u32 msr);

/* What struct cl_machine needs. */
int fake_host_next_online(struct fake_host *host, int prev);
int fake_host_call(struct fake_host *host, unsigned int cpu,
		   void (*fn)(void *arg), void *arg);
void fake_host_cpuid(struct fake_host *host, u32 leaf, u32 subleaf, u32 *regs);
int fake_host_rdmsr(struct fake_host *host, unsigned int cpu, u32 msr,
		    u64 *value);
u32 fake_host_microcode(struct fake_host *host, unsigned int cpu);

#endif /* _FAKE_CPU_H */
