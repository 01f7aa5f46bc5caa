// SPDX-License-Identifier: LGPL-2.1-or-later
/* Opening a store in etcd, or making one: is it there, and do we know its schema? */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/private.h"
#include "etcd.h"

#define SCHEMA	1

/*
 * Where there is nothing yet.  Two that make it at once: the second finds it
 * made.
 */
static int make_schema(struct etcd_store *s, struct cl_error *error)
{
	char text[12], stop[CL_KEY_SIZE];
	json_t *answer;
	int ret;

	cl_scan_stop(stop, "");
	snprintf(text, sizeof(text), "%d", SCHEMA);
	ret = cl_etcd_call(s, "/v3/kv/txn",
			   json_pack("{s:[{s:o, s:o, s:s, s:s, s:s}], s:[{s:{s:o, s:o}}]}",
				     "compare", "key", cl_etcd_key(s, ""),
				     "range_end", cl_etcd_key(s, stop),
				     "target", "MOD", "result", "LESS",
				     "mod_revision", "1",
				     "success", "request_put",
				     "key", cl_etcd_key(s, "schema"),
				     "value", cl_etcd_bytes(text, strlen(text))),
			   false, &answer, error);
	if (ret)
		return ret;
	json_decref(answer);
	ret = cl_etcd_check_schema(s, error);
	if (ret != -ENOENT)
		return ret;
	return cl_fail(error, -EBADMSG, s->name,
		       "keys below %s are another program's; give another prefix",
		       s->conf.prefix);
}

static int check_version(struct etcd_store *s, const char *text,
			 struct cl_error *error)
{
	char *end = NULL;
	long version = text ? strtol(text, &end, 10) : 0;

	if (!text || version < 1 || *end)
		return cl_fail(error, -EBADMSG, s->name,
			       "is damaged or no store, and was left as it is; its schema is no number");
	if (version > SCHEMA)
		return cl_fail(error, -EPROTO, s->name,
			       "was written by a later cpulevel (schema %ld, this one knows %d); use that one",
			       version, SCHEMA);
	return 0;
}

int cl_etcd_check_schema(struct etcd_store *s, struct cl_error *error)
{
	json_t *answer, *kv;
	size_t len;
	char *text;
	int ret;

	ret = cl_etcd_call(s, "/v3/kv/range",
			   json_pack("{s:o}", "key", cl_etcd_key(s, "schema")),
			   false, &answer, error);
	if (ret)
		return ret;
	kv = json_array_get(json_object_get(answer, "kvs"), 0);
	if (!kv) {
		json_decref(answer);
		return cl_fail(error, -ENOENT, s->name,
			       "there is no store; `cpulevel pool create` makes one");
	}
	s->schema = cl_etcd_number(kv, "mod_revision");
	text = cl_etcd_decode(json_object_get(kv, "value"), &len);
	json_decref(answer);
	ret = check_version(s, text, error);
	free(text);
	return ret;
}

static bool choose_transport(struct etcd_store *s)
{
	static const struct etcd_transport *const transports[] = {
#ifdef CPULEVEL_LIBCURL
		&cl_etcd_libcurl,
#endif
		&cl_etcd_program
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(transports) && !s->transport; i++)
		if (transports[i]->open(s))
			s->transport = transports[i];
	return s->transport;
}

int cl_store_open_etcd(struct cl_store **store, const char *where, bool create,
		       struct cl_error *error)
{
	struct etcd_store *s = calloc(1, sizeof(*s));
	int ret;

	if (!s)
		return cl_fail(error, -ENOMEM, where, "out of memory");
	s->store.kind = &cl_etcd_kind;
	snprintf(s->name, sizeof(s->name), "%s", where);
	ret = cl_etcd_conf_read(&s->conf, where, error);
	if (!ret && !choose_transport(s))
		ret = cl_fail(error, -ENOMEM, where, "out of memory");
	if (!ret)
		ret = cl_etcd_check_schema(s, error);
	if (ret == -ENOENT && create)
		ret = make_schema(s, error);
	if (ret) {
		s->store.kind->close(&s->store);
		return ret;
	}
	*store = &s->store;
	return 0;
}
