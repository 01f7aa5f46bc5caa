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

/* ---- One record: through a stream into memory, and back ---- */

struct stream {
	FILE *to;
	char *text;
	size_t len;
};

static int open_stream(struct cl_txn *txn, struct stream *stream)
{
	stream->text = NULL;
	stream->to = open_memstream(&stream->text, &stream->len);
	return stream->to ? 0 : cl_fail(txn->error, -ENOMEM, "record",
					"out of memory");
}

/* @ret is how writing into the stream ended. */
static int put_stream(struct cl_txn *txn, const char *key,
		      struct stream *stream, int ret)
{
	bool bad = ferror(stream->to) | fclose(stream->to);

	if (!ret && bad)
		ret = cl_fail(txn->error, -ENOMEM, "record", "out of memory");
	if (!ret)
		ret = cl_txn_put(txn, key, stream->text, stream->len);
	free(stream->text);
	return ret;
}

static int put(struct cl_txn *txn, const char *key,
	       const struct cl_record_form *form, const void *value)
{
	struct stream stream;
	int ret = open_stream(txn, &stream);

	return ret ? ret : put_stream(txn, key, &stream,
				      cl_record_write(form, value, stream.to,
						      txn->error));
}

/* What is missing for people: "host h7", "VM web". */
static int missing(struct cl_txn *txn, int ret, const char *what,
		   const char *name)
{
	if (ret != -ENOENT)
		return ret;
	return cl_fail(txn->error, ret, name, "no such %s in the store", what);
}

static int get(struct cl_txn *txn, const char *key, const char *what,
	       const char *name, const struct cl_record_form *form, void *to)
{
	struct cl_value value;
	int ret = cl_name_check(name, what, txn->error);

	if (!ret)
		ret = cl_txn_get(txn, key, &value);
	if (ret)
		return missing(txn, ret, what, name);
	ret = cl_record_parse(form, to, value.data, value.len, txn->error);
	free(value.data);
	return ret;
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
	unsigned int guest;
	int ret;

	CL_KEY(key, "pool/%s", name);
	ret = get(txn, key, "pool", name, &cl_pool_form, pool);
	for (guest = 0; counts && guest < CL_NR_GUESTS && !ret; guest++)
		ret = get_counts(txn, name, guest, &counts->of[guest]);
	return ret;
}

static int put_counts(struct cl_txn *txn, const char *pool, unsigned int guest,
		      const struct cl_counts *counts)
{
	char key[CL_KEY_SIZE];
	struct stream stream;
	int ret = open_stream(txn, &stream);

	if (ret)
		return ret;
	cl_counts_write(counts, stream.to);
	CL_KEY(key, "counts/%s/%s", pool, guest_names[guest]);
	return put_stream(txn, key, &stream, 0);
}

int cl_put_pool(struct cl_txn *txn, const struct cl_pool *pool,
		const struct cl_pool_counts *counts)
{
	char key[CL_KEY_SIZE];
	unsigned int guest;
	int ret;

	CL_KEY(key, "pool/%s", pool->name);
	ret = put(txn, key, &cl_pool_form, pool);
	for (guest = 0; counts && guest < CL_NR_GUESTS && !ret; guest++)
		ret = put_counts(txn, pool->name, guest, &counts->of[guest]);
	return ret;
}

/* ---- Hosts ---- */

int cl_get_host(struct cl_txn *txn, const char *name, struct cl_member *member)
{
	char key[CL_KEY_SIZE];

	CL_KEY(key, "host/%s", name);
	return get(txn, key, "host", name, &cl_member_form, member);
}

int cl_put_host(struct cl_txn *txn, const struct cl_member *member)
{
	struct cl_accepted_leaves accepted;
	char key[CL_KEY_SIZE];
	int ret;

	CL_KEY(key, "host/%s", member->host.name);
	ret = put(txn, key, &cl_member_form, member);
	if (ret)
		return ret;
	/* Beside the host, so that those of all are read as one. */
	cl_accepted_leaves_of(&accepted, member);
	CL_KEY(key, "member/%s/%s", member->pool, member->host.name);
	return put(txn, key, &cl_accepted_leaves_form, &accepted);
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
		ret = cl_record_parse(&cl_accepted_leaves_form, &accepted,
				      value->data, value->len,
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

int cl_get_vm(struct cl_txn *txn, const char *name, struct cl_vm *vm)
{
	char key[CL_KEY_SIZE];

	CL_KEY(key, "vm/%s", name);
	return get(txn, key, "VM", name, &cl_vm_form, vm);
}

int cl_get_saved(struct cl_txn *txn, const char *vm, const char *name,
		 struct cl_vm *saved)
{
	char key[CL_KEY_SIZE];

	CL_KEY(key, "saved/%s/%s", vm, name);
	return get(txn, key, "checkpoint of that VM", name, &cl_vm_form, saved);
}

int cl_put_saved(struct cl_txn *txn, const char *vm, const struct cl_vm *saved)
{
	char key[CL_KEY_SIZE];

	CL_KEY(key, "saved/%s/%s", vm, saved->name);
	return put(txn, key, &cl_vm_form, saved);
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
	return ret ? ret : put(txn, key, &cl_vm_form, vm);
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

	event->number = ++pool->changes;
	event->time = time(NULL);
	event->nr_hosts = pool->nr_hosts;
	CL_KEY(key, "history/%s/%016llx", pool->name,
	       (unsigned long long)event->number);
	return put(txn, key, &cl_event_form, event);
}
