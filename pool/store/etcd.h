/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A store in etcd 3, between its parts: where it is (etcd_conf.c), one request
 * and its answer (etcd_http.c) by libcurl or by the program curl
 * (etcd_libcurl.c, etcd_program.c: one of them is compiled in), opening it
 * (etcd_open.c), what is written and read (etcd.c, etcd_read.c), how that
 * becomes one transaction (etcd_commit.c), being told of changes (etcd_watch.c).
 */
#ifndef CPULEVEL_STORE_ETCD_H
#define CPULEVEL_STORE_ETCD_H

#include <jansson.h>

#include "store.h"

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

/* An answer, or a part of one, and a 0 behind it. */
struct etcd_body {
	char *data;
	size_t len;
	bool too_long;			/* what was to be appended was not */
};

struct etcd_watch {
	bool on;			/* a stream is open */
	unsigned int at;		/* the endpoint that it comes from */
	struct etcd_body line;		/* the part of the next line that has come */
	bool event;
	bool over;			/* the server said that it ends the watch */
};

struct etcd_store {
	struct cl_store store;
	char name[300];			/* for messages */
	struct etcd_conf conf;
	void *connection;		/* the backend's own */
	unsigned int at;		/* the endpoint that answered last */
	char *authorization;		/* a header; NULL: to be asked for */
	int64_t schema;			/* revision of that key */
	int64_t seen;			/* revision of the last view */
	struct etcd_watch watch;
};

static inline struct etcd_store *of_etcd(struct cl_store *store)
{
	return (struct etcd_store *)store;
}

/* Read the number of its format: is this a store, and one that we know? */
int cl_etcd_read_format(struct cl_store *store, struct cl_error *error);

/* ---- Requests --------------------------------------------------------- */

/* Whole seconds: curl before 7.32 takes no others. */
#define ETCD_CONNECT_S	2
#define ETCD_ANSWER_S	5		/* a leader is elected in less */
#define ETCD_MAX_ANSWER	(8u << 20)

/*
 * Post @request, which is released, to @path of some endpoint; @answer is the
 * caller's, to json_decref().  -EHOSTUNREACH: nobody answers, nothing was done;
 * -ETIMEDOUT: @once, and it may have been done; -ESTALE: that revision is gone;
 * -EMSGSIZE: the answer has more than ETCD_MAX_ANSWER bytes; -EACCES, -E2BIG,
 * -ENOSPC, -EIO: etcd says so.
 */
int cl_etcd_call(struct etcd_store *s, const char *path, json_t *request,
		 bool once, json_t **answer, struct cl_error *error);

/* The URL of @path at that endpoint, to be freed; NULL: out of memory. */
char *cl_etcd_url(const struct etcd_store *s, unsigned int endpoint,
		  const char *path);
/* Get a token if there is a password and no token yet; drop the token. */
int cl_etcd_authenticate(struct etcd_store *s, struct cl_error *error);
void cl_etcd_forget_token(struct etcd_store *s);

/* The current moment in milliseconds, of a clock that only goes forward. */
int64_t cl_etcd_now(void);
void cl_etcd_pause(unsigned int ms);

/* ---- The backend: libcurl, or the program curl ------------------------ */

/* The numbers that curl gives failures, as far as a backend gives them itself. */
enum {
	ETCD_NO_MEMORY = 27, ETCD_TIMEOUT = 28, ETCD_NO_ANSWER = 56,
	ETCD_TOO_LONG = 63,
	ETCD_NO_CURL = 127		/* and one that a shell would give */
};

/* Set s->connection; false: out of memory. */
bool cl_http_open(struct etcd_store *s);
void cl_http_close(struct etcd_store *s);
/*
 * Post @text; @once: it is never sent twice.  0 and HTTP's status if there was
 * an answer, else the number of a failure.
 */
int cl_http_post(struct etcd_store *s, const char *url, const char *text,
		 bool once, struct etcd_body *body, long *status);
/* Post @text, whose answer is a stream that does not end. */
bool cl_http_stream_open(struct etcd_store *s, const char *url,
			 const char *text);
/*
 * Pass what has come of the stream to cl_etcd_received(); if that was no event,
 * wait for up to @ms.  False: the stream has ended.
 */
