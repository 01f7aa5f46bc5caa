// SPDX-License-Identifier: GPL-2.0-only
/*
 * The Xen backend: all facts come from Xen.  A control domain's own CPUID and
 * rdmsr are no source, Xen virtualises both.
 */
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "machine.h"
#include "snapshot.h"
#include "xen_sysctl.h"

/*
 * One featureset, or with @words NULL only how many words Xen has.  Our
 * CPULEVEL_SET_* are numbered as this operation's index is.
 */
static int get_featureset(const struct cl_machine *m, u32 version, u32 index,
			  u32 *words, u32 *nr_words)
{
	struct cl_xen_sysctl op = {
		.cmd = CL_XEN_SYSCTL_FEATURESET,
		.version = version,
		.u.featureset = {
			.index = index,
			.nr_words = *nr_words,
			.words = (unsigned long)words,
		},
	};
	int ret = m->sysctl(&op);

	*nr_words = op.u.featureset.nr_words;
	return ret;
}

/*
 * Xen answers -EACCES to an interface version it does not speak, so ask,
 * newest first.  Its release string would mislead: vendors backport.
 *
 * -EACCES to all of them can also be Flask, which like -EPERM says: not to us.
 */
static int probe(const struct cl_machine *m, struct cpulevel_info *info)
{
	u32 version, nr_words = 0;
	int ret = -EACCES;

	for (version = CL_XEN_SYSCTL_MAX;
	     version >= CL_XEN_SYSCTL_MIN && ret == -EACCES; version--) {
		info->sysctl_version = version;
		ret = get_featureset(m, version, 0, NULL, &nr_words);
	}
	if (ret == -EACCES)
		return -EPERM;
	if (ret)
		return ret;
	if (nr_words > CPULEVEL_MAX_WORDS)
		return -E2BIG;

	info->nr_words = nr_words;
	return 0;
}

static bool all_zero(const u32 *words)
{
	return !memchr_inv(words, 0, CPULEVEL_MAX_WORDS * sizeof(*words));
}

/*
 * Read one set into @words, which is zeroed.  -ENODATA if Xen does not offer
 * it: built without PV or HVM (-EOPNOTSUPP), too old for max sets (-EINVAL),
 * or on hardware without HVM, where every bit is 0.
 */
static int read_set(const struct cl_machine *m,
		    const struct cpulevel_info *info, u32 index, u32 *words)
{
	u32 nr_words = info->nr_words;
	int ret;

	ret = get_featureset(m, info->sysctl_version, index, words, &nr_words);
	if (ret == -EOPNOTSUPP)
		return -ENODATA;
	if (ret == -EINVAL && index >= CPULEVEL_SET_PV_MAX)
		return -ENODATA;
	if (ret == -ENOBUFS)	/* more words than probe() was told of */
		return -EAGAIN;
	if (ret)
		return ret;
	return all_zero(words) ? -ENODATA : 0;
}

/* All sets that Xen has; without raw and host the others mean nothing. */
static int read_sets(const struct cl_machine *m, struct cl_snapshot *s)
{
	u32 index;
	int ret;

	for (index = 0; index < CPULEVEL_NR_SETS; index++) {
		ret = read_set(m, &s->info, index, s->words[index]);
		if (!ret)
			s->info.valid |= 1U << index;
		else if (ret != -ENODATA || index <= CPULEVEL_SET_HOST)
			return ret;
	}
	return 0;
}

/*
 * Up to Xen 4.13 a guest type has one policy, the most it may have, and gets
 * all of it by default: the one answer is both of our sets.
 */
static void copy_to_max(struct cl_snapshot *s, u32 from, u32 to)
{
	if (!(s->info.valid & (1U << from)))
		return;
	memcpy(s->words[to], s->words[from], sizeof(s->words[to]));
	s->info.valid |= 1U << to;
}

static void complete_one_policy(struct cl_snapshot *s)
{
	if (s->info.sysctl_version > CL_XEN_SYSCTL_ONE_POLICY)
		return;
	s->info.flags |= CPULEVEL_INFO_ONE_POLICY;
	copy_to_max(s, CPULEVEL_SET_PV_DEFAULT, CPULEVEL_SET_PV_MAX);
	copy_to_max(s, CPULEVEL_SET_HVM_DEFAULT, CPULEVEL_SET_HVM_MAX);
}

/* Not worth failing for: Xen 4.22 removed it, and Flask can forbid it. */
static void read_caps(const struct cl_machine *m, struct cpulevel_info *info)
{
	struct cl_xen_sysctl op = {
		.cmd = CL_XEN_SYSCTL_LEVELLING_CAPS,
		.version = info->sysctl_version,
	};

	if (m->sysctl(&op))
		return;
	info->caps = op.u.levelling_caps.caps;
	info->caps_source = CPULEVEL_CAPS_XEN;
}

/* CPUID leaf 1 eax from the family, model and stepping that Xen decoded. */
static u32 encode_signature(const struct cl_xenpf_cpu_version *v)
{
	u32 base = min_t(u32, v->family, 0xf);

	return (v->family - base) << 20 | (v->model >> 4) << 16 |
	       base << 8 | (v->model & 0xf) << 4 | v->stepping;
}

/* Physical CPU 0, which is never offline.  As optional as the caps. */
static void read_cpu(const struct cl_machine *m, struct cl_cpu *cpu)
{
	struct cl_xen_platform_op op = {
		.cmd = CL_XENPF_GET_CPU_VERSION,
		.version = CL_XENPF_VERSION,
	};
	const struct cl_xenpf_cpu_version *v = &op.u.cpu_version;

	BUILD_BUG_ON(sizeof(cpu->vendor) <= sizeof(v->vendor));
	if (m->platform_op(&op) || !v->vendor[0])
		return;
	memcpy(cpu->vendor, v->vendor, sizeof(v->vendor));
	cpu->signature = encode_signature(v);
}

/* Late microcode may change every set; then raw or host tells. */
static int check_unchanged(const struct cl_machine *m,
			   const struct cl_snapshot *s)
{
	u32 words[CPULEVEL_MAX_WORDS];
	u32 index;
	int ret;

	for (index = CPULEVEL_SET_RAW; index <= CPULEVEL_SET_HOST; index++) {
		memset(words, 0, sizeof(words));
		ret = read_set(m, &s->info, index, words);
		if (ret)
			return ret;
		if (memcmp(words, s->words[index], sizeof(words)))
			return -EAGAIN;
	}
	return 0;
}

int cl_xen_read(const struct cl_machine *m, struct cl_snapshot *s)
{
	int ret;

	cl_xen_check_layout();

	s->info.backend = CPULEVEL_BACKEND_XEN;
	ret = probe(m, &s->info);
	if (ret)
		return ret;
	ret = read_sets(m, s);
	if (ret)
		return ret;
	complete_one_policy(s);
	read_caps(m, &s->info);
	read_cpu(m, &s->cpu);
	return check_unchanged(m, s);
}
