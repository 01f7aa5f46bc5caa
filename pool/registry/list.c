// SPDX-License-Identifier: LGPL-2.1-or-later
/* Pools, hosts and VMs of a store: found by name, and all of them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/private.h"
#include "registry.h"

/* What is looked for, or listed. */
struct query {
	struct cl_txn *txn;
	const char *name;
	const char *pool;		/* of VMs; NULL: any */
	void *to;
	struct cl_pool_counts *counts;
	unsigned int nr;
	char first[CL_NAME_SIZE];
	char prefix[CL_KEY_SIZE];
	cl_each_function *list;
	union {
		int (*pool)(void *arg, const struct cl_pool *pool);
		int (*host)(void *arg, const struct cl_member *member);
		int (*vm)(void *arg, const struct cl_vm *vm);
	} each;
	void *arg;
};

/* ---- One of them ---- */

static int count_pool(void *arg, const char *key, const struct cl_value *value)
{
	struct query *query = arg;

	(void)value;
	if (!query->nr++)
		snprintf(query->first, sizeof(query->first), "%s",
			 key + strlen("pool/"));
	return query->nr > 1;
}

/* Nobody should have to name the only pool there is. */
static int only_pool(struct cl_txn *txn, struct query *query)
{
	int ret;

	query->nr = 0;
	ret = cl_txn_scan(txn, "pool/", NULL, count_pool, query);
	if (ret < 0)
		return ret;
	if (!query->nr)
		return cl_fail(cl_txn_error(txn), -ENOENT, "store",
			       "has no pool; `cpulevel pool create` makes one");
	if (query->nr > 1)
		return cl_fail(cl_txn_error(txn), -EINVAL, "store",
			       "has several pools; name one with --pool");
	return 0;
}

int cl_find_pool(struct cl_txn *txn, const char *name, struct cl_pool *pool,
		 struct cl_pool_counts *counts)
{
	struct query query = { .name = name };
	int ret = name ? 0 : only_pool(txn, &query);

	return ret ? ret : cl_get_pool(txn, name ? name : query.first, pool, counts);
}

static int view_pool(struct cl_txn *txn, void *arg)
{
	struct query *query = arg;

	return cl_find_pool(txn, query->name, query->to, query->counts);
}

int cl_registry_pool(struct cl_store *store, const char *name,
		     struct cl_pool *pool, struct cl_pool_counts *counts,
		     struct cl_error *error)
{
	struct query query = { .name = name, .to = pool, .counts = counts };

	return cl_store_view(store, view_pool, &query, error);
}

static int view_host(struct cl_txn *txn, void *arg)
{
	struct query *query = arg;

	return cl_get_host(txn, query->name, query->to);
}

int cl_registry_host(struct cl_store *store, const char *name,
		     struct cl_member *member, struct cl_error *error)
{
	struct query query = { .name = name, .to = member };

	return cl_store_view(store, view_host, &query, error);
}

static int view_vm(struct cl_txn *txn, void *arg)
{
	struct query *query = arg;

	return cl_get_vm(txn, query->name, query->to);
}

int cl_registry_find_vm(struct cl_store *store, const char *name,
			struct cl_vm *vm, struct cl_error *error)
{
	struct query query = { .name = name, .to = vm };

	return cl_store_view(store, view_vm, &query, error);
}

/* ---- All of them ---- */

/* All below a prefix, each handed to @list, which gets the query. */
static int view_all(struct cl_txn *txn, void *arg)
{
	struct query *query = arg;

	query->txn = txn;
	return cl_txn_scan(txn, query->prefix, NULL, query->list, query);
}

static int list_pool(void *arg, const char *key, const struct cl_value *value)
{
	struct query *query = arg;
	struct cl_pool pool;
	int ret;

	(void)key;
	ret = cl_pool_parse(&pool, value->data, value->len,
			    cl_txn_error(query->txn));
	return ret ? ret : query->each.pool(query->arg, &pool);
}

int cl_registry_pools(struct cl_store *store,
		      int (*each)(void *arg, const struct cl_pool *pool),
		      void *arg, struct cl_error *error)
{
	struct query query = {
		.prefix = "pool/", .list = list_pool,
		.each.pool = each, .arg = arg
	};

	return cl_store_view(store, view_all, &query, error);
}

static int list_host(void *arg, const char *key, const struct cl_value *value)
{
	struct query *query = arg;
	struct cl_member member;
	int ret;

	(void)value;
	ret = cl_get_host(query->txn, strrchr(key, '/') + 1, &member);
	return ret ? ret : query->each.host(query->arg, &member);
}

int cl_registry_hosts(struct cl_store *store, const char *pool,
		      int (*each)(void *arg, const struct cl_member *member),
		      void *arg, struct cl_error *error)
{
	struct query query = {
		.list = list_host, .each.host = each, .arg = arg
	};

	CL_KEY(query.prefix, "member/%s/", pool);
	return cl_store_view(store, view_all, &query, error);
}

static int list_vm(void *arg, const char *key, const struct cl_value *value)
{
	struct query *query = arg;
	struct cl_vm vm;
	int ret;

	(void)key;
	ret = cl_vm_parse(&vm, value->data, value->len, cl_txn_error(query->txn));
	if (ret || (query->pool && strcmp(vm.pool, query->pool)))
		return ret;
	return query->each.vm(query->arg, &vm);
}

int cl_registry_vms(struct cl_store *store, const char *pool,
		    int (*each)(void *arg, const struct cl_vm *vm),
		    void *arg, struct cl_error *error)
{
	struct query query = {
		.prefix = "vm/", .list = list_vm, .pool = pool,
		.each.vm = each, .arg = arg
	};

	return cl_store_view(store, view_all, &query, error);
}

int cl_registry_checkpoints(struct cl_store *store, const char *vm,
			    int (*each)(void *arg, const struct cl_vm *saved),
			    void *arg, struct cl_error *error)
{
	struct query query = {
		.list = list_vm, .each.vm = each, .arg = arg
	};

	CL_KEY(query.prefix, "saved/%s/", vm);
	return cl_store_view(store, view_all, &query, error);
}
