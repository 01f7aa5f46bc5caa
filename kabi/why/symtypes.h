/* SPDX-License-Identifier: GPL-2.0-only */
/* The types behind symbols, as genksyms -T writes them. */
#ifndef SYMTYPES_H
#define SYMTYPES_H

#include <stdbool.h>
#include <stddef.h>

/* "s#device" or a symbol, and its definition, which refers to others so. */
struct symtype {
	const char *key;
	const char *body;
	size_t *below;		/* indexes of the types that it names */
	size_t nr_below;
	size_t *above;		/* and of those that name it */
	size_t nr_above;
	size_t mark;		/* for symtypes_walk() */
};

struct symtypes {
	char *text;
	struct symtype *at;	/* by key */
	size_t nr;
	size_t *links;		/* all of below and above */
	size_t walks;
};

enum direction { BELOW, ABOVE };

/* Takes TEXT, from malloc().  Returns 0, or -ENOMEM. */
int symtypes_parse(struct symtypes *types, char *text);
struct symtype *symtypes_find(const struct symtypes *types, const char *key);
/* Is this only a name, defined nowhere that was seen? */
bool symtype_is_opaque(const struct symtype *type);
/*
 * Call VISIT for START and once for each type below it, or above it.  Returns 0,
 * or what a VISIT returned that is not 0, or -ENOMEM.
 */
int symtypes_walk(struct symtypes *types, struct symtype *start,
		  enum direction direction,
		  int (*visit)(const struct symtype *type, void *data), void *data);
/* "s#device" -> "struct device"; to be freed, NULL: no memory */
char *symtype_title(const char *key);
/* The same for all that a body names. */
char *symtype_text(const char *body);
void symtypes_free(struct symtypes *types);

#endif
