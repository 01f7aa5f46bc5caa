// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A transaction, as etcd does it: if nothing that was read has changed, then
 * all of it is written, at once.  Each leaves its mark under "commit": so when
 * an answer is lost it can be found out whether it was done.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../lib/private.h"
#include "etcd.h"

#define PATIENCE_MS	30000	/* as long as SQLite's */
#define BACKOFF_MS	250	/* at most */

/*
 * etcd takes 128 comparisons or changes in one transaction, those of one inside
 * another counted apart but for as many as the outer one has.
 */
#define MOST		60

/* ---- What is compared ---- */

static size_t folder_len(const char *key)
{
	const char *slash = strrchr(key, '/');

	return slash ? slash + 1 - key : 0;
}

static bool is_in(const struct etcd_read *read, const char *folder, size_t len)
{
	return folder_len(read->key) == len && !strncmp(read->key, folder, len);
}

/* The folder that most of what was read is in; 0: no two have one. */
static size_t fullest(const struct etcd_txn *t, char folder[CL_KEY_SIZE])
{
	size_t i, j, nr, most = 1;

	for (i = 0; i < t->nr_reads; i++) {
		const char *key = t->reads[i].key;
		size_t len = folder_len(key);

		if (!len)
			continue;
		for (nr = 0, j = i; j < t->nr_reads; j++)
			nr += is_in(&t->reads[j], key, len);
		if (nr <= most)
			continue;
		most = nr;
		snprintf(folder, CL_KEY_SIZE, "%.*s", (int)len, key);
	}
	return most > 1 ? most : 0;
}

/*
 * Too much was read to compare each of it: compare a folder as one, which is
 * to ask for more than is needed, and never for less.
 */
static int compare_less(struct etcd_txn *t)
{
	char folder[CL_KEY_SIZE];
	size_t i, left, len;
	int ret = 0;

	while (!ret && t->nr_reads + t->nr_folders > MOST && fullest(t, folder)) {
		len = strlen(folder);
		for (i = 0, left = 0; i < t->nr_reads; i++)
			if (!is_in(&t->reads[i], folder, len))
				t->reads[left++] = t->reads[i];
		t->nr_reads = left;
		ret = cl_etcd_saw_folder(t, folder);
	}
	return ret;
}

/* Nothing in the folder, nor in those in it, was written after what was read. */
static json_t *compare_folder(struct etcd_txn *t, const char *folder)
{
	char key[CL_KEY_SIZE + 8];

	snprintf(key, sizeof(key), "folder/%s", folder);
	return json_pack("{s:o, s:o, s:s, s:s, s:o}",
			 "key", cl_etcd_key(etcd_of(t), key),
			 "range_end", cl_etcd_key_after(etcd_of(t), key),
			 "target", "MOD", "result", "LESS", "mod_revision",
			 cl_etcd_from_number(t->revision + 1));
}

static json_t *compares_of(struct etcd_txn *t)
{
	json_t *compares = json_array();
	size_t i;

	json_array_append_new(compares, cl_etcd_compare(etcd_of(t), "schema",
							etcd_of(t)->schema));
	for (i = 0; i < t->nr_reads; i++)
		json_array_append_new(compares, cl_etcd_compare(etcd_of(t),
				t->reads[i].key, t->reads[i].revision));
	for (i = 0; i < t->nr_folders; i++)
		json_array_append_new(compares, compare_folder(t, t->folders[i]));
	return compares;
}

/* ---- What is changed ---- */

static json_t *change_of(struct etcd_txn *t, const struct etcd_write *write)
{
	json_t *key = cl_etcd_key(etcd_of(t), write->key);

	if (write->all_below)
		return json_pack("{s:{s:o, s:o}}", "request_delete_range",
				 "key", key, "range_end",
				 cl_etcd_key_after(etcd_of(t), write->key));
	if (!write->data)
		return json_pack("{s:{s:o}}", "request_delete_range", "key", key);
	return json_pack("{s:{s:o, s:o}}", "request_put", "key", key, "value",
			 cl_etcd_bytes(write->data, write->len));
}

