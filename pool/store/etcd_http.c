// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * One request to etcd's JSON gateway and its answer, from whichever endpoint
 * gives one.  A request that was surely not executed is sent to the next
 * endpoint; one that may have been executed is not, and the caller finds out.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../lib/private.h"
#include "etcd.h"

#define PATIENCE_MS	15000	/* while a member says that it has no leader */
#define PAUSE_MS	200

int64_t cl_etcd_now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return at.tv_sec * 1000ll + at.tv_nsec / 1000000;
}

void cl_etcd_pause(unsigned int ms)
{
	const struct timespec moment = { ms / 1000, ms % 1000 * 1000000l };

	nanosleep(&moment, NULL);
}

const char *const cl_etcd_headers[] = {
	"Content-Type: application/json",
	/* A watch at a member that has lost the others is to end. */
	"Grpc-Metadata-hasleader: true",
	NULL
};

char *cl_etcd_url(const struct etcd_store *s, unsigned int endpoint,
		  const char *path)
{
	char *url;

	return asprintf(&url, "%s%s", s->conf.endpoints[endpoint], path) < 0 ?
	       NULL : url;
}

bool cl_etcd_append(struct etcd_body *body, const void *data, size_t len)
{
	char *more;

	body->too_long = len > ETCD_MAX_ANSWER - body->len;
	more = body->too_long ? NULL : realloc(body->data, body->len + len + 1);
	if (!more)
		return false;
	memcpy(more + body->len, data, len);
	body->data = more;
	body->len += len;
	more[body->len] = '\0';
	return true;
}

/* ---- What etcd says is wrong ---- */

/* gRPC's codes, which its gateway passes on. */
enum {
	CANCELLED = 1, UNKNOWN, INVALID, DEADLINE, DENIED = 7, EXHAUSTED,
	PRECONDITION, OUT_OF_RANGE = 11, UNAVAILABLE = 14, UNAUTHENTICATED = 16
};

static const struct {
	const char *says;
	int code;
	const char *advice;
} known[] = {
	{ "too many operations", -E2BIG,
	  "is more than etcd takes at once; raise its --max-txn-ops" },
	{ "request is too large", -E2BIG,
	  "is more than etcd takes at once; raise its --max-request-bytes" },
	{ "larger than max", -E2BIG,
	  "is more than etcd takes at once; raise its --max-request-bytes" },
	{ "database space exceeded", -ENOSPC,
	  "etcd's space is full and nothing was changed; compact and defragment it, and disarm its alarm" },
	{ "has been compacted", -ESTALE, "has compacted what was to be read; try again" },
	{ "invalid auth token", -ESTALE, "the token has expired" },
	{ "auth store is old", -ESTALE, "the token has expired" },
	{ "authentication failed", -EACCES, "refuses this user and password" },
	{ "user name is empty", -EACCES,
	  "wants a user and a password; put them into " ETCD_CONF },
	{ "authentication is not enabled", -EACCES,
	  "knows no users, and one is configured; enable authentication there" },
	{ "CommonName of client", -EACCES,
	  "wants a client's certificate that has no common name, since its users have passwords" },
	{ "permission denied", -EACCES,
	  "does not let this user at these keys; grant its role both on the store's prefix" },
};

/* -EAGAIN: another member may answer, or this one later. */
static int judge(struct etcd_store *s, const char *text, json_t **answer,
		 long status, struct cl_error *error)
{
	const char *says;
	int code;
	size_t i;

	*answer = json_loads(text ? text : "", 0, NULL);
	if (json_is_object(*answer) && status == 200)
		return 0;
	says = json_string_value(json_object_get(*answer, "error"));
	code = cl_etcd_number(*answer, "code");
	/* What never reached etcd's own code is answered in plain text. */
	if (!says)
		says = text ? text : "";
	for (i = 0; i < ARRAY_SIZE(known); i++)
		if (strstr(says, known[i].says))
			return cl_fail(error, known[i].code, s->name, "%s (%s)",
				       known[i].advice, says);
	switch (code) {
	case CANCELLED:
	case UNKNOWN:
	case DEADLINE:
	case EXHAUSTED:
	case UNAVAILABLE:
		return cl_fail(error, -EAGAIN, s->name,
			       "cannot be reached; it says: %s", says);
	case 0:
		return cl_fail(error, -EIO, s->name,
			       "does not answer as etcd 3.4 or later does (HTTP status %ld)",
			       status);
	default:
		return cl_fail(error, -EIO, s->name, "etcd says: %s", says);
	}
}

/* ---- One endpoint, and all of them ---- */

/*
 * curl's failures: the library returns these numbers, and the program exits
 * with them.  Is it sure that the server has received no part of the request?
 */
static const struct {
	int code;
	bool not_sent;
	const char *says;
} failures[] = {
	{ 2, true, "Failed initialization" },
	{ 3, true, "URL using bad/illegal format or missing URL" },
	{ 6, true, "Couldn't resolve host name" },
	{ 7, true, "Couldn't connect to server" },
	{ 18, false, "Transferred a partial file" },
	{ ETCD_NO_MEMORY, true, "Out of memory" },
	{ ETCD_TIMEOUT, false, "Timeout was reached" },
	{ 35, true, "SSL connect error" },
	/* Two numbers for one thing before 7.62. */
	{ 51, true, "SSL peer certificate or SSH remote key was not OK" },
	{ 52, false, "Server returned nothing (no headers, no data)" },
	{ 55, false, "Failed sending data to the peer" },
	{ ETCD_NO_ANSWER, false, "Failure when receiving data from the peer" },
	{ 58, true, "Problem with the local SSL certificate" },
	{ 60, true, "SSL peer certificate or SSH remote key was not OK" },
	{ 77, true, "Problem with the SSL CA cert (path? access rights?)" },
};

