// SPDX-License-Identifier: GPL-2.0-only
/*
 * The native backend, for a machine without Xen: CPUID on every online CPU and
 * the few MSRs that matter, read so that a missing one does no harm.
 */
#include <linux/cpu.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "backend.h"
#include "machine.h"
#include "snapshot.h"

/* The leaves that Xen's policies have; Xen's own are not of this machine. */
#define LAST_BASIC	0x0000000d
#define FIRST_EXTENDED	0x80000000
#define LAST_EXTENDED	0x80000021

#define MAX_SUBLEAVES_4		6
#define MAX_SUBLEAVES_7		3
#define MAX_SUBLEAVES_B		2
#define MAX_SUBLEAVES_D		63

/**
 * struct survey - what one round over all online CPUs finds
 * @vendor: of the first one
 * @signature: of the first one
 * @microcode: of the first one
 * @uniform: are the others the same?
 * @raw: the first one's featureset
 * @host: what all have
 */
struct survey {
	char vendor[16];
	u32 signature;
	u32 microcode;
	u32 uniform;
	u32 raw[CL_KNOWN_WORDS];
	u32 host[CL_KNOWN_WORDS];
};

/* For the function that runs on another CPU. */
struct collection {
	const struct cl_machine *m;
	struct cpulevel_policy *policy;
};

/* Not called by its own name, because that is a macro of the kernel's, too. */
static int read_msr(const struct cl_machine *m, u32 cpu, u32 msr, u64 *value)
{
	int (*read)(unsigned int cpu, u32 msr, u64 *value) = m->rdmsr_safe;

	return read(cpu, msr, value);
}

static void clear(u32 *reg, u32 bit)
{
	*reg &= ~(1U << (bit % 32));
}

static struct cpulevel_leaf *add_leaf(struct collection *c, u32 leaf,
				      u32 subleaf)
{
	struct cpulevel_leaf *l = &c->policy->leaves[c->policy->nr_leaves++];
	u32 regs[CL_NR_REGS];

	c->m->cpuid(leaf, subleaf == CPULEVEL_NO_SUBLEAF ? 0 : subleaf, regs);
	l->leaf = leaf;
	l->subleaf = subleaf;
	l->a = regs[CL_EAX];
	l->b = regs[CL_EBX];
	l->c = regs[CL_ECX];
	l->d = regs[CL_EDX];
	return l;
}

/* Caches and topology: the last subleaf is the one whose type is 0. */
static void add_typed(struct collection *c, u32 leaf, u32 max)
{
	const struct cpulevel_leaf *l;
	u32 i = 0;

	do {
		l = add_leaf(c, leaf, i++);
	} while (i < max && (leaf == 4 ? l->a & 0x1f : l->c & 0xff00));
}

static void add_leaf_7(struct collection *c)
{
	struct cpulevel_leaf *l = add_leaf(c, 7, 0);
	u32 last = min_t(u32, l->a, MAX_SUBLEAVES_7 - 1);
	u32 i;

	clear(&l->c, CL_BIT_OSPKE);
	for (i = 1; i <= last; i++)
		add_leaf(c, 7, i);
}

/* One subleaf for each state component, up to the highest there is. */
static void add_leaf_d(struct collection *c)
{
	const struct cpulevel_leaf *l;
	u64 states;
	u32 i;

	l = add_leaf(c, 0xd, 0);
	states = (u64)l->d << 32 | l->a;
	l = add_leaf(c, 0xd, 1);
	states |= (u64)l->d << 32 | l->c;
	for (i = 2; i < MAX_SUBLEAVES_D && states >> i; i++)
		add_leaf(c, 0xd, i);
}

static void add_basic(struct collection *c, u32 leaf)
{
	struct cpulevel_leaf *l;

	switch (leaf) {
	case 4:
		add_typed(c, leaf, MAX_SUBLEAVES_4);
		break;
	case 7:
		add_leaf_7(c);
		break;
	case 0xb:
		add_typed(c, leaf, MAX_SUBLEAVES_B);
		break;
	case 0xd:
		add_leaf_d(c);
		break;
	default:
		l = add_leaf(c, leaf, CPULEVEL_NO_SUBLEAF);
		if (leaf == 1)
			clear(&l->c, CL_BIT_OSXSAVE);
	}
}

