/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where pools live: values by name, changed by transactions.  Many processes
 * use one store at once; whoever is killed in the middle has done nothing.
 *
 * The interface asks for little, so that it can be had of a local database and
 * of a server alike.  A transaction is a function that reads and writes
 * through its struct cl_txn.  A store may run it under a lock, or run it,
 * compare what it has read with what is there now, and run it again if that is
 * not the same: so it is to have no effect besides, and to begin afresh.
 */
#ifndef CPULEVEL_STORE_H
#define CPULEVEL_STORE_H

#include "../../lib/cpulevel.h"

#define CL_STORE_DEFAULT	"/var/lib/cpulevel/pool.db"
#define CL_STORE_PATIENCE_MS	30000	/* then a busy store is given up */

/* Names of values: printable, the parts separated by '/'. */
#define CL_KEY_SIZE	256

struct cl_store;
struct cl_txn;

/*
 * Open a store: the path of a database, or etcd[s]://HOST[:PORT][,...][/PREFIX].
 * Only with @create it is made, if there is none.  Who never changes it needs no
 * more than to read it.  -EBUSY: others keep it locked; -ENOENT: there is none;
 * -EPROTO: it was written by a later release; -EBADMSG: it is damaged, or no
 * store; -EPROTONOSUPPORT: no such kind of store is built in; -EHOSTUNREACH:
 * nobody answers there; else the errno of opening it.
 */
int cl_store_open(struct cl_store **store, const char *where, bool create,
		  struct cl_error *error);
void cl_store_close(struct cl_store *store);

/*
 * A transaction.  It is as its function returns: 0, and all of its changes are
 * made and will be found after a crash; or a negative errno, and none is.
 * -EBUSY: others kept the store for longer than anyone wants to wait; -ENOSPC,
 * -EIO, -EBADMSG, -EROFS: the disk is full, broken, the store is damaged, read-only.
 * Of a server also -EHOSTUNREACH: nobody answers, and none is made; -ETIMEDOUT:
 * the answer got lost, and whether they are made nobody knows; -E2BIG: they are
 * more than it takes at once; -EACCES: it does not let us.
 */
typedef int cl_txn_function(struct cl_txn *txn, void *arg);

int cl_store_update(struct cl_store *store, cl_txn_function *function,
		    void *arg, struct cl_error *error);
/*
 * The same, for reading only: all of it is from one moment.  A store of an
 * earlier release is read as it is; the first change migrates it.
 */
int cl_store_view(struct cl_store *store, cl_txn_function *function, void *arg,
		  struct cl_error *error);

/* Where the transaction says what is wrong; the functions below do as well. */
struct cl_error *cl_txn_error(struct cl_txn *txn);

/* @data is the caller's, to free(); a 0 follows it.  -ENOENT: no such value. */
struct cl_value {
	char *data;
	size_t len;
};

int cl_txn_get(struct cl_txn *txn, const char *key, struct cl_value *value);
int cl_txn_put(struct cl_txn *txn, const char *key, const void *data,
	       size_t len);
int cl_txn_remove(struct cl_txn *txn, const char *key);

/*
 * All values below @prefix, or those after the name @after, in the order of
 * names.  Stops when @each returns anything but 0, and returns that.  Within
 * it nothing may be written.
 */
typedef int cl_each_function(void *arg, const char *key,
			     const struct cl_value *value);

int cl_txn_scan(struct cl_txn *txn, const char *prefix, const char *after,
		cl_each_function *each, void *arg);

/* Until somebody else has changed something, or @ms have passed: 1, 0. */
int cl_store_wait(struct cl_store *store, unsigned int ms);

/* ---- For the implementations ------------------------------------------ */

struct cl_store_kind {
	int (*run)(struct cl_store *store, bool update,
		   cl_txn_function *function, void *arg,
		   struct cl_error *error);
	int (*get)(struct cl_txn *txn, const char *key, struct cl_value *value);
	int (*put)(struct cl_txn *txn, const char *key, const void *data,
		   size_t len);
	int (*remove)(struct cl_txn *txn, const char *key);
	int (*scan)(struct cl_txn *txn, const char *prefix, const char *after,
		    cl_each_function *each, void *arg);
	int (*wait)(struct cl_store *store, unsigned int ms);
	void (*close)(struct cl_store *store);
	/* Read store->format, as opening it does; in a transaction, change it. */
	int (*read_format)(struct cl_store *store, struct cl_error *error);
	int (*set_format)(struct cl_txn *txn, unsigned int format);
	/* Remove all below @prefix, of whatever form; not seen by what is read. */
	int (*drop)(struct cl_txn *txn, const char *prefix);
};

/*
 * What a store that is made now is: migrate.c has a step for each two below.
 * A store whose format is even is on its way to the next.
 */
#define CL_STORE_FORMAT	3

/* Each begins with this. */
struct cl_store {
	const struct cl_store_kind *kind;
	unsigned int format;		/* as of the transaction, if it changes */
};

struct cl_txn {
	struct cl_store *store;
	struct cl_error *error;		/* may be NULL */
};

/* Bring a store of an earlier release to CL_STORE_FORMAT, or go on with that. */
int cl_store_migrate(struct cl_store *store, struct cl_error *error);

/* The first name after all that begin with @prefix, which ends in '/' or is "". */
void cl_scan_stop(char stop[CL_KEY_SIZE], const char *prefix);

/* CRC-32 as zlib has it; begin with 0 and go on with the result. */
uint32_t cl_store_crc(uint32_t crc, const void *data, size_t len);

/* Others may keep it busy for @patience_ms in each call. */
int cl_store_open_sqlite(struct cl_store **store, const char *path, bool create,
			 unsigned int patience_ms, struct cl_error *error);
int cl_store_open_etcd(struct cl_store **store, const char *where, bool create,
		       struct cl_error *error);

#endif /* CPULEVEL_STORE_H */
