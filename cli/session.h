/* SPDX-License-Identifier: GPL-2.0-only */
/* What the verbs of `cpulevel pool` and `cpulevel vm` share. */
#ifndef CPULEVEL_SESSION_H
#define CPULEVEL_SESSION_H

#include "../pool/registry/registry.h"
#include "cli.h"

/* What --store, $CPULEVEL_STORE, this machine's last join or nobody calls it. */
const char *store_name(const struct arguments *args);
/* That store; NULL after a message. */
struct cl_store *open_store(const struct arguments *args, bool create);

/* The same, and its pool: of --pool, or the only one. */
struct cl_store *open_pool(const struct arguments *args, struct cl_pool *pool,
			   struct cl_pool_counts *counts);

/*
 * The host that is the nth argument, or this machine, as a member: of --name,
 * if that is given.  If it is this one its sets are taken afresh, and it is of
 * its present boot.
 */
int read_member(struct cl_member *member, const struct arguments *args, int n);
/* The same, of that file or directory. */
int read_member_file(struct cl_member *member, const char *file);

/* Which boot of this machine this is, or "". */
void read_boot(char boot[CL_BOOT_SIZE]);

/*
 * Which machine this is, or "": by its firmware, which a copy of the disk does not
 * bring along and a new installation does not change.  Only root can read it.
 */
void read_machine(char machine[CL_MACHINE_SIZE]);

/* Does nothing name another host? */
bool is_this_machine(const struct arguments *args);
/* What this machine is called in the store, else what it calls itself, or NULL. */
const char *this_host(const struct arguments *args);
/* It is a host of the store under that name, or no longer. */
void keep_this_host(const struct arguments *args, const char *name);
void forget_this_host(const struct arguments *args, const char *name);
/* The store where it is one, and its name if that is this store, or NULL. */
const char *kept_store(void);
const char *kept_name(const struct arguments *args);

/* EXIT_NO for what the rules refuse, EXIT_ERROR for what went wrong. */
int complain_failed(int ret, const struct cl_error *error);

/* A key with both levels' hex, or that there is none. */
void out_levels(struct out *out, const struct cl_pool *pool);

/* What was lost and gained between two levels, if anything was. */
void out_level_change(struct out *out, const struct cl_featureset before[CL_NR_GUESTS],
		      const struct cl_featureset after[CL_NR_GUESTS]);

/* "AVX AVX2 and 5 more" */
#define FEATURES_SIZE	512
char *features_text(char text[FEATURES_SIZE], const struct cl_featureset *fs);

/* What of the pool any host gives such guests by default. */
void any_default(struct cl_featureset *any, const struct cl_counts *counts);

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

/* ---- What this machine keeps for itself -------------------------------- */

/* Files of JSON in /var/lib/cpulevel, or $CPULEVEL_STATE: FOLDER/NAME.json. */
#define STATE_PATH	4096
/* Without a name, the folder; without a folder, right there. */
void state_path(char path[STATE_PATH], const char *folder, const char *name);
/* May we keep anything? */
bool keeps_state(void);
/* @json is released; returns EXIT_ERROR after a message. */
int write_state(const char *folder, const char *name, json_t *json);
json_t *read_state(const char *folder, const char *name);
const char *state_text(const json_t *json, const char *key);
void remove_state(const char *folder, const char *name);

/* ---- Without the store ------------------------------------------------- */

/*
 * A store on other machines cannot always be reached.  What was last known of
 * a host and its pool is kept here, so that VMs start all the same; those are
 * noted, and recorded by the host's next report.
 */
struct last_known {
	struct cl_member host;
	struct cl_pool pool;
	char when[32];
};

void keep_last(const struct arguments *args, const struct cl_member *host,
	       const struct cl_pool *pool);
/* Only the level of this machine's pool has been looked at. */
void keep_last_level(const struct arguments *args, const struct cl_pool *pool);
void forget_last(const struct arguments *args, const char *host);
bool read_last(struct last_known *last, const struct arguments *args,
	       const char *host);

/* A VM that started without the store, in this boot of the machine. */
int note_vm(const struct arguments *args, const struct cl_vm *vm);
bool read_noted(struct cl_vm *vm, const struct arguments *args,
		const char *name);
void forget_noted(const struct arguments *args, const char *name);
/* Each of that host; stops if @each returns other than 0, and returns that. */
int each_noted(const struct arguments *args, const char *host,
	       int (*each)(void *arg, const struct cl_vm *vm), void *arg);

/* Record what started alone on that host; EXIT_ERROR after a message. */
int record_noted(const struct arguments *args, struct out *out,
		 const char *host);

/* The page of `pool show --html`. */
int write_page(const char *path, struct cl_store *store,
	       const struct cl_pool *pool, const struct cl_pool_counts *counts);

#endif /* CPULEVEL_SESSION_H */
