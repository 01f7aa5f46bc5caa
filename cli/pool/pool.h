/* SPDX-License-Identifier: GPL-2.0-only */
/* What the verbs of `cpulevel pool` share. */
#ifndef CPULEVEL_CLI_POOL_H
#define CPULEVEL_CLI_POOL_H

#include "../input/input.h"
#include "../output/out.h"

int verb_pool_create(const struct arguments *args);
int verb_pool_join(const struct arguments *args);
int verb_pool_report(const struct arguments *args);
int verb_pool_leave(const struct arguments *args);
int verb_pool_show(const struct arguments *args);
int verb_pool_level(const struct arguments *args);
int verb_pool_whatif(const struct arguments *args);
int verb_pool_plan(const struct arguments *args);
int verb_pool_export(const struct arguments *args);
int verb_pool_import(const struct arguments *args);
int verb_pool_watch(const struct arguments *args);
int verb_pool_history(const struct arguments *args);

/* A key with both levels' hex, or that there is none. */
void out_levels(struct out *out, const struct cl_pool *pool);

/* What was lost and gained between two levels, if anything was. */
void out_level_change(struct out *out, const struct cl_featureset before[CL_NR_GUESTS],
		      const struct cl_featureset after[CL_NR_GUESTS]);

/* The page of `pool show --html`. */
int write_page(const char *path, struct cl_store *store,
	       const struct cl_pool *pool, const struct cl_pool_counts *counts);

#endif /* CPULEVEL_CLI_POOL_H */
