// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Stores of earlier releases, brought to what this one writes: a table of steps,
 * each from one format to the next.  A format is odd; while a step is under way
 * it is even, and earlier releases refuse the store from the first moment on.
 *
 * A step is one or more transactions, and can be killed between any two: where
 * it has got to is kept in the store.  Any number of processes may work on one
 * migration at once; meanwhile others may read, so that whoever reads records
 * can read those of before and after every step.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/private.h"
#include "store.h"

/*
 * Do a part, beginning after the name @after, "" at first: 1 if there is more to
 * do, and then @after says where; 0 if that was all; or a negative errno.
 */
typedef int step_function(struct cl_txn *txn, char after[CL_KEY_SIZE]);

/* Format 1, in etcd: marks of removals, which nobody reads any more. */
static int drop_gone_marks(struct cl_txn *txn, char after[CL_KEY_SIZE])
{
	(void)after;
	return txn->store->kind->drop(txn, "gone/");
}

static step_function *const steps[] = {
	drop_gone_marks,	/* 1 -> 3 */
};

_Static_assert(CL_STORE_FORMAT == 1 + 2 * ARRAY_SIZE(steps),
	       "each step raises CL_STORE_FORMAT by two");

#define AT	"migrated"	/* the name that a step has got to */

static int read_at(struct cl_txn *txn, char after[CL_KEY_SIZE])
{
	struct cl_value value;
	int ret = cl_txn_get(txn, AT, &value);

	after[0] = '\0';
	if (ret)
		return ret == -ENOENT ? 0 : ret;
	snprintf(after, CL_KEY_SIZE, "%s", value.data);
	free(value.data);
	return 0;
}

/* Begin a step, or do a part of it. */
static int go_on(struct cl_txn *txn, void *arg)
{
	const struct cl_store_kind *kind = txn->store->kind;
	unsigned int format = txn->store->format;
	char after[CL_KEY_SIZE];
	int ret;

	(void)arg;
	if (format >= CL_STORE_FORMAT)
		return 0;
	if (format % 2)
		return kind->set_format(txn, format + 1);
	ret = read_at(txn, after);
	if (!ret)
		ret = steps[format / 2 - 1](txn, after);
	if (ret > 0)
		return cl_txn_put(txn, AT, after, strlen(after));
	if (!ret)
		ret = cl_txn_remove(txn, AT);
	return ret ? ret : kind->set_format(txn, format + 1);
}

int cl_store_migrate(struct cl_store *store, struct cl_error *error)
{
	int ret = 0;

	while (!ret && store->format < CL_STORE_FORMAT) {
		ret = store->kind->run(store, true, go_on, NULL, error);
		if (!ret)
			ret = store->kind->read_format(store, error);
	}
	return ret;
}