/* Runs on the CPU in question, with interrupts off. */
static void collect(void *arg)
{
	struct collection *c = arg;
	u32 regs[CL_NR_REGS];
	u32 leaf, last;

	c->m->cpuid(0, 0, regs);
	last = min_t(u32, regs[CL_EAX], LAST_BASIC);
	for (leaf = 0; leaf <= last; leaf++)
		add_basic(c, leaf);

	/* A CPU without extended leaves may answer with anything. */
	c->m->cpuid(FIRST_EXTENDED, 0, regs);
	if (regs[CL_EAX] >> 16 != FIRST_EXTENDED >> 16)
		return;
	last = min_t(u32, regs[CL_EAX], LAST_EXTENDED);
	for (leaf = FIRST_EXTENDED; leaf <= last; leaf++)
		add_leaf(c, leaf, CPULEVEL_NO_SUBLEAF);
}

/* One that the CPU does not have is left out. */
static int add_msr(const struct cl_machine *m, u32 cpu, u32 msr,
		   struct cpulevel_policy *p)
{
	u64 value;
	int ret = read_msr(m, cpu, msr, &value);

	if (ret == -EIO)
		return 0;
	if (ret)
		return ret;
	p->msrs[p->nr_msrs].index = msr;
	p->msrs[p->nr_msrs].value = value;
	p->nr_msrs++;
	return 0;
}

static void get_identity(const struct cpulevel_policy *p, struct survey *s)
{
	const struct cpulevel_leaf *l = cl_policy_leaf(p, 0, CPULEVEL_NO_SUBLEAF);

	memcpy(s->vendor, &l->b, 4);
	memcpy(s->vendor + 4, &l->d, 4);
	memcpy(s->vendor + 8, &l->c, 4);
	l = cl_policy_leaf(p, 1, CPULEVEL_NO_SUBLEAF);
	s->signature = l ? l->a : 0;
}

/* Intel's, and not NetBurst's: there the numbers mean something else. */
static bool has_platform_info(const struct survey *s)
{
	return !strcmp(s->vendor, "GenuineIntel") &&
	       cl_family(s->signature) != 0xf;
}

/* All that one CPU says: its policy, and from that the rest. */
static int read_cpu(const struct cl_machine *m, u32 cpu,
		    struct cpulevel_policy *p, struct survey *one)
{
	struct collection c = { .m = m, .policy = p };
	int ret;

	memset(p, 0, sizeof(*p));
	memset(one, 0, sizeof(*one));
	ret = m->call_on_cpu(cpu, collect, &c);
	if (ret)
		return ret;

	get_identity(p, one);
	one->microcode = m->microcode(cpu);
	cl_policy_get_words(p, one->raw, CL_KNOWN_WORDS);
	if (has_platform_info(one))
		ret = add_msr(m, cpu, CL_MSR_PLATFORM_INFO, p);
	if (!ret && cl_has_bit(one->raw, CL_BIT_ARCH_CAPS))
		ret = add_msr(m, cpu, CL_MSR_ARCH_CAPS, p);
	if (ret)
		return ret;
	cl_policy_get_words(p, one->raw, CL_KNOWN_WORDS);
	return 0;
}

static void merge(struct survey *all, const struct survey *one)
{
	u32 i;

	if (strcmp(all->vendor, one->vendor) ||
	    all->signature != one->signature ||
	    memcmp(all->raw, one->raw, sizeof(all->raw)))
		all->uniform = CPULEVEL_UNIFORM_NO;
	for (i = 0; i < CL_KNOWN_WORDS; i++)
		all->host[i] &= one->raw[i];
}

/* One round over the CPUs; @first becomes the policy of the first one. */
static int survey_cpus(const struct cl_machine *m, struct cpulevel_policy *first,
		       struct cpulevel_policy *scratch, struct survey *all)
{
	struct survey one;
	int cpu = m->next_online_cpu(-1);
	int ret;

	ret = read_cpu(m, cpu, first, all);
	if (ret)
		return ret;
	all->uniform = CPULEVEL_UNIFORM_YES;
	memcpy(all->host, all->raw, sizeof(all->host));

	for (;;) {
		cpu = m->next_online_cpu(cpu);
		if (cpu < 0)
			return 0;
		ret = read_cpu(m, cpu, scratch, &one);
		if (ret)
			return ret;
		merge(all, &one);
	}
}

