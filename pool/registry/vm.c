// SPDX-License-Identifier: LGPL-2.1-or-later
/* What VMs do, in a store: found, asked whether they can, changed, kept. */
#include <errno.h>
#include <string.h>

#include "../../lib/private.h"
#include "vm.h"

/* ---- Who takes part ---- */

/* A VM that is started or adopted need not have been known. */
static int find_vm(struct cl_txn *txn, struct act *act)
{
	const struct cl_vm_request *request = act->request;
	struct cl_vm *vm = &act->answer->before;
	int ret = cl_get_vm(txn, request->name, vm);

	act->is_new = ret == -ENOENT &&
		      (request->verb == CL_VM_START ||
		       request->verb == CL_VM_ADOPT);
	if (!act->is_new)
		return ret;
	act->answer->is_new = true;
	if (request->type < 0)
		return cl_fail(cl_txn_error(txn), -EINVAL, request->name,
			       "is a new VM; give its --type");
	memset(vm, 0, sizeof(*vm));
	snprintf(vm->name, sizeof(vm->name), "%s", request->name);
	vm->type = request->type;
	return 0;
}

/* The host that it is to be on: named, or where it is. */
static const char *host_of(const struct act *act)
{
	const struct cl_vm_request *request = act->request;
	const struct cl_vm *vm = &act->answer->before;
	const char *there = vm->host;

	if (request->host)
		return request->host;
	switch (request->verb) {
	case CL_VM_REBOOT:
	case CL_VM_RESUME:
	case CL_VM_REVERT:
		return *there ? there : NULL;
	case CL_VM_MIGRATE:
		return request->step == CL_STEP_END && *vm->pending_host ?
		       vm->pending_host : NULL;
	default:
		return NULL;
	}
}

static int find_host(struct cl_txn *txn, struct act *act)
{
	const char *name = host_of(act);
	int ret;

	if (!name)
		return 0;
	ret = cl_get_host(txn, name, &act->answer->host);
	if (!ret)
		act->to = &act->answer->host;
	return ret;
}

static int find_from(struct cl_txn *txn, struct act *act)
{
	/* A checkpoint's memory comes from where it was saved. */
	const char *name = act->request->verb == CL_VM_REVERT ?
			   act->asked.host : act->answer->before.host;
	int ret;

	if (!*name)
		return 0;
	ret = cl_get_host(txn, name, &act->from_host);
	/* It may have left since the VM was suspended there. */
	if (!ret)
		act->from = &act->from_host;
	return ret == -ENOENT ? 0 : ret;
}

static int find_pool(struct cl_txn *txn, struct act *act)
{
	const struct cl_vm_request *request = act->request;
	const char *name = act->answer->before.pool;
	const char *old = name;
	int ret;

	if (request->pool)
		name = request->pool;
	if (act->to)
		name = act->to->pool;
	if (request->pool && act->to && strcmp(request->pool, act->to->pool))
		return cl_fail(cl_txn_error(txn), -EINVAL, act->to->host.name,
			       "is a host of pool %s, not of %s", act->to->pool,
			       request->pool);
	if (!*name)
		return 0;
	act->answer->cross_pool = *old && strcmp(old, name) &&
				  request->verb != CL_VM_REBOOT;
	ret = cl_get_pool(txn, name, &act->answer->pool,
			  act->answer->cross_pool ? &act->counts : NULL);
	act->pool = &act->answer->pool;
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
	struct act *act = arg;
	struct cl_vm_answer *answer = act->answer;
	const char *name = strrchr(key, '/') + 1;
	struct cl_member host;
	struct cl_move move;
	int ret = cl_get_host(act->txn, name, &host);

	(void)value;
	if (ret)
		return ret;
	cl_vm_fits(&move, &act->about, NULL, &host);
	if (!is_why(&move, &answer->move))
		return 0;
	if (answer->lacking < 3)
		strcpy(answer->hosts[answer->lacking], host.host.name);
	answer->lacking++;
	return 0;
}

