// SPDX-License-Identifier: GPL-2.0-only
/*
 * late STORE [COMMAND [FOLDER [BEFORE]]]: a transaction that takes three
 * seconds, or as long as that command at its first try; says how many hosts the
 * pool had, or how many names there are in the folder, at each try.  BEFORE is a
 * command between opening the store and the transaction.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../../pool/store/store.h"

static const char *command, *folder;
static int tries;

static int count(void *arg, const char *key, const struct cl_value *value)
{
	(void)key, (void)value;
	++*(int *)arg;
	return 0;
}

static int say(struct cl_txn *txn)
{
	struct cl_value value;
	int nr = 0, ret;

	if (folder && *folder) {
		ret = cl_txn_scan(txn, folder, NULL, count, &nr);
		printf("names %d\n", nr);
	} else {
		ret = cl_txn_get(txn, "pool/lab", &value);
		if (ret)
			return ret;
		printf("%.7s\n", strstr(value.data, "hosts "));
		free(value.data);
	}
	fflush(stdout);
	return ret;
}

static void run(const char *what)
{
	if (system(what))
		warnx("%s: failed", what);
}

static int slow(struct cl_txn *txn, void *arg)
{
	int ret = say(txn);

	(void)arg;
	if (ret)
		return ret;
	if (!command)
		sleep(3);
	else if (!tries++ && *command)
		run(command);
	return cl_txn_put(txn, "late", "x", 1);
}

int main(int argc, char **argv)
{
	struct cl_error error;
	struct cl_store *store;

	if (argc < 2 || argc > 5)
		errx(2, "usage: late STORE [COMMAND [FOLDER [BEFORE]]]");
	command = argc > 2 ? argv[2] : NULL;
	folder = argc > 3 ? argv[3] : NULL;
	if (cl_store_open(&store, argv[1], false, &error))
		errx(1, "%s: %s", error.object, error.reason);
	if (argc > 4)
		run(argv[4]);
	if (cl_store_update(store, slow, NULL, &error))
		errx(1, "%s: %s", error.object, error.reason);
	cl_store_close(store);
	return 0;
}
