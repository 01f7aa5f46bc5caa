// SPDX-License-Identifier: GPL-2.0-only
/* cpulevel pool history, watch: what changed the level, so far and from now on. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pool.h"

#define GLANCE_MS	5000	/* whoever should tell us may have hung */

static int parse_since(const struct arguments *args, uint64_t *since)
{
	const char *text = option_text(args, OPT_SINCE, 0);
	char *end;

	*since = 0;
	if (!text)
		return EXIT_YES;
	*since = strtoull(text, &end, 10);
	if (*text < '0' || *text > '9' || *end)
		return complain("--since", "'%.40s' is no number of a change", text);
	return EXIT_YES;
}

static char *time_text(char text[32], int64_t when)
{
	time_t seconds = when;
	struct tm utc;

	gmtime_r(&seconds, &utc);
	strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", &utc);
	return text;
}

static void out_event(struct out *out, const struct cl_event *event)
{
	char text[32];

	if (!out->json) {
		out_line(out, "%s  %s %s%s%s%s",  time_text(text, event->time),
			 event->verb, event->subject, *event->object ? " " : "",
			 event->object, event->forced ? " (forced)" :
			 event->stranded ? " (stranded)" : "");
		out->depth++;
		if (event->nr_hosts)
			out_level_change(out, event->before, event->after);
		out->depth--;
		return;
	}
	out_number(out, "number", event->number);
	out_string(out, "time", time_text(text, event->time));
	out_string(out, "verb", event->verb);
	out_string(out, "subject", event->subject);
	if (*event->object)
		out_string(out, "object", event->object);
	else
		out_absent(out, "object", "");
	out_answer(out, "forced", event->forced);
	out_answer(out, "stranded", event->stranded);
	out_number(out, "hosts", event->nr_hosts);
	out_level_change(out, event->before, event->after);
}

static int print_event(void *arg, const struct cl_event *event)
{
	struct out *out = arg;

	if (out->json)
		out_entry(out, NULL);
	out_event(out, event);
	if (out->json)
		out_end_group(out);
	return 0;
}

int verb_pool_history(const struct arguments *args)
{
	struct cl_store *store;
	struct cl_error error;
	struct cl_pool pool;
	struct out out;
	uint64_t since;
	int ret;

	if (parse_since(args, &since))
		return EXIT_ERROR;
	store = open_pool(args, &pool, NULL);
	if (!store)
		return EXIT_ERROR;
	out_begin(&out, args, "cpulevel/pool-history/1");
	out_string(&out, "pool", pool.name);
	out_array(&out, "changes");
	ret = cl_registry_history(store, pool.name, since, print_event, &out,
				  &error);
	out_end_group(&out);
	cl_store_close(store);
	if (ret)
		return complain_error(&error);
	return out_finish(&out);
}

/* ---- Watch ---- */

struct watch {
	const struct arguments *args;
	uint64_t seen;
};

/* One object, on one line, at once. */
static int print_line(void *arg, const struct cl_event *event)
{
	struct watch *watch = arg;
	struct arguments json = *watch->args;
	struct out out;
	char *text;

	json.json = true;
	out_begin(&out, &json, "cpulevel/pool-watch/1");
	out_event(&out, event);
	watch->seen = event->number;
	text = out.failed ? NULL : json_dumps(out.open[0],
					      JSON_COMPACT | JSON_PRESERVE_ORDER);
	json_decref(out.open[0]);
	if (!text)
		return complain("result", "out of memory; the result is not complete");
	puts(text);
	free(text);
	return finish_stdout();
}

/* Until somebody kills it, or nobody reads it any more. */
int verb_pool_watch(const struct arguments *args)
{
	struct watch watch = { .args = args };
	struct cl_store *store;
	struct cl_error error;
	struct cl_pool pool;
	int ret;

	if (parse_since(args, &watch.seen))
		return EXIT_ERROR;
	store = open_pool(args, &pool, NULL);
	if (!store)
		return EXIT_ERROR;
	if (!(args->given & OPT_SINCE))
		watch.seen = pool.changes;
	do {
		ret = cl_registry_history(store, pool.name, watch.seen,
					  print_line, &watch, &error);
		if (!ret)
			cl_store_wait(store, GLANCE_MS);
	} while (!ret);
	cl_store_close(store);
	return ret < 0 ? complain_error(&error) : EXIT_ERROR;
}