static int name_lacking(struct act *act)
{
	char prefix[CL_KEY_SIZE];

	if (act->answer->move.answer != CL_MOVE_STRANDED)
		return 0;
	CL_KEY(prefix, "member/%s/", act->pool->name);
	return cl_txn_scan(act->txn, prefix, NULL, count_lacking, act);
}

/* The pool's counts tell of features; for leaves its hosts are read, once. */
static int ask_hosts(struct act *act, struct cl_move *move,
		     const struct cl_vm *vm)
{
	int ret = 0;

	cl_vm_fits_pool(move, vm, act->pool, &act->counts);
	if (move->answer != CL_MOVE_YES || !vm->max_leaves.max_leaf)
		return 0;
	if (!act->has_accepted)
		ret = cl_get_accepted_leaves(act->txn, act->pool->name,
					     &act->accepted);
	if (ret)
		return ret;
	act->has_accepted = true;
	cl_vm_fits_accepted_leaves(move, vm, &act->accepted);
	return 0;
}

/* Saved memory is no landing: it has to find every host as it likes. */
static int ask_saved(void *arg, const char *key, const struct cl_value *value)
{
	struct act *act = arg;
	struct cl_move move = { .answer = CL_MOVE_YES };
	int ret;

	(void)key;
	ret = cl_vm_parse(&act->about, value->data, value->len,
			  cl_txn_error(act->txn));
	if (!ret)
		ret = ask_hosts(act, &move, &act->about);
	if (ret || move.answer == CL_MOVE_YES)
		return ret;
	act->answer->move = move;
	snprintf(act->answer->about, CL_NAME_SIZE, "%s", act->about.name);
	return 1;
}

/* Into another pool: every host of it, the VM and its checkpoints. */
static int ask_pool(struct act *act)
{
	struct cl_vm_answer *answer = act->answer;
	char prefix[CL_KEY_SIZE];
	int ret;

	if (act->request->verb == CL_VM_COPY)
		return 0;
	act->about = act->asked;
	ret = ask_hosts(act, &answer->move, &act->asked);
	CL_KEY(prefix, "saved/%s/", act->request->name);
	if (!ret && answer->move.answer == CL_MOVE_YES)
		ret = cl_txn_scan(act->txn, prefix, NULL, ask_saved, act);
	if (ret >= 0)
		ret = name_lacking(act);
	return ret;
}

static bool is_asked(const struct act *act)
{
	const struct cl_vm_request *request = act->request;

	if (!act->to)
		return false;
	switch (request->verb) {
	case CL_VM_RESUME:
	case CL_VM_MIGRATE:
	case CL_VM_REVERT:
		return true;
	case CL_VM_ADOPT:
		/* It is there already: but with what it says it has? */
		return request->recorded || cl_vm_alive(&act->answer->before);
	default:
		return false;
	}
}

static int ask(struct act *act)
{
	struct cl_vm_answer *answer = act->answer;

	snprintf(answer->about, sizeof(answer->about), "%s",
		 act->request->verb == CL_VM_REVERT ? act->request->other :
						      act->request->name);
	if (is_asked(act))
		cl_vm_fits(&answer->move, &act->asked, act->from, act->to);
	if (answer->cross_pool && answer->move.answer == CL_MOVE_YES)
		return ask_pool(act);
	return 0;
}

/* ---- All of it ---- */

static bool refused(const struct act *act)
{
	const struct cl_vm_request *request = act->request;

	switch (act->answer->move.answer) {
	case CL_MOVE_YES:
		return false;
	case CL_MOVE_STRANDED:
		return !request->allow_stranded && !request->force;
	default:
		return !request->force;
	}
}

