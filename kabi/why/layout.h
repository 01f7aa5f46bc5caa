/* SPDX-License-Identifier: GPL-2.0-only */
/* The layouts of types, as pahole prints them. */
#ifndef LAYOUT_H
#define LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

struct field {
	char *decl;		/* "long unsigned int flags[1]" */
	long offset;		/* -1: not known, like the next two */
	int bit;		/* of a bit field, else -1 */
	long size;
};

/* A struct or union, its inner unnamed ones flattened. */
struct layout {
	char *title;		/* "struct device", or a typedef's name */
	long size;		/* -1: not known */
	struct field *fields;
	size_t nr_fields, room;
};

struct layouts {
	struct layout *at;	/* by title */
	size_t nr, room;
};

/* Titles with several different layouts are left out.  TEXT is changed.  Returns 0, or -ENOMEM; layouts_free() is due then too. */
int layouts_parse(struct layouts *layouts, char *text);
const struct layout *layouts_find(const struct layouts *layouts, const char *title);
void layouts_free(struct layouts *layouts);

/* Fields without offsets out of what genksyms wrote: "struct x { int a ; }". */
int layout_from_symtype(struct layout *layout, const char *body);
void layout_free(struct layout *layout);

#endif
