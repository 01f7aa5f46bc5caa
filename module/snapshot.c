// SPDX-License-Identifier: GPL-2.0-only
/* The core: takes the snapshot from a backend and hands out copies of it. */
#include <linux/errno.h>
#include <linux/ktime.h>
#include <linux/nospec.h>
#include <linux/string.h>

#include "snapshot.h"

#define MAX_TRIES	3

/*
 * Written once, before the device appears, and never after: readers need no
 * lock.
 */
static struct cl_snapshot taken;

int cl_snapshot_take(cl_read_fn read, const struct cl_machine *m)
{
	int tries, ret = -EAGAIN;

	for (tries = 0; ret == -EAGAIN && tries < MAX_TRIES; tries++) {
		memset(&taken, 0, sizeof(taken));
		ret = read(m, &taken);
	}
	if (ret)
		return ret;

	taken.info.abi = CPULEVEL_ABI;
	taken.info.generation = 1;
	taken.info.time_ns = ktime_get_real_ns();
	return 0;
}

void cl_snapshot_info(struct cpulevel_info *info)
{
	*info = taken.info;
}

void cl_snapshot_cpu(struct cl_cpu *cpu)
{
	*cpu = taken.cpu;
}

/* Any @index, also from userspace: -EINVAL for no set, -ENODATA for not here. */
int cl_snapshot_featureset(u32 index, struct cpulevel_featureset *fs)
{
	if (index >= CPULEVEL_NR_SETS)
		return -EINVAL;
	index = array_index_nospec(index, CPULEVEL_NR_SETS);

	if (!(taken.info.valid & (1U << index)))
		return -ENODATA;

	memset(fs, 0, sizeof(*fs));
	fs->index = index;
	fs->nr_words = taken.info.nr_words;
	memcpy(fs->words, taken.words[index], sizeof(fs->words));
	return 0;
}