static json_t *changes_of(struct etcd_txn *t)
{
	json_t *all = json_array(), *some = all;
	size_t i;

	for (i = 0; i < t->nr_writes; i++) {
		if (t->nr_writes >= MOST && i % MOST == 0) {
			some = json_array();
			json_array_append_new(all, json_pack("{s:{s:o}}",
					"request_txn", "success", some));
		}
		json_array_append_new(some, change_of(t, &t->writes[i]));
	}
	json_array_append_new(all, json_pack("{s:{s:o, s:o}}", "request_put",
			"key", cl_etcd_key(etcd_of(t), "commit"), "value",
			cl_etcd_bytes(t->nonce, strlen(t->nonce))));
	return all;
}

/* ---- What is learned when it is refused ---- */

/* All that was compared by key is read again in the same request. */
static json_t *reads_of(struct etcd_txn *t)
{
	json_t *reads = json_array();
	size_t i;

	json_array_append_new(reads, json_pack("{s:{s:o}}", "request_range",
			"key", cl_etcd_key(etcd_of(t), "schema")));
	for (i = 0; i < t->nr_reads; i++)
		json_array_append_new(reads, json_pack("{s:{s:o}}",
				"request_range", "key",
				cl_etcd_key(etcd_of(t), t->reads[i].key)));
	return reads;
}

static void unlearn(struct etcd_txn *t)
{
	json_decref(t->known);
	t->known = NULL;
	t->known_at = 0;
}

/* So the next attempt need not ask, and has a better chance. */
static void learn(struct etcd_txn *t, const json_t *answer)
{
	size_t i;

	/* If the schema has changed, that comes first. */
	if (cl_etcd_number(cl_etcd_first_of(answer, 0), "mod_revision") !=
	    etcd_of(t)->schema)
		return;
	unlearn(t);
	t->known = json_object();
	t->known_at = cl_etcd_revision(answer);
	for (i = 0; i < t->nr_reads; i++) {
		json_t *kv = cl_etcd_first_of(answer, i + 1);

		json_object_set_new(t->known, t->reads[i].key,
				    kv ? json_incref(kv) : json_null());
	}
}

/* 0: done; -EAGAIN: what was read has changed; else as cl_etcd_call(). */
static int commit(struct etcd_txn *t)
{
	json_t *answer;
	bool done;
	int ret = compare_less(t);

	if (ret)
		return ret;
	ret = cl_etcd_call(etcd_of(t), "/v3/kv/txn",
			   json_pack("{s:o, s:o, s:o}", "compare",
				     compares_of(t), "success", changes_of(t),
				     "failure", reads_of(t)), true, &answer,
			   t->txn.error);
	if (ret)
		return ret;
	done = json_is_true(json_object_get(answer, "succeeded"));
	if (!done)
		learn(t, answer);
	json_decref(answer);
	return done ? 0 : -EAGAIN;
}

/* ---- Whether it was done ---- */

/*
 * 1, 0, or why that cannot be known, as when the marks were compacted.  Reads
 * the marks of all since then, the last one first.  The moment of the last is
 * that of the next attempt, which compares it too: what is still on its way to
 * etcd is then too late, or makes that attempt too late.
 */
static int was_done(struct etcd_txn *t)
{
	struct etcd_txn past = { .txn = t->txn };
	bool ours = false;
	int64_t written;
	json_t *answer, *kv;
	char *nonce;
	size_t len;
	int ret;

	do {
		ret = cl_etcd_range(&past, "commit", &answer);
		if (ret)
			return ret;
		kv = cl_etcd_first(answer);
		written = cl_etcd_number(kv, "mod_revision");
		nonce = cl_etcd_decode(json_object_get(kv, "value"), &len);
		ours = nonce && !strcmp(nonce, t->nonce);
		if (!t->revision) {
			t->revision = past.revision;
			ret = cl_etcd_saw(t, "commit", written);
		}
		free(nonce);
		json_decref(answer);
		past.revision = written - 1;
	} while (!ret && !ours && written > t->unsure);
	return ret ? ret : ours;
}

