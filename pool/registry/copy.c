// SPDX-License-Identifier: LGPL-2.1-or-later
/* All records of a store, taken out and put into another; hosts and VMs of xapi's. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/private.h"
#include "registry.h"

/* In an order in which they can be put back. */
static const char *const kinds[] = {
	"pool/", "host/", "vm/", "saved/", "history/"
};

struct taking {
	int (*each)(void *arg, const char *key, const char *text);
	void *arg;
};

static int take_record(void *arg, const char *key, const struct cl_value *value)
{
	struct taking *taking = arg;
	char *text = strndup(value->data, value->len);
	int ret = text ? taking->each(taking->arg, key, text) : -ENOMEM;

	free(text);
	return ret;
}

static int take_all(struct cl_txn *txn, void *arg)
{
	size_t i;
	int ret = 0;

	for (i = 0; i < ARRAY_SIZE(kinds) && !ret; i++)
		ret = cl_txn_scan(txn, kinds[i], NULL, take_record, arg);
	return ret;
}

int cl_registry_export(struct cl_store *store,
		       int (*each)(void *arg, const char *key, const char *text),
		       void *arg, struct cl_error *error)
{
	struct taking taking = { each, arg };

	return cl_store_view(store, take_all, &taking, error);
}

/* ---- Back ---- */

struct giving {
	const struct cl_record *records;
	size_t nr;
};

static bool is_kind(const char *key, const char *kind)
{
	return !strncmp(key, kind, strlen(kind));
}

static int mismatch(struct cl_txn *txn, const struct cl_record *record)
{
	return cl_fail(cl_txn_error(txn), -EBADMSG, record->key,
		       "is not called as its record says");
}

/* A pool as it was, without the hosts that are to join it again. */
static int give_pool(struct cl_txn *txn, const struct cl_record *record)
{
	struct cl_pool_counts counts;
	struct cl_pool was, pool;
	int ret = cl_pool_parse(&was, record->text, strlen(record->text),
				cl_txn_error(txn));

	if (!ret)
		ret = cl_name_check(was.name, record->key, cl_txn_error(txn));
	if (ret)
		return ret;
	if (strcmp(record->key + strlen("pool/"), was.name))
		return mismatch(txn, record);
	cl_pool_init(&pool, &counts, was.name);
	pool.changes = was.changes;
	return cl_put_pool(txn, &pool, &counts);
}

static int give_host(struct cl_txn *txn, const struct cl_record *record)
{
	struct cl_pool_counts counts;
	struct cl_member member;
	struct cl_pool pool;
	int ret = cl_member_parse(&member, record->text, strlen(record->text),
				  cl_txn_error(txn));

	if (!ret && strcmp(record->key + strlen("host/"), member.host.name))
		return mismatch(txn, record);
	if (!ret)
		ret = cl_name_check(member.host.name, record->key,
				    cl_txn_error(txn));
	if (!ret)
		ret = cl_get_pool(txn, member.pool, &pool, &counts);
	if (!ret)
		ret = cl_pool_join(&pool, &counts, &member, cl_txn_error(txn));
	if (!ret)
		ret = cl_put_pool(txn, &pool, &counts);
	return ret ? ret : cl_put_host(txn, &member);
}

/* A VM is in a pool that is there, and runs on a host of it. */
static int check_vm(struct cl_txn *txn, const struct cl_record *record,
		    const struct cl_vm *vm)
{
	struct cl_member host;
	struct cl_pool pool;
	int ret = cl_name_check(vm->name, record->key, cl_txn_error(txn));

	if (!ret)
		ret = cl_get_pool(txn, vm->pool, &pool, NULL);
	if (ret || vm->state != CL_VM_RUNNING)
		return ret;
	ret = cl_get_host(txn, vm->host, &host);
	if (!ret && strcmp(host.pool, vm->pool))
		return cl_fail(cl_txn_error(txn), -EBADMSG, record->key,
			       "runs on a host of another pool");
	return ret;
}

static int give_vm(struct cl_txn *txn, const struct cl_record *record)
{
	struct cl_vm vm;
	int ret = cl_vm_parse(&vm, record->text, strlen(record->text),
			      cl_txn_error(txn));

	if (!ret && strcmp(record->key + strlen("vm/"), vm.name))
		return mismatch(txn, record);
	if (!ret)
		ret = check_vm(txn, record, &vm);
	return ret ? ret : cl_put_vm(txn, &vm, NULL);
}

/* The name between the first '/' and the last, if there are but two. */
static int owner_of(struct cl_txn *txn, const struct cl_record *record,
		    char owner[CL_NAME_SIZE])
{
	const char *first = strchr(record->key, '/') + 1;
	const char *last = strchr(first, '/');
	size_t len = last ? last - first : 0;

	if (!last || strchr(last + 1, '/') || !len || len >= CL_NAME_SIZE)
		return mismatch(txn, record);
	memcpy(owner, first, len);
	owner[len] = '\0';
	return 0;
}

