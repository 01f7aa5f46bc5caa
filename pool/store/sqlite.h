/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A store in an SQLite database, between how it is opened and how it is used. */
#ifndef CPULEVEL_STORE_SQLITE_H
#define CPULEVEL_STORE_SQLITE_H

#include <sqlite3.h>

#include "store.h"

/* Its statements, prepared. */
enum {
	GET, PUT, REMOVE, DROP, SCAN, BEGIN, UPDATE, COMMIT, ROLLBACK, VERSION,
	FORMAT,
	CL_SQLITE_NR
};

struct sqlite_store {
	struct cl_store store;
	sqlite3 *db;
	sqlite3_stmt *prepared[CL_SQLITE_NR];
	sqlite3_int64 seen;	/* data_version when it was last asked */
	char path[256];
};

extern const struct cl_store_kind cl_sqlite_kind;

/* Say what SQLite says; returns a negative errno. */
int cl_sqlite_fail(struct sqlite_store *s, int ret, struct cl_error *error);
/* @format is what was read: can this program change such a store? */
int cl_sqlite_check_format(struct sqlite_store *s, long long format,
			   struct cl_error *error);
int cl_sqlite_prepare(struct sqlite_store *s, struct cl_error *error);

#endif /* CPULEVEL_STORE_SQLITE_H */
