// SPDX-License-Identifier: LGPL-2.1-or-later
/* A saved host: cpulevel(5). */
#include <errno.h>
#include <string.h>

#include "source.h"
#include "../internal.h"

#define MAGIC	"cpulevel-host 1"
#define END	"end"

/* 1: there is one, that ends; 0: there are no more; else a negative errno. */
static int next_line(struct cl_lines *lines, struct cl_error *error)
{
	int ret = cl_lines_next(lines, error);

	if (ret <= 0 || !lines->cut)
		return ret;
	return cl_fail(error, -EINVAL, lines->where,
		       "line does not end, the file was cut short; save the host again");
}

static int find_key(const char *key, size_t len)
{
	int field;

	for (field = 0; field < CL_NR_FIELDS; field++)
		if (strlen(cl_fields[field].key) == len &&
		    !memcmp(cl_fields[field].key, key, len))
			return field;
	return -ENOENT;
}

/* "key value", where the value may have spaces of its own. */
static int parse_line(struct cl_host *host, struct cl_lines *lines,
		      uint32_t *have, struct cl_error *error)
{
	size_t len = strcspn(lines->text, " ");
	int field = find_key(lines->text, len);

	if (field < 0)
		return cl_fail(error, -EINVAL, lines->where,
			       "'%.40s' is not known; was it saved by a newer cpulevel?",
			       lines->text);
	if (!lines->text[len])
		return cl_fail(error, -EINVAL, lines->where,
			       "%s has no value; save the host again", lines->text);
	if (*have >> field & 1)
		return cl_fail(error, -EINVAL, lines->where,
			       "%s is there twice; save the host again",
			       cl_fields[field].key);
	*have |= 1u << field;
	return cl_field_set(host, field, lines->text + len + 1, lines->where, error);
}

/* The keys between the first line and the last. */
static int read_fields(struct cl_host *host, struct cl_lines *lines,
		       uint32_t *have, struct cl_error *error)
{
	int ret;

	while ((ret = next_line(lines, error)) > 0 && strcmp(lines->text, END)) {
		if (!*lines->text || *lines->text == '#')
			continue;
		ret = parse_line(host, lines, have, error);
		if (ret)
			return ret;
	}
	if (ret < 0)
		return ret;
	if (!ret)
		return cl_fail(error, -EINVAL, lines->where,
			       "no line '" END "', the file was cut short; save the host again");
	if (lines->at < lines->end)
		return cl_fail(error, -EINVAL, lines->where,
			       "something follows '" END "'; keep one host per file");
	return 0;
}

int cl_read_saved(struct cl_host *host, const char *text, size_t len,
		  const char *name, struct cl_error *error)
{
	struct cl_lines lines;
	uint32_t have = 0;
	int ret;

	cl_lines_begin(&lines, text, len, name);
	lines.strict = true;
	ret = next_line(&lines, error);
	if (ret < 0)
		return ret;
	if (!ret || strcmp(lines.text, MAGIC))
		return cl_fail(error, -EINVAL, lines.where,
			       "first line is not '" MAGIC "'; give a file written by cpulevel save");
	ret = read_fields(host, &lines, &have, error);
	return ret ? ret : cl_fields_end(host, have, name, error);
}

void cl_host_write(const struct cl_host *host, FILE *to)
{
	char text[CL_LINE_SIZE];
	unsigned int field;

	fprintf(to, "%s\n", MAGIC);
	for (field = 0; field < CL_NR_FIELDS; field++)
		if (cl_field_text(host, field, text))
			fprintf(to, "%s %s\n", cl_fields[field].key, text);
	fprintf(to, "%s\n", END);
}
