// SPDX-License-Identifier: LGPL-2.1-or-later
/* The table of what VMs do: what each verb needs, checks and changes. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../lib/private.h"
#include "vm.h"

/* ---- Checks ---- */

static int needs_host(struct operation *op)
{
	return op->to ? 0 : cl_fail(cl_txn_error(op->txn), -EINVAL,
				     op->request->name,
				     "no target host; give --host HOST");
}

/* A copy or a checkpoint must not replace another. */
static int check_free(struct operation *op, const char *prefix)
{
	const char *name = op->request->other;
	char key[CL_KEY_SIZE];
	struct cl_value value;
	int ret = cl_name_check(name, "new name", cl_txn_error(op->txn));

	if (ret)
		return ret;
	CL_KEY(key, "%s/%s", prefix, name);
	ret = cl_txn_get(op->txn, key, &value);
	if (ret == -ENOENT)
		return 0;
	if (ret)
		return ret;
	free(value.data);
	return cl_fail(cl_txn_error(op->txn), -EEXIST, name,
		       "is there already; choose another name");
}

static int check_copy(struct operation *op)
{
	return check_free(op, "vm");
}

static int check_checkpoint(struct operation *op)
{
	char prefix[CL_KEY_SIZE];

	CL_KEY(prefix, "saved/%s", op->request->name);
	return check_free(op, prefix);
}

