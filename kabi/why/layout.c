// SPDX-License-Identifier: GPL-2.0-only
/* Read the output of pahole. */

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../array.h"
#include "../text.h"
#include "layout.h"
#include "symtypes.h"

#define FIELDS_MAX	65536
#define INNER		"{...} "

static int add_field(struct layout *layout, const char *decl, size_t len,
		     const struct field *where)
{
	struct field *more, *f;

	if (layout->nr_fields == FIELDS_MAX)
		return 0;
	more = array_grow(layout->fields, layout->nr_fields, &layout->room, sizeof(*more));
	if (!more)
		return -ENOMEM;
	layout->fields = more;
	f = &layout->fields[layout->nr_fields];
	*f = *where;
	f->decl = strndup(decl, len);
	if (!f->decl)
		return -ENOMEM;
	layout->nr_fields++;
	return 0;
}

/* pahole aligns names in columns: one blank is enough, none after a '*'. */
static size_t squeeze(char *text, size_t len)
{
	size_t i, n = 0;

	for (i = 0; i < len; i++) {
		if (isspace((unsigned char)text[i]) &&
		    (!n || text[n - 1] == ' ' || text[n - 1] == '*'))
			continue;
		if (text[i] == '*' && n > 1 && text[n - 1] == ' ' && text[n - 2] == '*')
			n--;
		text[n++] = isspace((unsigned char)text[i]) ? ' ' : text[i];
	}
	while (n && (text[n - 1] == ' ' || text[n - 1] == ';'))
		n--;
	return n;
}

/* The numbers at the end of a line: offset, bit in it, size. */
static bool parse_place(char *comment, struct field *where)
{
	int n = 0;

	where->bit = -1;
	if (sscanf(comment, "/* %ld: %d %ld */%n", &where->offset, &where->bit,
		   &where->size, &n) == 3 && n)
		return true;
	where->bit = -1;
	n = 0;
	return sscanf(comment, "/* %ld %ld */%n", &where->offset, &where->size, &n) == 2 && n;
}

/* Alignment shows in the offsets. */
static size_t without_attributes(const char *line, size_t len)
{
	const char *at = strstr(line, " __attribute__");

	return at && (size_t)(at - line) < len ? (size_t)(at - line) : len;
}

static char *last_comment(char *line)
{
	char *found = NULL, *p;

	for (p = line; (p = strstr(p, "/*")); p += 2)
		found = p;
	return found;
}

static int take_member(struct layout *layout, char *line)
{
	char *comment = last_comment(line);
	struct field where = { .offset = -1 };
	size_t len;

	if (!comment || !parse_place(comment, &where))
		return 0;
	if (layout->size < where.offset + where.size)
		layout->size = where.offset + where.size;
	len = without_attributes(line, comment - line);
	len = squeeze(line, len);
	if (line[0] != '}')
		return add_field(layout, line, len, &where);
	/* the end of an inner one: only a named one is a field of its own */
	if (len <= 2)
		return 0;
	memmove(line + strlen(INNER), line + 2, len - 2);
	memcpy(line, INNER, strlen(INNER));
	return add_field(layout, line, len - 2 + strlen(INNER), &where);
}

static struct layout *new_layout(struct layouts *layouts, const char *title, size_t len)
{
	struct layout *more = array_grow(layouts->at, layouts->nr, &layouts->room, sizeof(*more));

	if (!more)
		return NULL;
	layouts->at = more;
	more = &layouts->at[layouts->nr];
	memset(more, 0, sizeof(*more));
	more->size = -1;
	more->title = strndup(title, len);
	if (!more->title)
		return NULL;
	layouts->nr++;
	return more;
}

/* "struct device {" or "typedef struct {" begin one, '}' in column 0 ends it. */
static bool begins(const char *line, size_t *len)
{
	static const char *const kinds[] = { "struct ", "union ", "typedef struct {", "typedef union {" };
	size_t i;

	*len = strcspn(line, "{");
	while (*len && line[*len - 1] == ' ')
		--*len;
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strncmp(line, kinds[i], strlen(kinds[i])))
			return strchr(line, '{');
	return false;
}

