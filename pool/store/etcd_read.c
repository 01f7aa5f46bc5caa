// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What a transaction in etcd reads: all of one revision, remembered, and with
 * what it has written itself.  Where many values are going to be asked for, many
 * are read at once.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/private.h"
#include "etcd.h"

#define PAGE	500	/* values asked for at once */
#define BATCH	100	/* keys asked for at once */

/* ---- What was read ---- */

int cl_etcd_saw(struct etcd_txn *t, const char *key, int64_t revision)
{
	struct etcd_read *reads;
	size_t i;

	if (!t->update)
		return 0;
	for (i = 0; i < t->nr_reads; i++)
		if (!strcmp(t->reads[i].key, key))
			return 0;
	reads = cl_etcd_grow(t, t->reads, t->nr_reads, sizeof(*reads));
	if (!reads)
		return -ENOMEM;
	t->reads = reads;
	snprintf(reads[t->nr_reads].key, CL_KEY_SIZE, "%s", key);
	reads[t->nr_reads++].revision = revision;
	return 0;
}

int cl_etcd_saw_folder(struct etcd_txn *t, const char *folder)
{
	char (*folders)[CL_KEY_SIZE];
	size_t i;

	if (!t->update)
		return 0;
	for (i = 0; i < t->nr_folders; i++)
		if (!strcmp(t->folders[i], folder))
			return 0;
	folders = cl_etcd_grow(t, t->folders, t->nr_folders, sizeof(*folders));
	if (!folders)
		return -ENOMEM;
	t->folders = folders;
	snprintf(folders[t->nr_folders++], CL_KEY_SIZE, "%s", folder);
	return 0;
}

/* The same, of one of an answer's keys and values. */
static int read_kv(struct etcd_txn *t, const char *key, const json_t *kv,
		   struct cl_value *value)
{
	size_t len;
	char *stored = cl_etcd_decode(json_object_get(kv, "value"), &len);
	int ret = stored ? cl_etcd_value(t, key, stored, len, value) :
			   cl_etcd_damaged(t, key);

	free(stored);
	return ret;
}

/* ---- Reading one ---- */

static json_t *range_of(struct etcd_txn *t, const char *key)
{
	return json_pack("{s:o, s:o}", "key", cl_etcd_key(etcd_of(t), key),
			 "revision", cl_etcd_from_number(t->revision));
}

int cl_etcd_range(struct etcd_txn *t, const char *key, json_t **answer)
{
	int ret = cl_etcd_call(etcd_of(t), "/v3/kv/range", range_of(t, key),
			       false, answer, t->txn.error);

	if (!ret && !t->revision)
		t->revision = cl_etcd_revision(*answer);
	return ret;
}

/* Of a large store only a part is kept: room for @nr values more. */
static void make_known(struct etcd_txn *t, size_t nr)
{
	if (t->known && json_object_size(t->known) + nr <= 2 * PAGE)
		return;
	json_decref(t->known);
	t->known = json_object();
}

static void know(struct etcd_txn *t, const char *key, json_t *kv)
{
	json_object_set_new(t->known, key, kv ? json_incref(kv) : json_null());
}

/* Where @key's last part is among those listed last; their number: nowhere. */
static size_t find_listed(struct etcd_txn *t, const char *key)
{
	const char *slash = strrchr(key, '/');
	size_t i, at, nr = json_array_size(t->listed);

	for (i = 0; slash && i < nr; i++) {
		at = (t->listed_at + i) % nr;
		if (strcmp(json_string_value(json_array_get(t->listed, at)),
			   slash + 1))
			continue;
		t->listed_at = at;
		return at;
	}
	return nr;
}

/*
 * After A/1 A/2 A/3 were listed, whoever asks for B/1 is going to ask for B/2
 * and B/3: read them at once.
 */
static int read_batch(struct etcd_txn *t, const char *key, size_t at)
{
	int folder_len = strrchr(key, '/') + 1 - key;
	json_t *reads = json_array(), *answer;
	char keys[BATCH][CL_KEY_SIZE];
	size_t nr = 0, i;
	int ret;

	for (; nr < BATCH && at < json_array_size(t->listed); at++) {
		snprintf(keys[nr], CL_KEY_SIZE, "%.*s%s", folder_len, key,
			 json_string_value(json_array_get(t->listed, at)));
		json_array_append_new(reads, json_pack("{s:o}", "request_range",
						       range_of(t, keys[nr++])));
	}
	ret = cl_etcd_call(etcd_of(t), "/v3/kv/txn",
			   json_pack("{s:o}", "success", reads), false, &answer,
			   t->txn.error);
	if (ret)
		return ret;
	make_known(t, nr);
	for (i = 0; i < nr; i++)
		know(t, keys[i], cl_etcd_first_of(answer, i));
	json_decref(answer);
	return 0;
}

static int read_one(struct etcd_txn *t, const char *key)
{
	size_t at = find_listed(t, key);
	json_t *answer;
	int ret;

	if (at + 1 < json_array_size(t->listed)) {
		ret = read_batch(t, key, at);
		if (ret != -EMSGSIZE)
			return ret;
	}
	ret = cl_etcd_range(t, key, &answer);
	if (ret)
		return ret;
	make_known(t, 1);
	know(t, key, cl_etcd_first(answer));
	json_decref(answer);
	return 0;
}