static int unreachable(const struct etcd_store *s, unsigned int endpoint,
		       int code, struct cl_error *error)
{
	const char *at = s->conf.endpoints[endpoint];
	size_t i;

	if (code == ETCD_NO_CURL)
		return cl_fail(error, -EPROTONOSUPPORT, s->name,
			       "needs the program curl, which is not installed");
	if (code == ETCD_TOO_LONG)
		return cl_fail(error, -EMSGSIZE, s->name,
			       "%s answers with more than %u MiB", at,
			       ETCD_MAX_ANSWER >> 20);
	for (i = 0; i < ARRAY_SIZE(failures); i++)
		if (failures[i].code == code)
			return cl_fail(error, failures[i].not_sent ?
				       -EHOSTUNREACH : -ETIMEDOUT, s->name,
				       "cannot be reached; %s: %s", at,
				       failures[i].says);
	return cl_fail(error, -ETIMEDOUT, s->name,
		       "cannot be reached; %s: curl's error %d", at, code);
}

/* -EHOSTUNREACH: it was not sent; -ETIMEDOUT: it may have been; -EAGAIN: later. */
static int post(struct etcd_store *s, unsigned int endpoint, const char *path,
		const char *text, bool once, json_t **answer,
		struct cl_error *error)
{
	struct etcd_body body = { NULL, 0, false };
	char *url = cl_etcd_url(s, endpoint, path);
	long status = 0;
	int code, ret;

	code = url ? cl_http_post(s, url, text, once, &body, &status) :
		     ETCD_NO_MEMORY;
	if (body.too_long)
		code = ETCD_TOO_LONG;
	*answer = NULL;
	ret = code ? unreachable(s, endpoint, code, error) :
		     judge(s, body.data, answer, status, error);
	if (ret) {
		json_decref(*answer);
		*answer = NULL;
	}
	free(body.data);
	free(url);
	return ret;
}

/* Every endpoint in turn, and again as long as one of them waits for a leader. */
static int post_to_any(struct etcd_store *s, const char *path, const char *text,
		       bool once, json_t **answer, struct cl_error *error)
{
	int64_t until = cl_etcd_now() + PATIENCE_MS;
	bool answered;
	unsigned int i;
	int ret;

	for (;;) {
		answered = false;
		for (i = 0; i < s->conf.nr; i++) {
			ret = post(s, s->at, path, text, once, answer,
				   error);
			if (once && (ret == -ETIMEDOUT || ret == -EAGAIN ||
				     ret == -EMSGSIZE))
				return -ETIMEDOUT;
			if (ret != -EHOSTUNREACH && ret != -ETIMEDOUT &&
			    ret != -EAGAIN)
				return ret;
			answered = answered || ret == -EAGAIN;
			s->at = (s->at + 1) % s->conf.nr;
		}
		if (!answered || cl_etcd_now() > until)
			return -EHOSTUNREACH;
		cl_etcd_pause(PAUSE_MS);
	}
}

void cl_etcd_forget_token(struct etcd_store *s)
{
	free(s->authorization);
	s->authorization = NULL;
}

int cl_etcd_authenticate(struct etcd_store *s, struct cl_error *error)
{
	json_t *request, *answer;
	const char *token;
	char *text;
	int ret;

	if (!s->conf.user || s->authorization)
		return 0;
	request = json_pack("{s:s, s:s}", "name", s->conf.user, "password",
			    s->conf.password);
	text = request ? json_dumps(request, JSON_COMPACT) : NULL;
	json_decref(request);
	if (!text)
		return cl_fail(error, -ENOMEM, s->name, "out of memory");
	ret = post_to_any(s, "/v3/auth/authenticate", text, false, &answer, error);
	memset(text, 0, strlen(text));
	free(text);
	if (ret)
		return ret;
	token = json_string_value(json_object_get(answer, "token"));
	if (!token || asprintf(&s->authorization, "Authorization: %s", token) < 0)
		s->authorization = NULL;
	json_decref(answer);
	return s->authorization ? 0 :
	       cl_fail(error, -EACCES, s->name,
		       "gives no token for this user and password");
}

int cl_etcd_call(struct etcd_store *s, const char *path, json_t *request,
		 bool once, json_t **answer, struct cl_error *error)
{
	char *text = request ? json_dumps(request, JSON_COMPACT) : NULL;
	int tries, ret = -ESTALE;

	json_decref(request);
	*answer = NULL;
	if (!text)
		return cl_fail(error, -ENOMEM, s->name, "out of memory");
	/* If the token has expired etcd has done nothing, and gives another. */
	for (tries = 0; tries < 2 && ret == -ESTALE; tries++) {
		ret = cl_etcd_authenticate(s, error);
		if (ret)
			break;
		ret = post_to_any(s, path, text, once, answer, error);
		if (ret == -ESTALE)
			cl_etcd_forget_token(s);
	}
	free(text);
	return ret;
}
