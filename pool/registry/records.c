// SPDX-License-Identifier: LGPL-2.1-or-later
/* Records of pools, hosts and VMs within a transaction: where each is kept. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../lib/private.h"
#include "registry.h"

/*
 *	pool/POOL		cl_pool
 *	counts/POOL/pv|hvm	cl_counts
 *	host/HOST		cl_member
 *	member/POOL/HOST	cl_accepted_leaves; nothing, where an earlier release wrote it
 *	vm/VM			cl_vm
 *	on/HOST/VM		nothing: which VMs run there, or are about to move there
 *	saved/VM/NAME		cl_vm, a checkpoint
 *	history/POOL/NUMBER	cl_event
 */

static const char *const guest_names[CL_NR_GUESTS] = {
	[CL_GUEST_PV] = "pv", [CL_GUEST_HVM] = "hvm",
};

/* ---- Writing: through a stream into memory ---- */

struct record {
	FILE *to;
	char *text;
	size_t len;
};

static int begin(struct cl_txn *txn, struct record *record)
{
	record->text = NULL;
	record->to = open_memstream(&record->text, &record->len);
	return record->to ? 0 : cl_fail(txn->error, -ENOMEM, "record",
					"out of memory");
}

static int finish(struct cl_txn *txn, struct record *record, const char *key)
{
	int bad = ferror(record->to) | fclose(record->to), ret;

	ret = bad ? cl_fail(txn->error, -ENOMEM, "record", "out of memory") :
		    cl_txn_put(txn, key, record->text, record->len);
	free(record->text);
	return ret;
}

/* What is missing for people: "host h7", "VM web". */
static int missing(struct cl_txn *txn, int ret, const char *what,
		   const char *name)
{
	if (ret != -ENOENT)
		return ret;
	return cl_fail(txn->error, ret, name, "no such %s in the store", what);
}

/* ---- Pools ---- */

static int get_counts(struct cl_txn *txn, const char *pool, unsigned int guest,
		      struct cl_counts *counts)
{
	char key[CL_KEY_SIZE];
	struct cl_value value;
	int ret;

	CL_KEY(key, "counts/%s/%s", pool, guest_names[guest]);
	ret = cl_txn_get(txn, key, &value);
	if (ret)
		return missing(txn, ret, "counts of a pool", pool);
	ret = cl_counts_parse(counts, value.data, value.len, txn->error);
	free(value.data);
	return ret;
}

int cl_get_pool(struct cl_txn *txn, const char *name, struct cl_pool *pool,
		struct cl_pool_counts *counts)
{
	char key[CL_KEY_SIZE];
	struct cl_value value;
	int ret = cl_name_check(name, "pool", txn->error);

	CL_KEY(key, "pool/%s", name);
	if (!ret)
		ret = cl_txn_get(txn, key, &value);
	if (ret)
		return missing(txn, ret, "pool", name);
	ret = cl_pool_parse(pool, value.data, value.len, txn->error);
	free(value.data);
	if (!ret && counts)
		ret = get_counts(txn, name, CL_GUEST_PV,
				 &counts->of[CL_GUEST_PV]);
	if (!ret && counts)
		ret = get_counts(txn, name, CL_GUEST_HVM,
				 &counts->of[CL_GUEST_HVM]);
	return ret;
}

int cl_put_pool(struct cl_txn *txn, const struct cl_pool *pool,
		const struct cl_pool_counts *counts)
{
	char key[CL_KEY_SIZE];
	struct record record;
	unsigned int guest;
	int ret = begin(txn, &record);

	if (ret)
		return ret;
	cl_pool_write(pool, record.to);
	CL_KEY(key, "pool/%s", pool->name);
	ret = finish(txn, &record, key);
	for (guest = 0; counts && guest < CL_NR_GUESTS && !ret; guest++) {
		ret = begin(txn, &record);
		if (ret)
			break;
		cl_counts_write(&counts->of[guest], record.to);
		CL_KEY(key, "counts/%s/%s", pool->name, guest_names[guest]);
		ret = finish(txn, &record, key);
	}
	return ret;
}

/* ---- Hosts ---- */

int cl_get_host(struct cl_txn *txn, const char *name, struct cl_member *member)
{
	char key[CL_KEY_SIZE];
	struct cl_value value;
	int ret = cl_name_check(name, "host", txn->error);

	CL_KEY(key, "host/%s", name);
	if (!ret)
		ret = cl_txn_get(txn, key, &value);
	if (ret)
		return missing(txn, ret, "host", name);
	ret = cl_member_parse(member, value.data, value.len, txn->error);
	free(value.data);
	return ret;
}

/* Beside the host, so that those of all are read as one. */
static int put_accepted(struct cl_txn *txn, const struct cl_member *member)
{
	char key[CL_KEY_SIZE];
	struct cl_accepted_leaves accepted;
	struct record record;
	int ret = begin(txn, &record);

	if (ret)
		return ret;
	cl_accepted_leaves_of(&accepted, member);
	cl_accepted_leaves_write(&accepted, record.to);
	CL_KEY(key, "member/%s/%s", member->pool, member->host.name);
	return finish(txn, &record, key);
}

int cl_put_host(struct cl_txn *txn, const struct cl_member *member)
{
	char key[CL_KEY_SIZE];
	struct record record;
	int ret = begin(txn, &record);

	if (ret)
		return ret;
	cl_member_write(member, record.to);
	CL_KEY(key, "host/%s", member->host.name);
	ret = finish(txn, &record, key);
	return ret ? ret : put_accepted(txn, member);
}

