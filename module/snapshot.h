/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The snapshot: all facts about this host, taken together.  Backends fill one,
 * front ends copy out of it; neither knows the other.
 */
#ifndef _CL_SNAPSHOT_H
#define _CL_SNAPSHOT_H

#include <linux/types.h>
#include <linux/cpulevel.h>

struct cl_machine;

/**
 * struct cl_snapshot - the facts of one moment
 * @info: as the ioctl INFO returns it; @info.valid says which @words count
 * @oversized: bit n is set if policy CPULEVEL_SET_* n is more than the ABI can
 *	carry
 * @words: the featuresets, by CPULEVEL_SET_*
 * @policies: the policies, as the ioctl POLICY returns them; NULL where
 *	@info.valid_policies is clear
 */
struct cl_snapshot {
	struct cpulevel_info info;
	u32 oversized;
	u32 words[CPULEVEL_NR_SETS][CPULEVEL_MAX_WORDS];
	struct cpulevel_policy *policies[CPULEVEL_NR_SETS];
};

/*
 * A backend: fill the zeroed @s from @m.  -EAGAIN if the host changed under
 * its eyes; the core then asks again.  On any error the core frees what is
 * there.
 */
typedef int (*cl_read_fn)(const struct cl_machine *m, struct cl_snapshot *s);

int cl_xen_read(const struct cl_machine *m, struct cl_snapshot *s);
int cl_native_read(const struct cl_machine *m, struct cl_snapshot *s);

int cl_snapshot_take(cl_read_fn read, const struct cl_machine *m,
		     bool *changed);
void cl_snapshot_drop(void);

void cl_snapshot_info(struct cpulevel_info *info);
int cl_snapshot_featureset(u32 index, struct cpulevel_featureset *fs);
int cl_snapshot_policy(u32 index, struct cpulevel_policy *policy);

#endif /* _CL_SNAPSHOT_H */
