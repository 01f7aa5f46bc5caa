// SPDX-License-Identifier: LGPL-2.1-or-later
/* All values below a name, in etcd and in what the transaction has written. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/private.h"
#include "etcd.h"

#define PAGE	500	/* values asked for at once */

static int saw_range(struct etcd_txn *t, const char *from, const char *stop,
		     const char *prefix)
{
	struct etcd_range *ranges;

	if (!t->update)
		return 0;
	ranges = cl_etcd_grow(t, t->ranges, t->nr_ranges, sizeof(*ranges));
	if (!ranges)
		return -ENOMEM;
	t->ranges = ranges;
	snprintf(ranges[t->nr_ranges].from, CL_KEY_SIZE, "%s", from);
	snprintf(ranges[t->nr_ranges++].stop, CL_KEY_SIZE, "%s", stop);
	return cl_etcd_saw_gone(t, prefix);
}

struct scan {
	struct etcd_txn *t;
	char next[CL_KEY_SIZE];		/* the writes from here on are to come */
	const char *stop;
	cl_each_function *each;
	void *arg;
};

static int pass_on(struct scan *scan, const char *key, struct cl_value *value)
{
	int ret = scan->each(scan->arg, key, value);

	free(value->data);
	return ret;
}

/* The names that were written before @key, if it is not NULL. */
static int pass_writes(struct scan *scan, const char *key)
{
	struct etcd_txn *t = scan->t;
	size_t at = cl_etcd_find_write(t, scan->next);
	struct cl_value value;
	int ret = 0;

	for (; at < t->nr_writes && !ret; at++) {
		const struct etcd_write *write = &t->writes[at];

		if (strcmp(write->key, key ? key : scan->stop) >= 0)
			break;
		if (!write->data)
			continue;
		ret = cl_etcd_value(t, write->key, write->data, write->len, &value);
		if (!ret)
			ret = pass_on(scan, write->key, &value);
	}
	return ret;
}

/* The first name after @key is @key with a byte of 1, none being smaller. */
static void step_over(char next[CL_KEY_SIZE], const char *key)
{
	snprintf(next, CL_KEY_SIZE, "%.*s\x01", CL_KEY_SIZE - 2, key);
}

/* Of a name that was written here too, only that counts. */
static int pass_key(struct scan *scan, const json_t *kv)
{
	struct etcd_txn *t = scan->t;
	size_t len, skip = strlen(etcd_of(t)->conf.prefix);
	char *whole = cl_etcd_decode(json_object_get(kv, "key"), &len);
	struct cl_value value;
	const char *key;
	int ret;

	if (!whole || len < skip || len - skip >= CL_KEY_SIZE) {
		free(whole);
		return cl_etcd_damaged(t, "a name");
	}
	key = whole + skip;
	ret = pass_writes(scan, key);
	snprintf(scan->next, CL_KEY_SIZE, "%s", key);
	if (!ret && !cl_etcd_write_at(t, key)) {
		ret = cl_etcd_value_from(t, key, kv, &value);
		if (!ret)
			ret = pass_on(scan, key, &value);
		step_over(scan->next, key);
	}
	free(whole);
	return ret;
}

/* One page; 0 in *@more after the last. */
static int scan_page(struct scan *scan, bool *more)
{
	json_t *answer, *kv;
	size_t i;
	int ret = cl_etcd_range(scan->t, scan->next, scan->stop, PAGE, &answer);

	if (ret)
		return ret;
	*more = json_is_true(json_object_get(answer, "more"));
	json_array_foreach(json_object_get(answer, "kvs"), i, kv) {
		ret = pass_key(scan, kv);
		if (ret)
			break;
	}
	json_decref(answer);
	return ret;
}

int cl_etcd_scan(struct cl_txn *txn, const char *prefix, const char *after,
		     cl_each_function *each, void *arg)
{
	struct scan scan = {
		.t = of_etcd_txn(txn), .each = each, .arg = arg
	};
	char stop[CL_KEY_SIZE];
	bool more = true;
	int ret;

	cl_scan_stop(stop, prefix);
	scan.stop = stop;
	step_over(scan.next, after ? after : prefix);
	ret = saw_range(scan.t, scan.next, stop, prefix);
	while (!ret && more)
		ret = scan_page(&scan, &more);
	return ret ? ret : pass_writes(&scan, NULL);
}
