/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Pools of hosts and the VMs on them, as values, and every rule about them.
 * Nothing here is stored or printed: store.h keeps these values, registry.h
 * joins both.
 *
 * A pool offers what all of its hosts can give.  A VM gets that level when it
 * starts and keeps it wherever it goes; where it can go is asked of the hosts'
 * *max* sets.  So a level that changes touches no VM that runs.
 */
#ifndef CPULEVEL_POOL_H
#define CPULEVEL_POOL_H

#include "../lib/cpulevel.h"
#include "record.h"

/* Names of pools, hosts, VMs and checkpoints. */
#define CL_NAME_SIZE	65
#define CL_BOOT_SIZE	41
#define CL_MACHINE_SIZE	41

/* 1 to 64 bytes of UTF-8, no control codes, no '/', not a '-' first; @what is for errors. */
int cl_name_check(const char *name, const char *what, struct cl_error *error);
/* CPUID's vendor: at most 12 printable ASCII characters, or "". */
int cl_vendor_check(const char *vendor, const char *what, struct cl_error *error);

/* ---- Hosts of a pool -------------------------------------------------- */

/*
 * A host with the sets it is counted with, which later releases of the library
 * may make otherwise: its max sets are complete, and nothing is to be derived.
 */
struct cl_member {
	char pool[CL_NAME_SIZE];
	char boot[CL_BOOT_SIZE];	/* which boot of it this is; "" not known */
	char machine[CL_MACHINE_SIZE];	/* its firmware's UUID; "" not known */
	bool estimated;			/* its guests' sets were */
	bool one_policy;		/* its max sets were completed */
	struct cl_host host;
};

/*
 * Make a member of a host.  -ENODATA: its name or vendor is not known, or no set
 * of any guest; -EINVAL: a set that no CPU has: without any feature, or shorter than
 * the host's other set for these guests.
 */
int cl_member_make(struct cl_member *member, const struct cl_host *host,
		   const char *boot, struct cl_error *error);

/* The sets for such guests; NULL if it takes none. */
const struct cl_featureset *cl_member_default(const struct cl_member *member,
					      enum cl_guest guest);
const struct cl_featureset *cl_member_max(const struct cl_member *member,
					  enum cl_guest guest);

/*
 * The max leaves that the host gives guests started there, and those up to which
 * it accepts guests; all 0: not known, or the host's Xen does not check.
 */
const struct cl_max_leaves *
cl_member_max_leaves_given(const struct cl_member *member, enum cl_guest guest);
const struct cl_max_leaves *
cl_member_max_leaves_accepted(const struct cl_member *member,
			      enum cl_guest guest);

/* What a host accepts for each type of guest, or what all hosts of a pool do. */
struct cl_accepted_leaves {
	struct cl_max_leaves of[CL_NR_GUESTS];	/* all 0: any number */
};

void cl_accepted_leaves_of(struct cl_accepted_leaves *accepted,
			   const struct cl_member *member);
void cl_accepted_leaves_join(struct cl_accepted_leaves *all,
			     const struct cl_accepted_leaves *host);

/* What PV guests see there beyond @set, if they ask the CPU itself. */
void cl_member_exposes(struct cl_featureset *exposed,
		       const struct cl_member *member,
		       const struct cl_featureset *set);

/* ---- Pools ------------------------------------------------------------ */

struct cl_pool {
	char name[CL_NAME_SIZE];
	char vendor[13];		/* "" as long as it has no host */
	uint64_t changes;		/* entries of its history so far */
	uint32_t nr_hosts;
	uint32_t offering[CL_NR_GUESTS];	/* hosts that can run such guests */
	struct cl_featureset level[CL_NR_GUESTS];	/* by enum cl_guest */
};

/* What its levels are made from, kept apart: starting a VM needs none of it. */
struct cl_pool_counts {
	struct cl_counts of[CL_NR_GUESTS];	/* by enum cl_guest */
};

void cl_pool_init(struct cl_pool *pool, struct cl_pool_counts *counts,
		  const char *name);

