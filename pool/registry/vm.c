// SPDX-License-Identifier: LGPL-2.1-or-later
/* What VMs do, in a store: the VM and its host are found, the rules asked, the change kept. */
#include <errno.h>
#include <string.h>

#include "../../lib/private.h"
#include "vm.h"

/* ---- Who takes part ---- */

/* A VM that is started or adopted need not have been known. */
static int find_vm(struct cl_txn *txn, struct operation *op)
{
	const struct cl_vm_request *request = op->request;
	struct cl_vm *vm = &op->answer->before;
	int ret = cl_get_vm(txn, request->name, vm);

	op->is_new = ret == -ENOENT && op->verb->is & MAY_BE_NEW;
	if (!op->is_new)
		return ret;
	op->answer->is_new = true;
	if (request->type < 0)
		return cl_fail(cl_txn_error(txn), -EINVAL, request->name,
			       "is a new VM; give its --type");
	memset(vm, 0, sizeof(*vm));
	snprintf(vm->name, sizeof(vm->name), "%s", request->name);
	vm->type = request->type;
	return 0;
}

/* The host that it is to be on: named, or where it is or moves to. */
static const char *host_of(const struct operation *op)
{
	const struct cl_vm_request *request = op->request;
	const struct cl_vm *vm = &op->answer->before;

	if (request->host)
		return request->host;
	if (op->verb->is & ON_ITS_HOST)
		return *vm->host ? vm->host : NULL;
	if (op->verb->is & ON_PENDING_HOST && request->step == CL_STEP_END)
		return *vm->pending_host ? vm->pending_host : NULL;
	return NULL;
}

static int find_host(struct cl_txn *txn, struct operation *op)
{
	const char *name = host_of(op);
	int ret;

	if (!name)
		return 0;
	ret = cl_get_host(txn, name, &op->answer->host);
	if (!ret)
		op->to = &op->answer->host;
	return ret;
}

static int find_from(struct cl_txn *txn, struct operation *op)
{
	/* A checkpoint's memory comes from where it was saved. */
	const char *name = op->request->verb == CL_VM_REVERT ?
			   op->image.host : op->answer->before.host;
	int ret;

	if (!*name)
		return 0;
	ret = cl_get_host(txn, name, &op->from_host);
	/* It may have left since the VM was suspended there. */
	if (!ret)
		op->from = &op->from_host;
	return ret == -ENOENT ? 0 : ret;
}

static int find_pool(struct cl_txn *txn, struct operation *op)
{
	const struct cl_vm_request *request = op->request;
	const char *name = op->answer->before.pool;
	const char *old = name;
	int ret;

	if (request->pool)
		name = request->pool;
	if (op->to)
		name = op->to->pool;
	if (request->pool && op->to && strcmp(request->pool, op->to->pool))
		return cl_fail(cl_txn_error(txn), -EINVAL, op->to->host.name,
			       "is a host of pool %s, not of %s", op->to->pool,
			       request->pool);
	if (!*name)
		return 0;
	op->answer->cross_pool = *old && strcmp(old, name) &&
				  request->verb != CL_VM_REBOOT;
	ret = cl_get_pool(txn, name, &op->answer->pool,
			  op->answer->cross_pool ? &op->counts : NULL);
	op->pool = &op->answer->pool;
	return ret;
}

/* ---- Whether it can be there ---- */

/* Is this answer of one host why it is stranded? */
static bool is_why(const struct cl_move *there, const struct cl_move *stranded)
{
	if (!stranded->leaves.vm)
		return there->answer == CL_MOVE_FEATURES;
	return there->answer == CL_MOVE_LEAVES &&
	       there->leaves.leaf == stranded->leaves.leaf;
}

/* The hosts of the new pool that would not take it: three by name. */
static int count_lacking(void *arg, const char *key,
			 const struct cl_value *value)
{
	struct operation *op = arg;
	struct cl_vm_answer *answer = op->answer;
	const char *name = strrchr(key, '/') + 1;
	struct cl_member host;
	struct cl_move move;
	int ret = cl_get_host(op->txn, name, &host);

	(void)value;
	if (ret)
		return ret;
	cl_vm_fits(&move, &op->refused, NULL, &host);
	if (!is_why(&move, &answer->move))
		return 0;
	if (answer->lacking < 3)
		strcpy(answer->hosts[answer->lacking], host.host.name);
	answer->lacking++;
	return 0;
}

