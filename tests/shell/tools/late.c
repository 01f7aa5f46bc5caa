// SPDX-License-Identifier: GPL-2.0-only
/* late STORE: a transaction that takes three seconds; says how often it was tried. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../../../lib/store.h"

static int tries;

static int slow(struct cl_txn *txn, void *arg)
{
	struct cl_value value;
	int ret = cl_txn_get(txn, "pool/lab", &value);

	(void)arg;
	if (ret)
		return ret;
	free(value.data);
	tries++;
	sleep(3);
	return cl_txn_put(txn, "late", "x", 1);
}

int main(int argc, char **argv)
{
	struct cl_error error;
	struct cl_store *store;

	if (argc != 2)
		errx(2, "usage: late STORE");
	if (cl_store_open(&store, argv[1], false, &error) ||
	    cl_store_change(store, slow, NULL, &error))
		errx(1, "%s: %s", error.object, error.reason);
	cl_store_close(store);
	printf("%d\n", tries);
	return 0;
}
