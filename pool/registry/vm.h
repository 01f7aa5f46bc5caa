/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of VM verbs (vm_verbs.c), for the transaction that runs them (vm.c). */
#ifndef CPULEVEL_REGISTRY_VM_H
#define CPULEVEL_REGISTRY_VM_H

#include "registry.h"

struct vm_verb;

struct operation {
	const struct vm_verb *verb;
	const struct cl_vm_request *request;
	struct cl_vm_answer *answer;
	struct cl_txn *txn;
	bool is_new;			/* the VM was not known */
	const struct cl_member *to;	/* answer->host, or NULL */
	const struct cl_member *from;	/* from_host, or NULL */
	struct cl_member from_host;
	const struct cl_pool *pool;	/* answer->pool, or NULL */
	struct cl_pool_counts counts;	/* of it, if it is another pool */
	struct cl_accepted_leaves accepted;	/* the same, once they were needed */
	bool has_accepted;
	struct cl_vm image;		/* the VM or checkpoint that is to be there */
	struct cl_vm refused;		/* the one that cannot: it, or a checkpoint */
};

/* What a verb is like. */
enum {
	MAY_BE_NEW	= 0x1,	/* the VM need not be known */
	ON_ITS_HOST	= 0x2,	/* if none is named, the host that it is on */
	ON_PENDING_HOST	= 0x4,	/* to end a move: the host that it is to */
	HAS_TO_FIT	= 0x8,	/* on the host, and on all of another pool */
	WHILE_PENDING	= 0x10	/* also before a start or a move has ended */
};

struct vm_verb {
	const char *name;
	unsigned int is;
	/* What no force overcomes, beyond what apply() refuses; or NULL. */
	int (*check)(struct operation *op);
	/* Change the VM, here only; called for a trial first. */
	int (*apply)(struct operation *op, struct cl_vm *vm);
	/* Keep what came of it in the store; NULL: as the VM. */
	int (*keep)(struct operation *op, struct cl_vm *vm);
};

extern const struct vm_verb cl_vm_verbs[CL_NR_VM_VERBS];

/* Can the verb be done before a start or a move has ended, or does it end that one? */
int cl_vm_check_pending(struct operation *op);

#endif /* CPULEVEL_REGISTRY_VM_H */