bool cl_http_stream_receive(struct etcd_store *s, int ms);
void cl_http_stream_close(struct etcd_store *s);

/* Headers of every request, and NULL; besides, s->authorization if there is. */
extern const char *const cl_etcd_headers[];

/* Append; false: out of memory, or longer than ETCD_MAX_ANSWER. */
bool cl_etcd_append(struct etcd_body *body, const void *data, size_t len);
bool cl_etcd_received(struct etcd_store *s, const char *data, size_t len);

/* ---- Bytes in JSON ---------------------------------------------------- */

/* Base 64 of @prefix and @key, of some bytes. */
json_t *cl_etcd_key(const struct etcd_store *s, const char *key);
json_t *cl_etcd_bytes(const void *data, size_t len);
/* The name after all that begin with @prefix, which ends in '/' or is "". */
json_t *cl_etcd_key_after(const struct etcd_store *s, const char *prefix);
/* The reverse, with a 0 behind; NULL: not base 64, or out of memory. */
char *cl_etcd_decode(const json_t *text, size_t *len);
/* Numbers come as strings, and zeros not at all. */
int64_t cl_etcd_number(const json_t *object, const char *name);
json_t *cl_etcd_from_number(int64_t number);
/* The revision that an answer is of. */
int64_t cl_etcd_revision(const json_t *answer);
/* The first key and value of a range's answer; of a transaction's @n-th.  Or NULL. */
json_t *cl_etcd_first(const json_t *range);
json_t *cl_etcd_first_of(const json_t *answer, size_t n);
/* A condition of a transaction: that key has not changed since @revision. */
json_t *cl_etcd_compare(const struct etcd_store *s, const char *key,
			int64_t revision);

/* ---- Transactions ----------------------------------------------------- */

/* A value that was read: when it was written; 0: it was not there. */
struct etcd_read {
	char key[CL_KEY_SIZE];
	int64_t revision;
};

struct etcd_write {
	char key[CL_KEY_SIZE];
	char *data;			/* as it is stored; NULL: it is removed */
	size_t len;
	bool all_below;			/* removed, with all that begins so */
};

struct etcd_txn {
	struct cl_txn txn;
	bool update;
	int64_t revision;		/* of all that is read; 0: of the first */
	struct etcd_read *reads;
	char (*folders)[CL_KEY_SIZE];	/* "vm/": none of its values has changed */
	struct etcd_write *writes;	/* by key */
	size_t nr_reads, nr_folders, nr_writes;
	json_t *known;			/* what was read, by key; null: not there */
	int64_t known_at;		/* the revision of that, if a commit was refused */
	json_t *listed;			/* the last parts of the keys listed last */
	size_t listed_at;		/* the one that was asked for last */
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
int cl_etcd_set_format(struct cl_txn *txn, unsigned int format);
int cl_etcd_drop(struct cl_txn *txn, const char *prefix);

/* Room for one more in an array that doubles at each power of two; or NULL. */
void *cl_etcd_grow(struct etcd_txn *t, void *array, size_t nr, size_t size);
int cl_etcd_no_memory(struct etcd_txn *t);
int cl_etcd_damaged(struct etcd_txn *t, const char *key);

/* Where the key is among the writes, or would be; the write, or NULL. */
size_t cl_etcd_find_write(const struct etcd_txn *t, const char *key);
struct etcd_write *cl_etcd_write_at(const struct etcd_txn *t, const char *key);

/* What is stored, into a value of the caller's. */
int cl_etcd_value(struct etcd_txn *t, const char *key, const char *stored,
		  size_t len, struct cl_value *value);

/* Remember what was read, if it is to be compared. */
int cl_etcd_saw(struct etcd_txn *t, const char *key, int64_t revision);
int cl_etcd_saw_folder(struct etcd_txn *t, const char *folder);

/* Read one key at the transaction's revision, or at the newest. */
int cl_etcd_range(struct etcd_txn *t, const char *key, json_t **answer);

int cl_etcd_run(struct cl_store *store, bool update, cl_txn_function *function,
		void *arg, struct cl_error *error);

/* ---- Watch ------------------------------------------------------------ */

int cl_etcd_wait(struct cl_store *store, unsigned int ms);
void cl_etcd_watch_end(struct etcd_store *s);

#endif /* CPULEVEL_STORE_ETCD_H */