/* The first round's answers are only good if the second round's are the same. */
static int survey_stable(const struct cl_machine *m, struct cl_snapshot *s,
			 struct survey *all)
{
	struct cpulevel_policy *raw = s->policies[CPULEVEL_SET_RAW];
	struct cpulevel_policy *scratch = s->policies[CPULEVEL_SET_HOST];
	struct survey again;
	int ret;

	ret = survey_cpus(m, raw, scratch, all);
	if (!ret)
		ret = survey_cpus(m, raw, scratch, &again);
	if (ret == -ENXIO)	/* a CPU went offline meanwhile */
		return -EAGAIN;
	if (ret)
		return ret;
	return memcmp(all, &again, sizeof(again)) ? -EAGAIN : 0;
}

static void fill_info(struct cpulevel_info *info, const struct survey *all)
{
	info->backend = CPULEVEL_BACKEND_NATIVE;
	info->nr_words = CL_KNOWN_WORDS;
	info->valid = 1U << CPULEVEL_SET_RAW | 1U << CPULEVEL_SET_HOST;
	info->valid_policies = info->valid;
	memcpy(info->vendor, all->vendor, sizeof(info->vendor));
	info->signature = all->signature;
	info->microcode = all->microcode;
	info->uniform = all->uniform;
}

/* The host's policy is raw's, less what not all CPUs have. */
static void fill_sets(struct cl_snapshot *s, const struct survey *all)
{
	struct cpulevel_policy *raw = s->policies[CPULEVEL_SET_RAW];
	struct cpulevel_policy *host = s->policies[CPULEVEL_SET_HOST];

	memcpy(s->words[CPULEVEL_SET_RAW], all->raw, sizeof(all->raw));
	memcpy(s->words[CPULEVEL_SET_HOST], all->host, sizeof(all->host));
	*host = *raw;
	raw->index = CPULEVEL_SET_RAW;
	host->index = CPULEVEL_SET_HOST;
	cl_policy_set_words(host, all->host);
}

/* Intel's needs a second register that turns it on, AMD's has a feature bit. */
static bool has_faulting(const struct cl_machine *m, u32 cpu,
			 const struct cl_snapshot *s)
{
	const struct cpulevel_msr *msr;
	u64 value;

	if (cl_has_bit(s->words[CPULEVEL_SET_HOST], CL_BIT_CPUID_USER_DIS))
		return true;
	msr = cl_policy_msr(s->policies[CPULEVEL_SET_RAW],
			    CL_MSR_PLATFORM_INFO);
	return msr && msr->value & CL_PLATFORM_CPUID_FAULTING &&
	       !read_msr(m, cpu, CL_MSR_MISC_FEATURES, &value);
}

/*
 * As Xen would find them on the first CPU.  Xen also writes the registers
 * back, which may fail where reading worked; hence only an upper bound.
 */
static void probe_caps(const struct cl_machine *m, struct cl_snapshot *s)
{
	struct cl_mask masks[CL_MAX_MASKS];
	u32 cpu = m->next_online_cpu(-1);
	u64 value;
	int n;

	if (has_faulting(m, cpu, s)) {
		s->info.caps = CPULEVEL_CAP_FAULTING;
		s->info.caps_source = CPULEVEL_CAPS_PROBED;
		return;
	}
	n = cl_masks(&s->info, s->policies[CPULEVEL_SET_RAW], masks);
	if (n < 0)
		return;
	while (n-- > 0)
		if (!read_msr(m, cpu, masks[n].msr, &value))
			s->info.caps |= masks[n].caps;
	s->info.caps_source = CPULEVEL_CAPS_PROBED;
}

static int read_all(const struct cl_machine *m, struct cl_snapshot *s)
{
	struct survey all;
	u32 index;
	int ret;

	for (index = CPULEVEL_SET_RAW; index <= CPULEVEL_SET_HOST; index++) {
		s->policies[index] = kzalloc(sizeof(*s->policies[index]),
					     GFP_KERNEL);
		if (!s->policies[index])
			return -ENOMEM;
	}
	ret = survey_stable(m, s, &all);
	if (ret)
		return ret;
	fill_info(&s->info, &all);
	fill_sets(s, &all);
	probe_caps(m, s);
	return 0;
}

/* No CPU comes or goes while they are read. */
int cl_native_read(const struct cl_machine *m, struct cl_snapshot *s)
{
	int ret;

	cpus_read_lock();
	ret = read_all(m, s);
	cpus_read_unlock();
	return ret;
}
