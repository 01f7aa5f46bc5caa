/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How a question travels to etcd: by libcurl where it can be loaded
 * (store_etcd_libcurl.c), else by the program curl (store_etcd_program.c), for
 * what is linked statically can load nothing, and a dom0 has that program.
 */
#ifndef CPULEVEL_STORE_ETCD_TRANSPORT_H
#define CPULEVEL_STORE_ETCD_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>

struct etcd_store;

/* Whole seconds: curl before 7.32 takes no others. */
#define ETCD_CONNECT_S	2
#define ETCD_ANSWER_S	5		/* a leader is elected in less */

/* An answer, and a 0 behind it. */
struct etcd_body {
	char *data;
	size_t len;
};

/* Of the numbers that curl gives failures, those that we give ourselves. */
enum {
	ETCD_NO_MEMORY = 27, ETCD_TIMEOUT = 28, ETCD_NO_ANSWER = 56,
	ETCD_NO_CURL = 127		/* and one that a shell would give */
};

struct etcd_transport {
	/* Is it there?  Then s->wire is its own, until close(). */
	bool (*open)(struct etcd_store *s);
	void (*close)(struct etcd_store *s);
	/*
	 * Post @text; @once: it is never sent twice.  0 and HTTP's status if
	 * there was an answer, else the number of a failure.
	 */
	int (*post)(struct etcd_store *s, const char *url, const char *text,
		    bool once, struct etcd_body *body, long *status);
	/* Post @text, whose answer does not end. */
	bool (*listen)(struct etcd_store *s, const char *url, const char *text);
	/*
	 * What has come of that answer goes to cl_etcd_heard(); if nothing of
	 * use has, wait for up to @ms.  False: it did end.
	 */
	bool (*hear)(struct etcd_store *s, int ms);
	void (*hang_up)(struct etcd_store *s);
};

extern const struct etcd_transport cl_etcd_libcurl, cl_etcd_program;

/* Headers of every question, and NULL; besides, s->authorization if there is. */
extern const char *const cl_etcd_headers[];

/* Append; false: out of memory. */
bool cl_etcd_take(struct etcd_body *body, const void *data, size_t len);
bool cl_etcd_heard(struct etcd_store *s, const char *data, size_t len);

#endif /* CPULEVEL_STORE_ETCD_TRANSPORT_H */
