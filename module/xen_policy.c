// SPDX-License-Identifier: GPL-2.0-only
/* The Xen backend's second part: full policies, from Xen 4.12 on. */
#include <linux/errno.h>
#include <linux/slab.h>

#include "backend.h"
#include "machine.h"
#include "snapshot.h"
#include "xen_sysctl.h"

/* This operation numbers them differently from the featureset one and us. */
static const u32 xen_index[CPULEVEL_NR_SETS] = {
	[CPULEVEL_SET_RAW]		= CL_XEN_POLICY_RAW,
	[CPULEVEL_SET_HOST]		= CL_XEN_POLICY_HOST,
	[CPULEVEL_SET_PV_DEFAULT]	= CL_XEN_POLICY_PV_DEFAULT,
	[CPULEVEL_SET_HVM_DEFAULT]	= CL_XEN_POLICY_HVM_DEFAULT,
	[CPULEVEL_SET_PV_MAX]		= CL_XEN_POLICY_PV_MAX,
	[CPULEVEL_SET_HVM_MAX]		= CL_XEN_POLICY_HVM_MAX,
};

/*
 * Fill the zeroed @p with all of a policy.  -E2BIG if it does not fit; with
 * room for the most that we can carry there is no need to ask for its size.
 */
static int get_policy(const struct cl_machine *m, u32 version,
		      struct cpulevel_policy *p)
{
	struct cl_xen_sysctl op = {
		.cmd = CL_XEN_SYSCTL_POLICY,
		.version = version,
		.u.policy = {
			.index = xen_index[p->index],
			.nr_leaves = CPULEVEL_MAX_LEAVES,
			.nr_msrs = CPULEVEL_MAX_MSRS,
			.leaves = (unsigned long)p->leaves,
			.msrs = (unsigned long)p->msrs,
		},
	};
	int ret = m->sysctl(&op);

	if (ret == -ENOBUFS || op.u.policy.nr_leaves > CPULEVEL_MAX_LEAVES ||
	    op.u.policy.nr_msrs > CPULEVEL_MAX_MSRS)
		return -E2BIG;
	p->nr_leaves = op.u.policy.nr_leaves;
	p->nr_msrs = op.u.policy.nr_msrs;
	return ret;
}

/*
 * -ENODATA if Xen does not offer it: it is too old (-ENOSYS), built without PV
 * or HVM (-EOPNOTSUPP), does not know this one (-EINVAL), Flask forbids it, or
 * the hardware has no HVM and all is 0.
 */
static int read_policy(const struct cl_machine *m, u32 version,
		       struct cpulevel_policy *p)
{
	int ret = get_policy(m, version, p);

	switch (ret) {
	case 0:
		return cl_policy_empty(p) ? -ENODATA : 0;
	case -ENOSYS:
	case -EOPNOTSUPP:
	case -EINVAL:
	case -EACCES:
	case -EPERM:
		return -ENODATA;
	default:
		return ret;
	}
}

/* All policies that there are and that fit; none is not an error. */
int cl_xen_read_policies(const struct cl_machine *m, struct cl_snapshot *s)
{
	struct cpulevel_policy *p;
	u32 index;
	int ret;

	for (index = 0; index < CPULEVEL_NR_SETS; index++) {
		p = kzalloc(sizeof(*p), GFP_KERNEL);
		if (!p)
			return -ENOMEM;
		p->index = index;
		ret = read_policy(m, s->info.sysctl_version, p);
		if (!ret) {
			s->policies[index] = p;
			s->info.valid_policies |= 1U << index;
			continue;
		}
		kfree(p);
		if (ret == -E2BIG)
			s->oversized |= 1U << index;
		else if (ret != -ENODATA)
			return ret;
	}
	return 0;
}
