// SPDX-License-Identifier: LGPL-2.1-or-later
/* One thing that a VM does, once it is known that it can. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../lib/private.h"
#include "vm.h"

/* ---- Before ---- */

static int needs_host(struct act *act)
{
	return act->to ? 0 : cl_fail(cl_txn_error(act->txn), -EINVAL,
				     act->request->name,
				     "is to be on which host? name it with --host");
}

/* A copy or a checkpoint must not replace another. */
static int check_free(struct act *act, const char *prefix)
{
	const char *name = act->request->other;
	char key[CL_KEY_SIZE];
	struct cl_value value;
	int ret = cl_name_check(name, "new name", cl_txn_error(act->txn));

	if (ret)
		return ret;
	CL_KEY(key, "%s/%s", prefix, name);
	ret = cl_txn_get(act->txn, key, &value);
	if (ret == -ENOENT)
		return 0;
	if (ret)
		return ret;
	free(value.data);
	return cl_fail(cl_txn_error(act->txn), -EEXIST, name,
		       "is there already; choose another name");
}

static int check_checkpoint(struct act *act)
{
	char prefix[CL_KEY_SIZE];

	CL_KEY(prefix, "saved/%s", act->request->name);
	return check_free(act, prefix);
}

/* What is known under that name may be another VM; nothing of it is overwritten. */
static int check_same(struct act *act)
{
	const struct cl_vm_request *request = act->request;
	const struct cl_vm *vm = &act->answer->before;
	struct cl_error *error = cl_txn_error(act->txn);

	if (request->type >= 0 && vm->type != (unsigned int)request->type)
		return cl_fail(error, -EINVAL, vm->name,
			       "is known as %s; forget it, if it is another VM",
			       cl_vm_type_name(vm->type));
	if (request->verb == CL_VM_ADOPT && vm->kind != request->kind)
		return cl_fail(error, -EINVAL, vm->name,
			       "is %s template; forget it, if it is another VM",
			       vm->kind == CL_VM_ORDINARY ? "no" : "a");
	return 0;
}

/* A VM that is told to be here, and is known to be there. */
static int check_adopt(struct act *act)
{
	const struct cl_vm *vm = &act->answer->before;

	if (!act->is_new && check_same(act))
		return -EINVAL;
	if (act->request->kind != CL_VM_ORDINARY)
		return act->pool ? 0 :
		       cl_fail(cl_txn_error(act->txn), -EINVAL, vm->name,
			       "is to be a template of which pool? name it with --pool");
	if (needs_host(act))
		return -EINVAL;
	if (vm->state == CL_VM_RUNNING &&
	    strcmp(vm->host, act->to->host.name) &&
	    strcmp(vm->pending_host, act->to->host.name))
		return cl_fail(cl_txn_error(act->txn), -EEXIST, vm->name,
			       "runs on %s already; migrate it, or stop it if it is not there",
			       vm->host);
	return 0;
}

/* What has begun has to end first. */
static int refuse_pending(struct cl_error *error, const struct cl_vm *vm)
{
	if (vm->pending == CL_PENDING_STARTING)
		return cl_fail(error, -EBUSY, vm->name,
			       "is being started on %s, or was when the command was killed; say what came of it with `cpulevel vm adopt --host`, or `vm stop` if it does not run",
			       vm->host);
	return cl_fail(error, -EBUSY, vm->name,
		       "has a pending move from %s to %s; say what came of it with `cpulevel vm migrate %s --done` or `--abort`",
		       vm->host, vm->pending_host, vm->name);
}

/* The end of a start or a move is that of one which has begun. */
static int check_end(struct act *act)
{
	const struct cl_vm *vm = &act->answer->before;
	struct cl_error *error = cl_txn_error(act->txn);
	bool move = act->request->verb == CL_VM_MIGRATE;

	if (vm->pending != (move ? CL_PENDING_MOVING : CL_PENDING_STARTING))
		return cl_fail(error, -EINVAL, vm->name,
			       "has no pending %s; see `cpulevel vm show`",
			       move ? "move" : "start");
	if (act->to && strcmp(act->to->host.name, vm->pending_host))
		return cl_fail(error, -EINVAL, vm->name,
			       "has a pending move to %s, not to %s",
			       vm->pending_host, act->to->host.name);
	return 0;
}

static int check_pending(struct act *act)
{
	const struct cl_vm *vm = &act->answer->before;
	enum cl_vm_step step = act->request->step;

	switch (act->request->verb) {
	case CL_VM_STOP:
	case CL_VM_ADOPT:
	case CL_VM_FORGET:
		return 0;
	default:
		break;
	}
	if (step == CL_STEP_END || step == CL_STEP_CANCEL)
		return check_end(act);
	return vm->pending ? refuse_pending(cl_txn_error(act->txn), vm) : 0;
}