static int give_saved(struct cl_txn *txn, const struct cl_record *record)
{
	char owner[CL_NAME_SIZE];
	struct cl_vm saved, vm;
	int ret = cl_vm_parse(&saved, record->text, strlen(record->text),
			      cl_txn_error(txn));

	if (!ret)
		ret = owner_of(txn, record, owner);
	if (!ret && strcmp(strrchr(record->key, '/') + 1, saved.name))
		return mismatch(txn, record);
	if (!ret)
		ret = cl_name_check(saved.name, record->key, cl_txn_error(txn));
	if (!ret)
		ret = cl_get_vm(txn, owner, &vm);
	return ret ? ret : cl_put_saved(txn, owner, &saved);
}

static int give_event(struct cl_txn *txn, const struct cl_record *record)
{
	size_t len = strlen(record->text);
	char owner[CL_NAME_SIZE], key[CL_KEY_SIZE];
	struct cl_event event;
	struct cl_pool pool;
	int ret = cl_event_parse(&event, record->text, len, cl_txn_error(txn));

	if (!ret)
		ret = owner_of(txn, record, owner);
	if (!ret)
		ret = cl_get_pool(txn, owner, &pool, NULL);
	if (ret)
		return ret;
	CL_KEY(key, "history/%s/%016llx", owner,
	       (unsigned long long)event.number);
	if (strcmp(key, record->key) || event.number > pool.changes)
		return mismatch(txn, record);
	return cl_txn_put(txn, key, record->text, len);
}

static int give(struct cl_txn *txn, const struct cl_record *record)
{
	struct cl_value value;
	int ret;

	if (strlen(record->key) >= CL_KEY_SIZE)
		return cl_fail(cl_txn_error(txn), -EBADMSG, "record",
			       "its name is too long");
	ret = cl_txn_get(txn, record->key, &value);
	if (!ret) {
		free(value.data);
		return cl_fail(cl_txn_error(txn), -EEXIST, record->key,
			       "is in the store already; import into a new one");
	}
	if (ret != -ENOENT)
		return ret;
	if (is_kind(record->key, "pool/"))
		return give_pool(txn, record);
	if (is_kind(record->key, "host/"))
		return give_host(txn, record);
	if (is_kind(record->key, "vm/"))
		return give_vm(txn, record);
	if (is_kind(record->key, "saved/"))
		return give_saved(txn, record);
	return is_kind(record->key, "history/") ? give_event(txn, record) : 0;
}

static int give_all(struct cl_txn *txn, void *arg)
{
	const struct giving *giving = arg;
	size_t kind, i, given = 0;
	int ret = 0;

	for (kind = 0; kind < ARRAY_SIZE(kinds); kind++)
		for (i = 0; i < giving->nr && !ret; i++)
			if (is_kind(giving->records[i].key, kinds[kind])) {
				ret = give(txn, &giving->records[i]);
				given++;
			}
	if (ret || given == giving->nr)
		return ret;
	return cl_fail(cl_txn_error(txn), -EBADMSG, "records",
		       "%zu of them are of no kind that is known",
		       giving->nr - given);
}

int cl_registry_import(struct cl_store *store, const struct cl_record *records,
		       size_t nr, struct cl_error *error)
{
	struct giving giving = { records, nr };

	return cl_store_update(store, give_all, &giving, error);
}

/* ---- From xapi ---- */

struct xapi_import {
	const char *pool;
	const struct cl_xapi *xapi;
};

/* A VM that is suspended was running there before. */
static int import_vm(struct cl_txn *txn, const char *pool,
		     const struct cl_xapi_vm *vm)
{
	struct cl_vm_answer answer;
	struct cl_vm_request request = {
		.verb = CL_VM_ADOPT, .name = vm->name, .force = true,
		.host = vm->host, .pool = pool, .type = vm->type,
		.vendor = vm->vendor,
		.recorded = vm->has_set ? &vm->recorded : NULL,
	};
	int ret = cl_operate_vm(txn, &request, &answer);

	if (ret || vm->state != CL_VM_SUSPENDED)
		return ret;
	request.verb = CL_VM_SUSPEND;
	request.host = NULL;
	return cl_operate_vm(txn, &request, &answer);
}

static int import_xapi(struct cl_txn *txn, void *arg)
{
	const struct xapi_import *import = arg;
	const struct cl_xapi *xapi = import->xapi;
	struct cl_change change;
	struct cl_pool pool;
	size_t i;
	int ret = cl_find_pool(txn, import->pool, &pool, NULL);

	for (i = 0; i < xapi->nr_hosts && !ret; i++)
		ret = cl_join_host(txn, pool.name, &xapi->hosts[i], &change);
	for (i = 0; i < xapi->nr_vms && !ret; i++)
		ret = import_vm(txn, pool.name, &xapi->vms[i]);
	return ret;
}

int cl_registry_import_xapi(struct cl_store *store, const char *pool,
			    const struct cl_xapi *xapi, struct cl_error *error)
{
	struct xapi_import import = { pool, xapi };

	return cl_store_update(store, import_xapi, &import, error);
}
