// SPDX-License-Identifier: GPL-2.0-only
/* The fake Xen: its answers, field by field as Xen's headers lay them out. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "fake_xen.h"

#define PLATFORM_VERSION	0x03000001

/* Xen's structures, by offset: all of ours start at 8, after two words. */
static u32 *u32_at(void *op, unsigned int offset)
{
	return op + offset;
}

static void *handle_at(void *op, unsigned int offset)
{
	return (void *)(unsigned long)*(u64 *)(op + offset);
}

static void misuse(struct fake_xen *xen, const char *what)
{
	if (!xen->misuse)
		xen->misuse = what;
}

static int get_caps(struct fake_xen *xen, void *op)
{
	*u32_at(op, 8) = xen->caps;
	return 0;
}

/* index at 8, nr_features at 12, the handle at 16 */
static int get_featureset(struct fake_xen *xen, void *op)
{
	u32 index = *u32_at(op, 8), *nr = u32_at(op, 12);
	u32 *to = handle_at(op, 16);
	u32 n = min(*nr, xen->nr_words);

	if (!to) {
		*nr = xen->nr_words;
		return 0;
	}
	if (index >= xen->nr_sets)
		return -EINVAL;
	if (xen->set_error[index])
		return xen->set_error[index];
	memcpy(to, xen->words[index], n * sizeof(*to));
	*nr = n;
	return n < xen->nr_words ? -ENOBUFS : 0;
}

/* get_cpu_policy: raw, host, then both max, then both default. */
static const u32 policy_order[FAKE_SETS] = {
	FAKE_RAW, FAKE_HOST, FAKE_PV_MAX, FAKE_HVM_MAX, FAKE_PV, FAKE_HVM,
};

/*
 * index at 8, nr_leaves at 12, nr_msrs at 16, reserved at 20, the handles at
 * 24 and 32.  Each half is answered by itself, the leaves first.
 */
static int get_policy(struct fake_xen *xen, void *op)
{
	u32 index = *u32_at(op, 8);
	u32 *nr_leaves = u32_at(op, 12), *nr_msrs = u32_at(op, 16);
	struct fake_leaf *leaves = handle_at(op, 24);
	struct fake_msr *msrs = handle_at(op, 32);
	const struct fake_policy *p;

	if (*u32_at(op, 20) || index >= FAKE_SETS)
		return -EINVAL;
	index = policy_order[index];
	if (xen->policy_error[index])
		return xen->policy_error[index];
	p = &xen->policies[index];

	if (leaves && *nr_leaves < p->nr_leaves)
		return -ENOBUFS;
	if (leaves)
		memcpy(leaves, p->leaves, p->nr_leaves * sizeof(*leaves));
	*nr_leaves = leaves ? p->nr_leaves : xen->max_leaves;

	if (msrs && *nr_msrs < p->nr_msrs)
		return -ENOBUFS;
	if (msrs)
		memcpy(msrs, p->msrs, p->nr_msrs * sizeof(*msrs));
	*nr_msrs = msrs ? p->nr_msrs : xen->max_msrs;
	return 0;
}

/* In this order: the version, who asks, what for. */
int fake_xen_sysctl(struct fake_xen *xen, void *op)
{
	u32 cmd = *u32_at(op, 0);

	if (*u32_at(op, 4) != xen->version)
		return -EACCES;
	if (cmd >= FAKE_COMMANDS)
		return xen->denied || xen->flask ? -EPERM : -ENOSYS;
	if (xen->denied)
		return xen->denied;
	xen->calls[cmd]++;
	if (xen->before)
		xen->before(xen, cmd, *u32_at(op, 8));
	if (xen->error[cmd])
		return xen->error[cmd];

	switch (cmd) {
	case FAKE_CAPS:
		return get_caps(xen, op);
	case FAKE_FEATURESET:
		return get_featureset(xen, op);
	case FAKE_POLICY:
		return get_policy(xen, op);
	default:
		misuse(xen, "a sysctl that the module has no business with");
		return -ENOSYS;
	}
}

/* The highest number of a present CPU, at 12 for both. */
static const struct fake_pcpu *pcpu(struct fake_xen *xen, void *op)
{
	u32 cpu = *u32_at(op, 8);

	*u32_at(op, 12) = xen->nr_pcpus - 1;
	return cpu < xen->nr_pcpus ? &xen->pcpus[cpu] : NULL;
}

/* vendor at 16, then family, model, stepping; zeros if it is not online. */
static int get_cpu_version(struct fake_xen *xen, void *op)
{
	const struct fake_pcpu *cpu = pcpu(xen, op);

	if (xen->silent_from && *u32_at(op, 8) >= xen->silent_from)
		return -EPERM;
	memset(op + 16, 0, 24);
	if (!cpu || !(cpu->flags & 1))
		return 0;
	memcpy(op + 16, cpu->vendor, 12);
	*u32_at(op, 28) = cpu->family;
	*u32_at(op, 32) = cpu->model;
	*u32_at(op, 36) = cpu->stepping;
	return 0;
}

static int get_cpuinfo(struct fake_xen *xen, void *op)
{
	const struct fake_pcpu *cpu = pcpu(xen, op);

	*u32_at(op, 16) = cpu ? cpu->flags : 2;
	return 0;
}

/* signature, platform flags, revision from 12 on */
static int get_ucode(struct fake_xen *xen, void *op)
{
	u32 cpu = *u32_at(op, 8);

	if (cpu >= xen->nr_pcpus || !(xen->pcpus[cpu].flags & 1))
		return -ENOENT;
	*u32_at(op, 12) = xen->pcpus[cpu].signature;
	*u32_at(op, 16) = xen->pcpus[cpu].platform;
	*u32_at(op, 20) = xen->pcpus[cpu].revision;
	return 0;
}

int fake_xen_platform_op(struct fake_xen *xen, void *op)
{
	u32 cmd = *u32_at(op, 0);

	xen->platform_calls++;
	if (*u32_at(op, 4) != PLATFORM_VERSION)
		return -EACCES;
	if (cmd < FAKE_COMMANDS && xen->platform_error[cmd])
		return xen->platform_error[cmd];

	switch (cmd) {
	case FAKE_CPU_VERSION:
		return get_cpu_version(xen, op);
	case FAKE_CPUINFO:
		return get_cpuinfo(xen, op);
	case FAKE_UCODE:
		return get_ucode(xen, op);
	default:
		misuse(xen, "a platform operation that the module has no business with");
		return -ENOSYS;
	}
}
