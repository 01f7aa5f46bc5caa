// SPDX-License-Identifier: GPL-2.0-only
/* The core: takes snapshots from a backend and hands out copies of the newest. */
#include <linux/errno.h>
#include <linux/ktime.h>
#include <linux/nospec.h>
#include <linux/rwsem.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "snapshot.h"

#define MAX_TRIES	3

/*
 * Protects the pointer and what it points to, and is only ever held for a
 * copy: readers wait neither for Xen nor for another process's memory.
 */
static DECLARE_RWSEM(newest_lock);
static struct cl_snapshot *newest;

static void free_policies(struct cl_snapshot *s)
{
	u32 i;

	for (i = 0; i < CPULEVEL_NR_SETS; i++)
		kfree(s->policies[i]);
}

static void free_snapshot(struct cl_snapshot *s)
{
	if (!s)
		return;
	free_policies(s);
	kfree(s);
}

/* A host that changes while it is looked at gets a few more chances. */
static int read_stable(cl_read_fn read, const struct cl_machine *m,
		       struct cl_snapshot *s)
{
	int tries, ret = -EAGAIN;

	for (tries = 0; ret == -EAGAIN && tries < MAX_TRIES; tries++) {
		free_policies(s);
		memset(s, 0, sizeof(*s));
		ret = read(m, s);
	}
	return ret;
}

static bool same_policies(const struct cl_snapshot *a,
			  const struct cl_snapshot *b)
{
	u32 i;

	for (i = 0; i < CPULEVEL_NR_SETS; i++) {
		if (!a->policies[i] && !b->policies[i])
			continue;
		if (!a->policies[i] || !b->policies[i] ||
		    memcmp(a->policies[i], b->policies[i],
			   sizeof(*a->policies[i])))
			return false;
	}
	return true;
}

/* Apart from when they were taken. */
static bool same_facts(const struct cl_snapshot *a, const struct cl_snapshot *b)
{
	struct cpulevel_info info = a->info;

	info.generation = b->info.generation;
	info.time_ns = b->info.time_ns;
	return !memcmp(&info, &b->info, sizeof(info)) &&
	       a->oversized == b->oversized &&
	       !memcmp(a->words, b->words, sizeof(a->words)) &&
	       same_policies(a, b);
}

/**
 * cl_snapshot_take() - replace the snapshot by a newer one
 * @read: the backend
 * @m: the machine that it shall read
 * @changed: set to whether the facts are others than before
 *
 * Only one caller at a time, which is what lets this look at the old snapshot
 * without the lock.
 *
 * Return: 0; -EAGAIN if the host kept changing, -ENOMEM, or the backend's
 * error.  On error the old snapshot stays.
 */
int cl_snapshot_take(cl_read_fn read, const struct cl_machine *m, bool *changed)
{
	struct cl_snapshot *s, *old = newest;
	int ret;

	s = kzalloc(sizeof(*s), GFP_KERNEL);
	if (!s)
		return -ENOMEM;
	ret = read_stable(read, m, s);
	if (ret)
		goto free_new;

	s->info.abi = CPULEVEL_ABI;
	s->info.generation = old ? old->info.generation + 1 : 1;
	s->info.time_ns = ktime_get_real_ns();
	*changed = !old || !same_facts(old, s);

	down_write(&newest_lock);
	newest = s;
	up_write(&newest_lock);
	free_snapshot(old);
	return 0;

free_new:
	free_snapshot(s);
	return ret;
}

/* When nobody can ask any more. */
void cl_snapshot_drop(void)
{
	free_snapshot(newest);
	newest = NULL;
}

void cl_snapshot_info(struct cpulevel_info *info)
{
	down_read(&newest_lock);
	*info = newest->info;
	up_read(&newest_lock);
}

/* Any @index, also from userspace: -EINVAL for no set, -ENODATA for not here. */
int cl_snapshot_featureset(u32 index, struct cpulevel_featureset *fs)
{
	int ret = -ENODATA;

	if (index >= CPULEVEL_NR_SETS)
		return -EINVAL;
	index = array_index_nospec(index, CPULEVEL_NR_SETS);

	down_read(&newest_lock);
	if (newest->info.valid & (1U << index)) {
		fs->index = index;
		fs->nr_words = newest->info.nr_words;
		fs->reserved = 0;
		memcpy(fs->words, newest->words[index], sizeof(fs->words));
		ret = 0;
	}
	up_read(&newest_lock);
	return ret;
}

/* The same for a policy, and -E2BIG for one that @policy has no room for. */
int cl_snapshot_policy(u32 index, struct cpulevel_policy *policy)
{
	int ret = -ENODATA;

	if (index >= CPULEVEL_NR_SETS)
		return -EINVAL;
	index = array_index_nospec(index, CPULEVEL_NR_SETS);

	down_read(&newest_lock);
	if (newest->policies[index]) {
		*policy = *newest->policies[index];
		ret = 0;
	} else if (newest->oversized & (1U << index)) {
		ret = -E2BIG;
	}
	up_read(&newest_lock);
	return ret;
}
