/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Pools, hosts and VMs in a store.  Each function is one transaction: it is
 * done, and will be found after a crash, or nothing was changed.
 *
 * Their names are one space per kind: a host is in one pool only, and a VM in
 * one place.  What a pool's level needs is kept beside it, so that no
 * operation but listing, and moving a VM there from another, costs more in a
 * larger pool.
 */
#ifndef CPULEVEL_REGISTRY_H
#define CPULEVEL_REGISTRY_H

#include "../pool.h"
#include "../store/store.h"

/* ---- Pools and their hosts -------------------------------------------- */

/* What a pool was before something and is now. */
struct cl_change {
	struct cl_pool before, after;
	unsigned int halted;		/* VMs that ended with their host */
	unsigned int over;		/* VMs there with more than it has now */
	char first[CL_NAME_SIZE];	/* one of those */
};

/* -EEXIST: it is there already. */
int cl_registry_create(struct cl_store *store, const char *name,
		       struct cl_error *error);

/*
 * The pool of that name; NULL: the only one there is.  @counts may be NULL.
 * -ENOENT: there is none; -EINVAL: there are several.
 */
int cl_registry_pool(struct cl_store *store, const char *name,
		     struct cl_pool *pool, struct cl_pool_counts *counts,
		     struct cl_error *error);
int cl_registry_host(struct cl_store *store, const char *name,
		     struct cl_member *member, struct cl_error *error);

/* -EEXIST: a host of that name is in a pool; else as cl_pool_join(). */
int cl_registry_join(struct cl_store *store, const char *pool,
		     const struct cl_member *member, struct cl_change *change,
		     struct cl_error *error);

/*
 * A host's sets as they are now.  After another boot its VMs are no more.
 * Fewer words than before are not believed without @force, nor another machine:
 * -EXDEV, as of another vendor.
 */
int cl_registry_report(struct cl_store *store, const struct cl_member *member,
		       bool force, struct cl_change *change,
		       struct cl_error *error);

/* -EBUSY: VMs run there; with @force, they end. */
int cl_registry_leave(struct cl_store *store, const char *host, bool force,
		      struct cl_change *change, struct cl_error *error);

/* All of them, by name, at one moment; @each returns other than 0 to stop. */
int cl_registry_pools(struct cl_store *store,
		      int (*each)(void *arg, const struct cl_pool *pool),
		      void *arg, struct cl_error *error);
int cl_registry_hosts(struct cl_store *store, const char *pool,
		      int (*each)(void *arg, const struct cl_member *member),
		      void *arg, struct cl_error *error);
int cl_registry_vms(struct cl_store *store, const char *pool,
		    int (*each)(void *arg, const struct cl_vm *vm),
		    void *arg, struct cl_error *error);
int cl_registry_checkpoints(struct cl_store *store, const char *vm,
			    int (*each)(void *arg, const struct cl_vm *saved),
			    void *arg, struct cl_error *error);

/* ---- History ---------------------------------------------------------- */

/* Something that changed a level, or that was forced. */
struct cl_event {
	uint64_t number;		/* from 1, in each pool */
	int64_t time;			/* seconds since 1970 */
	char verb[16];
	char subject[CL_NAME_SIZE];	/* a host or a VM */
	char object[CL_NAME_SIZE];	/* where a VM went, or "" */
	bool forced;
	bool stranded;			/* a VM that fits not every host there */
	uint32_t nr_hosts;
	struct cl_featureset before[CL_NR_GUESTS], after[CL_NR_GUESTS];	/* by enum cl_guest */
};

extern const struct cl_record_form cl_event_form;

static inline int cl_event_parse(struct cl_event *event, const char *text,
				 size_t len, struct cl_error *error)
{
	return cl_record_parse(&cl_event_form, event, text, len, error);
}

/* Those of a pool after the one with number @after. */
int cl_registry_history(struct cl_store *store, const char *pool,
			uint64_t after,
			int (*each)(void *arg, const struct cl_event *event),
			void *arg, struct cl_error *error);

/* ---- VMs -------------------------------------------------------------- */

enum cl_vm_verb {
	CL_VM_START, CL_VM_STOP, CL_VM_REBOOT, CL_VM_SUSPEND, CL_VM_RESUME,
	CL_VM_MIGRATE, CL_VM_CHECKPOINT, CL_VM_REVERT, CL_VM_ADOPT,
	CL_VM_COPY, CL_VM_FORGET, CL_NR_VM_VERBS
};

/*
 * A move or a start that takes its time is recorded before it begins, and then
 * again: so it is known of a VM that nobody can say where it is, or whether.  A
 * start ends with CL_VM_ADOPT, which has seen what it was given.
 */
enum cl_vm_step { CL_STEP_ALL, CL_STEP_BEGIN, CL_STEP_END, CL_STEP_CANCEL };

