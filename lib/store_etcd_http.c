// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * One question to etcd's JSON gateway and its answer, from whichever endpoint
 * gives one.  What was surely not done may be asked again of the next; what may
 * have been done is asked once, and the caller finds out.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "internal.h"
#include "store_etcd.h"

#define CONNECT_MS	2000
#define ANSWER_MS	5000	/* a leader is elected in less */
#define PATIENCE_MS	15000	/* while somebody says that he has no leader */
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

/* ---- The question ---- */

struct body {
	char *data;
	size_t len;
};

static size_t take(char *data, size_t size, size_t nr, void *arg)
{
	struct body *body = arg;
	char *more = realloc(body->data, body->len + size * nr + 1);

	if (!more)
		return 0;
	memcpy(more + body->len, data, size * nr);
	body->data = more;
	body->len += size * nr;
	more[body->len] = '\0';
	return size * nr;
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
static void set_question(struct etcd_store *s, struct question *question,
			 bool once)
{
	const struct curl_functions *c = s->curl;

	if (!once) {
		c->curl_easy_setopt(s->easy, CURLOPT_POSTFIELDS, question->text);
		return;
	}
	c->curl_easy_setopt(s->easy, CURLOPT_POST, 1l);
	c->curl_easy_setopt(s->easy, CURLOPT_POSTFIELDSIZE, (long)question->left);
	c->curl_easy_setopt(s->easy, CURLOPT_READFUNCTION, give);
	c->curl_easy_setopt(s->easy, CURLOPT_READDATA, question);
}

void cl_etcd_address(struct etcd_store *s, CURL *easy, unsigned int endpoint,
		     const char *path)
{
	const struct curl_functions *c = s->curl;
	char url[400];

	snprintf(url, sizeof(url), "%s%s", s->conf.endpoints[endpoint], path);
	c->curl_easy_setopt(easy, CURLOPT_URL, url);
	c->curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1l);
	c->curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
	c->curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
			    (long)CURL_HTTP_VERSION_1_1);
	c->curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	if (!s->conf.tls)
		return;
	if (s->conf.cacert)
		c->curl_easy_setopt(easy, CURLOPT_CAINFO, s->conf.cacert);
	if (s->conf.cert) {
		c->curl_easy_setopt(easy, CURLOPT_SSLCERT, s->conf.cert);
		c->curl_easy_setopt(easy, CURLOPT_SSLKEY, s->conf.key);
	}
}

static struct curl_slist *add_header(struct etcd_store *s,
				     struct curl_slist *list, const char *header)
{
	struct curl_slist *more = s->curl->curl_slist_append(list, header);

	if (!more)
		s->curl->curl_slist_free_all(list);
	return more;
}

struct curl_slist *cl_etcd_headers(struct etcd_store *s)
{
	/* Without the first, curl asks whether it may send a longer question. */
	struct curl_slist *list = add_header(s, NULL, "Expect:");
	char *header;

	if (list)
		list = add_header(s, list, "Content-Type: application/json");
	/* A watch at a member that has lost the others is to end. */
	if (list)
		list = add_header(s, list, "Grpc-Metadata-hasleader: true");
	if (!list || !s->token)
		return list;
	if (asprintf(&header, "Authorization: %s", s->token) < 0) {
		s->curl->curl_slist_free_all(list);
		return NULL;
	}
	list = add_header(s, list, header);
	free(header);
	return list;
}

/* What curl says, and HTTP's status in *@status if there was an answer. */
static CURLcode post(struct etcd_store *s, unsigned int endpoint,
		     const char *path, const char *text, bool once,
		     struct body *body, long *status)
{
	const struct curl_functions *c = s->curl;
	struct curl_slist *headers = cl_etcd_headers(s);
	struct question question = { text, strlen(text) };
	CURLcode code;

	if (!headers)
		return CURLE_OUT_OF_MEMORY;
	c->curl_easy_reset(s->easy);
	cl_etcd_address(s, s->easy, endpoint, path);
	c->curl_easy_setopt(s->easy, CURLOPT_HTTPHEADER, headers);
	c->curl_easy_setopt(s->easy, CURLOPT_TIMEOUT_MS, (long)ANSWER_MS);
	set_question(s, &question, once);
	c->curl_easy_setopt(s->easy, CURLOPT_WRITEFUNCTION, take);
	c->curl_easy_setopt(s->easy, CURLOPT_WRITEDATA, body);
	code = c->curl_easy_perform(s->easy);
	if (!code)
		c->curl_easy_getinfo(s->easy, CURLINFO_RESPONSE_CODE, status);
	c->curl_slist_free_all(headers);
	return code;
}