static int check_migrate(struct act *act)
{
	const struct cl_vm *vm = &act->answer->before;

	if (vm->kind != CL_VM_ORDINARY)
		return cl_fail(cl_txn_error(act->txn), -ENOTSUP, vm->name,
			       "is a template, which does not move; copy it");
	if (act->to || (!cl_vm_alive(vm) && act->request->pool))
		return 0;
	return needs_host(act);
}

static int check_start(struct act *act)
{
	const struct cl_vm *vm = &act->answer->before;

	if (needs_host(act))
		return -EINVAL;
	if (act->answer->cross_pool)
		return cl_fail(cl_txn_error(act->txn), -EINVAL, vm->name,
			       "is in pool %s, and %s is a host of %s; migrate it there first",
			       vm->pool, act->to->host.name, act->to->pool);
	if (vm->state == CL_VM_RUNNING && strcmp(vm->host, act->to->host.name))
		return cl_fail(cl_txn_error(act->txn), -EEXIST, vm->name,
			       "runs on %s already; migrate it, or stop it if it is not there",
			       vm->host);
	return check_same(act);
}

static int check_forget(struct act *act)
{
	const struct cl_vm *vm = &act->answer->before;

	if (!cl_vm_alive(vm) || act->request->force)
		return 0;
	return cl_fail(cl_txn_error(act->txn), -EINVAL, vm->name,
		       "is %s; stop it first, or give --force",
		       cl_vm_state_name(vm->state));
}

/* ---- Doing it ---- */

/* Until it starts afresh it is known where a rule was overruled. */
static void mark(struct act *act, struct cl_vm *vm)
{
	if (act->request->step == CL_STEP_BEGIN)
		return;
	if (act->answer->move.answer == CL_MOVE_STRANDED)
		vm->flags |= CL_VM_STRANDED;
	else if (act->answer->move.answer != CL_MOVE_YES)
		vm->flags |= CL_VM_FORCED;
}

static int adopt(struct act *act, struct cl_vm *vm)
{
	const struct cl_vm_request *request = act->request;
	struct cl_vm_answer *answer = act->answer;
	const struct cl_vm *before = &answer->before;
	struct cl_verdict verdict;

	vm->kind = request->kind;
	if (vm->kind != CL_VM_ORDINARY) {
		strcpy(vm->pool, act->pool->name);
		return 0;
	}
	/* What it has in memory is known, and it runs with that. */
	if (cl_vm_alive(before) && !request->recorded) {
		vm->state = CL_VM_RUNNING;
		cl_vm_migrate_complete(vm, act->to);
		return 0;
	}
	cl_vm_adopt(vm, act->to, request->recorded, request->vendor);
	/* Read back after a start: what Xen gave is not what was asked for. */
	if (before->state != CL_VM_RUNNING || !request->recorded)
		return 0;
	cl_verdict(&verdict, &vm->set, &before->set, NULL, NULL);
	answer->beyond = verdict.missing;
	cl_verdict(&verdict, &before->set, &vm->set, NULL, NULL);
	answer->short_of = verdict.missing;
	vm->flags = before->flags & ~CL_VM_ASSUMED;
	if (!request->recorded->max_leaves.max_leaf)
		vm->max_leaves = before->max_leaves;
	return 0;
}

static int checkpoint(struct act *act)
{
	const struct cl_vm_request *request = act->request;
	struct cl_vm saved;
	int ret = cl_vm_checkpoint(&act->answer->before, &saved, request->other,
				   request->disks_only, cl_txn_error(act->txn));

	return ret ? ret : cl_put_saved(act->txn, request->name, &saved);
}

static int copy(struct act *act)
{
	struct cl_vm_answer *answer = act->answer;
	struct cl_vm vm;
	int ret = cl_vm_copy(&answer->before, &vm, act->request->other,
			     act->pool->name, act->request->kind,
			     cl_txn_error(act->txn));

	if (ret)
		return ret;
	answer->after = vm;
	return cl_put_vm(act->txn, &vm, NULL);
}

struct names {
	char keys[64][CL_KEY_SIZE];
	unsigned int nr;
};

static int take_key(void *arg, const char *key, const struct cl_value *value)
{
	struct names *names = arg;

	(void)value;
	snprintf(names->keys[names->nr++], CL_KEY_SIZE, "%s", key);
	return names->nr == ARRAY_SIZE(names->keys);
}

