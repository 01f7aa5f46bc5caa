// SPDX-License-Identifier: GPL-2.0-only
/* One host from a line of text, as described in cpulevel(5). */
#include <string.h>

#include "input.h"

/* Beyond the word, wherever in the word the digit belongs. */
#define NOT_HEX	(1ull << 32)

static const uint64_t digit_values[256] = {
	[0 ... '0' - 1] = NOT_HEX,
	['0'] = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
	['9' + 1 ... 'A' - 1] = NOT_HEX,
	['A'] = 10, 11, 12, 13, 14, 15,
	['F' + 1 ... 'a' - 1] = NOT_HEX,
	['a'] = 10, 11, 12, 13, 14, 15,
	['f' + 1 ... 255] = NOT_HEX,
};

/*
 * Eight digits as a word; false if one of them is none.  Here a stream's time
 * goes, so there is no loop whose turns would wait for each other.
 */
static inline bool word_of(uint32_t *word, const char *at)
{
	const unsigned char *c = (const unsigned char *)at;
#define DIGIT(n)	(digit_values[c[n]] << (28 - 4 * (n)))
	uint64_t value = DIGIT(0) | DIGIT(1) | DIGIT(2) | DIGIT(3) |
			 DIGIT(4) | DIGIT(5) | DIGIT(6) | DIGIT(7);
#undef DIGIT

	*word = value;
	return value < NOT_HEX;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static const char *skip_blanks(const char *at, const char *end)
{
	while (at < end && is_blank(*at))
		at++;
	return at;
}

static const char *field_end(const char *at, const char *end)
{
	while (at < end && !is_blank(*at))
		at++;
	return at;
}

static void set_length(struct cl_featureset *fs, unsigned int nr_words)
{
	while (fs->nr_words > nr_words)
		fs->words[--fs->nr_words] = 0;
	fs->nr_words = nr_words;
}

/*
 * Nearly all featuresets are words of eight digits: this takes those without
 * a copy and gives their end.  NULL means no more than that the library has
 * to look, and to fill @fs anew.  Every line has a newline to stop at, which is
 * no digit.
 */
static const char *parse_plain(struct cl_featureset *fs, const char *at)
{
	unsigned int n = 0;

	while (n < CL_MAX_WORDS && word_of(&fs->words[n], at)) {
		n++;
		at += 9;
		if (at[-1] == '-')
			continue;
		if (!is_blank(at[-1]) && at[-1] != '\n')
			break;
		set_length(fs, n);
		return at - 1;
	}
	return NULL;
}

static int parse_any(struct cl_featureset *fs, const struct lines *lines,
		     const char *line, const char *at, const char *end)
{
	char text[LINES_LONGEST + 1], reason[400];
	struct cl_error error;

	memcpy(text, at, end - at);
	text[end - at] = '\0';
	if (!cl_featureset_parse(fs, text, &error))
		return 0;
	snprintf(reason, sizeof(reason), "featureset at character %td: %s",
		 at - line + 1, error.reason);
	lines_complain(lines, reason);
	return -1;
}

/* The set that begins at @at, or the '-' of one that is not offered. */
static const char *parse_set(struct host_line *host, unsigned int set,
			     const struct lines *lines, const char *line,
			     const char *at, const char *end)
{
	struct cl_featureset *fs = &host->sets[set];
	const char *stop = parse_plain(fs, at);

	host->has[set] = true;
	if (stop)
		return stop;
	stop = field_end(at, end);
	if (stop == at + 1 && *at == '-')
		host->has[set] = false;
	else if (parse_any(fs, lines, line, at, stop))
		return NULL;
	return stop;
}

/* A name or vendor of at most @size - 1 characters, all of them visible. */
static const char *parse_text(char *to, size_t size, const char *what,
			      const struct lines *lines, const char *line,
			      const char *at, const char *end)
{
	const char *stop = field_end(at, end);
	size_t len = stop - at, i;
	char reason[120];

	for (i = 0; i < len && at[i] > ' ' && at[i] <= '~'; i++)
		;
	if (i < len)
		snprintf(reason, sizeof(reason),
			 "character 0x%02x at %td is not text; is it a list of hosts?",
			 (unsigned char)at[i], at + i - line + 1);
	else if (len >= size)
		snprintf(reason, sizeof(reason),
			 "%s has %zu characters at %td; at most %zu are allowed",
			 what, len, at - line + 1, size - 1);
	else {
		memcpy(to, at, len);
		to[len] = '\0';
		return stop;
	}
	lines_complain(lines, reason);
	return NULL;
}

/* Four fields or six. */
static int wrong_fields(const struct lines *lines, unsigned int fields)
{
	char reason[160];

	snprintf(reason, sizeof(reason),
		 "%u fields; expected name vendor pv_default hvm_default [pv_max hvm_max]",
		 fields);
	lines_complain(lines, reason);
	return -1;
}

int host_line_parse(struct host_line *host, const struct lines *lines,
		    const char *line, const char *end)
{
	const char *at = skip_blanks(line, end);
	unsigned int field;

	if (at == end || *at == '#')
		return 0;
	host->has[LINE_PV_MAX] = host->has[LINE_HVM_MAX] = false;
	for (field = 0; at < end; field++, at = skip_blanks(at, end)) {
		if (field == 0)
			at = parse_text(host->name, sizeof(host->name), "name",
					lines, line, at, end);
		else if (field == 1)
			at = parse_text(host->vendor, sizeof(host->vendor),
					"vendor", lines, line, at, end);
		else if (field < 2 + LINE_SETS)
			at = parse_set(host, field - 2, lines, line, at, end);
		else
			at = field_end(at, end);
		if (!at)
			return -1;
	}
	if (field == 4 || field == 6)
		return 1;
	return wrong_fields(lines, field);
}
