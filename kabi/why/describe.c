// SPDX-License-Identifier: GPL-2.0-only
/* Say how each cause changed, with offsets from the compiler or from BTF. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "explain.h"

#define TEXT_MAX	160

static bool in_btf(const struct explanation *ex, const char *title)
{
	return layouts_find(&ex->btf[FROM], title) && layouts_find(&ex->btf[TO], title);
}

static const char *body_of(const struct explanation *ex, int side, const char *key)
{
	const struct symtype *type = symtypes_find(&ex->types[side], key);

	if ((!type || symtype_is_opaque(type)) && ex->both[side].nr)
		type = symtypes_find(&ex->both[side], key);
	return type ? type->body : "";
}

/* Only these have fields with offsets. */
static bool has_layout(const struct explanation *ex, const struct cause *cause)
{
	const char *body = body_of(ex, FROM, cause->key);

	if (cause->key[1] != '#')
		return false;
	return strchr("su", cause->key[0]) ||
	       (cause->key[0] == 't' && (!strncmp(body, "typedef struct {", 16) ||
					 !strncmp(body, "typedef union {", 15)));
}

/* A pointer to each type makes the compiler describe it. */
static int write_side(struct explanation *ex, int side)
{
	FILE *unit = work_create(&ex->work, side, "layout.c");
	FILE *types = work_create(&ex->work, side, "types");
	int ret = unit && types ? 0 : -EIO;
	size_t i;

	if (unit)
		headers_write(unit, &ex->headers, &ex->dirs[side]);
	for (i = 0; !ret && i < ex->nr_causes; i++) {
		struct cause *cause = &ex->causes[i];

		if (!has_layout(ex, cause) || in_btf(ex, cause->title))
			continue;
		fprintf(unit, "%s *driver_kabi_%zu;\n", cause->title, i);
		fprintf(types, "%s\n", cause->key);
	}
	if (unit && fclose(unit))
		ret = -EIO;
	if (types && fclose(types))
		ret = -EIO;
	return ret;
}

static int find_layouts(struct explanation *ex)
{
	char *text;
	int side, ret;

	for (side = 0; side < SIDES; side++)
		if (write_side(ex, side))
			return -EIO;
	if (work_run(&ex->work, "layouts", NULL, ex->no_offsets, sizeof(ex->no_offsets)))
		return 0;
	ex->no_offsets[0] = 0;
	for (side = 0; side < SIDES; side++) {
		text = work_read(&ex->work, side, "layouts");
		ret = text ? layouts_parse(&ex->layouts[side], text) : -ENOMEM;
		free(text);
		if (ret)
			return ret;
	}
	return 0;
}

static bool any_change(const struct changes *changes)
{
	return changes->nr || changes->nr_moved;
}

static int compare_layouts(struct cause *cause, const struct layouts layouts[SIDES])
{
	const struct layout *from = layouts_find(&layouts[FROM], cause->title);
	const struct layout *to = layouts_find(&layouts[TO], cause->title);
	int ret;

	/* a typedef's title is its bare name */
	if (!from || !to || any_change(&cause->changes))
		return 0;
	changes_free(&cause->changes);
	ret = changes_find(&cause->changes, from, to);
	/* too long to compare is not worth failing */
	return ret && from->nr_fields < 64 ? ret : 0;
}

static int compare_bodies(struct explanation *ex, struct cause *cause)
{
	int side;

	if (any_change(&cause->changes))
		return 0;
	changes_free(&cause->changes);
	for (side = 0; side < SIDES; side++)
		if (layout_from_symtype(&cause->fields[side],
					body_of(ex, side, cause->key)))
			return -ENOMEM;
	changes_find(&cause->changes, &cause->fields[FROM], &cause->fields[TO]);
	return 0;
}

static char *whole_text(struct explanation *ex, const struct cause *cause)
{
	char *from = symtype_text(body_of(ex, FROM, cause->key));
	char *to = symtype_text(body_of(ex, TO, cause->key)), *text = NULL;

	if (from && to &&
	    asprintf(&text, "%.*s%s became %.*s%s", TEXT_MAX, from,
		     strlen(from) > TEXT_MAX ? "..." : "", TEXT_MAX, to,
		     strlen(to) > TEXT_MAX ? "..." : "") < 0)
		text = NULL;
	free(from);
	free(to);
	return text;
}

int describe_causes(struct explanation *ex)
{
	struct cause *cause;
	size_t i;

	if (ex->nr_causes && find_layouts(ex))
		return -1;
	for (i = 0; i < ex->nr_causes; i++) {
		cause = &ex->causes[i];
		if (compare_layouts(cause, ex->btf) ||
		    compare_layouts(cause, ex->layouts) || compare_bodies(ex, cause))
			return -1;
		cause->text = any_change(&cause->changes) ?
			      changes_text(&cause->changes) : whole_text(ex, cause);
		if (!cause->text)
			return -1;
	}
	return 0;
}
