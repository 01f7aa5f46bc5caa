// SPDX-License-Identifier: GPL-2.0-only
/* Results as text or JSON, from one walk. */
#include <errno.h>
#include <string.h>

#include "cli.h"

#define KEY_WIDTH	17

/* JSON: put @value, which is ours, under @key in the innermost group. */
static bool put(struct out *out, const char *key, json_t *value)
{
	json_t *in = out->open[out->depth];
	int ret;

	if (json_is_array(in))
		ret = json_array_append_new(in, value);
	else
		ret = json_object_set_new(in, key, value);
	if (ret)
		out->failed = true;
	return !ret;
}

static void print_key(const struct out *out, const char *key)
{
	printf("%*s%-*s", 2 * out->depth, "", KEY_WIDTH - 2 * out->depth, key);
}

static void descend(struct out *out, const char *key, json_t *value)
{
	if (out->json)
		out->open[out->depth + 1] = put(out, key, value) ? value : NULL;
	out->depth++;
}

void out_begin(struct out *out, const struct arguments *args,
	       const char *schema)
{
	memset(out, 0, sizeof(*out));
	out->json = args->json;
	if (!out->json)
		return;
	out->open[0] = json_object();
	put(out, "schema", json_string(schema));
}

void out_group(struct out *out, const char *key)
{
	if (!out->json)
		printf("%*s%s\n", 2 * out->depth, "", key);
	descend(out, key, out->json ? json_object() : NULL);
}

void out_end_group(struct out *out)
{
	out->depth--;
}

void out_string(struct out *out, const char *key, const char *value)
{
	if (out->json) {
		put(out, key, json_string(value));
		return;
	}
	print_key(out, key);
	printf(" %s\n", value);
}

void out_true(struct out *out, const char *key)
{
	if (out->json)
		put(out, key, json_true());
	else
		out_string(out, key, "yes");
}

void out_absent(struct out *out, const char *key, const char *why)
{
	if (out->json)
		put(out, key, json_null());
	else
		out_string(out, key, why);
}

void out_list(struct out *out, const char *key)
{
	if (!out->json)
		print_key(out, key);
	descend(out, key, out->json ? json_array() : NULL);
}

void out_item(struct out *out, const char *value)
{
	if (out->json)
		put(out, NULL, json_string(value));
	else
		printf(" %s", value);
}

void out_end_list(struct out *out)
{
	out->depth--;
	if (!out->json)
		putchar('\n');
}

/* Words without a bit are left out, bits without a name are not. */
static void out_word(struct out *out, const struct cl_featureset *fs,
		     unsigned int index)
{
	const struct cl_word *word = cl_word(index);
	char name[CL_BIT_NAME_SIZE];
	unsigned int bit;

	snprintf(name, sizeof(name), "word%u", index);
	out_list(out, word ? word->name : name);
	for (bit = index * 32; bit < index * 32 + 32; bit++)
		if (cl_has(fs, bit))
			out_item(out, cl_bit_name(bit, name));
	out_end_list(out);
}

void out_featureset(struct out *out, const struct cl_featureset *fs)
{
	char text[CL_TEXT_SIZE];
	unsigned int i;

	out_string(out, "hex", cl_featureset_text(fs, text));
	out_group(out, "features");
	for (i = 0; i < fs->nr_words; i++)
		if (fs->words[i])
			out_word(out, fs, i);
	out_end_group(out);
}

int finish_stdout(void)
{
	if (!fflush(stdout) && !ferror(stdout))
		return EXIT_YES;
	return complain("stdout", "%s; the result is not complete",
			strerror(errno));
}

int out_finish(struct out *out)
{
	if (!out->json)
		return finish_stdout();
	if (!out->failed &&
	    json_dumpf(out->open[0], stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER))
		out->failed = true;
	putchar('\n');
	json_decref(out->open[0]);
	if (ferror(stdout) || !out->failed)
		return finish_stdout();
	return complain("result", "out of memory; the result is not complete");
}
