/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading a snapshot of the fake Xen, for the suites that do. */
#ifndef _XEN_HELPERS_H
#define _XEN_HELPERS_H

#include "snapshot.h"
#include "suites.h"

/* A snapshot through the core, which the next one replaces. */
static inline int take_xen(void)
{
	bool changed;

	return cl_snapshot_take(cl_xen_read, &fake_machine, &changed);
}

/* The same, told what it says in one go; @info is zeroed if there is none. */
static inline int read_xen(struct cpulevel_info *info)
{
	int ret = take_xen();

	memset(info, 0, sizeof(*info));
	if (!ret)
		cl_snapshot_info(info);
	return ret;
}

/* The snapshot's @set is the fake's set @want; -1: it has none. */
static inline void expect_set(struct kunit *test, u32 set, int want)
{
	struct cpulevel_featureset fs;
	int ret = cl_snapshot_featureset(set, &fs);
	u32 w;

	KUNIT_EXPECT_EQ_MSG(test, ret, want < 0 ? -ENODATA : 0, "set %u", set);
	if (ret || want < 0)
		return;
	KUNIT_EXPECT_EQ(test, fs.index, set);
	KUNIT_EXPECT_EQ(test, fs.reserved, 0);
	KUNIT_EXPECT_EQ(test, fs.nr_words, fakes->xen.nr_words);
	for (w = 0; w < 64; w++)
		KUNIT_EXPECT_EQ_MSG(test, fs.words[w], fakes->xen.words[want][w],
				    "set %u, word %u", set, w);
}

#endif /* _XEN_HELPERS_H */
