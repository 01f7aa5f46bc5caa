// SPDX-License-Identifier: LGPL-2.1-or-later
/* Pools, their hosts and VMs as text. */
#include <errno.h>
#include <string.h>

#include "../lib/private.h"
#include "pool.h"
#include "record.h"

/* ---- Pools ---- */

#define POOL_FORM	"cpulevel-pool 1"

void cl_pool_write(const struct cl_pool *pool, FILE *to)
{
	fputs(POOL_FORM "\n", to);
	cl_put_text(to, "name", pool->name);
	cl_put_text(to, "vendor", pool->vendor);
	fprintf(to, "changes %llu\nhosts %u\npv_hosts %u\nhvm_hosts %u\n",
		(unsigned long long)pool->changes, pool->nr_hosts,
		pool->offering[CL_GUEST_PV], pool->offering[CL_GUEST_HVM]);
	cl_put_set(to, "pv_level", &pool->level[CL_GUEST_PV]);
	cl_put_set(to, "hvm_level", &pool->level[CL_GUEST_HVM]);
	fputs("end\n", to);
}

static bool take_pool(void *value, const char *key, const char *text)
{
	struct cl_pool *pool = value;

	if (!strcmp(key, "name"))
		return cl_take_text(pool->name, sizeof(pool->name), text);
	if (!strcmp(key, "vendor"))
		return cl_take_text(pool->vendor, sizeof(pool->vendor), text);
	if (!strcmp(key, "changes"))
		return cl_take_number(&pool->changes, text);
	if (!strcmp(key, "hosts"))
		return cl_take_count(&pool->nr_hosts, text);
	if (!strcmp(key, "pv_hosts"))
		return cl_take_count(&pool->offering[CL_GUEST_PV], text);
	if (!strcmp(key, "hvm_hosts"))
		return cl_take_count(&pool->offering[CL_GUEST_HVM], text);
	if (!strcmp(key, "pv_level"))
		return cl_take_set(&pool->level[CL_GUEST_PV], text);
	if (!strcmp(key, "hvm_level"))
		return cl_take_set(&pool->level[CL_GUEST_HVM], text);
	return true;
}

int cl_pool_parse(struct cl_pool *pool, const char *text, size_t len,
		  struct cl_error *error)
{
	struct cl_pool read = { .vendor = "" };
	size_t used;
	int ret;

	ret = cl_walk(text, len, POOL_FORM, take_pool, &read, &used, error);
	if (!ret)
		*pool = read;
	return ret;
}

/* ---- Hosts ---- */

#define MEMBER_FORM	"cpulevel-member 1"

void cl_member_write(const struct cl_member *member, FILE *to)
{
	fputs(MEMBER_FORM "\n", to);
	cl_put_text(to, "pool", member->pool);
	cl_put_text(to, "boot", member->boot);
	cl_put_text(to, "machine", member->machine);
	cl_put_text(to, "estimated", member->estimated ? "yes" : "");
	cl_put_text(to, "one_policy", member->one_policy ? "yes" : "");
	fputs("end\n", to);
	cl_host_write(&member->host, to);
}

static bool take_member(void *value, const char *key, const char *text)
{
	struct cl_member *member = value;

	if (!strcmp(key, "pool"))
		return cl_take_text(member->pool, sizeof(member->pool), text);
	if (!strcmp(key, "boot"))
		return cl_take_text(member->boot, sizeof(member->boot), text);
	if (!strcmp(key, "machine"))
		return cl_take_text(member->machine, sizeof(member->machine), text);
	if (!strcmp(key, "estimated"))
		member->estimated = true;
	if (!strcmp(key, "one_policy"))
		member->one_policy = true;
	return true;
}

int cl_member_parse(struct cl_member *member, const char *text, size_t len,
		    struct cl_error *error)
{
	struct cl_member read = { .pool = "" };
	size_t used;
	int ret;

	ret = cl_walk(text, len, MEMBER_FORM, take_member, &read, &used, error);
	if (ret)
		return ret;
	if (cl_host_parse(&read.host, text + used, len - used, "member", error))
		return cl_fail(error, -EBADMSG, MEMBER_FORM,
			       "record is damaged in its host");
	/* A member's max sets are complete; Xen's version is kept, and would say otherwise. */
	read.host.one_policy = false;
	*member = read;
	return 0;
}

/* ---- VMs ---- */

#define VM_FORM	"cpulevel-vm 1"

