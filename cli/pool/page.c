// SPDX-License-Identifier: GPL-2.0-only
/* The page of `pool show --html`: pool/page.html, with the pool in it as JSON. */
#include <stdlib.h>
#include <string.h>

#include "pool.h"

/* The page is a part of the program, which is one file wherever it goes. */
__asm__(".section .rodata\n"
	".global cpulevel_page\n"
	"cpulevel_page:\n"
	".incbin \"pool/page.html\"\n"
	".byte 0\n"
	".previous\n");
extern const char cpulevel_page[];

#define PLACE	"@DATA@"

static void out_set(struct out *out, const char *key,
		    const struct cl_featureset *fs)
{
	char text[CL_TEXT_SIZE];

	if (fs)
		out_string(out, key, cl_featureset_text(fs, text));
	else
		out_absent(out, key, "");
}

static int out_host(void *arg, const struct cl_member *host)
{
	struct out *out = arg;

	out_entry(out, host->host.name);
	out_answer(out, "uniform", host->host.uniform != CL_UNIFORM_NO);
	out_answer(out, "estimated", host->estimated);
	out_set(out, "pv", cl_member_default(host, CL_GUEST_PV));
	out_set(out, "hvm", cl_member_default(host, CL_GUEST_HVM));
	out_end_group(out);
	return 0;
}

/* Every feature that some host has. */
static void out_all_features(struct out *out,
			     const struct cl_pool_counts *counts)
{
	char name[CL_BIT_NAME_SIZE], place[FEATURE_TEXT_SIZE];
	unsigned int bit;

	out_array(out, "features");
	for (bit = 0; bit < CL_MAX_BITS; bit++) {
		if (!cl_counts_of(&counts->of[CL_GUEST_PV], bit) &&
		    !cl_counts_of(&counts->of[CL_GUEST_HVM], bit))
			continue;
		out_entry(out, cl_bit_name(bit, name));
		out_number(out, "bit", bit);
		out_string(out, "place", feature_place(bit, place));
		out_string(out, "text", cl_feature(bit) ? cl_feature(bit)->text : "");
		out_end_group(out);
	}
	out_end_group(out);
}

static int out_page(struct out *out, struct cl_store *store,
		    const struct cl_pool *pool,
		    const struct cl_pool_counts *counts, struct cl_error *error)
{
	int ret;

	out_string(out, "pool", pool->name);
	out_string(out, "vendor", pool->vendor);
	out_group(out, "levels");
	out_set(out, "pv", &pool->level[CL_GUEST_PV]);
	out_set(out, "hvm", &pool->level[CL_GUEST_HVM]);
	out_end_group(out);
	out_all_features(out, counts);
	out_array(out, "hosts");
	ret = cl_registry_hosts(store, pool->name, out_host, out, error);
	out_end_group(out);
	return ret;
}

/* Within a script element, text that looks like markup would be. */
static void put_escaped(FILE *to, const char *json)
{
	for (; *json; json++) {
		if (*json == '<')
			fputs("\\u003c", to);
		else
			fputc(*json, to);
	}
}

static char *fill_page(const char *json)
{
	const char *at = strstr(cpulevel_page, PLACE);
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	if (!to)
		return NULL;
	fwrite(cpulevel_page, at - cpulevel_page, 1, to);
	put_escaped(to, json);
	fputs(at + strlen(PLACE), to);
	if (!fclose(to))
		return text;
	free(text);
	return NULL;
}

int write_page(const char *path, struct cl_store *store,
	       const struct cl_pool *pool, const struct cl_pool_counts *counts)
{
	struct arguments json = { .json = true };
	char *text = NULL, *page = NULL;
	struct cl_error error;
	struct out out;
	int ret;

	out_begin(&out, &json, "cpulevel/pool-page/1");
	if (out_page(&out, store, pool, counts, &error)) {
		json_decref(out.open[0]);
		return complain_error(&error);
	}
	if (!out.failed)
		text = json_dumps(out.open[0], JSON_COMPACT | JSON_PRESERVE_ORDER);
	json_decref(out.open[0]);
	if (text)
		page = fill_page(text);
	ret = page ? replace_file(path, page) :
		     complain(path, "out of memory; nothing was written");
	free(page);
	free(text);
	return ret;
}
