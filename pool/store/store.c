// SPDX-License-Identifier: LGPL-2.1-or-later
/* Stores of any kind: chosen by how they are called. */
#include <errno.h>
#include <string.h>

#include "../../lib/private.h"
#include "store.h"

static bool is_etcd(const char *where)
{
	return !strncmp(where, "etcd://", 7) || !strncmp(where, "etcds://", 8);
}

static int open_etcd(struct cl_store **store, const char *where, bool create,
		     struct cl_error *error)
{
#ifdef CPULEVEL_ETCD
	return cl_store_open_etcd(store, where, create, error);
#else
	(void)store;
	(void)create;
	return cl_fail(error, -EPROTONOSUPPORT, where,
		       "this cpulevel was built without etcd (ETCD=); use one that was built with it");
#endif
}

int cl_store_open(struct cl_store **store, const char *where, bool create,
		  struct cl_error *error)
{
	const char *scheme = strstr(where, "://");

	if (!*where)
		return cl_fail(error, -EINVAL, "store",
			       "its name is empty; give the path of a database");
	if (is_etcd(where))
		return open_etcd(store, where, create, error);
	if (scheme)
		return cl_fail(error, -EPROTONOSUPPORT, where,
			       "no such kind of store is known; give the path of a database, or etcd://HOST");
	return cl_store_open_sqlite(store, where, create, CL_STORE_PATIENCE_MS,
				    error);
}

void cl_store_close(struct cl_store *store)
{
	if (store)
		store->kind->close(store);
}

int cl_store_update(struct cl_store *store, cl_txn_function *function,
		    void *arg, struct cl_error *error)
{
	int ret = store->format < CL_STORE_FORMAT ?
		  cl_store_migrate(store, error) : 0;

	return ret ? ret : store->kind->run(store, true, function, arg, error);
}

int cl_store_view(struct cl_store *store, cl_txn_function *function, void *arg,
		  struct cl_error *error)
{
	return store->kind->run(store, false, function, arg, error);
}

struct cl_error *cl_txn_error(struct cl_txn *txn)
{
	return txn->error;
}

int cl_txn_get(struct cl_txn *txn, const char *key, struct cl_value *value)
{
	return txn->store->kind->get(txn, key, value);
}

int cl_txn_put(struct cl_txn *txn, const char *key, const void *data,
	       size_t len)
{
	return txn->store->kind->put(txn, key, data, len);
}

int cl_txn_remove(struct cl_txn *txn, const char *key)
{
	return txn->store->kind->remove(txn, key);
}

int cl_txn_scan(struct cl_txn *txn, const char *prefix, const char *after,
		cl_each_function *each, void *arg)
{
	return txn->store->kind->scan(txn, prefix, after, each, arg);
}

int cl_store_wait(struct cl_store *store, unsigned int ms)
{
	return store->kind->wait(store, ms);
}

void cl_scan_stop(char stop[CL_KEY_SIZE], const char *prefix)
{
	size_t len = strnlen(prefix, CL_KEY_SIZE - 1);

	/* All names begin with a letter. */
	if (!len)
		prefix = "\x7e", len = 1;
	memcpy(stop, prefix, len);
	stop[len] = '\0';
	stop[len - 1]++;
}

uint32_t cl_store_crc(uint32_t crc, const void *data, size_t len)
{
	static const uint32_t nibbles[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
		0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
		0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c
	};
	const unsigned char *at = data;

	for (crc = ~crc; len--; at++) {
		crc = nibbles[(crc ^ *at) & 15] ^ crc >> 4;
		crc = nibbles[(crc ^ *at >> 4) & 15] ^ crc >> 4;
	}
	return ~crc;
}
