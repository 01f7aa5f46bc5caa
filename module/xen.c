// SPDX-License-Identifier: GPL-2.0-only
/*
 * The Xen backend: all facts come from Xen.  A control domain's own CPUID and
 * rdmsr are no source, Xen virtualises both.
 */
#include <linux/errno.h>
#include <linux/string.h>

#include "backend.h"
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

/* Does Xen take this version, whatever it lets us do with it? */
static bool speaks(const struct cl_machine *m, u32 version)
{
	struct cl_xen_sysctl op = {
		.cmd = CL_XEN_SYSCTL_NONE,
		.version = version,
	};

	return m->sysctl(&op) != -EACCES;
}

/*
 * Xen answers -EACCES to an interface version it does not speak, and so does
 * Flask to an operation it forbids.
 */
static int explain_refusal(const struct cl_machine *m)
{
	u32 version;

	for (version = CL_XEN_SYSCTL_MAX; version >= CL_XEN_SYSCTL_MIN;
	     version--)
		if (speaks(m, version))
			return -EACCES;
	return -EPROTONOSUPPORT;
}

/*
 * Try the versions, newest first.  Xen's release string would mislead: vendors
 * backport.
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
		return explain_refusal(m);
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
	if (nr_words < info->nr_words)	/* fewer: the rest would not be 0 but unknown */
		return -EAGAIN;
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

/*
 * Xen before 4.14.6, 4.15.5, 4.16.5 and 4.17.2 has max policies but does not
 * give their featuresets.  Words that we cannot place in a policy would be
 * made up, so with any of these there is no set.
 */
static void compute_set(struct cl_snapshot *s, u32 index)
{
	u32 *words = s->words[index];

	if (s->info.valid & (1U << index) || !s->policies[index] ||
	    s->info.nr_words > CL_KNOWN_WORDS)
		return;
	cl_policy_get_words(s->policies[index], words, s->info.nr_words);
	if (!all_zero(words))
		s->info.valid |= 1U << index;
}

static void complete_max(struct cl_snapshot *s)
{
	complete_one_policy(s);
	compute_set(s, CPULEVEL_SET_PV_MAX);
	compute_set(s, CPULEVEL_SET_HVM_MAX);
}

/* The policy that Xen runs by, not raw's claim, says what Xen can use. */
static bool host_faults(const struct cl_snapshot *s)
{
	const struct cpulevel_policy *host = s->policies[CPULEVEL_SET_HOST];
	const struct cpulevel_msr *msr = NULL;

	if (host)
		msr = cl_policy_msr(host, CL_MSR_PLATFORM_INFO);
	return (msr && msr->value & CL_PLATFORM_CPUID_FAULTING) ||
	       cl_has_bit(s->words[CPULEVEL_SET_HOST], CL_BIT_CPUID_USER_DIS);
}

/*
 * What Xen 4.22 found but no longer reports.  Below another hypervisor the
 * masks are anyone's guess, and so is all without the host's policy.
 */
static void derive_caps(struct cl_snapshot *s)
{
	struct cl_mask masks[CL_MAX_MASKS];
	u32 caps = 0;
	int n = 0;

	if (host_faults(s)) {
		caps = CPULEVEL_CAP_FAULTING;
	} else {
		if (!s->policies[CPULEVEL_SET_HOST] ||
		    cl_has_bit(s->words[CPULEVEL_SET_RAW], CL_BIT_HYPERVISOR))
			return;
		n = cl_masks(&s->info, s->policies[CPULEVEL_SET_RAW], masks);
	}
	if (n < 0)
		return;
	while (n > 0)
		caps |= masks[--n].caps;
	s->info.caps = caps;
	s->info.caps_source = CPULEVEL_CAPS_DERIVED;
}

/* Not worth failing for: Flask can forbid it. */
static void read_caps(const struct cl_machine *m, struct cl_snapshot *s)
{
	struct cl_xen_sysctl op = {
		.cmd = CL_XEN_SYSCTL_LEVELLING_CAPS,
		.version = s->info.sysctl_version,
	};
	int ret = m->sysctl(&op);

	if (ret == -ENOSYS)
		derive_caps(s);
	if (ret)
		return;
	s->info.caps = op.u.levelling_caps.caps;
	s->info.caps_source = CPULEVEL_CAPS_XEN;
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

/*
 * -EPERM, or -ENOSYS from some Xens: this is not a control domain; -EACCES: it
 * is, but Flask forbids it; -EPROTONOSUPPORT: Xen speaks another sysctl
 * version; -E2BIG: too many words.
 */
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
	ret = cl_xen_read_policies(m, s);
	if (ret)
		return ret;
	complete_max(s);
	cl_xen_read_cpus(m, &s->info);
	read_caps(m, s);
	return check_unchanged(m, s);
}
