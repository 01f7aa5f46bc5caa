/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What happens to a VM, between registry_vm.c and registry_act.c. */
#ifndef CPULEVEL_REGISTRY_VM_H
#define CPULEVEL_REGISTRY_VM_H

#include "registry.h"

struct act {
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
	struct cl_vm asked;		/* who is to be there */
	struct cl_vm about;		/* who cannot: it, or a checkpoint */
};

/* Is anything missing, or in the way, that no force overcomes? */
int cl_act_check(struct act *act);
/* Do it: the VM as it is then is in answer->after and in the store. */
int cl_act(struct act *act);

#endif /* CPULEVEL_REGISTRY_VM_H */
