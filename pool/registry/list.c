// SPDX-License-Identifier: LGPL-2.1-or-later
/* Pools, hosts and VMs of a store: found by name, and all of them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/private.h"
#include "registry.h"

/* What is looked for, or listed. */
struct look {
	struct cl_txn *txn;
	const char *name;
	const char *pool;		/* of VMs; NULL: any */
	void *to;
	struct cl_pool_counts *counts;
	unsigned int nr;
	char first[CL_NAME_SIZE];
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
	struct look *look = arg;

	(void)value;
	if (!look->nr++)
		snprintf(look->first, sizeof(look->first), "%s",
			 key + strlen("pool/"));
	return look->nr > 1;
}

/* Nobody should have to name the only pool there is. */
static int only_pool(struct cl_txn *txn, struct look *look)
{
	int ret;

	look->nr = 0;
	ret = cl_txn_scan(txn, "pool/", NULL, count_pool, look);
	if (ret < 0)
		return ret;
	if (!look->nr)
		return cl_fail(cl_txn_error(txn), -ENOENT, "store",
			       "has no pool; `cpulevel pool create` makes one");
	if (look->nr > 1)
		return cl_fail(cl_txn_error(txn), -EINVAL, "store",
			       "has several pools; name one with --pool");
	return 0;
}

static int look_pool(struct cl_txn *txn, void *arg)
{
	struct look *look = arg;
	int ret = look->name ? 0 : only_pool(txn, look);

	return ret ? ret : cl_get_pool(txn, look->name ? look->name : look->first,
				       look->to, look->counts);
}

int cl_registry_pool(struct cl_store *store, const char *name,
		     struct cl_pool *pool, struct cl_pool_counts *counts,
		     struct cl_error *error)
{
	struct look look = { .name = name, .to = pool, .counts = counts };

	return cl_store_look(store, look_pool, &look, error);
}

static int look_host(struct cl_txn *txn, void *arg)
{
	struct look *look = arg;

	return cl_get_host(txn, look->name, look->to);
}

int cl_registry_host(struct cl_store *store, const char *name,
		     struct cl_member *member, struct cl_error *error)
{
	struct look look = { .name = name, .to = member };

	return cl_store_look(store, look_host, &look, error);
}

static int look_vm(struct cl_txn *txn, void *arg)
{
	struct look *look = arg;

	return cl_get_vm(txn, look->name, look->to);
}

int cl_registry_find_vm(struct cl_store *store, const char *name,
			struct cl_vm *vm, struct cl_error *error)
{
	struct look look = { .name = name, .to = vm };

	return cl_store_look(store, look_vm, &look, error);
}

/* ---- All of them ---- */

static int list_pool(void *arg, const char *key, const struct cl_value *value)
{
	struct look *look = arg;
	struct cl_pool pool;
	int ret;

	(void)key;
	ret = cl_pool_parse(&pool, value->data, value->len,
			    cl_txn_error(look->txn));
	return ret ? ret : look->each.pool(look->arg, &pool);
}

static int list_pools(struct cl_txn *txn, void *arg)
{
	struct look *look = arg;

	look->txn = txn;
	return cl_txn_scan(txn, "pool/", NULL, list_pool, look);
}

int cl_registry_pools(struct cl_store *store,
		      int (*each)(void *arg, const struct cl_pool *pool),
		      void *arg, struct cl_error *error)
{
	struct look look = {
		.each.pool = each, .arg = arg
	};

	return cl_store_look(store, list_pools, &look, error);
}

static int list_host(void *arg, const char *key, const struct cl_value *value)
{
	struct look *look = arg;
	struct cl_member member;
	int ret;

	(void)value;
	ret = cl_get_host(look->txn, strrchr(key, '/') + 1, &member);
	return ret ? ret : look->each.host(look->arg, &member);
}

static int list_hosts(struct cl_txn *txn, void *arg)
{
	struct look *look = arg;
	char prefix[CL_KEY_SIZE];

	look->txn = txn;
	CL_KEY(prefix, "member/%s/", look->name);
	return cl_txn_scan(txn, prefix, NULL, list_host, look);
}

int cl_registry_hosts(struct cl_store *store, const char *pool,
		      int (*each)(void *arg, const struct cl_member *member),
		      void *arg, struct cl_error *error)
{
	struct look look = {
		.name = pool, .arg = arg,
		.each.host = each
	};

	return cl_store_look(store, list_hosts, &look, error);
}

static int list_vm(void *arg, const char *key, const struct cl_value *value)
{
	struct look *look = arg;
	struct cl_vm vm;
	int ret;

	(void)key;
	ret = cl_vm_parse(&vm, value->data, value->len, cl_txn_error(look->txn));
	if (ret || (look->pool && strcmp(vm.pool, look->pool)))
		return ret;
	return look->each.vm(look->arg, &vm);
}

static int list_vms(struct cl_txn *txn, void *arg)
{
	struct look *look = arg;

	look->txn = txn;
	return cl_txn_scan(txn, "vm/", NULL, list_vm, look);
}

int cl_registry_vms(struct cl_store *store, const char *pool,
		    int (*each)(void *arg, const struct cl_vm *vm),
		    void *arg, struct cl_error *error)
{
	struct look look = {
		.pool = pool, .arg = arg,
		.each.vm = each
	};

	return cl_store_look(store, list_vms, &look, error);
}

static int list_saved(struct cl_txn *txn, void *arg)
{
	struct look *look = arg;
	char prefix[CL_KEY_SIZE];

	look->txn = txn;
	CL_KEY(prefix, "saved/%s/", look->name);
	return cl_txn_scan(txn, prefix, NULL, list_vm, look);
}

int cl_registry_checkpoints(struct cl_store *store, const char *vm,
			    int (*each)(void *arg, const struct cl_vm *saved),
			    void *arg, struct cl_error *error)
{
	struct look look = {
		.name = vm, .arg = arg,
		.each.vm = each
	};

	return cl_store_look(store, list_saved, &look, error);
}
