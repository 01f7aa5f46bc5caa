// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer's way into one kind of record of a pool's store, RECORD, named by
 * the build.  Whatever is accepted is the same after it was written and read.
 */
#include <stdlib.h>
#include <string.h>

#include "../../pool/registry/registry.h"

/* Of any kind. */
union value {
	struct cl_pool pool;
	struct cl_vm vm;
	struct cl_member member;
	struct cl_event event;
	struct cl_accepted_leaves accepted;
	struct cl_counts counts;
};

#define IS(name)	(!strcmp(RECORD, name))

/* NULL: counts, which are no text. */
static const struct cl_record_form *form(void)
{
	return IS("pool") ? &cl_pool_form : IS("vm") ? &cl_vm_form :
	       IS("member") ? &cl_member_form : IS("event") ? &cl_event_form :
	       IS("takes") ? &cl_accepted_leaves_form : NULL;
}

static int parse(union value *value, const char *text, size_t len,
		 struct cl_error *error)
{
	return form() ? cl_record_parse(form(), value, text, len, error) :
	       cl_counts_parse(&value->counts, text, len, error);
}

/* Whatever was read can be written. */
static char *written(const union value *value, size_t *len)
{
	char *text = NULL;
	FILE *to = open_memstream(&text, len);

	if (!form())
		cl_counts_write(&value->counts, to);
	else if (cl_record_write(form(), value, to, NULL))
		abort();
	fclose(to);
	return text;
}

/* ---- Equal in every field: what is written and read in the same wrong way ---- */

#define SAME(member)		(a->member == b->member)
#define SAME_TEXT(member)	(!strcmp(a->member, b->member))
#define SAME_SET(member)	same_set(&a->member, &b->member)
#define SAME_LEAVES(member)	same_leaves(&a->member, &b->member)

/* Their lengths, too, which cl_equal() does not ask. */
static bool same_set(const struct cl_featureset *a, const struct cl_featureset *b)
{
	return SAME(nr_words) && !memcmp(a->words, b->words, sizeof(a->words));
}

static bool same_leaves(const struct cl_max_leaves *a, const struct cl_max_leaves *b)
{
	return SAME(max_leaf) && SAME(max_subleaf) && SAME(max_extended_leaf);
}

static bool same_pool(const struct cl_pool *a, const struct cl_pool *b)
{
	return SAME_TEXT(name) && SAME_TEXT(vendor) && SAME(changes) &&
	       SAME(nr_hosts) && SAME(offering[0]) && SAME(offering[1]) &&
	       SAME_SET(level[0]) && SAME_SET(level[1]);
}

static bool same_vm(const struct cl_vm *a, const struct cl_vm *b)
{
	return SAME_TEXT(name) && SAME_TEXT(pool) && SAME_TEXT(host) &&
	       SAME(type) && SAME(state) && SAME(kind) && SAME(flags) &&
	       SAME_TEXT(vendor) && SAME_SET(set) && SAME_SET(exposed) &&
	       SAME_SET(seen) && SAME_LEAVES(max_leaves) && SAME(pending) &&
	       SAME_TEXT(pending_host) && SAME(pending_since);
}

static bool same_host(const struct cl_host *a, const struct cl_host *b)
{
	unsigned int n;
	bool same = SAME_TEXT(name) && SAME_TEXT(vendor) && SAME(signature) &&
		    SAME(microcode) && SAME(uniform) && SAME(backend) &&
		    SAME(sysctl_version) && SAME(one_policy) && SAME(valid) &&
		    SAME(derived) && SAME(caps) && SAME(caps_source);

	for (n = 0; n < CL_NR_SETS; n++)
		same = same && SAME_SET(sets[n]) && SAME_LEAVES(max_leaves[n]);
	return same;
}

static bool same_member(const struct cl_member *a, const struct cl_member *b)
{
	return SAME_TEXT(pool) && SAME_TEXT(boot) && SAME_TEXT(machine) &&
	       SAME(estimated) && SAME(one_policy) && same_host(&a->host, &b->host);
}

static bool same_event(const struct cl_event *a, const struct cl_event *b)
{
	return SAME(number) && SAME(time) && SAME_TEXT(verb) &&
	       SAME_TEXT(subject) && SAME_TEXT(object) && SAME(forced) &&
	       SAME(stranded) && SAME(nr_hosts) && SAME_SET(before[0]) &&
	       SAME_SET(before[1]) && SAME_SET(after[0]) && SAME_SET(after[1]);
}

static bool same_counts(const struct cl_counts *a, const struct cl_counts *b)
{
	return SAME(nr_hosts) && SAME(nr_limited) && SAME(nr_words) &&
	       !memcmp(a->lengths, b->lengths, sizeof(a->lengths)) &&
	       !memcmp(a->defaults, b->defaults, sizeof(a->defaults)) &&
	       !memcmp(a->maxima, b->maxima, sizeof(a->maxima));
}

static bool same(const union value *a, const union value *b)
{
	if (IS("pool"))
		return same_pool(&a->pool, &b->pool);
	if (IS("vm"))
		return same_vm(&a->vm, &b->vm);
	if (IS("member"))
		return same_member(&a->member, &b->member);
	if (IS("event"))
		return same_event(&a->event, &b->event);
	if (IS("takes"))
		return SAME_LEAVES(accepted.of[0]) && SAME_LEAVES(accepted.of[1]);
	return same_counts(&a->counts, &b->counts);
}

/* What the pool makes of counts, whatever they say. */
static void use(const union value *value)
{
	struct cl_featureset fs;
	unsigned int bit;

	if (!IS("counts"))
		return;
	cl_counts_level(&value->counts, &fs);
	cl_counts_left_out(&value->counts, &fs);
	for (bit = 0; bit < CL_MAX_BITS; bit++)
		cl_counts_of(&value->counts, bit);
}

static void check(const union value *value)
{
	static union value back;
	size_t len, len_again;
	char *text = written(value, &len), *again;

	if (parse(&back, text, len, NULL) || !same(value, &back))
		abort();
	again = written(&back, &len_again);
	if (len != len_again || memcmp(text, again, len))
		abort();
	use(value);
	free(text);
	free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static union value value;
	struct cl_error error;
	/* A copy of its own, without anything behind. */
	char *text = malloc(size ? size : 1);

	memcpy(text, data, size);
	if (!parse(&value, text, size, &error))
		check(&value);
	else if (!memchr(error.object, 0, sizeof(error.object)) ||
		 !memchr(error.reason, 0, sizeof(error.reason)))
		abort();
	free(text);
	return 0;
}
