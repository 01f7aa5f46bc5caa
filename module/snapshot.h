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
 * struct cl_cpu - what the physical CPUs are
 * @vendor: as CPUID leaf 0 has it; "" if not known
 * @signature: CPUID leaf 1 eax: family, model and stepping; 0 if not known
 */
struct cl_cpu {
	char vendor[13];
	u32 signature;
};

/**
 * struct cl_snapshot - the facts of one moment
 * @info: as the ioctl INFO returns it; @info.valid says which @words count
 * @cpu: CPU identity
 * @words: the featuresets, by CPULEVEL_SET_*
 */
struct cl_snapshot {
	struct cpulevel_info info;
	struct cl_cpu cpu;
	u32 words[CPULEVEL_NR_SETS][CPULEVEL_MAX_WORDS];
};

/*
 * A backend: fill the zeroed @s from @m.  -EAGAIN if the host changed under
 * its eyes; the core then asks again.
 */
typedef int (*cl_read_fn)(const struct cl_machine *m, struct cl_snapshot *s);

int cl_xen_read(const struct cl_machine *m, struct cl_snapshot *s);

int cl_snapshot_take(cl_read_fn read, const struct cl_machine *m);

void cl_snapshot_info(struct cpulevel_info *info);
void cl_snapshot_cpu(struct cl_cpu *cpu);
int cl_snapshot_featureset(u32 index, struct cpulevel_featureset *fs);

#endif /* _CL_SNAPSHOT_H */
