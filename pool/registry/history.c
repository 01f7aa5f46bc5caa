// SPDX-License-Identifier: LGPL-2.1-or-later
/* What changed a pool's level, or was forced: the form of its records, and reading them. */
#include "../../lib/private.h"
#include "registry.h"

#define EVENT(member, as)	CL_FIELD(struct cl_event, member, as)

static const struct cl_record_field fields[] = {
	{ "number", EVENT(number, CL_AS_U64) },
	{ "time", EVENT(time, CL_AS_TIME) },
	{ "hosts", EVENT(nr_hosts, CL_AS_U32) },
	{ "verb", EVENT(verb, CL_AS_TEXT) },
	{ "subject", EVENT(subject, CL_AS_NAME) },
	{ "object", EVENT(object, CL_AS_NAME) },
	{ "forced", EVENT(forced, CL_AS_BOOL) },
	{ "stranded", EVENT(stranded, CL_AS_BOOL) },
	{ "pv_before", EVENT(before[CL_GUEST_PV], CL_AS_SET) },
	{ "pv", EVENT(after[CL_GUEST_PV], CL_AS_SET) },
	{ "hvm_before", EVENT(before[CL_GUEST_HVM], CL_AS_SET) },
	{ "hvm", EVENT(after[CL_GUEST_HVM], CL_AS_SET) },
};

const struct cl_record_form cl_event_form = {
	.name = "cpulevel-event", .version = 1, .size = sizeof(struct cl_event),
	.fields = fields, .nr = ARRAY_SIZE(fields)
};

struct listing {
	struct cl_txn *txn;
	const char *pool;
	uint64_t after;
	int (*each)(void *arg, const struct cl_event *event);
	void *arg;
};

static int list_event(void *arg, const char *key, const struct cl_value *value)
{
	struct listing *listing = arg;
	struct cl_event event;
	int ret;

	(void)key;
	ret = cl_event_parse(&event, value->data, value->len,
			     cl_txn_error(listing->txn));
	return ret ? ret : listing->each(listing->arg, &event);
}

static int list_events(struct cl_txn *txn, void *arg)
{
	struct listing *listing = arg;
	char prefix[CL_KEY_SIZE], after[CL_KEY_SIZE];

	listing->txn = txn;
	CL_KEY(prefix, "history/%s/", listing->pool);
	CL_KEY(after, "history/%s/%016llx", listing->pool,
	       (unsigned long long)listing->after);
	return cl_txn_scan(txn, prefix, after, list_event, listing);
}

int cl_registry_history(struct cl_store *store, const char *pool,
			uint64_t after,
			int (*each)(void *arg, const struct cl_event *event),
			void *arg, struct cl_error *error)
{
	struct listing listing = {
		.pool = pool, .after = after, .each = each, .arg = arg
	};

	return cl_store_view(store, list_events, &listing, error);
}
