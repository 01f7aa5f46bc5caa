// SPDX-License-Identifier: LGPL-2.1-or-later
/* What VMs do: start at the level, keep it, lose it when they stop. */
#include <errno.h>
#include <string.h>

#include "../lib/private.h"
#include "pool.h"

static int not_in_state(const struct cl_vm *vm, const char *wanted,
			struct cl_error *error)
{
	if (*vm->host)
		return cl_fail(error, -EINVAL, vm->name,
			       "is %s on %s, and has to be %s for that",
			       cl_vm_state_name(vm->state), vm->host, wanted);
	return cl_fail(error, -EINVAL, vm->name,
		       "is %s, and has to be %s for that",
		       cl_vm_state_name(vm->state), wanted);
}

static int refuse_template(const struct cl_vm *vm, struct cl_error *error)
{
	return cl_fail(error, -ENOTSUP, vm->name,
		       "is a template; copy it, and start the copy");
}

void cl_vm_set_pending(struct cl_vm *vm, enum cl_vm_pending pending,
		       const struct cl_member *host, int64_t now)
{
	vm->pending = pending;
	strcpy(vm->pending_host, host->host.name);
	vm->pending_since = now;
}

void cl_vm_migrate_abort(struct cl_vm *vm)
{
	vm->pending = CL_PENDING_NONE;
	*vm->pending_host = '\0';
	vm->pending_since = 0;
}

/* Nothing of it is in memory any more. */
static void forget_set(struct cl_vm *vm)
{
	vm->state = CL_VM_HALTED;
	vm->flags = 0;
	*vm->host = '\0';
	*vm->vendor = '\0';
	cl_vm_migrate_abort(vm);
	memset(&vm->set, 0, sizeof(vm->set));
	memset(&vm->exposed, 0, sizeof(vm->exposed));
	memset(&vm->seen, 0, sizeof(vm->seen));
	memset(&vm->max_leaves, 0, sizeof(vm->max_leaves));
}

/* The VM goes on there.  What a PV guest sees besides its set is the host's. */
static void land(struct cl_vm *vm, const struct cl_member *host)
{
	strcpy(vm->host, host->host.name);
	strcpy(vm->pool, host->pool);
	if (!*vm->vendor)
		strcpy(vm->vendor, host->host.vendor);
	cl_vm_migrate_abort(vm);
	memset(&vm->exposed, 0, sizeof(vm->exposed));
	if (cl_vm_guest(vm) == CL_GUEST_PV)
		cl_member_exposes(&vm->exposed, host, &vm->set);
	cl_or(&vm->seen, &vm->seen, &vm->exposed);
}

/* A fresh start there, at the level that the pool has now. */
static int boot(struct cl_vm *vm, const struct cl_pool *pool,
		const struct cl_member *host, struct cl_error *error)
{
	enum cl_guest guest = cl_vm_guest(vm);

	if (!cl_member_default(host, guest))
		return cl_fail(error, -ENOTSUP, vm->name,
			       "is %s, and host %s cannot run such guests",
			       cl_vm_type_name(vm->type), host->host.name);
	forget_set(vm);
	vm->state = CL_VM_RUNNING;
	vm->set = pool->level[guest];
	/* No level changes these. */
	vm->max_leaves = *cl_member_max_leaves_given(host, guest);
	land(vm, host);
	strcpy(vm->pool, pool->name);
	return 0;
}

int cl_vm_start(struct cl_vm *vm, const struct cl_pool *pool,
		const struct cl_member *host, struct cl_error *error)
{
	if (vm->kind != CL_VM_ORDINARY)
		return refuse_template(vm, error);
	if (vm->state == CL_VM_SUSPENDED)
		return cl_fail(error, -EINVAL, vm->name,
			       "is suspended; resume it, or stop it and lose what is in its memory");
	if (vm->state != CL_VM_HALTED)
		return not_in_state(vm, "halted", error);
	return boot(vm, pool, host, error);
}

int cl_vm_stop(struct cl_vm *vm, struct cl_error *error)
{
	if (!cl_vm_alive(vm))
		return not_in_state(vm, "running or suspended", error);
	forget_set(vm);
	return 0;
}

int cl_vm_reboot(struct cl_vm *vm, const struct cl_pool *pool,
		 const struct cl_member *host, bool by_itself,
		 struct cl_error *error)
{
	if (vm->state != CL_VM_RUNNING)
		return not_in_state(vm, "running", error);
	if (!by_itself)
		return boot(vm, pool, host, error);
	vm->flags |= CL_VM_REBOOTED;
	return 0;
}