/*
 * A host joins, leaves, or reports other sets; the levels are computed anew.
 * -EXDEV: it is of another vendor than the pool; -EINVAL: it was never there
 * with these sets; nothing is changed then.
 */
int cl_pool_join(struct cl_pool *pool, struct cl_pool_counts *counts,
		 const struct cl_member *member, struct cl_error *error);
int cl_pool_leave(struct cl_pool *pool, struct cl_pool_counts *counts,
		  const struct cl_member *member, struct cl_error *error);
int cl_pool_report(struct cl_pool *pool, struct cl_pool_counts *counts,
		   const struct cl_member *before,
		   const struct cl_member *now, struct cl_error *error);

/* ---- VMs -------------------------------------------------------------- */

enum cl_vm_type { CL_VM_PV, CL_VM_HVM, CL_VM_PVH, CL_NR_VM_TYPES };
enum cl_vm_state {
	CL_VM_HALTED, CL_VM_RUNNING, CL_VM_SUSPENDED, CL_NR_VM_STATES
};
enum cl_vm_kind {
	CL_VM_ORDINARY, CL_VM_USER_TEMPLATE, CL_VM_SYSTEM_TEMPLATE,
	CL_NR_VM_KINDS
};

/* What has begun and nobody has seen the end of. */
enum cl_vm_pending {
	CL_PENDING_NONE, CL_PENDING_STARTING, CL_PENDING_MOVING, CL_NR_PENDING
};

#define CL_VM_ASSUMED	0x1u	/* it came without a set: its host's max */
#define CL_VM_FORCED	0x2u	/* it is where a rule had refused it */
#define CL_VM_STRANDED	0x4u	/* it fits not every host, and that was allowed */
#define CL_VM_REBOOTED	0x8u	/* by itself: it has kept its set */

/*
 * A VM, or what a checkpoint saved of one: that is suspended if it has memory
 * and halted if it has only disks.
 */
struct cl_vm {
	char name[CL_NAME_SIZE];
	char pool[CL_NAME_SIZE];
	char host[CL_NAME_SIZE];	/* it runs there, was suspended there; or "" */
	enum cl_vm_type type;
	enum cl_vm_state state;
	enum cl_vm_kind kind;
	unsigned int flags;		/* CL_VM_* */
	char vendor[13];		/* of the CPUs it was started on, or "" */
	struct cl_featureset set;	/* what it was started with */
	struct cl_featureset exposed;	/* PV: what it can see besides, on its host */
	struct cl_featureset seen;	/* PV: the same of all its hosts so far */
	struct cl_max_leaves max_leaves;	/* it was given; all 0: not known */
	enum cl_vm_pending pending;	/* MOVING: it may be here or there */
	char pending_host[CL_NAME_SIZE];	/* where it starts or moves to, or "" */
	int64_t pending_since;		/* seconds since 1970 */
};

/* "pvh", "running", "template"; NULL if there is no such number. */
const char *cl_vm_type_name(unsigned int type);
const char *cl_vm_state_name(unsigned int state);
const char *cl_vm_kind_name(unsigned int kind);
const char *cl_vm_pending_name(unsigned int pending);
const char *cl_vm_flag_name(unsigned int n);	/* of bit n */

/* Whose level it gets. */
enum cl_guest cl_vm_guest(const struct cl_vm *vm);

/* Has it a set: is anything of it in memory? */
bool cl_vm_alive(const struct cl_vm *vm);

/* What the VM has above the pool's level, and what it would gain by a restart. */
void cl_vm_above_level(struct cl_featureset *above, const struct cl_vm *vm,
		  const struct cl_pool *pool);
void cl_vm_gains(struct cl_featureset *gains, const struct cl_vm *vm,
		 const struct cl_pool *pool);

