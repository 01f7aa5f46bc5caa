// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A store in an SQLite database: one table of names and values, each with a
 * checksum.  The write-ahead log lets readers go on beside one writer; every
 * commit is on the disk before it counts.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../lib/private.h"
#include "sqlite.h"

#define GLANCE_MS	100		/* cl_store_wait() looks that often */

static const char *const statements[CL_SQLITE_NR] = {
	[GET] = "SELECT value, crc FROM pairs WHERE key = ?1",
	[PUT] = "INSERT OR REPLACE INTO pairs VALUES (?1, ?2, ?3)",
	[REMOVE] = "DELETE FROM pairs WHERE key = ?1",
	[DROP] = "DELETE FROM pairs WHERE key > ?1 AND key < ?2",
	[SCAN] = "SELECT key, value, crc FROM pairs WHERE key > ?1 AND key < ?2 ORDER BY key",
	[BEGIN] = "BEGIN",
	[UPDATE] = "BEGIN IMMEDIATE",
	[COMMIT] = "COMMIT",
	[ROLLBACK] = "ROLLBACK",
	[VERSION] = "PRAGMA data_version",
	[FORMAT] = "PRAGMA user_version",
};

static struct sqlite_store *of(struct cl_store *store)
{
	return (struct sqlite_store *)store;
}

static int code_of(sqlite3 *db, int ret)
{
	switch (ret & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_READONLY:
		/* Who only reads cannot mend the log's index: a writer is about to. */
		return ret == SQLITE_READONLY_RECOVERY ||
		       ret == SQLITE_READONLY_CANTINIT ? -EBUSY : -EROFS;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return -EBADMSG;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
		return sqlite3_system_errno(db) ? -sqlite3_system_errno(db) : -EACCES;
	default:
		/* Growing the log's index on a full disk is an I/O error to it. */
		return sqlite3_system_errno(db) == ENOSPC ? -ENOSPC : -EIO;
	}
}

static const char *advice(int code)
{
	switch (code) {
	case -EBUSY:
		return "others keep it busy; try again";
	case -ENOSPC:
		return "the disk is full; nothing was changed";
	case -EROFS:
		return "cannot be written; nothing was changed";
	case -EBADMSG:
		return "is damaged or no store, and was left as it is; restore a copy of it, or import an export";
	default:
		return "nothing was changed";
	}
}

int cl_sqlite_fail(struct sqlite_store *s, int ret, struct cl_error *error)
{
	int code = code_of(s->db, ret);

	return cl_fail(error, code, s->path, "%s (%s)", advice(code),
		       sqlite3_errmsg(s->db));
}

int cl_sqlite_prepare(struct sqlite_store *s, struct cl_error *error)
{
	int i, ret = 0;

	for (i = 0; i < CL_SQLITE_NR && !ret; i++)
		ret = sqlite3_prepare_v2(s->db, statements[i], -1,
					 &s->prepared[i], NULL);
	return ret ? cl_sqlite_fail(s, ret, error) : 0;
}

static void sqlite_close(struct cl_store *store)
{
	struct sqlite_store *s = of(store);

	cl_sqlite_disconnect(s);
	free(s);
}

static int step(struct sqlite_store *s, int which)
{
	int ret = sqlite3_step(s->prepared[which]);

	sqlite3_reset(s->prepared[which]);
	return ret == SQLITE_ROW || ret == SQLITE_DONE ? SQLITE_OK : ret;
}

static int read_format(struct cl_store *store, struct cl_error *error)
{
	struct sqlite_store *s = of(store);
	int ret = sqlite3_step(s->prepared[FORMAT]);
	long long format = sqlite3_column_int64(s->prepared[FORMAT], 0);

	sqlite3_reset(s->prepared[FORMAT]);
	return ret == SQLITE_ROW ? cl_sqlite_check_format(s, format, error) :
				   cl_sqlite_fail(s, ret, error);
}

static int set_format(struct cl_txn *txn, unsigned int format)
{
	struct sqlite_store *s = of(txn->store);
	char text[40];
	int ret;

	snprintf(text, sizeof(text), "PRAGMA user_version = %u", format);
	ret = sqlite3_exec(s->db, text, NULL, NULL, NULL);
	return ret ? cl_sqlite_fail(s, ret, txn->error) : 0;
}

static int sqlite_run(struct cl_store *store, bool update,
		      cl_txn_function *function, void *arg,
		      struct cl_error *error)
{
	struct sqlite_store *s = of(store);
	struct cl_txn txn = { store, error };
	int code = 0, ret;

	cl_sqlite_start_waiting(s);
	if (update && !s->writable)
		code = cl_sqlite_connect(s, CL_SQLITE_WRITE, error);
	if (code)
		return code;
	ret = step(s, update ? UPDATE : BEGIN);
	if (ret)
		return cl_sqlite_fail(s, ret, error);
	code = update ? read_format(store, error) : 0;
	if (!code)
		code = function(&txn, arg);
	if (!code) {
		ret = step(s, COMMIT);
		if (!ret)
			return 0;
		code = cl_sqlite_fail(s, ret, error);
	}
	/* A full disk has rolled back already: then there is nothing to. */
	if (!sqlite3_get_autocommit(s->db))
		step(s, ROLLBACK);
	return code;
}

static int damaged(struct cl_txn *txn, const char *key)
{
	return cl_fail(txn->error, -EBADMSG, of(txn->store)->path,
		       "is damaged: %s is not what was written; restore a copy of it, or import an export",
		       key);
}