/* What is known under that name may be another VM; nothing of it is overwritten. */
static int check_same(struct operation *op)
{
	const struct cl_vm_request *request = op->request;
	const struct cl_vm *vm = &op->answer->before;
	struct cl_error *error = cl_txn_error(op->txn);

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

/* It is said to be here, and is known to be there. */
static int runs_elsewhere(struct operation *op)
{
	const struct cl_vm *vm = &op->answer->before;
	const char *host = op->to->host.name;

	if (vm->state != CL_VM_RUNNING || !strcmp(vm->host, host) ||
	    !strcmp(vm->pending_host, host))
		return 0;
	return cl_fail(cl_txn_error(op->txn), -EEXIST, vm->name,
		       "runs on %s already; migrate it, or stop it if it is not there",
		       vm->host);
}

static int check_adopt(struct operation *op)
{
	const struct cl_vm *vm = &op->answer->before;

	if (!op->is_new && check_same(op))
		return -EINVAL;
	if (op->request->kind != CL_VM_ORDINARY)
		return op->pool ? 0 :
		       cl_fail(cl_txn_error(op->txn), -EINVAL, vm->name,
			       "no pool for the template; give --pool POOL");
	if (needs_host(op))
		return -EINVAL;
	return runs_elsewhere(op);
}

static int check_migrate(struct operation *op)
{
	const struct cl_vm *vm = &op->answer->before;

	if (vm->kind != CL_VM_ORDINARY)
		return cl_fail(cl_txn_error(op->txn), -ENOTSUP, vm->name,
			       "is a template, which does not move; copy it");
	if (op->to || (!cl_vm_alive(vm) && op->request->pool))
		return 0;
	return needs_host(op);
}

static int check_start(struct operation *op)
{
	const struct cl_vm *vm = &op->answer->before;
	int ret;

	if (needs_host(op))
		return -EINVAL;
	if (op->answer->cross_pool)
		return cl_fail(cl_txn_error(op->txn), -EINVAL, vm->name,
			       "is in pool %s, and %s is a host of %s; migrate it there first",
			       vm->pool, op->to->host.name, op->to->pool);
	ret = runs_elsewhere(op);
	return ret ? ret : check_same(op);
}

static int check_revert(struct operation *op)
{
	return cl_vm_alive(&op->image) ? needs_host(op) : 0;
}

/* ---- What is pending ---- */

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
static int check_end(struct operation *op)
{
	const struct cl_vm *vm = &op->answer->before;
	struct cl_error *error = cl_txn_error(op->txn);
	bool move = op->request->verb == CL_VM_MIGRATE;

	if (vm->pending != (move ? CL_PENDING_MOVING : CL_PENDING_STARTING))
		return cl_fail(error, -EINVAL, vm->name,
			       "has no pending %s; see `cpulevel vm show`",
			       move ? "move" : "start");
	if (op->to && strcmp(op->to->host.name, vm->pending_host))
		return cl_fail(error, -EINVAL, vm->name,
			       "has a pending move to %s, not to %s",
			       vm->pending_host, op->to->host.name);
	return 0;
}

int cl_vm_check_pending(struct operation *op)
{
	const struct cl_vm *vm = &op->answer->before;
	enum cl_vm_step step = op->request->step;

	if (op->verb->is & WHILE_PENDING)
		return 0;
	if (step == CL_STEP_END || step == CL_STEP_CANCEL)
		return check_end(op);
	return vm->pending ? refuse_pending(cl_txn_error(op->txn), vm) : 0;
}

/* ---- Changes ---- */

static int adopt(struct operation *op, struct cl_vm *vm)
{
	const struct cl_vm_request *request = op->request;
	struct cl_vm_answer *answer = op->answer;
	const struct cl_vm *before = &answer->before;
	struct cl_verdict verdict;

	vm->kind = request->kind;
	if (vm->kind != CL_VM_ORDINARY) {
		strcpy(vm->pool, op->pool->name);
		return 0;
	}
	/* What it has in memory is known, and it runs with that. */
	if (cl_vm_alive(before) && !request->recorded) {
		vm->state = CL_VM_RUNNING;
		cl_vm_migrate_complete(vm, op->to);
		return 0;
	}
	cl_vm_adopt(vm, op->to, request->recorded, request->vendor);
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

static int checkpoint(struct operation *op, struct cl_vm *saved)
{
	const struct cl_vm_request *request = op->request;

	return cl_vm_checkpoint(&op->answer->before, saved, request->other,
				request->disks_only, cl_txn_error(op->txn));
}

static int keep_checkpoint(struct operation *op, struct cl_vm *saved)
{
	int ret = cl_put_saved(op->txn, op->request->name, saved);

	/* The VM itself is as it was. */
	*saved = op->answer->before;
	return ret;
}

static int copy(struct operation *op, struct cl_vm *vm)
{
	return cl_vm_copy(&op->answer->before, vm, op->request->other,
			  op->pool->name, op->request->kind,
			  cl_txn_error(op->txn));
}

static int keep_copy(struct operation *op, struct cl_vm *vm)
{
	return cl_put_vm(op->txn, vm, NULL);
}

struct names {
	char keys[64][CL_KEY_SIZE];
	unsigned int nr;
};

static int add_key(void *arg, const char *key, const struct cl_value *value)
{
	struct names *names = arg;

	(void)value;
	snprintf(names->keys[names->nr++], CL_KEY_SIZE, "%s", key);
	return names->nr == ARRAY_SIZE(names->keys);
}

static int forget(struct operation *op, struct cl_vm *vm)
{
	if (!cl_vm_alive(vm) || op->request->force)
		return 0;
	return cl_fail(cl_txn_error(op->txn), -EINVAL, vm->name,
		       "is %s; stop it first, or give --force",
		       cl_vm_state_name(vm->state));
}

/* With its checkpoints, however many. */
static int remove_all(struct operation *op, struct cl_vm *vm)
{
	char prefix[CL_KEY_SIZE];
	struct names names;
	int ret;

	CL_KEY(prefix, "saved/%s/", op->request->name);
	do {
		names.nr = 0;
		ret = cl_txn_scan(op->txn, prefix, NULL, add_key, &names);
		while (ret >= 0 && names.nr) {
			int failed = cl_txn_remove(op->txn,
						   names.keys[--names.nr]);

			ret = failed ? failed : ret;
		}
	} while (ret > 0);
	return ret ? ret : cl_remove_vm(op->txn, vm);
}

static int migrate(struct operation *op, struct cl_vm *vm)
{
	struct cl_error *error = cl_txn_error(op->txn);

	if (op->request->step == CL_STEP_CANCEL) {
		cl_vm_migrate_abort(vm);
		return 0;
	}
	/* What does not run has moved as soon as it is said. */
	if (op->request->step == CL_STEP_BEGIN && vm->state == CL_VM_RUNNING)
		return cl_vm_migrate_begin(vm, op->to, time(NULL), error);
	if (op->to)
		return cl_vm_migrate(vm, op->to, error);
	strcpy(vm->pool, op->pool->name);
	return 0;
}

/* From the first step on it has the level: that is what it is started with. */
static int start(struct operation *op, struct cl_vm *vm)
{
	struct cl_error *error = cl_txn_error(op->txn);
	int ret;

	if (op->request->step == CL_STEP_CANCEL)
		return cl_vm_stop(vm, error);
	ret = cl_vm_start(vm, op->pool, op->to, error);
	if (!ret && op->request->step == CL_STEP_BEGIN)
		cl_vm_set_pending(vm, CL_PENDING_STARTING, op->to, time(NULL));
	return ret;
}

static int stop(struct operation *op, struct cl_vm *vm)
{
	return cl_vm_stop(vm, cl_txn_error(op->txn));
}

static int reboot(struct operation *op, struct cl_vm *vm)
{
	struct cl_error *error = cl_txn_error(op->txn);

	if (!op->to || strcmp(op->to->host.name, vm->host))
		return cl_fail(error, -EINVAL, vm->name,
			       "reboots where it is, on %s",
			       *vm->host ? vm->host : "no host");
	return cl_vm_reboot(vm, op->pool, op->to, op->request->by_itself,
			    error);
}

static int suspend(struct operation *op, struct cl_vm *vm)
{
	return cl_vm_suspend(vm, cl_txn_error(op->txn));
}

static int resume(struct operation *op, struct cl_vm *vm)
{
	return cl_vm_resume(vm, op->to, cl_txn_error(op->txn));
}

static int revert(struct operation *op, struct cl_vm *vm)
{
	return cl_vm_revert(vm, &op->image, op->to, cl_txn_error(op->txn));
}

/* ---- The table ---- */

const struct vm_verb cl_vm_verbs[CL_NR_VM_VERBS] = {
	[CL_VM_START] = { "start", MAY_BE_NEW, check_start, start, NULL },
	[CL_VM_STOP] = { "stop", WHILE_PENDING, NULL, stop, NULL },
	[CL_VM_REBOOT] = { "reboot", ON_ITS_HOST, NULL, reboot, NULL },
	[CL_VM_SUSPEND] = { "suspend", 0, NULL, suspend, NULL },
	[CL_VM_RESUME] = { "resume", ON_ITS_HOST | HAS_TO_FIT, needs_host,
			   resume, NULL },
	[CL_VM_MIGRATE] = { "migrate", ON_PENDING_HOST | HAS_TO_FIT,
			    check_migrate, migrate, NULL },
	[CL_VM_CHECKPOINT] = { "checkpoint", 0, check_checkpoint, checkpoint,
			       keep_checkpoint },
	[CL_VM_REVERT] = { "revert", ON_ITS_HOST | HAS_TO_FIT, check_revert,
			   revert, NULL },
	[CL_VM_ADOPT] = { "adopt", MAY_BE_NEW | WHILE_PENDING | HAS_TO_FIT,
			  check_adopt, adopt, NULL },
	[CL_VM_COPY] = { "copy", 0, check_copy, copy, keep_copy },
	[CL_VM_FORGET] = { "forget", WHILE_PENDING, NULL, forget, remove_all },
};

const char *cl_vm_verb_name(unsigned int verb)
{
	return verb < CL_NR_VM_VERBS ? cl_vm_verbs[verb].name : NULL;
}