/* Why a VM cannot be somewhere. */
enum cl_move_answer {
	CL_MOVE_YES,
	CL_MOVE_VENDOR,		/* CPUs of another make */
	CL_MOVE_TYPE,		/* the host cannot run such guests */
	CL_MOVE_FEATURES,	/* the host lacks some of the VM's */
	CL_MOVE_STRANDED,	/* other hosts of the pool do */
	CL_MOVE_LEAVES,		/* it has more CPUID leaves than the host accepts */
	CL_NR_MOVE_ANSWERS
};

struct cl_move {
	enum cl_move_answer answer;
	struct cl_verdict verdict;	/* of the host it lands on */
	struct cl_featureset stranded;	/* what other hosts of its pool lack */
	struct cl_featureset uncertain;	/* PV: seen on some host, missing here */
	struct {
		uint32_t leaf;		/* 0, 7 or 0x80000000, whose eax tells */
		uint32_t vm, host;	/* the VM's maximum; what the host accepts */
	} leaves;			/* LEAVES; STRANDED by them; else all 0 */
};

const char *cl_move_answer_name(unsigned int answer);

/*
 * Can the VM, or a checkpoint's memory, be on that host?  Of what is halted
 * nothing is asked.  @from is the host it leaves, or NULL.
 */
void cl_vm_fits(struct cl_move *move, const struct cl_vm *vm,
		const struct cl_member *from, const struct cl_member *to);

/* After that, and only if it fits: can it be on every host of its new pool? */
void cl_vm_fits_pool(struct cl_move *move, const struct cl_vm *vm,
		     const struct cl_pool *pool,
		     const struct cl_pool_counts *counts);
/* And after that: has the VM no more leaves than all of them accept? */
void cl_vm_fits_accepted_leaves(struct cl_move *move, const struct cl_vm *vm,
				const struct cl_accepted_leaves *accepted);

/*
 * What VMs do.  Each changes @vm, or fails, leaves it and says why:
 * -EINVAL: not in that state; -ENOTSUP: a template, or a host that does not
 * can run such guests.  Whether it can be there is asked before, by cl_vm_fits().
 */
int cl_vm_start(struct cl_vm *vm, const struct cl_pool *pool,
		const struct cl_member *host, struct cl_error *error);
int cl_vm_stop(struct cl_vm *vm, struct cl_error *error);
int cl_vm_reboot(struct cl_vm *vm, const struct cl_pool *pool,
		 const struct cl_member *host, bool by_itself,
		 struct cl_error *error);
int cl_vm_suspend(struct cl_vm *vm, struct cl_error *error);
int cl_vm_resume(struct cl_vm *vm, const struct cl_member *host,
		 struct cl_error *error);
int cl_vm_migrate(struct cl_vm *vm, const struct cl_member *to,
		  struct cl_error *error);
/* A start or a move that takes its time begins, at @now; its end is recorded later. */
void cl_vm_set_pending(struct cl_vm *vm, enum cl_vm_pending pending,
		       const struct cl_member *host, int64_t now);
/* A VM that runs begins to move; it is where it was until the move is completed. */
int cl_vm_migrate_begin(struct cl_vm *vm, const struct cl_member *to,
			int64_t now, struct cl_error *error);
void cl_vm_migrate_abort(struct cl_vm *vm);
/* The VM is on @host; what else is known of it is as it was. */
void cl_vm_migrate_complete(struct cl_vm *vm, const struct cl_member *host);
int cl_vm_checkpoint(const struct cl_vm *vm, struct cl_vm *saved,
		     const char *name, bool disks_only, struct cl_error *error);
int cl_vm_revert(struct cl_vm *vm, const struct cl_vm *saved,
		 const struct cl_member *host, struct cl_error *error);
/* Of that kind: the copy of a template is a VM, unless a template is asked for. */
int cl_vm_copy(const struct cl_vm *vm, struct cl_vm *copy, const char *name,
	       const char *pool, enum cl_vm_kind kind, struct cl_error *error);

/*
 * A VM that runs on @host already came from elsewhere with @recorded, or NULL:
 * then it is assumed to have all that this host could give it.  Four words or
 * fewer are from times that knew no more: the host's follow.
 */
