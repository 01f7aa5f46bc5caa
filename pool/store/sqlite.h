/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A store in an SQLite database, between how it is opened and how it is used. */
#ifndef CPULEVEL_STORE_SQLITE_H
#define CPULEVEL_STORE_SQLITE_H

#include <limits.h>
#include <sqlite3.h>

#include "store.h"

/* Its statements, prepared. */
enum {
	GET, PUT, REMOVE, DROP, SCAN, BEGIN, UPDATE, COMMIT, ROLLBACK, VERSION,
	FORMAT,
	CL_SQLITE_NR
};

enum cl_sqlite_access { CL_SQLITE_READ, CL_SQLITE_WRITE, CL_SQLITE_CREATE };

struct sqlite_store {
	struct cl_store store;
	sqlite3 *db;
	sqlite3_stmt *prepared[CL_SQLITE_NR];
	sqlite3_int64 seen;	/* data_version when it was last asked */
	bool writable;		/* how the connection was opened */
	unsigned int patience_ms;	/* how long others may keep it busy */
	int64_t deadline;	/* of what is being done, by CLOCK_MONOTONIC, in ms */
	char path[PATH_MAX];
};

#define CL_SQLITE_LOG_SIZE	(PATH_MAX + sizeof("-wal"))

extern const struct cl_store_kind cl_sqlite_kind;

/* Say what SQLite says; returns a negative errno. */
int cl_sqlite_fail(struct sqlite_store *s, int ret, struct cl_error *error);
/* @format is what was read: can this program change such a store? */
int cl_sqlite_check_format(struct sqlite_store *s, long long format,
			   struct cl_error *error);
int cl_sqlite_prepare(struct sqlite_store *s, struct cl_error *error);
/* Connect to the database, in place of the connection there is. */
int cl_sqlite_connect(struct sqlite_store *s, enum cl_sqlite_access access,
		      struct cl_error *error);
void cl_sqlite_disconnect(struct sqlite_store *s);
/* From now on others may keep the store busy for as long as its patience lasts. */
void cl_sqlite_start_waiting(struct sqlite_store *s);

#endif /* CPULEVEL_STORE_SQLITE_H */
