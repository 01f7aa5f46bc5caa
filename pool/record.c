// SPDX-License-Identifier: LGPL-2.1-or-later
/* Records as text: written and read line by line. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/private.h"
#include "record.h"

void cl_put_set(FILE *to, const char *key, const struct cl_featureset *fs)
{
	char text[CL_TEXT_SIZE];

	if (fs->nr_words)
		fprintf(to, "%s %s\n", key, cl_featureset_text(fs, text));
}

void cl_put_text(FILE *to, const char *key, const char *value)
{
	if (*value)
		fprintf(to, "%s %s\n", key, value);
}

static int damaged(struct cl_error *error, const char *form, const char *line)
{
	return cl_fail(error, -EBADMSG, form, "record is damaged at '%.80s'",
		       line);
}

int cl_walk(const char *text, size_t len, const char *form,
		cl_take_function *take, void *value, size_t *used,
		struct cl_error *error)
{
	const char *at = text, *stop = text + len;
	char line[CL_LINE_SIZE];

	while (at < stop) {
		const char *newline = memchr(at, '\n', stop - at);
		size_t n = newline ? (size_t)(newline - at) : sizeof(line);
		bool first = at == text;
		char *space;

		if (n >= sizeof(line))
			return damaged(error, form, "a line without end");
		memcpy(line, at, n);
		line[n] = '\0';
		at = newline + 1;
		if (first && strcmp(line, form))
			return damaged(error, form, line);
		if (first)
			continue;
		if (!strcmp(line, "end")) {
			*used = at - text;
			return 0;
		}
		space = strchr(line, ' ');
		if (space)
			*space = '\0';
		if (!space || !take(value, line, space + 1))
			return damaged(error, form, line);
	}
	return damaged(error, form, "its end, which is missing");
}

bool cl_take_text(char *to, size_t size, const char *text)
{
	size_t len = strlen(text);

	if (len >= size)
		return false;
	memcpy(to, text, len + 1);
	return true;
}

bool cl_take_number(uint64_t *to, const char *text)
{
	char *end;

	errno = 0;
	*to = strtoull(text, &end, 10);
	return *text >= '0' && *text <= '9' && !*end && !errno;
}

bool cl_take_name(unsigned int *to, const char *(*name_of)(unsigned int),
		      const char *text)
{
	unsigned int n;

	for (n = 0; name_of(n); n++)
		if (!strcmp(name_of(n), text)) {
			*to = n;
			return true;
		}
	return false;
}

bool cl_take_set(struct cl_featureset *to, const char *text)
{
	return !cl_featureset_parse(to, text, NULL);
}

bool cl_take_count(uint32_t *to, const char *text)
{
	uint64_t number;

	if (!cl_take_number(&number, text) || number > UINT32_MAX)
		return false;
	*to = number;
	return true;
}