void cl_vm_adopt(struct cl_vm *vm, const struct cl_member *host,
		 const struct cl_given *recorded, const char *vendor);
void cl_record_extend(struct cl_featureset *set,
		      const struct cl_featureset *host);

/* ---- A fleet in several pools ------------------------------------------ */

/* All of the hosts' sets that their level for such guests depends on. */
struct cl_plan_offer {
	uint32_t nr_hosts;
	struct cl_featureset any, all;	/* default sets: what any and all have */
	struct cl_featureset max;	/* max sets: what all have */
};

/* Hosts that are to be one pool. */
struct cl_plan_group {
	char vendor[13];
	size_t nr_hosts, first, last;	/* in cl_plan.hosts, each with its next */
	unsigned long has;		/* features by default, over all hosts */
	unsigned long lost;		/* those of them that the level lacks */
	struct cl_plan_offer offers[CL_NR_GUESTS];	/* by enum cl_guest */
};

struct cl_plan_host {
	char name[CL_NAME_SIZE];
	size_t next;			/* of its group, or CL_PLAN_END */
};

#define CL_PLAN_END	((size_t)-1)

/* It begins as all 0. */
struct cl_plan {
	struct cl_plan_host *hosts;
	struct cl_plan_group *groups;
	size_t nr_hosts, nr_groups;
};

/* Each host, before the plan is made; -ENOMEM. */
int cl_plan_add(struct cl_plan *plan, const struct cl_member *host);
/*
 * Unite groups until there are no more than @pools, by approximation.  -EXDEV: the
 * hosts are of more vendors than that, and there is a group for each; -ENOMEM.
 */
int cl_plan_make(struct cl_plan *plan, size_t pools);
void cl_plan_level(const struct cl_plan_group *group, enum cl_guest guest,
		   struct cl_featureset *level);
void cl_plan_free(struct cl_plan *plan);

/* ---- Pools as xapi has them --------------------------------------------- */

/* A VM that has memory. */
struct cl_xapi_vm {
	char name[CL_NAME_SIZE];
	char host[CL_NAME_SIZE];
	char vendor[13];		/* "" not known */
	enum cl_vm_type type;
	enum cl_vm_state state;
	bool has_set;			/* what it was started with is known */
	struct cl_given recorded;
};

struct cl_xapi {
	struct cl_member *hosts;
	struct cl_xapi_vm *vms;		/* those that are halted are left out */
	size_t nr_hosts, nr_vms;
};

/*
 * JSON's objects "hosts" and "vms", either of which may be absent: records of xapi
 * by name.  -EINVAL, -ENODATA: the key that @error names is wrong; nothing is kept.
 */
struct json_t;
int cl_xapi_parse(struct cl_xapi *xapi, struct json_t *root,
		  struct cl_error *error);
void cl_xapi_free(struct cl_xapi *xapi);

/* ---- As text, and as bytes -------------------------------------------- */

/* Each with the record codec's functions: see record.h. */
extern const struct cl_record_form cl_pool_form, cl_member_form, cl_vm_form,
	cl_accepted_leaves_form;

static inline int cl_pool_parse(struct cl_pool *pool, const char *text,
				size_t len, struct cl_error *error)
{
	return cl_record_parse(&cl_pool_form, pool, text, len, error);
}

static inline int cl_member_parse(struct cl_member *member, const char *text,
				  size_t len, struct cl_error *error)
{
	return cl_record_parse(&cl_member_form, member, text, len, error);
}

static inline int cl_vm_parse(struct cl_vm *vm, const char *text, size_t len,
			      struct cl_error *error)
{
	return cl_record_parse(&cl_vm_form, vm, text, len, error);
}

/* Counts take as many bytes as they reach bits: about 6 KB for 100,000 hosts. */
void cl_counts_write(const struct cl_counts *counts, FILE *to);
int cl_counts_parse(struct cl_counts *counts, const char *bytes, size_t len,
		    struct cl_error *error);

#endif /* CPULEVEL_POOL_H */
