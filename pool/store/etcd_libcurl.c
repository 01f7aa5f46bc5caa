// SPDX-License-Identifier: LGPL-2.1-or-later
/* Questions to etcd by libcurl, on a connection that stays. */
#include <stdlib.h>
#include <string.h>

#include "../../lib/private.h"
#include "etcd.h"
#include "etcd_curl.h"

struct wire {
	const struct curl_functions *curl;
	CURL *easy;
	/* A stream, or NULL. */
	CURLM *multi;
	CURL *stream;
	struct curl_slist *headers;
	char *text;
};

static bool wire_open(struct etcd_store *s)
{
	const struct curl_functions *curl = cl_curl_load();
	struct wire *wire = curl ? calloc(1, sizeof(*wire)) : NULL;

	if (!wire)
		return false;
	wire->curl = curl;
	wire->easy = curl->curl_easy_init();
	s->wire = wire;
	return true;
}

static void wire_close(struct etcd_store *s)
{
	struct wire *wire = s->wire;

	if (wire->easy)
		wire->curl->curl_easy_cleanup(wire->easy);
	free(wire);
}

/* ---- What both kinds of question have ---- */

/* NULL: out of memory. */
static struct curl_slist *add_header(const struct curl_functions *c,
				     struct curl_slist *list, const char *header)
{
	struct curl_slist *more = c->curl_slist_append(list, header);

	if (!more)
		c->curl_slist_free_all(list);
	return more;
}

static struct curl_slist *headers_of(struct etcd_store *s)
{
	const struct curl_functions *c = ((struct wire *)s->wire)->curl;
	/* Without it curl asks whether it may send a longer question. */
	struct curl_slist *list = add_header(c, NULL, "Expect:");
	const char *const *header;

	for (header = cl_etcd_headers; list && *header; header++)
		list = add_header(c, list, *header);
	if (list && s->authorization)
		list = add_header(c, list, s->authorization);
	return list;
}

static void set_address(struct etcd_store *s, CURL *easy, const char *url)
{
	const struct curl_functions *c = ((struct wire *)s->wire)->curl;

	c->curl_easy_setopt(easy, CURLOPT_URL, url);
	c->curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1l);
	c->curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
	c->curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
			    (long)CURL_HTTP_VERSION_1_1);
	c->curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, (long)ETCD_CONNECT_S);
	if (!s->conf.tls)
		return;
	if (s->conf.cacert)
		c->curl_easy_setopt(easy, CURLOPT_CAINFO, s->conf.cacert);
	if (s->conf.cert) {
		c->curl_easy_setopt(easy, CURLOPT_SSLCERT, s->conf.cert);
		c->curl_easy_setopt(easy, CURLOPT_SSLKEY, s->conf.key);
	}
}

/* ---- A question ---- */

static size_t take(char *data, size_t size, size_t nr, void *body)
{
	return cl_etcd_take(body, data, size * nr) ? size * nr : 0;
}

/* What is left of a question. */
struct question {
	const char *text;
	size_t left;
};

static size_t give(char *to, size_t size, size_t nr, void *arg)
{
	struct question *question = arg;
	size_t len = size * nr < question->left ? size * nr : question->left;

	memcpy(to, question->text, len);
	question->text += len;
	question->left -= len;
	return len;
}

/*
 * On a connection that it had before, curl asks again by itself if nobody
 * answers.  What it has read from a function it cannot read again: it fails.
 */
static void set_question(struct wire *wire, struct question *question,
			 bool once)
{
	const struct curl_functions *c = wire->curl;

	if (!once) {
		c->curl_easy_setopt(wire->easy, CURLOPT_POSTFIELDS,
				    question->text);
		return;
	}
	c->curl_easy_setopt(wire->easy, CURLOPT_POST, 1l);
	c->curl_easy_setopt(wire->easy, CURLOPT_POSTFIELDSIZE,
			    (long)question->left);
	c->curl_easy_setopt(wire->easy, CURLOPT_READFUNCTION, give);
	c->curl_easy_setopt(wire->easy, CURLOPT_READDATA, question);
}

static int wire_post(struct etcd_store *s, const char *url, const char *text,
		     bool once, struct etcd_body *body, long *status)
{
	struct wire *wire = s->wire;
	const struct curl_functions *c = wire->curl;
	struct curl_slist *headers = headers_of(s);
	struct question question = { text, strlen(text) };
	CURLcode code;

	if (!headers || !wire->easy) {
		c->curl_slist_free_all(headers);
		return ETCD_NO_MEMORY;
	}
	c->curl_easy_reset(wire->easy);
	set_address(s, wire->easy, url);
	c->curl_easy_setopt(wire->easy, CURLOPT_HTTPHEADER, headers);
	c->curl_easy_setopt(wire->easy, CURLOPT_TIMEOUT, (long)ETCD_ANSWER_S);
	set_question(wire, &question, once);
	c->curl_easy_setopt(wire->easy, CURLOPT_WRITEFUNCTION, take);
	c->curl_easy_setopt(wire->easy, CURLOPT_WRITEDATA, body);
	code = c->curl_easy_perform(wire->easy);
	if (!code)
		c->curl_easy_getinfo(wire->easy, CURLINFO_RESPONSE_CODE, status);
	c->curl_slist_free_all(headers);
	return code;
}

/* ---- A stream ---- */

static size_t heard(char *data, size_t size, size_t nr, void *s)
{
	return cl_etcd_heard(s, data, size * nr) ? size * nr : 0;
}

static void wire_hang_up(struct etcd_store *s)
{
	struct wire *wire = s->wire;

	if (wire->stream) {
		wire->curl->curl_multi_remove_handle(wire->multi, wire->stream);
		wire->curl->curl_easy_cleanup(wire->stream);
	}
	if (wire->multi)
		wire->curl->curl_multi_cleanup(wire->multi);
	wire->curl->curl_slist_free_all(wire->headers);
	free(wire->text);
	wire->stream = NULL;
	wire->multi = NULL;
	wire->headers = NULL;
	wire->text = NULL;
}

static bool wire_listen(struct etcd_store *s, const char *url, const char *text)
{
	struct wire *wire = s->wire;
	const struct curl_functions *c = wire->curl;

	wire->headers = headers_of(s);
	wire->multi = c->curl_multi_init();
	wire->stream = c->curl_easy_init();
	wire->text = strdup(text);
	if (!wire->headers || !wire->multi || !wire->stream || !wire->text)
		return false;
	set_address(s, wire->stream, url);
	c->curl_easy_setopt(wire->stream, CURLOPT_HTTPHEADER, wire->headers);
	c->curl_easy_setopt(wire->stream, CURLOPT_TCP_KEEPALIVE, 1l);
	c->curl_easy_setopt(wire->stream, CURLOPT_POSTFIELDS, wire->text);
	c->curl_easy_setopt(wire->stream, CURLOPT_WRITEFUNCTION, heard);
	c->curl_easy_setopt(wire->stream, CURLOPT_WRITEDATA, s);
	return !c->curl_multi_add_handle(wire->multi, wire->stream);
}

static bool wire_hear(struct etcd_store *s, int ms)
{
	struct wire *wire = s->wire;
	int running;

	wire->curl->curl_multi_perform(wire->multi, &running);
	if (s->watch.event)
		return true;
	if (running)
		wire->curl->curl_multi_wait(wire->multi, NULL, 0, ms, NULL);
	return running;
}

const struct etcd_transport cl_etcd_libcurl = {
	.open = wire_open,
	.close = wire_close,
	.post = wire_post,
	.listen = wire_listen,
	.hear = wire_hear,
	.hang_up = wire_hang_up,
};