struct cl_vm_request {
	enum cl_vm_verb verb;
	enum cl_vm_step step;	/* migrate, start */
	bool fresh;		/* start, to cancel: nothing was known of it */
	const char *name;
	const char *host;	/* to be on; NULL: as it is */
	const char *pool;	/* to be in, where no host tells; or NULL */
	const char *other;	/* the checkpoint's or the copy's name */
	int type;		/* of a new VM, or -1 */
	enum cl_vm_kind kind;	/* of what is adopted, or of the copy */
	bool check;		/* only answer */
	bool force;		/* whatever the answer is */
	bool allow_stranded;
	bool by_itself;		/* reboot: the guest did it */
	bool disks_only;	/* checkpoint */
	const struct cl_given *recorded;	/* adopt: it came with; or NULL */
	const char *vendor;		/* the same */
	/*
	 * What has to be ready before @vm is recorded as it is then; @counts are
	 * of its pool.  Other than 0: nothing is recorded, and that is returned.
	 * Called again if the store's other writers make a second try necessary.
	 */
	int (*prepare)(void *arg, const struct cl_vm *vm,
		       const struct cl_pool_counts *counts);
	void *prepare_arg;
};

struct cl_vm_answer {
	struct cl_move move;
	char refused[CL_NAME_SIZE];	/* which of it cannot: the VM, or a checkpoint */
	bool done;			/* it was changed */
	bool is_new;			/* nothing was known of it */
	bool cross_pool;
	struct cl_vm before, after;
	struct cl_pool pool;		/* that it is in then */
	struct cl_member host;		/* that it is on then, or name "" */
	struct cl_featureset beyond;	/* adopt: what it had recorded besides */
	struct cl_featureset short_of;	/* adopt: what it had not recorded */
	unsigned int lacking;		/* STRANDED: so many hosts lack some, or leaves */
	char hosts[3][CL_NAME_SIZE];	/* the first of them */
};

/*
 * Returns 0 with an answer, be it yes or no.  -ENOENT: no such VM, host, pool
 * or checkpoint; -EEXIST: the name is taken, or the VM is somewhere else;
 * -EINVAL, -ENOTSUP: as the rules of pool.h say.
 */
int cl_registry_vm(struct cl_store *store, const struct cl_vm_request *request,
		   struct cl_vm_answer *answer, struct cl_error *error);

int cl_registry_find_vm(struct cl_store *store, const char *name,
			struct cl_vm *vm, struct cl_error *error);

const char *cl_vm_verb_name(unsigned int verb);

/* ---- Copies of a store ------------------------------------------------ */

/*
 * Every record there is, as its name and its text; what follows from others is
 * left out.
 */
int cl_registry_export(struct cl_store *store,
		       int (*each)(void *arg, const char *key, const char *text),
		       void *arg, struct cl_error *error);

/*
 * The same into another store, in one transaction.  -EEXIST: one of them is
 * there; -EBADMSG: one is damaged, or they do not go together.
 */
struct cl_record {
	const char *key, *text;
};

int cl_registry_import(struct cl_store *store, const struct cl_record *records,
		       size_t nr, struct cl_error *error);

/*
 * Hosts and VMs of xapi's into a pool, or into the only one if @pool is NULL, in
 * one transaction.  As cl_registry_join() and cl_registry_vm(), of the first that fails.
 */
int cl_registry_import_xapi(struct cl_store *store, const char *pool,
			    const struct cl_xapi *xapi, struct cl_error *error);

/* ---- For registry*.c: records within a transaction -------------------- */

int cl_get_pool(struct cl_txn *txn, const char *name, struct cl_pool *pool,
		struct cl_pool_counts *counts);
int cl_put_pool(struct cl_txn *txn, const struct cl_pool *pool,
		const struct cl_pool_counts *counts);
int cl_get_host(struct cl_txn *txn, const char *name, struct cl_member *member);
int cl_put_host(struct cl_txn *txn, const struct cl_member *member);
int cl_remove_host(struct cl_txn *txn, const struct cl_member *member);
/* Of all hosts of the pool. */
int cl_get_accepted_leaves(struct cl_txn *txn, const char *pool,
			   struct cl_accepted_leaves *all);
int cl_get_vm(struct cl_txn *txn, const char *name, struct cl_vm *vm);
/* @before: as it is in the store, or NULL. */
int cl_put_vm(struct cl_txn *txn, const struct cl_vm *vm,
	      const struct cl_vm *before);
int cl_remove_vm(struct cl_txn *txn, const struct cl_vm *vm);
int cl_get_saved(struct cl_txn *txn, const char *vm, const char *name,
		 struct cl_vm *saved);
int cl_put_saved(struct cl_txn *txn, const char *vm, const struct cl_vm *saved);
/* A pool by its name, or the only one if that is NULL. */
int cl_find_pool(struct cl_txn *txn, const char *name, struct cl_pool *pool,
		 struct cl_pool_counts *counts);
/* The transactions of cl_registry_join() and cl_registry_vm(), as parts of one. */
int cl_join_host(struct cl_txn *txn, const char *pool,
		 const struct cl_member *member, struct cl_change *change);
int cl_operate_vm(struct cl_txn *txn, const struct cl_vm_request *request,
		  struct cl_vm_answer *answer);
/* It gets the pool's next number; the caller stores the pool. */
int cl_put_event(struct cl_txn *txn, struct cl_pool *pool,
		 struct cl_event *event);

#define CL_KEY(key, ...)	snprintf(key, CL_KEY_SIZE, __VA_ARGS__)

#endif /* CPULEVEL_REGISTRY_H */
