// SPDX-License-Identifier: GPL-2.0-only
/* Say how each cause changed, with offsets from the compiler or from BTF. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "describe.h"

#define TEXT_MAX	160

/* Where a description comes from. */
struct source {
	const struct symtypes *types;	/* of the headers, one for each side */
	const struct btf *btf;
};

static bool in_btf(const struct btf *btf, const char *title)
{
	return layouts_find(&btf->layouts[FROM], title) &&
	       layouts_find(&btf->layouts[TO], title);
}

static const char *body_of(const struct source *source, int side, const char *key)
{
	const struct symtype *type = symtypes_find(&source->types[side], key);

	if ((!type || symtype_is_opaque(type)) && source->btf->types[side].nr)
		type = symtypes_find(&source->btf->types[side], key);
	return type ? type->body : "";
}

/* Only these have fields with offsets. */
static bool has_layout(const struct source *source, const struct cause *cause)
{
	const char *body = body_of(source, FROM, cause->key);

	if (cause->key[1] != '#')
		return false;
	return strchr("su", cause->key[0]) ||
	       (cause->key[0] == 't' && (!strncmp(body, "typedef struct {", 16) ||
					 !strncmp(body, "typedef union {", 15)));
}

/* A pointer to each type makes the compiler describe it. */
static int write_side(const struct blame *blame, const struct source *source,
		      const struct work *work, const struct headers *headers, int side)
{
	FILE *unit = work_create(work, side, "layout.c");
	FILE *types = work_create(work, side, "types");
	int ret = unit && types ? 0 : -EIO;
	size_t i;

	if (unit)
		headers_write(unit, headers, side);
	for (i = 0; !ret && i < blame->nr_causes; i++) {
		const struct cause *cause = &blame->causes[i];

		if (!has_layout(source, cause) || in_btf(source->btf, cause->title))
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

/* That the compiler tells no offsets is worth a note, but no failure. */
static int read_layouts(struct descriptions *d, struct work *work)
{
	char *text;
	int side, ret = 0;

	if (work_run(work, "layouts", NULL)) {
		strcpy(d->no_offsets, work->why);
		return 0;
	}
	for (side = 0; side < SIDES && !ret; side++) {
		text = work_read(work, side, "layouts");
		ret = text ? layouts_parse(&d->layouts[side], text) : -ENOMEM;
		free(text);
	}
	return ret;
}

static bool any_change(const struct changes *changes)
{
	return changes->nr || changes->nr_moved;
}

static int compare_layouts(struct changes *changes, const char *title,
			   const struct layouts layouts[SIDES])
{
	const struct layout *from = layouts_find(&layouts[FROM], title);
	const struct layout *to = layouts_find(&layouts[TO], title);
	int ret;

	/* a typedef's title is its bare name */
	if (!from || !to || any_change(changes))
		return 0;
	changes_free(changes);
	ret = changes_find(changes, from, to);
	/* too long to compare is not worth failing */
	return ret && from->nr_fields < 64 ? ret : 0;
}

static int compare_bodies(struct description *d, const char *const bodies[SIDES])
{
	int side;

	if (any_change(&d->changes))
		return 0;
	changes_free(&d->changes);
	for (side = 0; side < SIDES; side++)
		if (layout_from_symtype(&d->fields[side], bodies[side]))
			return -ENOMEM;
	changes_find(&d->changes, &d->fields[FROM], &d->fields[TO]);
	return 0;
}

static char *whole_text(const char *const bodies[SIDES])
{
	char *from = symtype_text(bodies[FROM]), *to = symtype_text(bodies[TO]);
	char *text = NULL;

	if (from && to &&
	    asprintf(&text, "%.*s%s became %.*s%s", TEXT_MAX, from,
		     strlen(from) > TEXT_MAX ? "..." : "", TEXT_MAX, to,
		     strlen(to) > TEXT_MAX ? "..." : "") < 0)
		text = NULL;
	free(from);
	free(to);
	return text;
}

static int describe_cause(struct description *d, const struct cause *cause,
			  const struct source *source, const struct layouts compiled[SIDES])
{
	const char *const bodies[SIDES] = {
		body_of(source, FROM, cause->key), body_of(source, TO, cause->key),
	};

	if (compare_layouts(&d->changes, cause->title, source->btf->layouts) ||
	    compare_layouts(&d->changes, cause->title, compiled) ||
	    compare_bodies(d, bodies))
		return -ENOMEM;
	d->text = any_change(&d->changes) ? changes_text(&d->changes) : whole_text(bodies);
	return d->text ? 0 : -ENOMEM;
}

int describe(struct descriptions *d, const struct blame *blame, struct work *work,
	     const struct headers *headers, const struct symtypes types[SIDES],
	     const struct btf *btf)
{
	const struct source source = { types, btf };
	int side, ret = 0;

	memset(d, 0, sizeof(*d));
	if (!blame->nr_causes)
		return 0;
	for (side = 0; side < SIDES && !ret; side++)
		ret = write_side(blame, &source, work, headers, side);
	if (!ret)
		ret = read_layouts(d, work);
	d->at = calloc(blame->nr_causes, sizeof(*d->at));
	if (ret || !d->at)
		return ret ? ret : -ENOMEM;
	for (; d->nr < blame->nr_causes && !ret; d->nr++)
		ret = describe_cause(&d->at[d->nr], &blame->causes[d->nr], &source, d->layouts);
	return ret;
}

void descriptions_free(struct descriptions *d)
{
	size_t i;
	int side;

	for (i = 0; i < d->nr; i++) {
		free(d->at[i].text);
		changes_free(&d->at[i].changes);
		for (side = 0; side < SIDES; side++)
			layout_free(&d->at[i].fields[side]);
	}
	for (side = 0; side < SIDES; side++)
		layouts_free(&d->layouts[side]);
	free(d->at);
}
