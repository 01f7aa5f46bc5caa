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
	struct cl_vm vm;
	struct cl_member member;
	struct cl_event event;
	struct cl_accepted_leaves accepted;
	struct cl_counts counts;
};

#define IS(name)	(!strcmp(RECORD, name))

static int parse(union value *value, const char *text, size_t len,
		 struct cl_error *error)
{
	if (IS("vm"))
		return cl_vm_parse(&value->vm, text, len, error);
	if (IS("member"))
		return cl_member_parse(&value->member, text, len, error);
	if (IS("event"))
		return cl_event_parse(&value->event, text, len, error);
	if (IS("takes"))
		return cl_accepted_leaves_parse(&value->accepted, text, len, error);
	return cl_counts_parse(&value->counts, text, len, error);
}

static char *written(const union value *value, size_t *len)
{
	char *text = NULL;
	FILE *to = open_memstream(&text, len);

	if (IS("vm"))
		cl_vm_write(&value->vm, to);
	else if (IS("member"))
		cl_member_write(&value->member, to);
	else if (IS("event"))
		cl_event_write(&value->event, to);
	else if (IS("takes"))
		cl_accepted_leaves_write(&value->accepted, to);
	else
		cl_counts_write(&value->counts, to);
	fclose(to);
	return text;
}

/* What is written and read in the same wrong way. */
static bool same(const union value *a, const union value *b)
{
	if (IS("vm"))
		return a->vm.type == b->vm.type && a->vm.state == b->vm.state &&
		       a->vm.kind == b->vm.kind && a->vm.flags == b->vm.flags &&
		       cl_equal(&a->vm.set, &b->vm.set);
	if (IS("member"))
		return a->member.estimated == b->member.estimated &&
		       a->member.one_policy == b->member.one_policy &&
		       a->member.host.valid == b->member.host.valid;
	if (IS("event"))
		return a->event.number == b->event.number &&
		       a->event.time == b->event.time &&
		       a->event.forced == b->event.forced &&
		       a->event.nr_hosts == b->event.nr_hosts;
	if (IS("takes"))
		return !memcmp(&a->accepted, &b->accepted, sizeof(a->accepted));
	return a->counts.nr_hosts == b->counts.nr_hosts &&
	       a->counts.nr_limited == b->counts.nr_limited;
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