/* The value in these columns of the statement's row; valid until the next. */
static int column(struct cl_txn *txn, sqlite3_stmt *statement, int at,
		  const char *key, struct cl_value *value)
{
	uint32_t crc = cl_store_crc(0, key, strlen(key));

	value->data = (char *)sqlite3_column_blob(statement, at);
	value->len = sqlite3_column_bytes(statement, at);
	crc = cl_store_crc(crc, value->data, value->len);
	return crc == (uint32_t)sqlite3_column_int64(statement, at + 1) ? 0 :
	       damaged(txn, key);
}

static int sqlite_get(struct cl_txn *txn, const char *key,
		      struct cl_value *value)
{
	struct sqlite_store *s = of(txn->store);
	sqlite3_stmt *statement = s->prepared[GET];
	struct cl_value there;
	int ret, code = -ENOENT;

	sqlite3_bind_text(statement, 1, key, -1, SQLITE_STATIC);
	ret = sqlite3_step(statement);
	if (ret == SQLITE_ROW)
		code = column(txn, statement, 0, key, &there);
	else if (ret != SQLITE_DONE)
		code = cl_sqlite_fail(s, ret, txn->error);
	if (!code) {
		value->data = malloc(there.len + 1);
		if (!value->data)
			code = cl_fail(txn->error, -ENOMEM, s->path, "out of memory");
	}
	if (!code) {
		memcpy(value->data, there.data ? there.data : "", there.len);
		value->data[there.len] = '\0';
		value->len = there.len;
	}
	sqlite3_reset(statement);
	return code;
}

static int sqlite_put(struct cl_txn *txn, const char *key, const void *data,
		      size_t len)
{
	struct sqlite_store *s = of(txn->store);
	sqlite3_stmt *statement = s->prepared[PUT];
	uint32_t crc = cl_store_crc(cl_store_crc(0, key, strlen(key)), data, len);
	int ret;

	sqlite3_bind_text(statement, 1, key, -1, SQLITE_STATIC);
	sqlite3_bind_blob(statement, 2, data, len, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 3, crc);
	ret = step(s, PUT);
	return ret ? cl_sqlite_fail(s, ret, txn->error) : 0;
}

static int sqlite_remove(struct cl_txn *txn, const char *key)
{
	struct sqlite_store *s = of(txn->store);
	int ret;

	sqlite3_bind_text(s->prepared[REMOVE], 1, key, -1, SQLITE_STATIC);
	ret = step(s, REMOVE);
	return ret ? cl_sqlite_fail(s, ret, txn->error) : 0;
}

static int sqlite_drop(struct cl_txn *txn, const char *prefix)
{
	struct sqlite_store *s = of(txn->store);
	char stop[CL_KEY_SIZE];
	int ret;

	cl_scan_stop(stop, prefix);
	sqlite3_bind_text(s->prepared[DROP], 1, prefix, -1, SQLITE_STATIC);
	sqlite3_bind_text(s->prepared[DROP], 2, stop, -1, SQLITE_STATIC);
	ret = step(s, DROP);
	return ret ? cl_sqlite_fail(s, ret, txn->error) : 0;
}

static int sqlite_scan(struct cl_txn *txn, const char *prefix,
		       const char *after, cl_each_function *each, void *arg)
{
	struct sqlite_store *s = of(txn->store);
	sqlite3_stmt *statement;
	char stop[CL_KEY_SIZE];
	struct cl_value value;
	int ret, code = 0;

	/* One of its own: what @each does may scan something else. */
	ret = sqlite3_prepare_v2(s->db, statements[SCAN], -1, &statement, NULL);
	if (ret)
		return cl_sqlite_fail(s, ret, txn->error);
	cl_scan_stop(stop, prefix);
	sqlite3_bind_text(statement, 1, after ? after : prefix, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 2, stop, -1, SQLITE_STATIC);
	while (!code && (ret = sqlite3_step(statement)) == SQLITE_ROW) {
		const char *key = (const char *)sqlite3_column_text(statement, 0);

		code = column(txn, statement, 1, key, &value);
		if (!code)
			code = each(arg, key, &value);
	}
	if (!code && ret != SQLITE_DONE)
		code = cl_sqlite_fail(s, ret, txn->error);
	sqlite3_finalize(statement);
	return code;
}

static int sqlite_wait(struct cl_store *store, unsigned int ms)
{
	const struct timespec glance = { 0, GLANCE_MS * 1000000l };
	struct sqlite_store *s = of(store);
	sqlite3_stmt *statement = s->prepared[VERSION];
	sqlite3_int64 now;
	unsigned int passed;

	for (passed = 0; ; passed += GLANCE_MS) {
		now = sqlite3_step(statement) == SQLITE_ROW ?
		      sqlite3_column_int64(statement, 0) : s->seen;
		sqlite3_reset(statement);
		if (now != s->seen || passed >= ms)
			break;
		nanosleep(&glance, NULL);
	}
	if (now == s->seen)
		return 0;
	s->seen = now;
	return 1;
}

const struct cl_store_kind cl_sqlite_kind = {
	.run = sqlite_run,
	.get = sqlite_get,
	.put = sqlite_put,
	.remove = sqlite_remove,
	.scan = sqlite_scan,
	.wait = sqlite_wait,
	.close = sqlite_close,
	.read_format = read_format,
	.set_format = set_format,
	.drop = sqlite_drop,
};
