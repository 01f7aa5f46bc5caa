// SPDX-License-Identifier: GPL-2.0-only
/*
 * bulk STORE NR SIZE: put as many values of as many bytes below bulk/, and their
 * names below more/, each pair by a transaction of its own; scan bulk/ twice, get
 * the other of each, and say how many were found, their bytes, and the others.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../pool/store/store.h"

struct bulk {
	struct cl_txn *txn;
	unsigned int n, nr, others;
	size_t size, found;
};

static int put(struct cl_txn *txn, void *arg)
{
	struct bulk *bulk = arg;
	char key[CL_KEY_SIZE], *data = malloc(bulk->size);
	int ret;

	snprintf(key, sizeof(key), "bulk/%06u", bulk->n);
	memset(data, 'x', bulk->size);
	ret = cl_txn_put(txn, key, data, bulk->size);
	memcpy(key, "more", 4);
	if (!ret)
		ret = cl_txn_put(txn, key, key, strlen(key));
	free(data);
	return ret;
}

static int add(void *arg, const char *key, const struct cl_value *value)
{
	struct bulk *bulk = arg;
	struct cl_value other;
	char name[CL_KEY_SIZE];
	int ret;

	snprintf(name, sizeof(name), "more%s", strchr(key, '/'));
	ret = cl_txn_get(bulk->txn, name, &other);
	if (ret)
		return ret;
	bulk->others += !strcmp(other.data, name);
	free(other.data);
	bulk->nr++;
	bulk->found += value->len;
	return 0;
}

static int scan(struct cl_txn *txn, void *arg)
{
	struct bulk *bulk = arg;
	int ret;

	bulk->txn = txn;
	bulk->nr = bulk->others = bulk->found = 0;
	ret = cl_txn_scan(txn, "bulk/", NULL, add, bulk);
	return ret ? ret : cl_txn_scan(txn, "bulk/", NULL, add, bulk);
}

int main(int argc, char **argv)
{
	struct bulk bulk = { .n = 0 };
	struct cl_error error = { .object = "bulk", .reason = "a value is missing" };
	struct cl_store *store;
	int ret;

	if (argc != 4)
		errx(2, "usage: bulk STORE NR SIZE");
	bulk.size = atoi(argv[3]);
	ret = cl_store_open(&store, argv[1], false, &error);
	for (; !ret && bulk.n < (unsigned int)atoi(argv[2]); bulk.n++)
		ret = cl_store_update(store, put, &bulk, &error);
	if (!ret)
		ret = cl_store_view(store, scan, &bulk, &error);
	if (ret)
		errx(1, "%s: %s", error.object, error.reason);
	printf("%u %zu %u\n", bulk.nr, bulk.found, bulk.others);
	cl_store_close(store);
	return 0;
}
