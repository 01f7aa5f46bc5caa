// SPDX-License-Identifier: GPL-2.0-only
/*
 * late STORE [COMMAND]: a transaction that takes three seconds, or as long as
 * that command at its first try; says how many hosts the pool had at each try.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../../pool/store/store.h"

static int tries;

static int slow(struct cl_txn *txn, void *arg)
{
	struct cl_value value;
	int ret = cl_txn_get(txn, "pool/lab", &value);

	if (ret)
		return ret;
	printf("%.7s\n", strstr(value.data, "hosts "));
	fflush(stdout);
	free(value.data);
	if (!arg)
		sleep(3);
	else if (!tries++ && system(arg))
		warnx("%s: failed", (char *)arg);
	return cl_txn_put(txn, "late", "x", 1);
}

int main(int argc, char **argv)
{
	struct cl_error error;
	struct cl_store *store;

	if (argc < 2 || argc > 3)
		errx(2, "usage: late STORE [COMMAND]");
	if (cl_store_open(&store, argv[1], false, &error) ||
	    cl_store_update(store, slow, argv[2], &error))
		errx(1, "%s: %s", error.object, error.reason);
	cl_store_close(store);
	return 0;
}