int cl_vm_suspend(struct cl_vm *vm, struct cl_error *error)
{
	if (vm->state != CL_VM_RUNNING)
		return not_in_state(vm, "running", error);
	vm->state = CL_VM_SUSPENDED;
	return 0;
}

void cl_vm_migrate_complete(struct cl_vm *vm, const struct cl_member *host)
{
	land(vm, host);
}

int cl_vm_migrate_begin(struct cl_vm *vm, const struct cl_member *to,
			int64_t now, struct cl_error *error)
{
	if (vm->state != CL_VM_RUNNING)
		return not_in_state(vm, "running", error);
	cl_vm_set_pending(vm, CL_PENDING_MOVING, to, now);
	return 0;
}

int cl_vm_resume(struct cl_vm *vm, const struct cl_member *host,
		 struct cl_error *error)
{
	if (vm->state != CL_VM_SUSPENDED)
		return not_in_state(vm, "suspended", error);
	vm->state = CL_VM_RUNNING;
	land(vm, host);
	return 0;
}

int cl_vm_migrate(struct cl_vm *vm, const struct cl_member *to,
		  struct cl_error *error)
{
	if (vm->kind != CL_VM_ORDINARY)
		return refuse_template(vm, error);
	if (cl_vm_alive(vm))
		land(vm, to);
	else
		strcpy(vm->pool, to->pool);
	return 0;
}

int cl_vm_checkpoint(const struct cl_vm *vm, struct cl_vm *saved,
		     const char *name, bool disks_only, struct cl_error *error)
{
	if (vm->kind != CL_VM_ORDINARY)
		return refuse_template(vm, error);
	if (!disks_only && !cl_vm_alive(vm))
		return cl_fail(error, -EINVAL, vm->name,
			       "is halted, and there is no memory to save; give --disks");
	*saved = *vm;
	snprintf(saved->name, sizeof(saved->name), "%s", name);
	saved->state = CL_VM_SUSPENDED;
	if (disks_only)
		forget_set(saved);
	return 0;
}

int cl_vm_revert(struct cl_vm *vm, const struct cl_vm *saved,
		 const struct cl_member *host, struct cl_error *error)
{
	struct cl_vm now = *saved;

	if (cl_vm_alive(saved) && !host)
		return cl_fail(error, -EINVAL, saved->name,
			       "resumes from its saved memory; give --host HOST");
	strcpy(now.name, vm->name);
	strcpy(now.pool, vm->pool);
	*vm = now;
	if (!cl_vm_alive(saved))
		return 0;
	vm->state = CL_VM_RUNNING;
	land(vm, host);
	return 0;
}

int cl_vm_copy(const struct cl_vm *vm, struct cl_vm *copy, const char *name,
	       const char *pool, enum cl_vm_kind kind, struct cl_error *error)
{
	if (vm->kind == CL_VM_SYSTEM_TEMPLATE &&
	    (kind != CL_VM_ORDINARY || strcmp(vm->pool, pool)))
		return cl_fail(error, -ENOTSUP, vm->name,
			       "is a system's template, which every pool has; a VM is copied from that of its own pool");
	if (cl_vm_alive(vm))
		return not_in_state(vm, "halted", error);
	*copy = *vm;
	snprintf(copy->name, sizeof(copy->name), "%s", name);
	snprintf(copy->pool, sizeof(copy->pool), "%s", pool);
	copy->kind = kind;
	return 0;
}

/* XenServer before Xen 4.7 had four words and no more. */
#define OLD_WORDS	4

void cl_record_extend(struct cl_featureset *set,
		      const struct cl_featureset *host)
{
	unsigned int old = set->nr_words, i;

	if (old < host->nr_words)
		cl_resize(set, host->nr_words);
	if (old > OLD_WORDS)
		return;
	for (i = old; i < host->nr_words; i++)
		set->words[i] = host->words[i];
}

void cl_vm_adopt(struct cl_vm *vm, const struct cl_member *host,
		 const struct cl_given *recorded, const char *vendor)
{
	const struct cl_featureset *max = cl_member_max(host, cl_vm_guest(vm));
	static const struct cl_max_leaves unknown;

	vm->state = CL_VM_RUNNING;
	vm->flags = recorded ? 0 : CL_VM_ASSUMED;
	snprintf(vm->vendor, sizeof(vm->vendor), "%s",
		 vendor && *vendor ? vendor : host->host.vendor);
	vm->set = recorded ? recorded->set : max ? *max : (struct cl_featureset){ 0 };
	vm->max_leaves = recorded ? recorded->max_leaves : unknown;
	if (recorded && max)
		cl_record_extend(&vm->set, max);
	land(vm, host);
}
