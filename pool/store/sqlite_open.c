// SPDX-License-Identifier: LGPL-2.1-or-later
/* Opening a store in an SQLite database, or making one: is it ours, can it be read? */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "../../lib/private.h"
#include "sqlite.h"

#define APPLICATION	0x63704c76	/* "cpLv" */
#define LOG_LIMIT	"4194304"	/* more is given back when the log is begun anew */

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

static int set_up(struct sqlite_store *s, enum cl_sqlite_access access,
		  struct cl_error *error)
{
	int ret = check_schema(s, access == CL_SQLITE_CREATE, error);

	if (ret || access == CL_SQLITE_READ)
		return ret;
	/* Only now is it known to be ours, and may be changed. */
	ret = pragma(s, "PRAGMA journal_mode = WAL", NULL);
	if (!ret)
		ret = pragma(s, "PRAGMA synchronous = FULL", NULL);
	/* The log stays when all are gone, but empty: a copy needs the database alone. */
	if (!ret)
		ret = pragma(s, "PRAGMA journal_size_limit = " LOG_LIMIT, NULL);
	return ret ? cl_sqlite_fail(s, ret, error) : 0;
}

/* ---- Waiting for others ---- */

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ll + now.tv_nsec / 1000000;
}

void cl_sqlite_start_waiting(struct sqlite_store *s)
{
	s->deadline = now_ms() + s->patience_ms;
}

/* SQLite has found the store locked @nr times in a row: 0, and it gives up. */
static int wait_for_others(void *arg, int nr)
{
	const struct sqlite_store *s = arg;
	struct timespec moment = { 0, (nr < 10 ? 1 + 2 * nr : 25) * 1000000l };

	if (now_ms() >= s->deadline)
		return 0;
	nanosleep(&moment, NULL);
	return 1;
}

/*
 * While others make the database, or its log, SQLite may find it locked and
 * not wait, for fear that both wait for each other: so come back.
 */
static int configure(struct sqlite_store *s, enum cl_sqlite_access access,
		     struct cl_error *error)
{
	int ret = sqlite3_extended_result_codes(s->db, 1);
	int keep_log = 1, nr = 0;

	if (!ret)
		ret = sqlite3_busy_handler(s->db, wait_for_others, s);
	if (ret)
		return cl_sqlite_fail(s, ret, error);
	/* Who may only read cannot make the log, and cannot read without it. */
	sqlite3_file_control(s->db, "main", SQLITE_FCNTL_PERSIST_WAL, &keep_log);
	do {
		if (!sqlite3_get_autocommit(s->db))
			pragma(s, "ROLLBACK", NULL);
		ret = set_up(s, access, error);
	} while (ret == -EBUSY && wait_for_others(s, nr++));
	return ret;
}

/* ---- Connections ---- */

static bool is_empty_or_missing(const char *path)
{
	struct stat there;

	return stat(path, &there) ? errno == ENOENT : !there.st_size;
}

/*
 * On a file system that is read-only nobody can change the database, or make a
 * log beside it.  Should a log have something in it, that counts: then SQLite
 * is to say that it cannot read it.
 */
static bool is_immutable(const char *path)
{
	struct statvfs fs;
	char log[CL_SQLITE_LOG_SIZE];

	snprintf(log, sizeof(log), "%s-wal", path);
	return !statvfs(path, &fs) && fs.f_flag & ST_RDONLY &&
	       is_empty_or_missing(log);
}

/* The URI of an immutable database; bytes that mean something in one are escaped. */
static void immutable_uri(char *uri, const char *path)
{
	uri += sprintf(uri, "file:");
	for (; *path; path++)
		uri += sprintf(uri, strchr("%?#", *path) ? "%%%02x" : "%c", *path);
	strcpy(uri, "?immutable=1");
}

static int open_database(struct sqlite_store *s, enum cl_sqlite_access access)
{
	static const int flags[] = {
		[CL_SQLITE_READ] = SQLITE_OPEN_READONLY,
		[CL_SQLITE_WRITE] = SQLITE_OPEN_READWRITE,
		[CL_SQLITE_CREATE] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
	};
	char uri[3 * sizeof(s->path) + sizeof("file:?immutable=1")];

	s->writable = access != CL_SQLITE_READ;
	if (!is_immutable(s->path))
		return sqlite3_open_v2(s->path, &s->db, flags[access], NULL);
	immutable_uri(uri, s->path);
	return sqlite3_open_v2(uri, &s->db,
			       SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL);
}

/* SQLite says only that a log which it cannot make is not writable. */
static int explain_log(const struct sqlite_store *s, int code,
		       struct cl_error *error)
{
	char log[CL_SQLITE_LOG_SIZE];
	const char *slash = strrchr(s->path, '/');

	snprintf(log, sizeof(log), "%s-wal", s->path);
	if (access(s->path, R_OK) || !access(log, F_OK) || errno != ENOENT)
		return code;
	return cl_fail(error, -EACCES, s->path,
		       "its log, %s-wal, is missing, and you may not make it; let somebody who may write there run `cpulevel pool show` once",
		       slash ? slash + 1 : s->path);
}

void cl_sqlite_disconnect(struct sqlite_store *s)
{
	int i;

	for (i = 0; i < CL_SQLITE_NR; i++) {
		sqlite3_finalize(s->prepared[i]);
		s->prepared[i] = NULL;
	}
	sqlite3_close(s->db);
	s->db = NULL;
}

int cl_sqlite_connect(struct sqlite_store *s, enum cl_sqlite_access access,
		      struct cl_error *error)
{
	int ret;

	cl_sqlite_disconnect(s);
	ret = open_database(s, access);
	ret = ret ? cl_sqlite_fail(s, ret, error) : 0;
	if (!ret)
		ret = configure(s, access, error);
	if (!ret)
		ret = cl_sqlite_prepare(s, error);
	if (access == CL_SQLITE_READ && (ret == -EROFS || ret == -EACCES))
		ret = explain_log(s, ret, error);
	return ret;
}

int cl_store_open_sqlite(struct cl_store **store, const char *path, bool create,
			 unsigned int patience_ms, struct cl_error *error)
{
	struct sqlite_store *s;
	int ret = check_file(path, create, error);

	if (ret)
		return ret;
	s = calloc(1, sizeof(*s));
	if (!s)
		return cl_fail(error, -ENOMEM, path, "out of memory");
	s->store.kind = &cl_sqlite_kind;
	s->patience_ms = patience_ms;
	snprintf(s->path, sizeof(s->path), "%s", path);
	cl_sqlite_start_waiting(s);
	ret = cl_sqlite_connect(s, create ? CL_SQLITE_CREATE : CL_SQLITE_READ,
				error);
	if (ret) {
		s->store.kind->close(&s->store);
		return ret;
	}
	*store = &s->store;
	return 0;
}
