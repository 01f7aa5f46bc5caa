// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A store in etcd: what a transaction reads is all of one revision and is
 * remembered; what it writes is kept until the end, and seen by what it reads.
 * Values are as in SQLite, behind their checksum in eight hex digits.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/private.h"
#include "etcd.h"

#define CRC_LEN		8

void *cl_etcd_grow(struct etcd_txn *t, void *array, size_t nr, size_t size)
{
	void *more = array;

	/* Doubled at each power of two. */
	if (!(nr & (nr - 1)))
		more = realloc(array, (nr ? 2 * nr : 1) * size);
	if (!more)
		cl_fail(t->txn.error, -ENOMEM, etcd_of(t)->name, "out of memory");
	return more;
}

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

/* ---- What is written ---- */

/* Where the key is among the writes, or would be. */
size_t cl_etcd_find_write(const struct etcd_txn *t, const char *key)
{
	size_t low = 0, high = t->nr_writes;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (strcmp(t->writes[middle].key, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct etcd_write *cl_etcd_write_at(const struct etcd_txn *t, const char *key)
{
	size_t at = cl_etcd_find_write(t, key);

	return at < t->nr_writes && !strcmp(t->writes[at].key, key) ?
	       &t->writes[at] : NULL;
}

/* @data becomes the transaction's; NULL: it is removed. */
static int keep_write(struct etcd_txn *t, const char *key, char *data,
		      size_t len)
{
	struct etcd_write *write = cl_etcd_write_at(t, key), *writes;
	size_t at = cl_etcd_find_write(t, key);

	if (!write) {
		writes = cl_etcd_grow(t, t->writes, t->nr_writes,
				      sizeof(*writes));
		if (!writes) {
			free(data);
			return -ENOMEM;
		}
		t->writes = writes;
		write = writes + at;
		memmove(write + 1, write,
			(t->nr_writes++ - at) * sizeof(*writes));
		snprintf(write->key, CL_KEY_SIZE, "%s", key);
	} else {
		free(write->data);
	}
	write->data = data;
	write->len = len;
	return 0;
}

int cl_etcd_put(struct cl_txn *txn, const char *key, const void *data,
		    size_t len)
{
	uint32_t crc = cl_store_crc(cl_store_crc(0, key, strlen(key)), data, len);
	char *stored = malloc(CRC_LEN + len + 1);

	if (!stored)
		return cl_fail(txn->error, -ENOMEM, of_etcd(txn->store)->name,
			       "out of memory");
	snprintf(stored, CRC_LEN + 1, "%08x", crc);
	memcpy(stored + CRC_LEN, data, len);
	return keep_write(of_etcd_txn(txn), key, stored, CRC_LEN + len);
}

/*
 * That a name is gone cannot be seen in a range of names: so each removal also
 * leaves its mark in those above it, which whoever lists them looks at.
 */
int cl_etcd_remove(struct cl_txn *txn, const char *key)
{
	struct etcd_txn *t = of_etcd_txn(txn);
	char gone[CL_KEY_SIZE + 8];
	const char *slash;
	char *nothing;
	int ret = keep_write(t, key, NULL, 0);

	for (slash = strchr(key, '/'); slash && !ret; slash = strchr(slash + 1, '/')) {
		snprintf(gone, sizeof(gone), "gone/%.*s",
			 (int)(slash + 1 - key), key);
		nothing = strdup("");
		ret = nothing ? keep_write(t, gone, nothing, 0) : -ENOMEM;
	}
	return ret;
}

/* ---- Reading ---- */

int cl_etcd_range(struct etcd_txn *t, const char *from, const char *stop,
		  unsigned int limit, json_t **answer)
{
	struct etcd_store *s = etcd_of(t);
	json_t *request = json_pack("{s:o, s:i, s:o}", "key", cl_etcd_key(s, from),
				    "limit", limit, "revision",
				    cl_etcd_from_number(t->revision));
	int ret;

	if (stop && request)
		json_object_set_new(request, "range_end", cl_etcd_key(s, stop));
	ret = cl_etcd_call(s, "/v3/kv/range", request, false, answer,
			   t->txn.error);
	if (!ret && !t->revision)
		t->revision = cl_etcd_revision(*answer);
	return ret;
}

int cl_etcd_saw_gone(struct etcd_txn *t, const char *prefix)
{
	char key[CL_KEY_SIZE + 8];
	json_t *answer;
	int ret;

	if (!t->update)
		return 0;
	snprintf(key, sizeof(key), "gone/%s", prefix);
	ret = cl_etcd_range(t, key, NULL, 1, &answer);
	if (ret)
		return ret;
	ret = cl_etcd_saw(t, key, cl_etcd_number(
		json_array_get(json_object_get(answer, "kvs"), 0), "mod_revision"));
	json_decref(answer);
	return ret;
}

int cl_etcd_damaged(struct etcd_txn *t, const char *key)
{
	return cl_fail(t->txn.error, -EBADMSG, etcd_of(t)->name,
		       "is damaged: %s is not what was written; restore a copy of it, or import an export",
		       key);
}

/* What is stored, into a value of the caller's. */
int cl_etcd_value(struct etcd_txn *t, const char *key, const char *stored,
		    size_t len, struct cl_value *value)
{
	uint32_t crc = cl_store_crc(0, key, strlen(key));
	char said[CRC_LEN + 1];

	if (len < CRC_LEN)
		return cl_etcd_damaged(t, key);
	snprintf(said, sizeof(said), "%08x",
		 cl_store_crc(crc, stored + CRC_LEN, len - CRC_LEN));
	if (memcmp(said, stored, CRC_LEN))
		return cl_etcd_damaged(t, key);
	value->len = len - CRC_LEN;
	value->data = malloc(value->len + 1);
	if (!value->data)
		return cl_fail(t->txn.error, -ENOMEM, key, "out of memory");
	memcpy(value->data, stored + CRC_LEN, value->len);
	value->data[value->len] = '\0';
	return 0;
}

/* The same, of one of an answer's keys and values. */
int cl_etcd_value_from(struct etcd_txn *t, const char *key, const json_t *kv,
		      struct cl_value *value)
{
	size_t len;
	char *stored = cl_etcd_decode(json_object_get(kv, "value"), &len);
	int ret = stored ? cl_etcd_value(t, key, stored, len, value) :
			   cl_etcd_damaged(t, key);

	free(stored);
	return ret;
}

int cl_etcd_get(struct cl_txn *txn, const char *key, struct cl_value *value)
{
	struct etcd_txn *t = of_etcd_txn(txn);
	struct etcd_write *write = cl_etcd_write_at(t, key);
	json_t *answer = NULL, *kv = json_object_get(t->known, key);
	int ret;

	if (write)
		return write->data ? cl_etcd_value(t, key, write->data, write->len,
					      value) : -ENOENT;
	if (!kv) {
		ret = cl_etcd_range(t, key, NULL, 1, &answer);
		if (ret)
			return ret;
		kv = json_array_get(json_object_get(answer, "kvs"), 0);
	} else if (json_is_null(kv)) {
		kv = NULL;
	}
	ret = cl_etcd_saw(t, key, cl_etcd_number(kv, "mod_revision"));
	if (!ret)
		ret = kv ? cl_etcd_value_from(t, key, kv, value) : -ENOENT;
	json_decref(answer);
	return ret;
}
