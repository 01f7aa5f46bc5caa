// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Being told of changes: a watch on the mark that each transaction leaves, from
 * the revision of the last view on, so that nothing between is missed.  etcd
 * answers with a stream of lines that does not end.
 */
#include <stdlib.h>
#include <string.h>

#include "../../lib/private.h"
#include "etcd.h"

#define PAUSE_MS	200	/* before the next endpoint */

/* An event, the answer to the request, or the end of the watch. */
static void read_line(struct etcd_store *s)
{
	json_t *line = json_loads(s->watch.line.data, 0, NULL);
	json_t *result = json_object_get(line, "result");

	s->watch.over = !result ||
			json_is_true(json_object_get(result, "canceled"));
	/* Anything but the answer to the request is a reason to view the store. */
	if (s->watch.over || !json_is_true(json_object_get(result, "created")))
		s->watch.event = true;
	json_decref(line);
}

bool cl_etcd_received(struct etcd_store *s, const char *data, size_t len)
{
	struct etcd_body *line = &s->watch.line;
	const char *end;

	while ((end = memchr(data, '\n', len))) {
		if (!cl_etcd_append(line, data, end - data))
			return false;
		read_line(s);
		line->len = 0;
		len -= end + 1 - data;
		data = end + 1;
	}
	return cl_etcd_append(line, data, len);
}

/* ---- The stream ---- */

void cl_etcd_watch_end(struct etcd_store *s)
{
	if (s->watch.on)
		cl_http_stream_close(s);
	free(s->watch.line.data);
	memset(&s->watch, 0, sizeof(s->watch));
}

static bool begin(struct etcd_store *s)
{
	json_t *request;
	char *text, *url;
	bool good;

	if (cl_etcd_authenticate(s, NULL))
		return false;
	request = json_pack("{s:{s:o, s:o}}", "create_request", "key",
			    cl_etcd_key(s, "commit"), "start_revision",
			    cl_etcd_from_number(s->seen + 1));
	text = request ? json_dumps(request, JSON_COMPACT) : NULL;
	json_decref(request);
	url = cl_etcd_url(s, s->at, "/v3/watch");
	s->watch.on = text && url;
	s->watch.at = s->at;
	good = s->watch.on && cl_http_stream_open(s, url, text);
	free(text);
	free(url);
	return good;
}

/* The stream has ended: open one at the next endpoint, with a new token. */
static void change_endpoint(struct etcd_store *s)
{
	cl_etcd_watch_end(s);
	s->at = (s->at + 1) % s->conf.nr;
	cl_etcd_forget_token(s);
	cl_etcd_pause(PAUSE_MS);
}

int cl_etcd_wait(struct cl_store *store, unsigned int ms)
{
	struct etcd_store *s = of_etcd(store);
	int64_t left, until = cl_etcd_now() + ms;

	/* Another endpoint answered the last request: this one may be gone. */
	if (s->watch.on && (s->watch.over || s->watch.at != s->at))
		cl_etcd_watch_end(s);
	while (!s->watch.event && (left = until - cl_etcd_now()) > 0)
		if ((!s->watch.on && !begin(s)) ||
		    !cl_http_stream_receive(s, (int)left))
			change_endpoint(s);
	if (!s->watch.event)
		return 0;
	s->watch.event = false;
	return 1;
}
