/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading a snapshot of the fake CPUs, for the suites that do. */
#ifndef _NATIVE_HELPERS_H
#define _NATIVE_HELPERS_H

#include "snapshot.h"
#include "suites.h"

/* A snapshot through the core; @info is zeroed if there is none. */
static inline int read_native(struct cpulevel_info *info)
{
	bool changed;
	int ret = cl_snapshot_take(cl_native_read, &fake_machine, &changed);

	memset(info, 0, sizeof(*info));
	if (!ret)
		cl_snapshot_info(info);
	return ret;
}

/* One word of a set, or what no test expects. */
static inline u32 word(u32 set, u32 w)
{
	struct cpulevel_featureset fs;

	return cl_snapshot_featureset(set, &fs) ? 0xdeaddead : fs.words[w];
}

#endif /* _NATIVE_HELPERS_H */
