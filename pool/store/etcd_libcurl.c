// SPDX-License-Identifier: LGPL-2.1-or-later
/* Requests to etcd by libcurl, on a connection that is kept. */
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "etcd.h"

struct connection {
	CURL *easy;
	/* A stream, or NULL. */
	CURLM *multi;
	CURL *stream;
	struct curl_slist *headers;
	char *text;
};

bool cl_http_open(struct etcd_store *s)
{
	struct connection *connection = calloc(1, sizeof(*connection));

	s->connection = connection;
	if (!connection || curl_global_init(CURL_GLOBAL_DEFAULT))
		return false;
	connection->easy = curl_easy_init();
	return connection->easy;
}

void cl_http_close(struct etcd_store *s)
{
	struct connection *connection = s->connection;

	if (connection)
		curl_easy_cleanup(connection->easy);
	free(connection);
}

/* ---- What both kinds of request have ---- */

/* NULL: out of memory. */
static struct curl_slist *add_header(struct curl_slist *list, const char *header)
{
	struct curl_slist *more = curl_slist_append(list, header);

	if (!more)
		curl_slist_free_all(list);
	return more;
}

static struct curl_slist *headers_of(const struct etcd_store *s)
{
	/* Without it curl asks whether it may send a longer request. */
	struct curl_slist *list = add_header(NULL, "Expect:");
	const char *const *header;

	for (header = cl_etcd_headers; list && *header; header++)
		list = add_header(list, *header);
	if (list && s->authorization)
		list = add_header(list, s->authorization);
	return list;
}

static void set_address(const struct etcd_store *s, CURL *easy, const char *url)
{
	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1l);
	curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, (long)ETCD_CONNECT_S);
	if (s->conf.tls && s->conf.cacert)
		curl_easy_setopt(easy, CURLOPT_CAINFO, s->conf.cacert);
	if (s->conf.tls && s->conf.cert) {
		curl_easy_setopt(easy, CURLOPT_SSLCERT, s->conf.cert);
		curl_easy_setopt(easy, CURLOPT_SSLKEY, s->conf.key);
	}
}

/* ---- A request ---- */

static size_t append(char *data, size_t size, size_t nr, void *body)
{
	return cl_etcd_append(body, data, size * nr) ? size * nr : 0;
}

/* The part of a request that was not sent yet. */
struct unsent {
	const char *text;
	size_t len;
};

static size_t send_some(char *to, size_t size, size_t nr, void *arg)
{
	struct unsent *unsent = arg;
	size_t len = size * nr < unsent->len ? size * nr : unsent->len;

	memcpy(to, unsent->text, len);
	unsent->text += len;
	unsent->len -= len;
	return len;
}

/*
 * On a connection that it had before, curl sends a request again by itself if
 * there is no answer.  What it has read from a function it cannot send again:
 * it fails.
 */
static void set_text(CURL *easy, struct unsent *unsent, bool once)
{
	if (!once) {
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS, unsent->text);
		return;
	}
	curl_easy_setopt(easy, CURLOPT_POST, 1l);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)unsent->len);
	curl_easy_setopt(easy, CURLOPT_READFUNCTION, send_some);
	curl_easy_setopt(easy, CURLOPT_READDATA, unsent);
}

int cl_http_post(struct etcd_store *s, const char *url, const char *text,
		 bool once, struct etcd_body *body, long *status)
{
	CURL *easy = ((struct connection *)s->connection)->easy;
	struct curl_slist *headers = headers_of(s);
	struct unsent unsent = { text, strlen(text) };
	CURLcode code;

	if (!headers)
		return ETCD_NO_MEMORY;
	curl_easy_reset(easy);
	set_address(s, easy, url);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT, (long)ETCD_ANSWER_S);
	set_text(easy, &unsent, once);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, append);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, body);
	code = curl_easy_perform(easy);
	if (!code)
		curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, status);
	curl_slist_free_all(headers);
	return code;
}

/* ---- A stream ---- */

static size_t receive(char *data, size_t size, size_t nr, void *s)
{
	return cl_etcd_received(s, data, size * nr) ? size * nr : 0;
}

void cl_http_stream_close(struct etcd_store *s)
{
	struct connection *connection = s->connection;
	CURL *easy = connection->easy;

	if (connection->multi && connection->stream)
		curl_multi_remove_handle(connection->multi, connection->stream);
	curl_easy_cleanup(connection->stream);
	curl_multi_cleanup(connection->multi);
	curl_slist_free_all(connection->headers);
	free(connection->text);
	memset(connection, 0, sizeof(*connection));
	connection->easy = easy;
}

bool cl_http_stream_open(struct etcd_store *s, const char *url, const char *text)
{
	struct connection *connection = s->connection;
	CURL *stream = curl_easy_init();

	connection->stream = stream;
	connection->headers = headers_of(s);
	connection->multi = curl_multi_init();
	connection->text = strdup(text);
	if (!stream || !connection->headers || !connection->multi ||
	    !connection->text)
		return false;
	set_address(s, stream, url);
	curl_easy_setopt(stream, CURLOPT_HTTPHEADER, connection->headers);
	curl_easy_setopt(stream, CURLOPT_TCP_KEEPALIVE, 1l);
	curl_easy_setopt(stream, CURLOPT_POSTFIELDS, connection->text);
	curl_easy_setopt(stream, CURLOPT_WRITEFUNCTION, receive);
	curl_easy_setopt(stream, CURLOPT_WRITEDATA, s);
	return !curl_multi_add_handle(connection->multi, stream);
}

bool cl_http_stream_receive(struct etcd_store *s, int ms)
{
	CURLM *multi = ((struct connection *)s->connection)->multi;
	int running;

	curl_multi_perform(multi, &running);
	if (s->watch.event)
		return true;
	if (running)
		curl_multi_wait(multi, NULL, 0, ms, NULL);
	return running;
}
