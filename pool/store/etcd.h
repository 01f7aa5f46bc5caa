/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A store in etcd 3, between its parts: where it is (store_etcd_conf.c), one
 * question and its answer (store_etcd_http.c) and how they travel
 * (store_etcd_transport.h), what is read and written
 * (store_etcd.c), how that becomes one transaction (store_etcd_commit.c),
 * opening it (store_etcd_open.c), being told of changes (store_etcd_watch.c).
 */
#ifndef CPULEVEL_STORE_ETCD_H
#define CPULEVEL_STORE_ETCD_H

#include <jansson.h>

#include "store.h"
#include "etcd_transport.h"

/* ---- Where it is ------------------------------------------------------ */

#define ETCD_MAX_ENDPOINTS	16
#define ETCD_CONF		"/etc/cpulevel/etcd.conf"

struct etcd_conf {
	char endpoints[ETCD_MAX_ENDPOINTS][300];	/* "https://host:2379" */
	unsigned int nr;
	bool tls;
	char prefix[128];		/* of all keys: "/cpulevel/" */
	char *cacert, *cert, *key, *user, *password;	/* or NULL */
};

int cl_etcd_conf_read(struct etcd_conf *conf, const char *where,
		      struct cl_error *error);
void cl_etcd_conf_free(struct etcd_conf *conf);

/* ---- The store -------------------------------------------------------- */

struct etcd_watch {
	bool on;			/* false: nobody tells us now */
	unsigned int at;		/* the endpoint that does */
	struct etcd_body line;		/* what came of the next one */
	bool event;
	bool over;			/* it says so, and may not hang up */
};

struct etcd_store {
	struct cl_store store;
	char name[300];			/* for messages */
	struct etcd_conf conf;
	const struct etcd_transport *transport;
	void *wire;			/* the transport's own */
	unsigned int at;		/* the endpoint that answered last */
	char *authorization;		/* a header; NULL: to be asked for */
	int64_t schema;			/* revision of that key */
	int64_t seen;			/* revision of the last look */
	struct etcd_watch watch;
};

static inline struct etcd_store *of_etcd(struct cl_store *store)
{
	return (struct etcd_store *)store;
}

extern const struct cl_store_kind cl_etcd_kind;

/* Does the schema's key say that this is a store, and one that we know? */
int cl_etcd_check_schema(struct etcd_store *s, struct cl_error *error);

/* ---- Questions -------------------------------------------------------- */

/*
 * Post @request, which is released, to @path of some endpoint; @answer is the
 * caller's, to json_decref().  -EHOSTUNREACH: nobody answers, nothing was done;
 * -ETIMEDOUT: @once, and it may have been done; -ESTALE: that revision is gone;
 * -EACCES, -E2BIG, -ENOSPC, -EIO: etcd says so.
 */
int cl_etcd_call(struct etcd_store *s, const char *path, json_t *request,
		 bool once, json_t **answer, struct cl_error *error);

/* Where that endpoint's @path is, to be freed; NULL: out of memory. */
char *cl_etcd_url(const struct etcd_store *s, unsigned int endpoint,
		  const char *path);
/* A token, if there is a password and none yet; and none any more. */
int cl_etcd_authenticate(struct etcd_store *s, struct cl_error *error);
void cl_etcd_forget_token(struct etcd_store *s);

/* The current moment in milliseconds, of a clock that only goes forward. */
int64_t cl_etcd_now(void);
void cl_etcd_pause(unsigned int ms);

/* ---- Bytes in JSON ---------------------------------------------------- */

/* Base 64 of @prefix and @key, of some bytes. */
json_t *cl_etcd_key(const struct etcd_store *s, const char *key);
json_t *cl_etcd_bytes(const void *data, size_t len);
/* The reverse, with a 0 behind; NULL: it is none, or out of memory. */
char *cl_etcd_decode(const json_t *text, size_t *len);
/* Numbers come as strings, and zeros not at all. */
int64_t cl_etcd_number(const json_t *object, const char *name);
json_t *cl_etcd_from_number(int64_t number);
/* The revision that an answer is of. */
int64_t cl_etcd_revision(const json_t *answer);

/* ---- Transactions ----------------------------------------------------- */

/* A value that was read: when it was written; 0: it was not there. */
struct etcd_read {
	char key[CL_KEY_SIZE];
	int64_t revision;
};

/* All names from one to before the other were looked at. */
struct etcd_range {
	char from[CL_KEY_SIZE], stop[CL_KEY_SIZE];
};

struct etcd_write {
	char key[CL_KEY_SIZE];
	char *data;			/* as it is stored; NULL: it is removed */
	size_t len;
};

struct etcd_txn {
	struct cl_txn txn;
	bool update;
	int64_t revision;		/* of all that is read; 0: of the first */
	struct etcd_read *reads;
	struct etcd_range *ranges;
	struct etcd_write *writes;	/* by key */
	size_t nr_reads, nr_ranges, nr_writes;
	json_t *known;			/* what a refused commit was told, by key */
	int64_t known_at;		/* and of which moment that is */
	char nonce[33];			/* of this transaction alone */
	int64_t unsure;			/* it may have been done after that; 0: no */
};

static inline struct etcd_txn *of_etcd_txn(struct cl_txn *txn)
{
	return (struct etcd_txn *)txn;
}

static inline struct etcd_store *etcd_of(struct etcd_txn *t)
{
	return of_etcd(t->txn.store);
}

int cl_etcd_get(struct cl_txn *txn, const char *key, struct cl_value *value);
int cl_etcd_put(struct cl_txn *txn, const char *key, const void *data,
		size_t len);
int cl_etcd_remove(struct cl_txn *txn, const char *key);
int cl_etcd_scan(struct cl_txn *txn, const char *prefix, const char *after,
		 cl_each_function *each, void *arg);

/* Room for one more in an array that grows; NULL: out of memory. */
void *cl_etcd_grow(struct etcd_txn *t, void *array, size_t nr, size_t size);

/* Remember what was read, if it is to be compared. */
int cl_etcd_saw(struct etcd_txn *t, const char *key, int64_t revision);
/* The key that changes when a name below @prefix goes. */
int cl_etcd_saw_gone(struct etcd_txn *t, const char *prefix);

/* Ask for keys, of the transaction's moment. */
int cl_etcd_range(struct etcd_txn *t, const char *from, const char *stop,
		  unsigned int limit, json_t **answer);

/* Where the key is among the writes, or would be; the write, or NULL. */
size_t cl_etcd_find_write(const struct etcd_txn *t, const char *key);
struct etcd_write *cl_etcd_write_at(const struct etcd_txn *t, const char *key);

/* What is stored, and the same in an answer, as a value of the caller's. */
int cl_etcd_value(struct etcd_txn *t, const char *key, const char *stored,
		  size_t len, struct cl_value *value);
int cl_etcd_value_from(struct etcd_txn *t, const char *key, const json_t *kv,
		       struct cl_value *value);
int cl_etcd_damaged(struct etcd_txn *t, const char *key);

/* 0: done; -EAGAIN: what was read has changed; else as cl_etcd_call(). */
int cl_etcd_commit(struct etcd_txn *t);
/* Was it done after all?  1, 0, or why nobody knows. */
int cl_etcd_landed(struct etcd_txn *t);

/* ---- Watch ------------------------------------------------------------ */

int cl_etcd_wait(struct cl_store *store, unsigned int ms);
void cl_etcd_watch_end(struct etcd_store *s);

#endif /* CPULEVEL_STORE_ETCD_H */