static int name_lacking(struct operation *op)
{
	char prefix[CL_KEY_SIZE];

	if (op->answer->move.answer != CL_MOVE_STRANDED)
		return 0;
	CL_KEY(prefix, "member/%s/", op->pool->name);
	return cl_txn_scan(op->txn, prefix, NULL, count_lacking, op);
}

/* The pool's counts tell of features; for leaves its hosts are read, once. */
static int fit_hosts(struct operation *op, struct cl_move *move,
		     const struct cl_vm *vm)
{
	int ret = 0;

	cl_vm_fits_pool(move, vm, op->pool, &op->counts);
	if (move->answer != CL_MOVE_YES || !vm->max_leaves.max_leaf)
		return 0;
	if (!op->has_accepted)
		ret = cl_get_accepted_leaves(op->txn, op->pool->name,
					     &op->accepted);
	if (ret)
		return ret;
	op->has_accepted = true;
	cl_vm_fits_accepted_leaves(move, vm, &op->accepted);
	return 0;
}

/* Saved memory is no landing: it has to find every host as it likes. */
static int fit_saved(void *arg, const char *key, const struct cl_value *value)
{
	struct operation *op = arg;
	struct cl_move move = { .answer = CL_MOVE_YES };
	int ret;

	(void)key;
	ret = cl_vm_parse(&op->refused, value->data, value->len,
			  cl_txn_error(op->txn));
	if (!ret)
		ret = fit_hosts(op, &move, &op->refused);
	if (ret || move.answer == CL_MOVE_YES)
		return ret;
	op->answer->move = move;
	snprintf(op->answer->refused, CL_NAME_SIZE, "%s", op->refused.name);
	return 1;
}

/* Into another pool: every host of it, the VM and its checkpoints. */
static int fit_pool(struct operation *op)
{
	struct cl_vm_answer *answer = op->answer;
	char prefix[CL_KEY_SIZE];
	int ret;

	op->refused = op->image;
	ret = fit_hosts(op, &answer->move, &op->image);
	CL_KEY(prefix, "saved/%s/", op->request->name);
	if (!ret && answer->move.answer == CL_MOVE_YES)
		ret = cl_txn_scan(op->txn, prefix, NULL, fit_saved, op);
	if (ret >= 0)
		ret = name_lacking(op);
	return ret;
}

static int fit(struct operation *op)
{
	struct cl_vm_answer *answer = op->answer;

	snprintf(answer->refused, sizeof(answer->refused), "%s",
		 op->request->verb == CL_VM_REVERT ? op->request->other :
						      op->request->name);
	if (!(op->verb->is & HAS_TO_FIT))
		return 0;
	if (op->to)
		cl_vm_fits(&answer->move, &op->image, op->from, op->to);
	if (answer->cross_pool && answer->move.answer == CL_MOVE_YES)
		return fit_pool(op);
	return 0;
}

/* ---- All of it ---- */

static bool refused(const struct operation *op)
{
	const struct cl_vm_request *request = op->request;

	switch (op->answer->move.answer) {
	case CL_MOVE_YES:
		return false;
	case CL_MOVE_STRANDED:
		return !request->allow_stranded && !request->force;
	default:
		return !request->force;
	}
}

static int keep_exception(struct operation *op)
{
	const struct cl_vm_request *request = op->request;
	struct cl_vm_answer *answer = op->answer;
	bool stranded = answer->move.answer == CL_MOVE_STRANDED;
	struct cl_event event = { .forced = !stranded, .stranded = stranded };
	int ret;

	if (answer->move.answer == CL_MOVE_YES || request->step == CL_STEP_BEGIN)
		return 0;
	snprintf(event.verb, sizeof(event.verb), "%s",
		 cl_vm_verb_name(request->verb));
	snprintf(event.subject, sizeof(event.subject), "%s", request->name);
	if (op->to)
		strcpy(event.object, op->to->host.name);
	memcpy(event.before, op->pool->level, sizeof(event.before));
	memcpy(event.after, op->pool->level, sizeof(event.after));
	ret = cl_put_event(op->txn, &answer->pool, &event);
	return ret ? ret : cl_put_pool(op->txn, op->pool, NULL);
}

