// SPDX-License-Identifier: LGPL-2.1-or-later
/* Opening a store in an SQLite database, or making one: is it ours, can it be read? */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "../../lib/private.h"
#include "sqlite.h"

#define APPLICATION	0x63704c76	/* "cpLv" */
#define PATIENCE_MS	30000

static int pragma(struct sqlite_store *s, const char *text, sqlite3_int64 *value)
{
	sqlite3_stmt *statement;
	int ret = sqlite3_prepare_v2(s->db, text, -1, &statement, NULL);

	if (ret)
		return ret;
	ret = sqlite3_step(statement);
	if (ret == SQLITE_ROW && value)
		*value = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return ret == SQLITE_ROW || ret == SQLITE_DONE ? SQLITE_OK : ret;
}

/* Two that create it at once: the second finds it made. */
static int make_tables(struct sqlite_store *s)
{
	char text[400];

	snprintf(text, sizeof(text),
		 "BEGIN IMMEDIATE;"
		 "CREATE TABLE IF NOT EXISTS pairs (key TEXT PRIMARY KEY, value BLOB NOT NULL, crc INTEGER NOT NULL);"
		 "PRAGMA application_id = %d; PRAGMA user_version = %d;"
		 "COMMIT", APPLICATION, CL_STORE_FORMAT);
	return sqlite3_exec(s->db, text, NULL, NULL, NULL);
}

int cl_sqlite_check_format(struct sqlite_store *s, long long format,
			   struct cl_error *error)
{
	if (format > CL_STORE_FORMAT)
		return cl_fail(error, -EPROTO, s->path,
			       "was written by a later cpulevel (schema %lld, this one knows %d); use that one",
			       format, CL_STORE_FORMAT);
	s->store.format = format;
	return 0;
}

static int check_schema(struct sqlite_store *s, bool create,
			struct cl_error *error)
{
	sqlite3_int64 application = 0, version = 0, tables = 0;
	int ret;

	/* All of one moment: somebody else may be making it. */
	ret = pragma(s, "BEGIN", NULL);
	if (!ret)
		ret = pragma(s, "PRAGMA application_id", &application);
	if (!ret)
		ret = pragma(s, "PRAGMA user_version", &version);
	if (!ret)
		ret = pragma(s, "SELECT count(*) FROM sqlite_master", &tables);
	if (!ret)
		ret = pragma(s, "COMMIT", NULL);
	if (ret)
		return cl_sqlite_fail(s, ret, error);
	if (!application && !version && !tables && create) {
		ret = make_tables(s);
		s->store.format = CL_STORE_FORMAT;
		return ret ? cl_sqlite_fail(s, ret, error) : 0;
	}
	if (application != APPLICATION)
		return cl_fail(error, -EBADMSG, s->path,
			       "is a database of another program; name another file");
	return cl_sqlite_check_format(s, version, error);
}

/* SQLite cannot tell a file that is missing from a directory that is. */
static int check_file(const char *path, bool create, struct cl_error *error)
{
	struct stat there;

	if (!stat(path, &there))
		return S_ISREG(there.st_mode) ? 0 :
		       cl_fail(error, -EINVAL, path,
			       "not a regular file; name a database");
	if (errno != ENOENT || !create)
		return cl_fail(error, -errno, path,
			       "%s; `cpulevel pool create` makes a store",
			       strerror(errno));
	return 0;
}

static int set_up(struct sqlite_store *s, bool create, struct cl_error *error)
{
	int ret = check_schema(s, create, error);

	if (ret)
		return ret;
	/* Only now is it known to be ours, and may be changed. */
	ret = pragma(s, "PRAGMA journal_mode = WAL", NULL);
	if (!ret)
		ret = pragma(s, "PRAGMA synchronous = FULL", NULL);
	return ret ? cl_sqlite_fail(s, ret, error) : 0;
}

/*
 * While others make the database, or its log, SQLite may find it locked and
 * not wait, for fear that both wait for each other: so come back.
 */
static int configure(struct sqlite_store *s, bool create,
		     struct cl_error *error)
{
	const struct timespec moment = { 0, 20 * 1000000l };
	int tries, ret = sqlite3_extended_result_codes(s->db, 1);

	if (!ret)
		ret = sqlite3_busy_timeout(s->db, PATIENCE_MS);
	if (ret)
		return cl_sqlite_fail(s, ret, error);
	for (tries = 0; tries < 500; tries++) {
		ret = set_up(s, create, error);
		if (ret != -EBUSY)
			break;
		if (!sqlite3_get_autocommit(s->db))
			pragma(s, "ROLLBACK", NULL);
		nanosleep(&moment, NULL);
	}
	return ret;
}

int cl_store_open_sqlite(struct cl_store **store, const char *path, bool create,
			 struct cl_error *error)
{
	struct sqlite_store *s;
	int ret = check_file(path, create, error);

	if (ret)
		return ret;
	s = calloc(1, sizeof(*s));
	if (!s)
		return cl_fail(error, -ENOMEM, path, "out of memory");
	s->store.kind = &cl_sqlite_kind;
	snprintf(s->path, sizeof(s->path), "%s", path);
	ret = sqlite3_open_v2(path, &s->db, SQLITE_OPEN_READWRITE |
			      (create ? SQLITE_OPEN_CREATE : 0), NULL);
	ret = ret ? cl_sqlite_fail(s, ret, error) : 0;
	if (!ret)
		ret = configure(s, create, error);
	if (!ret)
		ret = cl_sqlite_prepare(s, error);
	if (ret) {
		s->store.kind->close(&s->store);
		return ret;
	}
	*store = &s->store;
	return 0;
}
