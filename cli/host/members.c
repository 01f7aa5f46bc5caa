// SPDX-License-Identifier: GPL-2.0-only
/* Members of a pool: hosts, featuresets, lines of a stream. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host.h"

static struct pool *pool_new(void)
{
	struct pool *pool = calloc(1, sizeof(*pool));

	if (!pool) {
		complain("pool", "out of memory; nothing was computed");
		return NULL;
	}
	tally_begin(&pool->guests[CL_GUEST_HVM]);
	tally_begin(&pool->guests[CL_GUEST_PV]);
	return pool;
}

void pool_free(struct pool *pool)
{
	tally_end(&pool->guests[CL_GUEST_HVM]);
	tally_end(&pool->guests[CL_GUEST_PV]);
	free(pool);
}

static void add_vendor(struct pool *pool, const char *vendor)
{
	unsigned int i;

	pool->named = true;
	/* Not every source tells it. */
	if (!*vendor)
		return;
	for (i = 0; i < pool->nr_vendors; i++)
		if (!strcmp(pool->vendors[i], vendor))
			return;
	/* Two are too many already: the rest need not be told one by one. */
	if (i < POOL_VENDORS)
		strcpy(pool->vendors[pool->nr_vendors++], vendor);
}

static int add_guest(struct pool *pool, enum cl_guest guest, const char *name,
		     const struct cl_featureset *set,
		     const struct cl_featureset *max)
{
	if (!set)
		return EXIT_YES;
	return tally_add(&pool->guests[guest], pool->hosts, name, set, max);
}

static void add_raw(struct pool *pool, const struct cl_featureset *raw)
{
	if (!raw)
		return;
	if (!pool->raw_known++)
		pool->raw_all = raw->words[CL_WORD_5];
	pool->raw_all &= raw->words[CL_WORD_5];
	pool->raw_any |= raw->words[CL_WORD_5];
}

static int add_subject(struct pool *pool, const struct subject *subject)
{
	const struct cl_featureset *fs = &subject->fs;

	pool->hosts++;
	if (!subject->is_host)
		return add_guest(pool, CL_GUEST_PV, subject->name, fs, NULL) ||
		       add_guest(pool, CL_GUEST_HVM, subject->name, fs, NULL);
	add_vendor(pool, subject->host.vendor);
	pool->estimated += is_estimated(subject);
	add_raw(pool, subject_set(subject, CL_SET_RAW));
	return add_guest(pool, CL_GUEST_PV, subject->name,
			 subject_set(subject, CL_SET_PV_DEFAULT),
			 subject_set(subject, CL_SET_PV_MAX)) ||
	       add_guest(pool, CL_GUEST_HVM, subject->name,
			 subject_set(subject, CL_SET_HVM_DEFAULT),
			 subject_set(subject, CL_SET_HVM_MAX));
}

static const struct cl_featureset *line_set(const struct host_line *host,
					    unsigned int set)
{
	return host->has[set] ? &host->sets[set] : NULL;
}

static int add_line(struct pool *pool, const struct host_line *host)
{
	pool->hosts++;
	add_vendor(pool, host->vendor);
	return add_guest(pool, CL_GUEST_PV, host->name, line_set(host, LINE_PV),
			 line_set(host, LINE_PV_MAX)) ||
	       add_guest(pool, CL_GUEST_HVM, host->name,
			 line_set(host, LINE_HVM), line_set(host, LINE_HVM_MAX));
}

static int read_stream(struct pool *pool)
{
	static struct lines lines;
	static struct host_line host;
	const char *line, *end;
	int more;

	lines_begin(&lines, STDIN_FILENO, "stdin");
	while ((more = lines_next(&lines, &line, &end)) > 0) {
		more = host_line_parse(&host, &lines, line, end);
		if (more < 0 || (more && add_line(pool, &host)))
			return EXIT_ERROR;
	}
	if (more < 0)
		return EXIT_ERROR;
	if (!pool->hosts)
		return complain("stdin", "no host; give one per line, as cpulevel(5) says");
	return EXIT_YES;
}

static int read_arguments(struct pool *pool, const struct arguments *args)
{
	struct subject subject;
	int i = 0;

	/* Without arguments, once: it is this machine. */
	do {
		if (read_guest_subject(&subject, args, i) ||
		    add_subject(pool, &subject))
			return EXIT_ERROR;
	} while (++i < args->count);
	return EXIT_YES;
}

static bool is_stream(const struct arguments *args)
{
	return args->given & OPT_STDIN ||
	       (args->count == 1 && !strcmp(args->values[0], "-"));
}

struct pool *pool_read(const struct arguments *args, bool stream)
{
	struct pool *pool;
	int ret;

	if (args->given & OPT_STDIN && args->count) {
		complain(args->values[0], "--stdin names all hosts; leave out one of them");
		return NULL;
	}
	pool = pool_new();
	if (!pool)
		return NULL;
	ret = stream && is_stream(args) ? read_stream(pool) : read_arguments(pool, args);
	if (!ret)
		return pool;
	pool_free(pool);
	return NULL;
}