void cl_vm_write(const struct cl_vm *vm, FILE *to)
{
	char leaves[CL_MAX_LEAVES_TEXT_SIZE];
	unsigned int n;

	fputs(VM_FORM "\n", to);
	cl_put_text(to, "name", vm->name);
	cl_put_text(to, "pool", vm->pool);
	cl_put_text(to, "host", vm->host);
	cl_put_text(to, "type", cl_vm_type_name(vm->type));
	cl_put_text(to, "state", cl_vm_state_name(vm->state));
	cl_put_text(to, "kind", cl_vm_kind_name(vm->kind));
	for (n = 0; cl_vm_flag_name(n); n++)
		if (vm->flags >> n & 1)
			cl_put_text(to, "flag", cl_vm_flag_name(n));
	cl_put_text(to, "vendor", vm->vendor);
	cl_put_set(to, "set", &vm->set);
	cl_put_set(to, "exposed", &vm->exposed);
	cl_put_set(to, "seen", &vm->seen);
	if (cl_max_leaves_text(&vm->max_leaves, leaves))
		cl_put_text(to, "leaves", leaves);
	if (vm->pending)
		cl_put_text(to, "pending", cl_vm_pending_name(vm->pending));
	cl_put_text(to, "pending_host", vm->pending_host);
	if (vm->pending_since)
		fprintf(to, "pending_since %lld\n", (long long)vm->pending_since);
	fputs("end\n", to);
}

static bool take_choice(struct cl_vm *vm, const char *key, const char *text)
{
	unsigned int n;

	if (!strcmp(key, "type")) {
		if (!cl_take_name(&n, cl_vm_type_name, text))
			return false;
		vm->type = n;
	}
	if (!strcmp(key, "state")) {
		if (!cl_take_name(&n, cl_vm_state_name, text))
			return false;
		vm->state = n;
	}
	if (!strcmp(key, "kind")) {
		if (!cl_take_name(&n, cl_vm_kind_name, text))
			return false;
		vm->kind = n;
	}
	if (!strcmp(key, "flag")) {
		if (!cl_take_name(&n, cl_vm_flag_name, text))
			return false;
		vm->flags |= 1u << n;
	}
	return true;
}

/* Records of earlier releases have moving_to and moving_since. */
static bool take_pending(struct cl_vm *vm, const char *key, const char *text)
{
	uint64_t since;
	unsigned int n;

	if (!strcmp(key, "pending")) {
		if (!cl_take_name(&n, cl_vm_pending_name, text))
			return false;
		vm->pending = n;
	}
	if (!strcmp(key, "pending_host") || !strcmp(key, "moving_to"))
		return cl_take_text(vm->pending_host, sizeof(vm->pending_host),
				    text);
	if (strcmp(key, "pending_since") && strcmp(key, "moving_since"))
		return true;
	if (!cl_take_number(&since, text) || since > INT64_MAX)
		return false;
	vm->pending_since = since;
	return true;
}

static bool take_vm(void *value, const char *key, const char *text)
{
	struct cl_vm *vm = value;

	if (!strcmp(key, "name"))
		return cl_take_text(vm->name, sizeof(vm->name), text);
	if (!strcmp(key, "pool"))
		return cl_take_text(vm->pool, sizeof(vm->pool), text);
	if (!strcmp(key, "host"))
		return cl_take_text(vm->host, sizeof(vm->host), text);
	if (!strcmp(key, "vendor"))
		return cl_take_text(vm->vendor, sizeof(vm->vendor), text);
	if (!strcmp(key, "set"))
		return cl_take_set(&vm->set, text);
	if (!strcmp(key, "exposed"))
		return cl_take_set(&vm->exposed, text);
	if (!strcmp(key, "seen"))
		return cl_take_set(&vm->seen, text);
	if (!strcmp(key, "leaves"))
		return cl_max_leaves_parse(&vm->max_leaves, text);
	return take_choice(vm, key, text) && take_pending(vm, key, text);
}

int cl_vm_parse(struct cl_vm *vm, const char *text, size_t len,
		struct cl_error *error)
{
	struct cl_vm read = { .name = "" };
	size_t used;
	int ret;

	ret = cl_walk(text, len, VM_FORM, take_vm, &read, &used, error);
	if (ret)
		return ret;
	/* An earlier release: what moved to where it was, was being started. */
	if (*read.pending_host && !read.pending)
		read.pending = strcmp(read.pending_host, read.host) ?
			       CL_PENDING_MOVING : CL_PENDING_STARTING;
	*vm = read;
	return 0;
}