int cl_etcd_get(struct cl_txn *txn, const char *key, struct cl_value *value)
{
	struct etcd_txn *t = of_etcd_txn(txn);
	struct etcd_write *write = cl_etcd_write_at(t, key);
	json_t *kv = json_object_get(t->known, key);
	int ret = 0;

	if (write)
		return write->data ? cl_etcd_value(t, key, write->data, write->len,
						value) : -ENOENT;
	if (!kv) {
		ret = read_one(t, key);
		kv = json_object_get(t->known, key);
	}
	if (!ret && !kv)
		ret = cl_etcd_no_memory(t);
	if (!ret)
		ret = cl_etcd_saw(t, key, cl_etcd_number(kv, "mod_revision"));
	if (ret)
		return ret;
	return json_is_object(kv) ? read_kv(t, key, kv, value) : -ENOENT;
}

/* ---- Reading all below a name ---- */

struct scan {
	struct etcd_txn *t;
	char next[CL_KEY_SIZE];		/* the writes from here on are to come */
	char stop[CL_KEY_SIZE];
	unsigned int limit;
	cl_each_function *each;
	void *arg;
};

static int pass_on(struct scan *scan, const char *key, struct cl_value *value)
{
	int ret = scan->each(scan->arg, key, value);

	free(value->data);
	return ret;
}

/* The names that were written before @key. */
static int pass_writes(struct scan *scan, const char *key)
{
	struct etcd_txn *t = scan->t;
	size_t at = cl_etcd_find_write(t, scan->next);
	struct cl_value value;
	int ret = 0;

	for (; at < t->nr_writes && !ret; at++) {
		const struct etcd_write *write = &t->writes[at];

		if (strcmp(write->key, key) >= 0)
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
static int pass_key(struct scan *scan, const char *key, const json_t *kv)
{
	struct cl_value value;
	int ret = pass_writes(scan, key);

	step_over(scan->next, key);
	if (ret || cl_etcd_write_at(scan->t, key))
		return ret;
	ret = read_kv(scan->t, key, kv, &value);
	return ret ? ret : pass_on(scan, key, &value);
}

/*
 * The keys of a page, each as it is called here, known from now on; their last
 * parts are what was listed last.  NULL: damaged, or out of memory.
 */
static json_t *keys_of(struct etcd_txn *t, const json_t *kvs)
{
	size_t i, len, skip = strlen(etcd_of(t)->conf.prefix);
	json_t *keys = json_array(), *kv;
	const char *key, *slash;
	bool good = keys;
	char *whole;

	make_known(t, json_array_size(kvs));
	json_decref(t->listed);
	t->listed = json_array();
	t->listed_at = 0;
	json_array_foreach(kvs, i, kv) {
		whole = cl_etcd_decode(json_object_get(kv, "key"), &len);
		good = good && whole && len > skip && len - skip < CL_KEY_SIZE;
		key = good ? whole + skip : "";
		slash = strrchr(key, '/');
		good = !json_array_append_new(keys, json_string(key)) && good;
		json_array_append_new(t->listed, json_string(slash ? slash + 1 : key));
		know(t, key, kv);
		free(whole);
	}
	if (good)
		return keys;
	json_decref(keys);
	return NULL;
}

static int pass_page(struct scan *scan, const json_t *kvs)
{
	json_t *keys = keys_of(scan->t, kvs), *kv;
	size_t i;
	int ret = keys ? 0 : cl_etcd_damaged(scan->t, "a name");

	json_array_foreach(kvs, i, kv) {
		if (ret)
			break;
		ret = pass_key(scan, json_string_value(json_array_get(keys, i)),
			       kv);
	}
	json_decref(keys);
	return ret;
}

/* A page of values that are too long for one answer is read in two. */
static int read_page(struct scan *scan, json_t **answer)
{
	struct etcd_txn *t = scan->t;
	int ret;

	do {
		json_t *request = range_of(t, scan->next);

		json_object_set_new(request, "range_end",
				    cl_etcd_key(etcd_of(t), scan->stop));
		json_object_set_new(request, "limit", json_integer(scan->limit));
		ret = cl_etcd_call(etcd_of(t), "/v3/kv/range", request, false,
				   answer, t->txn.error);
	} while (ret == -EMSGSIZE && (scan->limit /= 2));
	if (!ret && !t->revision)
		t->revision = cl_etcd_revision(*answer);
	return ret;
}

int cl_etcd_scan(struct cl_txn *txn, const char *prefix, const char *after,
		 cl_each_function *each, void *arg)
{
	struct scan scan = {
		.t = of_etcd_txn(txn), .limit = PAGE, .each = each, .arg = arg
	};
	bool more = true;
	json_t *answer;
	int ret;

	cl_scan_stop(scan.stop, prefix);
	step_over(scan.next, after ? after : prefix);
	ret = cl_etcd_saw_folder(scan.t, prefix);
	while (!ret && more) {
		ret = read_page(&scan, &answer);
		if (ret)
			break;
		more = json_is_true(json_object_get(answer, "more"));
		ret = pass_page(&scan, json_object_get(answer, "kvs"));
		json_decref(answer);
	}
	return ret ? ret : pass_writes(&scan, scan.stop);
}