static void end_layout(struct layout *layout, const char *line)
{
	size_t len;
	char *title;

	line++;
	if (*line == ' ')
		line++;
	len = strcspn(line, " ;(");
	if (strncmp(layout->title, "typedef", 7) || !len)
		return;
	title = strndup(line, len);
	if (!title)
		return;
	free(layout->title);
	layout->title = title;
}

static int by_title(const void *a, const void *b)
{
	return strcmp(((const struct layout *)a)->title,
		      ((const struct layout *)b)->title);
}

void layout_free(struct layout *layout)
{
	size_t i;

	for (i = 0; i < layout->nr_fields; i++)
		free(layout->fields[i].decl);
	free(layout->fields);
	free(layout->title);
	memset(layout, 0, sizeof(*layout));
}

static bool equal(const struct layout *a, const struct layout *b)
{
	size_t i;

	if (a->size != b->size || a->nr_fields != b->nr_fields)
		return false;
	for (i = 0; i < a->nr_fields; i++)
		if (a->fields[i].offset != b->fields[i].offset ||
		    a->fields[i].bit != b->fields[i].bit ||
		    strcmp(a->fields[i].decl, b->fields[i].decl))
			return false;
	return true;
}

/* One title may name several private types: which is meant is not known, so none is kept. */
static void drop_ambiguous(struct layouts *layouts)
{
	size_t first, end, i, kept = 0;
	bool same;

	for (first = 0; first < layouts->nr; first = end) {
		same = true;
		for (end = first + 1; end < layouts->nr &&
		     !by_title(&layouts->at[first], &layouts->at[end]); end++)
			same = same && equal(&layouts->at[first], &layouts->at[end]);
		for (i = first + same; i < end; i++)
			layout_free(&layouts->at[i]);
		if (same)
			layouts->at[kept++] = layouts->at[first];
	}
	layouts->nr = kept;
}

int layouts_parse(struct layouts *layouts, char *text)
{
	struct layout *layout = NULL;
	char *line;
	size_t len;

	memset(layouts, 0, sizeof(*layouts));
	while ((line = text_line(&text))) {
		if (layout && line[0] == '}') {
			end_layout(layout, line);
			layout = NULL;
		} else if (layout && sscanf(line, " /* size: %ld,", &layout->size) == 1) {
			continue;
		} else if (layout) {
			if (take_member(layout, line))
				return -ENOMEM;
		} else if (begins(line, &len) && !strstr(line, "};")) {
			layout = new_layout(layouts, line, len);
			if (!layout)
				return -ENOMEM;
		}
	}
	if (layouts->nr)
		qsort(layouts->at, layouts->nr, sizeof(*layouts->at), by_title);
	drop_ambiguous(layouts);
	return 0;
}

const struct layout *layouts_find(const struct layouts *layouts, const char *title)
{
	struct layout key = { .title = (char *)title };

	if (!layouts->nr)
		return NULL;
	return bsearch(&key, layouts->at, layouts->nr, sizeof(key), by_title);
}

void layouts_free(struct layouts *layouts)
{
	size_t i;

	for (i = 0; i < layouts->nr; i++)
		layout_free(&layouts->at[i]);
	free(layouts->at);
	memset(layouts, 0, sizeof(*layouts));
}

/* Fields end with ';' or, in an enum, with ','. */
int layout_from_symtype(struct layout *layout, const char *body)
{
	static const struct field nowhere = { .offset = -1, .bit = -1, .size = -1 };
	char separator = strstr(body, "enum ") == body ? ',' : ';';
	const char *p = strchr(body, '{'), *start;
	char *text;
	int ret = 0;

	memset(layout, 0, sizeof(*layout));
	layout->size = -1;
	for (start = p = p ? p + 1 : ""; *p && !ret; p++) {
		if (*p == '{' || *p == '}') {
			start = p + 1;
			continue;
		}
		if (*p != separator)
			continue;
		text = strndup(start, p - start);
		if (text && strspn(text, " ") < strlen(text)) {
			char *pretty = symtype_text(text);

			ret = pretty ? add_field(layout, pretty, strlen(pretty), &nowhere) : -ENOMEM;
			free(pretty);
		}
		free(text);
		start = p + 1;
	}
	return ret;
}
