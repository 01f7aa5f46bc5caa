// SPDX-License-Identifier: LGPL-2.1-or-later
/* Opening a store in etcd, or making one: is it there, and do we know its format? */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/private.h"
#include "etcd.h"

/* ---- Its format ---- */

static int check_format(struct etcd_store *s, const char *text,
			struct cl_error *error)
{
	char *end = NULL;
	long format = text ? strtol(text, &end, 10) : 0;

	if (!text || format < 1 || *end)
		return cl_fail(error, -EBADMSG, s->name,
			       "is damaged or no store, and was left as it is; its schema is no number");
	if (format > CL_STORE_FORMAT)
		return cl_fail(error, -EPROTO, s->name,
			       "was written by a later cpulevel (schema %ld, this one knows %d); use that one",
			       format, CL_STORE_FORMAT);
	s->store.format = format;
	return 0;
}

int cl_etcd_read_format(struct cl_store *store, struct cl_error *error)
{
	struct etcd_store *s = of_etcd(store);
	json_t *answer, *kv;
	size_t len;
	char *text;
	int ret;

	ret = cl_etcd_call(s, "/v3/kv/range",
			   json_pack("{s:o}", "key", cl_etcd_key(s, "schema")),
			   false, &answer, error);
	if (ret)
		return ret;
	kv = cl_etcd_first(answer);
	s->schema = cl_etcd_number(kv, "mod_revision");
	text = kv ? cl_etcd_decode(json_object_get(kv, "value"), &len) : NULL;
	ret = kv ? check_format(s, text, error) :
		   cl_fail(error, -ENOENT, s->name,
			   "there is no store; `cpulevel pool create` makes one");
	json_decref(answer);
	free(text);
	return ret;
}

/* ---- A new one ---- */

/* Is there a store whose keys include those of this one? */
static int check_outer(struct etcd_store *s, const struct etcd_store *outer,
		       json_t *compares, struct cl_error *error)
{
	json_t *answer;
	int ret = cl_etcd_call(s, "/v3/kv/range",
			       json_pack("{s:o}", "key",
					 cl_etcd_key(outer, "schema")),
			       false, &answer, error);

	/* Nobody can compare what may not be read. */
	if (ret)
		return ret == -EACCES ? 0 : ret;
	if (cl_etcd_first(answer))
		ret = cl_fail(error, -EEXIST, s->name,
			      "would lie within the store at %s; give another prefix",
			      outer->conf.prefix);
	json_array_append_new(compares, cl_etcd_compare(outer, "schema", 0));
	json_decref(answer);
	return ret;
}

/* A store's keys are its own: it neither lies within another, nor another in it. */
static int new_compares(struct etcd_store *s, json_t **compares,
			struct cl_error *error)
{
	struct etcd_store outer = *s;
	char *slash = strchr(outer.conf.prefix + 1, '/');
	int ret = 0;

	*compares = json_pack("[{s:o, s:o, s:s, s:s, s:s}]",
			"key", cl_etcd_key(s, ""),
			"range_end", cl_etcd_key_after(s, ""),
			"target", "MOD", "result", "LESS", "mod_revision", "1");
	for (; slash[1] && !ret; slash = strchr(slash + 1, '/')) {
		slash[1] = '\0';
		ret = check_outer(s, &outer, *compares, error);
		outer.conf = s->conf;
	}
	if (ret)
		json_decref(*compares);
	return ret;
}

static int refuse_others(struct etcd_store *s, const json_t *answer,
			 struct cl_error *error)
{
	size_t len;
	char *key = cl_etcd_decode(json_object_get(cl_etcd_first_of(answer, 0),
						   "key"), &len);
	int ret = cl_fail(error, -EBADMSG, s->name,
			  "keys below %s are another store's or another program's (%s); give another prefix",
			  s->conf.prefix, key ? key : "none is left");

	free(key);
	return ret;
}

/*
 * Where there is nothing yet.  Two that make it at once: the second finds it
 * made.
 */
static int make_store(struct etcd_store *s, struct cl_error *error)
{
	json_t *answer, *compares;
	char text[12];
	int ret = new_compares(s, &compares, error);

	if (ret)
		return ret;
	snprintf(text, sizeof(text), "%d", CL_STORE_FORMAT);
	ret = cl_etcd_call(s, "/v3/kv/txn",
			   json_pack("{s:o, s:[{s:{s:o, s:o}}], s:[{s:{s:o, s:o, s:i}}]}",
				     "compare", compares,
				     "success", "request_put",
				     "key", cl_etcd_key(s, "schema"),
				     "value", cl_etcd_bytes(text, strlen(text)),
				     "failure", "request_range",
				     "key", cl_etcd_key(s, ""),
				     "range_end", cl_etcd_key_after(s, ""),
				     "limit", 1),
			   false, &answer, error);
	if (ret)
		return ret;
	ret = cl_etcd_read_format(&s->store, error);
	if (ret == -ENOENT)
		ret = refuse_others(s, answer, error);
	json_decref(answer);
	return ret;
}

/* ---- Open and close ---- */

static void etcd_close(struct cl_store *store)
{
	struct etcd_store *s = of_etcd(store);

	cl_etcd_watch_end(s);
	cl_http_close(s);
	cl_etcd_conf_free(&s->conf);
	cl_etcd_forget_token(s);
	free(s);
}

static const struct cl_store_kind kind = {
	.run = cl_etcd_run,
	.get = cl_etcd_get,
	.put = cl_etcd_put,
	.remove = cl_etcd_remove,
	.scan = cl_etcd_scan,
	.wait = cl_etcd_wait,
	.close = etcd_close,
	.read_format = cl_etcd_read_format,
	.set_format = cl_etcd_set_format,
	.drop = cl_etcd_drop,
};

int cl_store_open_etcd(struct cl_store **store, const char *where, bool create,
		       struct cl_error *error)
{
	struct etcd_store *s = calloc(1, sizeof(*s));
	int ret;

	if (!s)
		return cl_fail(error, -ENOMEM, where, "out of memory");
	s->store.kind = &kind;
	snprintf(s->name, sizeof(s->name), "%s", where);
	ret = cl_etcd_conf_read(&s->conf, where, error);
	if (!ret && !cl_http_open(s))
		ret = cl_fail(error, -ENOMEM, where, "out of memory");
	if (!ret)
		ret = cl_etcd_read_format(&s->store, error);
	if (ret == -ENOENT && create)
		ret = make_store(s, error);
	if (ret) {
		etcd_close(&s->store);
		return ret;
	}
	*store = &s->store;
	return 0;
}
