// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Being told of changes: a watch on the mark that each transaction leaves, from
 * the revision of the last look on, so that nothing between is missed.  etcd
 * answers with a stream of lines that does not end.
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "store_etcd.h"

#define PAUSE_MS	200	/* before somebody else is asked */

/* One of them: an event, the beginning, or that it is over. */
static void take_line(struct etcd_store *s)
{
	json_t *line = json_loads(s->watch.line, 0, NULL);
	json_t *result = json_object_get(line, "result");

	s->watch.over = !result ||
			json_is_true(json_object_get(result, "canceled"));
	/* Whatever is not the beginning is a reason to look. */
	if (s->watch.over || !json_is_true(json_object_get(result, "created")))
		s->watch.event = true;
	json_decref(line);
}

static size_t take(char *data, size_t size, size_t nr, void *arg)
{
	struct etcd_store *s = arg;
	struct etcd_watch *watch = &s->watch;
	size_t i, len = size * nr;
	char *more = realloc(watch->line, watch->len + len + 1);

	if (!more)
		return 0;
	watch->line = more;
	for (i = 0; i < len; i++) {
		if (data[i] != '\n') {
			more[watch->len++] = data[i];
			continue;
		}
		more[watch->len] = '\0';
		take_line(s);
		watch->len = 0;
	}
	return len;
}

/* ---- The stream ---- */

void cl_etcd_watch_end(struct etcd_store *s)
{
	struct etcd_watch *watch = &s->watch;

	if (watch->easy) {
		s->curl->curl_multi_remove_handle(watch->multi, watch->easy);
		s->curl->curl_easy_cleanup(watch->easy);
	}
	if (watch->multi)
		s->curl->curl_multi_cleanup(watch->multi);
	if (watch->headers)
		s->curl->curl_slist_free_all(watch->headers);
	free(watch->body);
	free(watch->line);
	memset(watch, 0, sizeof(*watch));
}

static bool begin(struct etcd_store *s)
{
	const struct curl_functions *c = s->curl;
	struct etcd_watch *watch = &s->watch;
	json_t *request;

	if (cl_etcd_authenticate(s, NULL))
		return false;
	request = json_pack("{s:{s:o, s:o}}", "create_request", "key",
			    cl_etcd_key(s, "commit"), "start_revision",
			    cl_etcd_from_number(s->seen + 1));
	watch->body = request ? json_dumps(request, JSON_COMPACT) : NULL;
	json_decref(request);
	watch->headers = cl_etcd_headers(s);
	watch->multi = c->curl_multi_init();
	watch->easy = c->curl_easy_init();
	watch->at = s->at;
	if (!watch->body || !watch->headers || !watch->multi || !watch->easy)
		return false;
	cl_etcd_address(s, watch->easy, s->at, "/v3/watch");
	c->curl_easy_setopt(watch->easy, CURLOPT_HTTPHEADER, watch->headers);
	c->curl_easy_setopt(watch->easy, CURLOPT_TCP_KEEPALIVE, 1l);
	c->curl_easy_setopt(watch->easy, CURLOPT_POSTFIELDS, watch->body);
	c->curl_easy_setopt(watch->easy, CURLOPT_WRITEFUNCTION, take);
	c->curl_easy_setopt(watch->easy, CURLOPT_WRITEDATA, s);
	return !c->curl_multi_add_handle(watch->multi, watch->easy);
}

/* Whoever told us has gone: the next one, with a new token. */
static void change_endpoint(struct etcd_store *s)
{
	cl_etcd_watch_end(s);
	s->at = (s->at + 1) % s->conf.nr;
	free(s->token);
	s->token = NULL;
	cl_etcd_pause(PAUSE_MS);
}

int cl_etcd_wait(struct cl_store *store, unsigned int ms)
{
	struct etcd_store *s = of_etcd(store);
	int64_t left, until = cl_etcd_now() + ms;
	int running;

	/* A look that had to go elsewhere knows better who is there. */
	if (s->watch.easy && (s->watch.over || s->watch.at != s->at))
		cl_etcd_watch_end(s);
	while (!s->watch.event && (left = until - cl_etcd_now()) > 0) {
		if (!s->watch.easy && !begin(s)) {
			change_endpoint(s);
			continue;
		}
		s->curl->curl_multi_perform(s->watch.multi, &running);
		if (s->watch.event)
			break;
		if (running)
			s->curl->curl_multi_wait(s->watch.multi, NULL, 0,
						 (int)left, NULL);
		else
			change_endpoint(s);
	}
	if (!s->watch.event)
		return 0;
	s->watch.event = false;
	return 1;
}