struct joining {
	struct cl_txn *txn;
	struct cl_accepted_leaves *all;
};

static int join_accepted(void *arg, const char *key, const struct cl_value *value)
{
	struct joining *joining = arg;
	struct cl_member member;
	struct cl_accepted_leaves accepted;
	int ret;

	if (value->len) {
		ret = cl_accepted_leaves_parse(&accepted, value->data, value->len,
					       joining->txn->error);
	} else {
		ret = cl_get_host(joining->txn, strrchr(key, '/') + 1, &member);
		if (!ret)
			cl_accepted_leaves_of(&accepted, &member);
	}
	if (!ret)
		cl_accepted_leaves_join(joining->all, &accepted);
	return ret;
}

int cl_get_accepted_leaves(struct cl_txn *txn, const char *pool,
			   struct cl_accepted_leaves *all)
{
	struct joining joining = { txn, all };
	char prefix[CL_KEY_SIZE];

	memset(all, 0, sizeof(*all));
	CL_KEY(prefix, "member/%s/", pool);
	return cl_txn_scan(txn, prefix, NULL, join_accepted, &joining);
}

int cl_remove_host(struct cl_txn *txn, const struct cl_member *member)
{
	char key[CL_KEY_SIZE];
	int ret;

	CL_KEY(key, "host/%s", member->host.name);
	ret = cl_txn_remove(txn, key);
	CL_KEY(key, "member/%s/%s", member->pool, member->host.name);
	return ret ? ret : cl_txn_remove(txn, key);
}

/* ---- VMs and checkpoints ---- */

static int get_vm(struct cl_txn *txn, const char *key, const char *what,
		  const char *name, struct cl_vm *vm)
{
	struct cl_value value;
	int ret = cl_name_check(name, what, txn->error);

	if (!ret)
		ret = cl_txn_get(txn, key, &value);
	if (ret)
		return missing(txn, ret, what, name);
	ret = cl_vm_parse(vm, value.data, value.len, txn->error);
	free(value.data);
	return ret;
}

int cl_get_vm(struct cl_txn *txn, const char *name, struct cl_vm *vm)
{
	char key[CL_KEY_SIZE];

	CL_KEY(key, "vm/%s", name);
	return get_vm(txn, key, "VM", name, vm);
}

int cl_get_saved(struct cl_txn *txn, const char *vm, const char *name,
		 struct cl_vm *saved)
{
	char key[CL_KEY_SIZE];

	CL_KEY(key, "saved/%s/%s", vm, name);
	return get_vm(txn, key, "checkpoint of that VM", name, saved);
}

static int put_vm(struct cl_txn *txn, const char *key, const struct cl_vm *vm)
{
	struct record record;
	int ret = begin(txn, &record);

	if (ret)
		return ret;
	cl_vm_write(vm, record.to);
	return finish(txn, &record, key);
}

int cl_put_saved(struct cl_txn *txn, const char *vm, const struct cl_vm *saved)
{
	char key[CL_KEY_SIZE];

	CL_KEY(key, "saved/%s/%s", vm, saved->name);
	return put_vm(txn, key, saved);
}

static bool runs_on(const struct cl_vm *vm, const char *host)
{
	return vm && vm->state == CL_VM_RUNNING &&
	       (!strcmp(vm->host, host) || !strcmp(vm->pending_host, host));
}

/* Is the VM of @name on that host now, and was it before?  Either may be NULL. */
static int update_on(struct cl_txn *txn, const char *host, const char *name,
		     const struct cl_vm *vm, const struct cl_vm *before)
{
	char key[CL_KEY_SIZE];

	if (!*host)
		return 0;
	CL_KEY(key, "on/%s/%s", host, name);
	/* Earlier releases wrote none for where it moves to. */
	if (runs_on(vm, host))
		return runs_on(before, host) && !strcmp(before->host, host) ?
		       0 : cl_txn_put(txn, key, "", 0);
	return runs_on(before, host) ? cl_txn_remove(txn, key) : 0;
}

/* Both hosts of @of, which is @vm or @before. */
static int update_both(struct cl_txn *txn, const struct cl_vm *of,
		       const struct cl_vm *vm, const struct cl_vm *before)
{
	int ret = update_on(txn, of->host, of->name, vm, before);

	return ret ? ret : update_on(txn, of->pending_host, of->name, vm, before);
}

int cl_put_vm(struct cl_txn *txn, const struct cl_vm *vm,
	      const struct cl_vm *before)
{
	char key[CL_KEY_SIZE];
	int ret = update_both(txn, vm, vm, before);

	if (!ret && before)
		ret = update_both(txn, before, vm, before);
	CL_KEY(key, "vm/%s", vm->name);
	return ret ? ret : put_vm(txn, key, vm);
}

int cl_remove_vm(struct cl_txn *txn, const struct cl_vm *vm)
{
	char key[CL_KEY_SIZE];
	int ret = update_both(txn, vm, NULL, vm);

	CL_KEY(key, "vm/%s", vm->name);
	return ret ? ret : cl_txn_remove(txn, key);
}

/* ---- Events ---- */

int cl_put_event(struct cl_txn *txn, struct cl_pool *pool,
		 struct cl_event *event)
{
	char key[CL_KEY_SIZE];
	struct record record;
	int ret = begin(txn, &record);

	if (ret)
		return ret;
	event->number = ++pool->changes;
	event->time = time(NULL);
	event->nr_hosts = pool->nr_hosts;
	cl_event_write(event, record.to);
	CL_KEY(key, "history/%s/%016llx", pool->name,
	       (unsigned long long)event->number);
	return finish(txn, &record, key);
}