/* What the caller has to have ready first: an xl.cfg with the VM's mask. */
static int prepare(struct operation *op)
{
	const struct cl_vm_request *request = op->request;
	struct cl_pool pool;
	int ret;

	if (!request->prepare)
		return 0;
	ret = cl_get_pool(op->txn, op->pool->name, &pool, &op->counts);
	return ret ? ret : request->prepare(request->prepare_arg,
					    &op->answer->after, &op->counts);
}

/* What has to fit may be a checkpoint, or the VM as it would be adopted. */
static int find_image(struct cl_txn *txn, struct operation *op)
{
	const struct cl_vm_request *request = op->request;

	op->image = op->answer->before;
	if (request->verb == CL_VM_REVERT)
		return cl_get_saved(txn, request->name, request->other,
				    &op->image);
	if (request->verb == CL_VM_ADOPT && op->to &&
	    (request->recorded || !cl_vm_alive(&op->image)))
		cl_vm_adopt(&op->image, op->to, request->recorded,
			    request->vendor);
	return 0;
}

/* Until it starts afresh it is known where a rule was overruled. */
static void mark(struct operation *op, struct cl_vm *vm)
{
	if (op->request->step == CL_STEP_BEGIN)
		return;
	if (op->answer->move.answer == CL_MOVE_STRANDED)
		vm->flags |= CL_VM_STRANDED;
	else if (op->answer->move.answer != CL_MOVE_YES)
		vm->flags |= CL_VM_FORCED;
}

/* What a VM in this state cannot do is wrong wherever it is to be. */
static int check(struct operation *op)
{
	struct cl_vm vm = op->answer->before;
	int ret = cl_vm_check_pending(op);

	if (!ret && op->verb->check && op->request->step != CL_STEP_CANCEL)
		ret = op->verb->check(op);
	return ret ? ret : op->verb->apply(op, &vm);
}

static int apply(struct operation *op)
{
	const struct cl_vm *before = &op->answer->before;
	struct cl_vm *vm = &op->answer->after;
	int ret;

	*vm = *before;
	ret = op->verb->apply(op, vm);
	if (ret)
		return ret;
	mark(op, vm);
	if (op->verb->keep)
		return op->verb->keep(op, vm);
	if (op->request->step == CL_STEP_CANCEL && op->request->fresh)
		return cl_remove_vm(op->txn, before);
	return cl_put_vm(op->txn, vm, op->is_new ? NULL : before);
}

static int operate(struct cl_txn *txn, void *arg)
{
	struct operation *op = arg;
	struct cl_vm_answer *answer = op->answer;
	int ret;

	memset(answer, 0, sizeof(*answer));
	op->txn = txn;
	op->to = op->from = NULL;
	op->pool = NULL;
	op->has_accepted = false;
	ret = find_vm(txn, op);
	if (!ret)
		ret = find_host(txn, op);
	if (!ret)
		ret = find_pool(txn, op);
	if (!ret)
		ret = find_image(txn, op);
	if (!ret)
		ret = find_from(txn, op);
	if (!ret)
		ret = check(op);
	if (!ret)
		ret = fit(op);
	answer->after = answer->before;
	if (ret || op->request->check || refused(op))
		return ret;
	ret = apply(op);
	if (!ret)
		ret = keep_exception(op);
	if (!ret)
		ret = prepare(op);
	answer->done = !ret;
	return ret;
}

static int check_request(const struct cl_vm_request *request,
			 struct cl_error *error)
{
	int ret = cl_name_check(request->name, "VM", error);

	if (!ret && request->vendor)
		ret = cl_vendor_check(request->vendor, request->name, error);
	return ret;
}

int cl_operate_vm(struct cl_txn *txn, const struct cl_vm_request *request,
		  struct cl_vm_answer *answer)
{
	struct operation op = {
		.verb = &cl_vm_verbs[request->verb], .request = request,
		.answer = answer
	};
	int ret = check_request(request, cl_txn_error(txn));

	return ret ? ret : operate(txn, &op);
}

int cl_registry_vm(struct cl_store *store, const struct cl_vm_request *request,
		   struct cl_vm_answer *answer, struct cl_error *error)
{
	struct operation op = {
		.verb = &cl_vm_verbs[request->verb], .request = request,
		.answer = answer
	};
	int ret = check_request(request, error);

	if (ret)
		return ret;
	return request->check ? cl_store_view(store, operate, &op, error) :
				cl_store_update(store, operate, &op, error);
}