static int keep_exception(struct act *act)
{
	const struct cl_vm_request *request = act->request;
	struct cl_vm_answer *answer = act->answer;
	bool stranded = answer->move.answer == CL_MOVE_STRANDED;
	struct cl_event event = { .forced = !stranded, .stranded = stranded };
	int ret;

	if (answer->move.answer == CL_MOVE_YES || request->step == CL_STEP_BEGIN)
		return 0;
	snprintf(event.verb, sizeof(event.verb), "%s",
		 cl_vm_verb_name(request->verb));
	snprintf(event.subject, sizeof(event.subject), "%s", request->name);
	if (act->to)
		strcpy(event.object, act->to->host.name);
	memcpy(event.before, act->pool->level, sizeof(event.before));
	memcpy(event.after, act->pool->level, sizeof(event.after));
	ret = cl_put_event(act->txn, &answer->pool, &event);
	return ret ? ret : cl_put_pool(act->txn, act->pool, NULL);
}

/* What the caller has to have ready first: an xl.cfg with the VM's mask. */
static int prepare(struct act *act)
{
	const struct cl_vm_request *request = act->request;
	struct cl_pool pool;
	int ret;

	if (!request->prepare)
		return 0;
	ret = cl_get_pool(act->txn, act->pool->name, &pool, &act->counts);
	return ret ? ret : request->prepare(request->prepare_arg,
					    &act->answer->after, &act->counts);
}

/* What is asked about may be a checkpoint, or the VM as it would be adopted. */
static int find_asked(struct cl_txn *txn, struct act *act)
{
	const struct cl_vm_request *request = act->request;

	act->asked = act->answer->before;
	if (request->verb == CL_VM_REVERT)
		return cl_get_saved(txn, request->name, request->other,
				    &act->asked);
	if (request->verb == CL_VM_ADOPT && act->to &&
	    (request->recorded || !cl_vm_alive(&act->asked)))
		cl_vm_adopt(&act->asked, act->to, request->recorded,
			    request->vendor);
	return 0;
}

static int act_in(struct cl_txn *txn, void *arg)
{
	struct act *act = arg;
	struct cl_vm_answer *answer = act->answer;
	int ret;

	memset(answer, 0, sizeof(*answer));
	act->txn = txn;
	act->to = act->from = NULL;
	act->pool = NULL;
	act->has_accepted = false;
	ret = find_vm(txn, act);
	if (!ret)
		ret = find_host(txn, act);
	if (!ret)
		ret = find_pool(txn, act);
	if (!ret)
		ret = find_asked(txn, act);
	if (!ret)
		ret = find_from(txn, act);
	if (!ret)
		ret = cl_act_check(act);
	if (!ret)
		ret = ask(act);
	answer->after = answer->before;
	if (ret || act->request->check || refused(act))
		return ret;
	ret = cl_act(act);
	if (!ret)
		ret = keep_exception(act);
	if (!ret)
		ret = prepare(act);
	answer->done = !ret;
	return ret;
}

const char *cl_vm_verb_name(unsigned int verb)
{
	static const char *const names[CL_NR_VM_VERBS] = {
		[CL_VM_START] = "start", [CL_VM_STOP] = "stop",
		[CL_VM_REBOOT] = "reboot", [CL_VM_SUSPEND] = "suspend",
		[CL_VM_RESUME] = "resume", [CL_VM_MIGRATE] = "migrate",
		[CL_VM_CHECKPOINT] = "checkpoint", [CL_VM_REVERT] = "revert",
		[CL_VM_ADOPT] = "adopt", [CL_VM_COPY] = "copy",
		[CL_VM_FORGET] = "forget",
	};

	return verb < CL_NR_VM_VERBS ? names[verb] : NULL;
}

int cl_registry_vm(struct cl_store *store, const struct cl_vm_request *request,
		   struct cl_vm_answer *answer, struct cl_error *error)
{
	struct act act = { .request = request, .answer = answer };

	int ret = cl_name_check(request->name, "VM", error);

	if (ret)
		return ret;
	return request->check ? cl_store_look(store, act_in, &act, error) :
				cl_store_change(store, act_in, &act, error);
}