/* With its checkpoints, however many. */
static int forget(struct act *act)
{
	char prefix[CL_KEY_SIZE];
	struct names names;
	int ret;

	CL_KEY(prefix, "saved/%s/", act->request->name);
	do {
		names.nr = 0;
		ret = cl_txn_scan(act->txn, prefix, NULL, take_key, &names);
		while (ret >= 0 && names.nr) {
			int failed = cl_txn_remove(act->txn,
						   names.keys[--names.nr]);

			ret = failed ? failed : ret;
		}
	} while (ret > 0);
	return ret ? ret : cl_remove_vm(act->txn, &act->answer->before);
}

static int keep(struct act *act, const struct cl_vm *vm)
{
	const struct cl_vm *before = &act->answer->before;

	return cl_put_vm(act->txn, vm, act->is_new ? NULL : before);
}

static int migrate(struct act *act, struct cl_vm *vm)
{
	struct cl_error *error = cl_txn_error(act->txn);

	if (act->request->step == CL_STEP_CANCEL) {
		cl_vm_migrate_abort(vm);
		return 0;
	}
	/* What does not run has moved as soon as it is said. */
	if (act->request->step == CL_STEP_BEGIN && vm->state == CL_VM_RUNNING)
		return cl_vm_migrate_begin(vm, act->to, time(NULL), error);
	if (act->to)
		return cl_vm_migrate(vm, act->to, error);
	strcpy(vm->pool, act->pool->name);
	return 0;
}

/* From the first step on it has the level: that is what it is started with. */
static int start(struct act *act, struct cl_vm *vm)
{
	struct cl_error *error = cl_txn_error(act->txn);
	int ret;

	if (act->request->step == CL_STEP_CANCEL)
		return cl_vm_stop(vm, error);
	ret = cl_vm_start(vm, act->pool, act->to, error);
	if (!ret && act->request->step == CL_STEP_BEGIN)
		cl_vm_set_pending(vm, CL_PENDING_STARTING, act->to, time(NULL));
	return ret;
}

static int change(struct act *act, struct cl_vm *vm)
{
	const struct cl_vm_request *request = act->request;
	struct cl_error *error = cl_txn_error(act->txn);

	switch (request->verb) {
	case CL_VM_START:
		return start(act, vm);
	case CL_VM_STOP:
		return cl_vm_stop(vm, error);
	case CL_VM_REBOOT:
		if (!act->to || strcmp(act->to->host.name, vm->host))
			return cl_fail(error, -EINVAL, vm->name,
				       "reboots where it is, on %s",
				       *vm->host ? vm->host : "no host");
		return cl_vm_reboot(vm, act->pool, act->to, request->by_itself,
				    error);
	case CL_VM_SUSPEND:
		return cl_vm_suspend(vm, error);
	case CL_VM_RESUME:
		return cl_vm_resume(vm, act->to, error);
	case CL_VM_MIGRATE:
		return migrate(act, vm);
	case CL_VM_REVERT:
		return cl_vm_revert(vm, &act->asked, act->to, error);
	case CL_VM_ADOPT:
		return adopt(act, vm);
	default:
		return cl_fail(error, -EINVAL, vm->name, "no such verb");
	}
}

static int check_place(struct act *act)
{
	switch (act->request->verb) {
	case CL_VM_START:
		return check_start(act);
	case CL_VM_RESUME:
		return needs_host(act);
	case CL_VM_REVERT:
		return cl_vm_alive(&act->asked) ? needs_host(act) : 0;
	case CL_VM_ADOPT:
		return check_adopt(act);
	case CL_VM_MIGRATE:
		return check_migrate(act);
	case CL_VM_CHECKPOINT:
		return check_checkpoint(act);
	case CL_VM_COPY:
		return check_free(act, "vm");
	case CL_VM_FORGET:
		return check_forget(act);
	default:
		return 0;
	}
}

/* What a VM in this state cannot do is wrong wherever it is to be. */
int cl_act_check(struct act *act)
{
	struct cl_vm vm = act->answer->before;
	int ret = check_pending(act);

	if (!ret && act->request->step != CL_STEP_CANCEL)
		ret = check_place(act);

	switch (act->request->verb) {
	case CL_VM_CHECKPOINT:
	case CL_VM_COPY:
	case CL_VM_FORGET:
		return ret;
	default:
		return ret ? ret : change(act, &vm);
	}
}

int cl_act(struct act *act)
{
	struct cl_vm *vm = &act->answer->after;
	int ret;

	switch (act->request->verb) {
	case CL_VM_CHECKPOINT:
		return checkpoint(act);
	case CL_VM_COPY:
		return copy(act);
	case CL_VM_FORGET:
		return forget(act);
	default:
		break;
	}
	if (act->request->step == CL_STEP_CANCEL && act->request->fresh)
		return cl_remove_vm(act->txn, &act->answer->before);
	*vm = act->answer->before;
	ret = change(act, vm);
	if (ret)
		return ret;
	mark(act, vm);
	return keep(act, vm);
}
