// SPDX-License-Identifier: GPL-2.0-only
/* Results as text or JSON, from one walk. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "out.h"

#define KEY_WIDTH	17

/* How a terminal is told (ECMA-48, Select Graphic Rendition). */
#define BOLD	"1"
#define RED	"31"
#define GREEN	"32"

/* A terminal has a width and maybe colours, all else neither. */
#define WIDTH_UNKNOWN	80

/* See https://no-color.org: set to anything but nothing. */
static bool color_wanted(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return (!no || !*no) && term && *term && strcmp(term, "dumb");
}

static void term_of_stdout(struct term *term)
{
	struct winsize size;

	term->width = 0;
	term->color = false;
	if (!isatty(STDOUT_FILENO))
		return;
	term->color = color_wanted();
	term->width = WIDTH_UNKNOWN;
	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col)
		term->width = size.ws_col;
}

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

/* Colour must not count as width, so it goes around the padding too. */
static void print_styled(const struct out *out, const char *style, int width,
			 const char *text)
{
	if (out->term.color)
		printf("\033[%sm%-*s\033[0m", style, width, text);
	else
		printf("%-*s", width, text);
}

/* An array's heading waits for the first line below it. */
static void begin_line(struct out *out)
{
	const char *heading = out->heading;

	if (heading) {
		out->heading = NULL;
		printf("%*s", 2 * (out->depth - 1), "");
		print_styled(out, BOLD, 0, heading);
		putchar('\n');
	}
	printf("%*s", 2 * out->depth, "");
}

static void print_key(struct out *out, const char *key)
{
	begin_line(out);
	print_styled(out, BOLD, KEY_WIDTH - 2 * out->depth, key);
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
	if (!out->json) {
		term_of_stdout(&out->term);
		return;
	}
	out->open[0] = json_object();
	put(out, "schema", json_string(schema));
}

void out_group(struct out *out, const char *key)
{
	if (!out->json) {
		begin_line(out);
		print_styled(out, BOLD, 0, key);
		putchar('\n');
	}
	descend(out, key, out->json ? json_object() : NULL);
}

void out_end_group(struct out *out)
{
	const char *heading = out->heading;

	out->heading = NULL;
	out->depth--;
	if (heading)
		out_string(out, heading, "none");
}

/* A file's name can be any bytes, but JSON is UTF-8. */
static json_t *json_text(const char *text)
{
	json_t *value = json_string(text);
	char *copy, *c;

	if (value)
		return value;
	copy = strdup(text);
	for (c = copy; c && *c; c++)
		if (*c & 0x80)
			*c = '?';
	value = copy ? json_string(copy) : NULL;
	free(copy);
	return value;
}

void out_string(struct out *out, const char *key, const char *value)
{
	if (out->json) {
		put(out, key, json_text(value));
		return;
	}
	print_key(out, key);
	printf(" %s\n", value);
}

void out_number(struct out *out, const char *key, unsigned long value)
{
	char text[24];

	if (out->json) {
		put(out, key, json_integer(value));
		return;
	}
	snprintf(text, sizeof(text), "%lu", value);
	out_string(out, key, text);
}

void out_answer(struct out *out, const char *key, bool yes)
{
	if (out->json) {
		put(out, key, json_boolean(yes));
		return;
	}
	print_key(out, key);
	putchar(' ');
	print_styled(out, yes ? GREEN : RED, 0, yes ? "yes" : "no");
	putchar('\n');
}

void out_true(struct out *out, const char *key)
{
	if (out->json)
		put(out, key, json_true());
	else
		out_string(out, key, "yes");
}

void out_line(struct out *out, const char *format, ...)
{
	va_list args;

	begin_line(out);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

void out_absent(struct out *out, const char *key, const char *why)
{
	if (out->json)
		put(out, key, json_null());
	else
		out_string(out, key, why);
}

void out_array(struct out *out, const char *key)
{
	if (!out->json)
		out->heading = key;
	descend(out, key, out->json ? json_array() : NULL);
}

void out_entry(struct out *out, const char *name)
{
	if (!out->json) {
		out_group(out, name);
		return;
	}
	descend(out, NULL, json_object());
	if (name)
		out_string(out, "name", name);
}

void out_list(struct out *out, const char *key)
{
	out->column = KEY_WIDTH;
	if (!out->json)
		print_key(out, key);
	descend(out, key, out->json ? json_array() : NULL);
}

/* On a terminal, words that do not fit go on below the first. */
void out_item(struct out *out, const char *value)
{
	if (out->json) {
		put(out, NULL, json_string(value));
		return;
	}
	out->column += 1 + strlen(value);
	if (out->term.width && out->column > out->term.width) {
		printf("\n%*s", KEY_WIDTH, "");
		out->column = KEY_WIDTH + 1 + strlen(value);
	}
	printf(" %s", value);
}

void out_end_list(struct out *out)
{
	out->depth--;
	if (!out->json)
		putchar('\n');
}

void out_features(struct out *out, const char *key,
		  const struct cl_featureset *fs)
{
	char name[CL_BIT_NAME_SIZE];
	unsigned int bit;

	if (!out->json && cl_empty(fs)) {
		out_string(out, key, "none");
		return;
	}
	out_list(out, key);
	for (bit = 0; bit < fs->nr_words * 32; bit++)
		if (cl_has(fs, bit))
			out_item(out, cl_bit_name(bit, name));
	out_end_list(out);
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
