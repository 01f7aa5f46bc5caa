/* SPDX-License-Identifier: GPL-2.0-only */
/* Which types changed, and which symbols changed because of them. */
#ifndef BLAME_H
#define BLAME_H

#include "symtypes.h"
#include "work.h"

/* Something that changed by itself: a type, or a symbol's own declaration. */
struct cause {
	char *key;		/* "s#device" */
	char *title;		/* "struct device" */
	size_t nr_symbols;
};

enum known {
	KNOWN,			/* it has causes */
	PERHAPS,		/* private types are its causes, it seems */
	UNDECLARED,		/* no header declares it */
	PRIVATE,		/* what changed is in no header */
};

/* Do the headers give the kernels' own CRCs? */
enum proof {
	UNTRIED,
	UNPROVED,
	PROVED,
};

struct blamed {
	const char *symbol;
	enum known known;
	enum proof proof;
	size_t *causes;		/* indexes */
	size_t nr_causes;
	char *opaque;		/* types below it that no header defines, or NULL */
};

struct blame {
	struct cause *causes;
	size_t nr_causes, room;
	struct blamed *symbols;	/* by name */
	size_t nr_symbols;
};

/* All return 0, or -ENOMEM.  The NR SYMBOLS, sorted, must outlive BLAME. */
int blame_begin(struct blame *blame, const char *const *symbols, size_t nr);
/* Blame each type that differs for the symbols above it, and nothing else. */
int blame_types(struct blame *blame, struct symtypes types[SIDES]);
/* Blame the type KEY for SYMBOL. */
int blame_one(struct blame *blame, struct blamed *symbol, const char *key);
void blame_end(struct blame *blame);

/* A definition that only one side saw is no change, but a lack of knowledge. */
bool types_differ(const struct symtype *from, const struct symtype *to);

#endif