/* ---- What etcd says is wrong ---- */

/* Of gRPC: its gateway passes them on. */
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
	{ "has been compacted", -ESTALE, "that moment is gone" },
	{ "invalid auth token", -ESTALE, "the token has run out" },
	{ "auth store is old", -ESTALE, "the token has run out" },
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

/* -EAGAIN: it may be another's turn, or later ours. */
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

/* Was not a byte of the question read there? */
static bool not_sent(CURLcode code)
{
	switch (code) {
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_CONNECT:
	case CURLE_OUT_OF_MEMORY:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CACERT_BADFILE:
		return true;
	default:
		return false;
	}
}

/* -EHOSTUNREACH: it has not heard; -ETIMEDOUT: it may have; -EAGAIN: later. */
static int ask(struct etcd_store *s, unsigned int endpoint, const char *path,
	       const char *text, bool once, json_t **answer,
	       struct cl_error *error)
{
	struct body body = { NULL, 0 };
	long status = 0;
	CURLcode code = post(s, endpoint, path, text, once, &body, &status);
	int ret;

	*answer = NULL;
	if (code)
		ret = cl_fail(error, not_sent(code) ? -EHOSTUNREACH : -ETIMEDOUT,
			      s->name, "cannot be reached; %s: %s",
			      s->conf.endpoints[endpoint],
			      s->curl->curl_easy_strerror(code));
	else
		ret = judge(s, body.data, answer, status, error);
	if (ret) {
		json_decref(*answer);
		*answer = NULL;
	}
	free(body.data);
	return ret;
}

/* Every endpoint in turn, and again as long as one of them only has to wait. */
static int ask_all(struct etcd_store *s, const char *path, const char *text,
		   bool once, json_t **answer, struct cl_error *error)
{
	int64_t until = cl_etcd_now() + PATIENCE_MS;
	bool heard;
	unsigned int i;
	int ret;

	for (;;) {
		heard = false;
		for (i = 0; i < s->conf.nr; i++) {
			ret = ask(s, s->at, path, text, once, answer,
				  error);
			if (ret != -EHOSTUNREACH && ret != -ETIMEDOUT &&
			    ret != -EAGAIN)
				return ret;
			if (once && ret != -EHOSTUNREACH)
				return -ETIMEDOUT;
			heard = heard || ret == -EAGAIN;
			s->at = (s->at + 1) % s->conf.nr;
		}
		if (!heard || cl_etcd_now() > until)
			return -EHOSTUNREACH;
		cl_etcd_pause(PAUSE_MS);
	}
}

int cl_etcd_authenticate(struct etcd_store *s, struct cl_error *error)
{
	json_t *request, *answer;
	const char *token;
	char *text;
	int ret;

	if (!s->conf.user || s->token)
		return 0;
	request = json_pack("{s:s, s:s}", "name", s->conf.user, "password",
			    s->conf.password);
	text = request ? json_dumps(request, JSON_COMPACT) : NULL;
	json_decref(request);
	if (!text)
		return cl_fail(error, -ENOMEM, s->name, "out of memory");
	ret = ask_all(s, "/v3/auth/authenticate", text, false, &answer, error);
	memset(text, 0, strlen(text));
	free(text);
	if (ret)
		return ret;
	token = json_string_value(json_object_get(answer, "token"));
	s->token = token ? strdup(token) : NULL;
	json_decref(answer);
	return s->token ? 0 : cl_fail(error, -EACCES, s->name,
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
	/* A token runs out: then etcd has done nothing, and gives another. */
	for (tries = 0; tries < 2 && ret == -ESTALE; tries++) {
		ret = cl_etcd_authenticate(s, error);
		if (ret)
			break;
		ret = ask_all(s, path, text, once, answer, error);
		if (ret == -ESTALE) {
			free(s->token);
			s->token = NULL;
		}
	}
	free(text);
	return ret;
}
