// SPDX-License-Identifier: LGPL-2.1-or-later
/* A saved host: cpulevel(5). */
#include <errno.h>
#include <string.h>

#include "source.h"
#include "../internal.h"

#define MAGIC	"cpulevel-host 1"
#define END	"end"

struct reader {
	FILE *from;
	const char *path;
	unsigned int line;
	char where[256];	/* path:line of the current line */
	char text[CL_LINE_SIZE];
};

/* 1: a line without its newline; 0: end of file; else a negative errno. */
static int next_line(struct reader *r, struct cl_error *error)
{
	size_t len = 0;
	int c;

	r->line++;
	snprintf(r->where, sizeof(r->where), "%s:%u", r->path, r->line);
	while ((c = getc(r->from)) != EOF && c != '\n') {
		if (len == sizeof(r->text) - 1)
			return cl_fail(error, -EINVAL, r->where,
				       "line is longer than %zu characters; is it a saved host?",
				       sizeof(r->text) - 1);
		/* A name may have other than ASCII; each key checks its value. */
		if (c < ' ' || c == 0x7f)
			return cl_fail(error, -EINVAL, r->where,
				       "character 0x%02x at %zu is not text; is it a saved host?",
				       c, len + 1);
		r->text[len++] = c;
	}
	if (ferror(r->from))
		return cl_fail(error, -errno, r->path,
			       "%s; give a file written by cpulevel save",
			       strerror(errno));
	r->text[len] = '\0';
	if (c == EOF && len)
		return cl_fail(error, -EINVAL, r->where,
			       "line does not end, the file was cut short; save the host again");
	return c == '\n';
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
static int parse_line(struct cl_host *host, struct reader *r, uint32_t *have,
		      struct cl_error *error)
{
	size_t len = strcspn(r->text, " ");
	int field = find_key(r->text, len);

	if (field < 0)
		return cl_fail(error, -EINVAL, r->where,
			       "'%.40s' is not known; was it saved by a newer cpulevel?",
			       r->text);
	if (!r->text[len])
		return cl_fail(error, -EINVAL, r->where,
			       "%s has no value; save the host again", r->text);
	if (*have >> field & 1)
		return cl_fail(error, -EINVAL, r->where,
			       "%s is there twice; save the host again",
			       cl_fields[field].key);
	*have |= 1u << field;
	return cl_field_set(host, field, r->text + len + 1, r->where, error);
}

static int parse_host(struct cl_host *host, struct reader *r,
		      struct cl_error *error)
{
	uint32_t have = 0;
	int ret = next_line(r, error);

	if (ret < 0)
		return ret;
	if (!ret || strcmp(r->text, MAGIC))
		return cl_fail(error, -EINVAL, r->where,
			       "first line is not '" MAGIC "'; give a file written by cpulevel save");
	while ((ret = next_line(r, error)) > 0 && strcmp(r->text, END)) {
		if (!*r->text || *r->text == '#')
			continue;
		ret = parse_line(host, r, &have, error);
		if (ret)
			return ret;
	}
	if (ret < 0)
		return ret;
	if (!ret)
		return cl_fail(error, -EINVAL, r->where,
			       "no line '" END "', the file was cut short; save the host again");
	if (getc(r->from) != EOF)
		return cl_fail(error, -EINVAL, r->where,
			       "something follows '" END "'; keep one host per file");
	return cl_fields_check(have, r->path, error);
}

int cl_host_from_file(struct cl_host *host, const char *path,
		      struct cl_error *error)
{
	struct cl_host parsed = { .name = "" };
	struct reader r = { .path = path };
	int ret;

	r.from = fopen(path, "re");
	if (!r.from)
		return cl_fail(error, -errno, path,
			       "%s; give a file written by cpulevel save",
			       strerror(errno));
	ret = parse_host(&parsed, &r, error);
	fclose(r.from);
	if (!ret)
		*host = parsed;
	return ret;
}

int cl_read_saved(struct cl_host *host, const char *text, size_t len,
		  const char *name, struct cl_error *error)
{
	struct cl_host parsed = { .name = "" };
	struct reader r = { .path = name };
	int ret;

	r.from = fmemopen((char *)text, len, "r");
	if (!r.from)
		return cl_fail(error, -errno, name, "%s; try again",
			       strerror(errno));
	ret = parse_host(&parsed, &r, error);
	fclose(r.from);
	if (!ret)
		*host = parsed;
	return ret;
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
