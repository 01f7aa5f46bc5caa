// SPDX-License-Identifier: LGPL-2.1-or-later
/* What changed a pool's level, or was forced: kept, and read again. */
#include <errno.h>
#include <string.h>

#include "../../lib/private.h"
#include "../record.h"
#include "registry.h"

#define FORM	"cpulevel-event 1"

void cl_event_write(const struct cl_event *event, FILE *to)
{
	fputs(FORM "\n", to);
	fprintf(to, "number %llu\ntime %lld\nhosts %u\n",
		(unsigned long long)event->number, (long long)event->time,
		event->nr_hosts);
	cl_put_text(to, "verb", event->verb);
	cl_put_text(to, "subject", event->subject);
	cl_put_text(to, "object", event->object);
	cl_put_text(to, "forced", event->forced ? "yes" : "");
	cl_put_text(to, "stranded", event->stranded ? "yes" : "");
	cl_put_set(to, "pv_before", &event->before[CL_GUEST_PV]);
	cl_put_set(to, "pv", &event->after[CL_GUEST_PV]);
	cl_put_set(to, "hvm_before", &event->before[CL_GUEST_HVM]);
	cl_put_set(to, "hvm", &event->after[CL_GUEST_HVM]);
	fputs("end\n", to);
}

static bool take_level(struct cl_event *event, const char *key,
		       const char *text)
{
	if (!strcmp(key, "pv_before"))
		return cl_take_set(&event->before[CL_GUEST_PV], text);
	if (!strcmp(key, "pv"))
		return cl_take_set(&event->after[CL_GUEST_PV], text);
	if (!strcmp(key, "hvm_before"))
		return cl_take_set(&event->before[CL_GUEST_HVM], text);
	if (!strcmp(key, "hvm"))
		return cl_take_set(&event->after[CL_GUEST_HVM], text);
	return true;
}

static bool take(void *value, const char *key, const char *text)
{
	struct cl_event *event = value;
	uint64_t number;

	if (!strcmp(key, "number"))
		return cl_take_number(&event->number, text);
	if (!strcmp(key, "time")) {
		if (!cl_take_number(&number, text) || number > INT64_MAX)
			return false;
		event->time = number;
	}
	if (!strcmp(key, "hosts"))
		return cl_take_count(&event->nr_hosts, text);
	if (!strcmp(key, "verb"))
		return cl_take_text(event->verb, sizeof(event->verb), text);
	if (!strcmp(key, "subject"))
		return cl_take_text(event->subject, sizeof(event->subject), text);
	if (!strcmp(key, "object"))
		return cl_take_text(event->object, sizeof(event->object), text);
	if (!strcmp(key, "forced"))
		event->forced = true;
	if (!strcmp(key, "stranded"))
		event->stranded = true;
	return take_level(event, key, text);
}

int cl_event_parse(struct cl_event *event, const char *text, size_t len,
		   struct cl_error *error)
{
	struct cl_event read = { .verb = "" };
	size_t used;
	int ret;

	ret = cl_walk(text, len, FORM, take, &read, &used, error);
	if (!ret)
		*event = read;
	return ret;
}

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