/* ---- Attempts ---- */

static void forget(struct etcd_txn *t)
{
	size_t i;

	for (i = 0; i < t->nr_writes; i++)
		free(t->writes[i].data);
	free(t->reads);
	free(t->folders);
	free(t->writes);
	json_decref(t->listed);
	t->reads = NULL;
	t->folders = NULL;
	t->writes = NULL;
	t->listed = NULL;
	t->nr_reads = t->nr_folders = t->nr_writes = 0;
	t->revision = 0;
}

static int make_nonce(struct etcd_txn *t)
{
	unsigned char bytes[sizeof(t->nonce) / 2];
	FILE *from = fopen("/dev/urandom", "re");
	size_t i, nr = from ? fread(bytes, 1, sizeof(bytes), from) : 0;

	if (from)
		fclose(from);
	if (nr != sizeof(bytes))
		return cl_fail(t->txn.error, -EIO, "/dev/urandom",
			       "cannot be read");
	for (i = 0; i < nr; i++)
		snprintf(t->nonce + 2 * i, 3, "%02x", bytes[i]);
	return 0;
}

static int not_known(struct etcd_txn *t)
{
	return cl_fail(t->txn.error, -ETIMEDOUT, etcd_of(t)->name,
		       "the answer got lost, and whether this was done is not known; look before you do it again");
}

/* -EAGAIN: once more; else it is over. */
static int attempt(struct etcd_txn *t, cl_txn_function *function, void *arg)
{
	int ret;

	forget(t);
	if (t->unsure) {
		unlearn(t);
		ret = was_done(t);
		if (ret)
			return ret > 0 ? 0 : not_known(t);
	}
	if (t->known_at)
		t->revision = t->known_at;
	ret = function(&t->txn, arg);
	unlearn(t);
	if (!ret && t->nr_writes)
		ret = commit(t);
	if (ret == -ETIMEDOUT && !t->unsure)
		t->unsure = t->revision ? t->revision : 1;
	return ret == -ETIMEDOUT || ret == -ESTALE ? -EAGAIN : ret;
}

/* Again until it is done or refused: -EAGAIN if that takes too long. */
static int attempts(struct etcd_txn *t, cl_txn_function *function, void *arg)
{
	int64_t until = cl_etcd_now() + PATIENCE_MS;
	unsigned int backoff = 1, random = t->nonce[0] * 251u + t->nonce[1];
	int ret;

	for (;;) {
		ret = attempt(t, function, arg);
		if (ret != -EAGAIN || cl_etcd_now() > until)
			return ret;
		/* Each waits for a time of its own, or all meet again. */
		random = random * 1103515245u + 12345u;
		cl_etcd_pause(random / 65536 % backoff);
		backoff = backoff < BACKOFF_MS ? 2 * backoff : BACKOFF_MS;
		/* Or was it the store itself that changed? */
		ret = t->known_at ? 0 : cl_etcd_read_format(t->txn.store,
							    t->txn.error);
		if (ret)
			return t->unsure ? not_known(t) : ret;
	}
}

int cl_etcd_run(struct cl_store *store, bool update, cl_txn_function *function,
		void *arg, struct cl_error *error)
{
	struct etcd_txn t = { .txn = { store, error }, .update = update };
	int ret = update ? make_nonce(&t) : 0;

	if (ret)
		return ret;
	ret = attempts(&t, function, arg);
	of_etcd(store)->seen = t.revision;
	forget(&t);
	unlearn(&t);
	if (t.unsure && (ret == -EHOSTUNREACH || ret == -EAGAIN || ret == -EIO))
		return not_known(&t);
	if (ret == -EAGAIN)
		return cl_fail(error, -EBUSY, of_etcd(store)->name,
			       "others keep it busy; try again");
	return ret;
}
