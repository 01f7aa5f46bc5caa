// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A store in etcd: what a transaction writes is kept until the end, and seen by
 * what it reads.  Values are as in SQLite, behind their checksum in eight hex
 * digits.
 *
 * Each put or removal of FOLDER/NAME also puts folder/FOLDER/: so that nobody
 * has added, changed or removed anything in a folder can be compared by one key.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/private.h"
#include "etcd.h"

#define CRC_LEN		8

int cl_etcd_no_memory(struct etcd_txn *t)
{
	return cl_fail(t->txn.error, -ENOMEM, etcd_of(t)->name, "out of memory");
}


void *cl_etcd_grow(struct etcd_txn *t, void *array, size_t nr, size_t size)
{
	void *more = cl_grow(array, nr, size);

	if (!more)
		cl_etcd_no_memory(t);
	return more;
}

/* ---- Bytes in JSON ---- */

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

json_t *cl_etcd_bytes(const void *data, size_t len)
{
	const unsigned char *from = data;
	char *text = malloc((len + 2) / 3 * 4 + 1), *to = text;
	json_t *made;
	size_t i;

	if (!text)
		return NULL;
	for (i = 0; i < len; i += 3) {
		uint32_t three = from[i] << 16 |
				 (i + 1 < len ? from[i + 1] << 8 : 0) |
				 (i + 2 < len ? from[i + 2] : 0);

		*to++ = digits[three >> 18];
		*to++ = digits[three >> 12 & 63];
		*to++ = i + 1 < len ? digits[three >> 6 & 63] : '=';
		*to++ = i + 2 < len ? digits[three & 63] : '=';
	}
	*to = '\0';
	made = json_string(text);
	free(text);
	return made;
}

json_t *cl_etcd_key(const struct etcd_store *s, const char *key)
{
	char whole[sizeof(s->conf.prefix) + CL_KEY_SIZE];

	snprintf(whole, sizeof(whole), "%s%s", s->conf.prefix, key);
	return cl_etcd_bytes(whole, strlen(whole));
}

char *cl_etcd_decode(const json_t *text, size_t *len)
{
	/* An empty value is not there at all. */
	const char *from = text ? json_string_value(text) : "";
	char *data = from ? malloc(strlen(from) / 4 * 3 + 4) : NULL, *to = data;
	unsigned int bits = 0;
	uint32_t kept = 0;

	for (; data && *from && *from != '='; from++) {
		const char *digit = strchr(digits, *from);

		if (!digit) {
			free(data);
			return NULL;
		}
		kept = kept << 6 | (digit - digits);
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			*to++ = kept >> bits;
		}
	}
	if (data) {
		*to = '\0';
		*len = to - data;
	}
	return data;
}

int64_t cl_etcd_number(const json_t *object, const char *name)
{
	const json_t *number = json_object_get(object, name);

	return json_is_string(number) ?
	       strtoll(json_string_value(number), NULL, 10) :
	       json_integer_value(number);
}

json_t *cl_etcd_from_number(int64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)number);
	return json_string(text);
}

int64_t cl_etcd_revision(const json_t *answer)
{
	return cl_etcd_number(json_object_get(answer, "header"), "revision");
}

json_t *cl_etcd_key_after(const struct etcd_store *s, const char *prefix)
{
	char whole[sizeof(s->conf.prefix) + CL_KEY_SIZE];
	int len = snprintf(whole, sizeof(whole), "%s%s", s->conf.prefix, prefix);

	whole[len - 1]++;
	return cl_etcd_bytes(whole, len);
}

json_t *cl_etcd_first(const json_t *range)
{
	return json_array_get(json_object_get(range, "kvs"), 0);
}

json_t *cl_etcd_first_of(const json_t *answer, size_t n)
{
	const json_t *one = json_array_get(json_object_get(answer, "responses"),
					   n);

	return cl_etcd_first(json_object_get(one, "response_range"));
}

json_t *cl_etcd_compare(const struct etcd_store *s, const char *key,
			int64_t revision)
{
	return json_pack("{s:o, s:s, s:s, s:o}", "key", cl_etcd_key(s, key),
			 "target", "MOD", "result", "EQUAL", "mod_revision",
			 cl_etcd_from_number(revision));
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

/* The write of @key, a new one or that of before; NULL: out of memory. */
static struct etcd_write *add_write(struct etcd_txn *t, const char *key)
{
	struct etcd_write *write = cl_etcd_write_at(t, key), *writes;
	size_t at = cl_etcd_find_write(t, key);

	if (write) {
		free(write->data);
	} else {
		writes = cl_etcd_grow(t, t->writes, t->nr_writes, sizeof(*writes));
		if (!writes)
			return NULL;
		t->writes = writes;
		write = writes + at;
		memmove(write + 1, write,
			(t->nr_writes++ - at) * sizeof(*writes));
	}
	memset(write, 0, sizeof(*write));
	snprintf(write->key, CL_KEY_SIZE, "%s", key);
	return write;
}

/* @data becomes the transaction's. */
static int keep_value(struct etcd_txn *t, const char *key, char *data,
		      size_t len)
{
	struct etcd_write *write = data ? add_write(t, key) : NULL;

	if (!write) {
		free(data);
		return cl_etcd_no_memory(t);
	}
	write->data = data;
	write->len = len;
	return 0;
}

static int change_folder(struct etcd_txn *t, const char *key)
{
	const char *slash = strrchr(key, '/');
	char folder[CL_KEY_SIZE + 8];

	if (!slash)
		return 0;
	snprintf(folder, sizeof(folder), "folder/%.*s", (int)(slash + 1 - key), key);
	return cl_etcd_write_at(t, folder) ? 0 : keep_value(t, folder, strdup(""), 0);
}

int cl_etcd_put(struct cl_txn *txn, const char *key, const void *data,
		size_t len)
{
	uint32_t crc = cl_store_crc(cl_store_crc(0, key, strlen(key)), data, len);
	struct etcd_txn *t = of_etcd_txn(txn);
	char *stored = malloc(CRC_LEN + len + 1);
	int ret;

	if (!stored)
		return cl_etcd_no_memory(t);
	snprintf(stored, CRC_LEN + 1, "%08x", crc);
	memcpy(stored + CRC_LEN, data, len);
	ret = keep_value(t, key, stored, CRC_LEN + len);
	return ret ? ret : change_folder(t, key);
}

int cl_etcd_remove(struct cl_txn *txn, const char *key)
{
	struct etcd_txn *t = of_etcd_txn(txn);

	return add_write(t, key) ? change_folder(t, key) : -ENOMEM;
}

int cl_etcd_set_format(struct cl_txn *txn, unsigned int format)
{
	char *text;
	int len = asprintf(&text, "%u", format);

	return keep_value(of_etcd_txn(txn), "schema", len < 0 ? NULL : text, len);
}

int cl_etcd_drop(struct cl_txn *txn, const char *prefix)
{
	struct etcd_write *write = add_write(of_etcd_txn(txn), prefix);

	if (!write)
		return -ENOMEM;
	write->all_below = true;
	return 0;
}

/* ---- Values ---- */

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
		return cl_etcd_no_memory(t);
	memcpy(value->data, stored + CRC_LEN, value->len);
	value->data[value->len] = '\0';
	return 0;
}
