// SPDX-License-Identifier: LGPL-2.1-or-later
/* Lines of text in memory, and what stands in them. */
#include <errno.h>
#include <string.h>

#include "source.h"
#include "../internal.h"

void cl_lines_begin(struct cl_lines *lines, const char *text, size_t len,
		    const char *name)
{
	memset(lines, 0, sizeof(*lines));
	lines->at = text;
	lines->end = text + len;
	lines->name = name;
	snprintf(lines->where, sizeof(lines->where), "%s", name);
}

static bool is_text(const struct cl_lines *lines, unsigned char c)
{
	if (lines->strict)
		return c >= ' ' && c != 0x7f;
	/* Other programs print CPU brands and translations: not just ASCII. */
	return c >= ' ' || c == '\t' || c == '\r';
}

int cl_lines_next(struct cl_lines *lines, struct cl_error *error)
{
	const char *at = lines->at;
	size_t len = 0, left = lines->end - at;

	lines->line++;
	snprintf(lines->where, sizeof(lines->where), "%s:%u", lines->name,
		 lines->line);
	if (!left)
		return 0;
	for (; len < left && at[len] != '\n'; len++) {
		if (len == CL_TEXT_LINE - 1)
			return cl_fail(error, -EINVAL, lines->where,
				       "line is longer than %u characters; is it a description of a host?",
				       CL_TEXT_LINE - 1);
		if (!is_text(lines, at[len]))
			return cl_fail(error, -EINVAL, lines->where,
				       "character 0x%02x at %zu is not text; is it a description of a host?",
				       (unsigned char)at[len], len + 1);
	}
	lines->cut = len == left;
	lines->at += len + !lines->cut;
	while (len && at[len - 1] == '\r')
		len--;
	memcpy(lines->text, at, len);
	lines->text[len] = '\0';
	lines->len = len;
	return 1;
}

bool cl_scan_hex(const char **at, unsigned int digits, uint32_t *value)
{
	size_t n = cl_hex(*at, value);

	if (!n || n > 8 || (digits && n != digits))
		return false;
	*at += n;
	return true;
}

bool cl_scan(const char **at, const char *what)
{
	size_t len = strlen(what);

	if (!strcmp(what, " ")) {
		*at += strspn(*at, " \t");
		return true;
	}
	if (strncmp(*at, what, len))
		return false;
	*at += len;
	return true;
}
