/* SPDX-License-Identifier: GPL-2.0-only */
/* What this machine is, and what it keeps for itself beside any store. */
#ifndef CPULEVEL_LOCAL_H
#define CPULEVEL_LOCAL_H

#include <jansson.h>

#include "../../pool/registry/registry.h"
#include "../cli.h"

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

#endif /* CPULEVEL_LOCAL_H */
