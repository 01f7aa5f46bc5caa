/* SPDX-License-Identifier: GPL-2.0-only */
/* Why do the CRCs of symbols differ between two kernels? */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include "change.h"
#include "headers.h"
#include "../kernel.h"
#include "symtypes.h"

/* Something that changed by itself: a type, or a symbol's own declaration. */
struct cause {
	char *key;		/* "s#device" */
	char *title;		/* "struct device" */
	char *text;		/* how it changed, in one line */
	struct changes changes;	/* of its fields; none where from is NULL */
	struct layout fields[SIDES];	/* for changes without offsets */
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

struct explained {
	const char *symbol;
	enum known known;
	enum proof proof;
	size_t *causes;		/* indexes */
	size_t nr_causes;
	char *opaque;		/* types below it that no header defines, or NULL */
};

struct explanation {
	struct work work;
	const struct kernel *kernels;	/* SIDES of them */
	struct names dirs[SIDES];	/* with headers */
	struct names headers;
	struct symtypes types[SIDES];
	struct layouts layouts[SIDES];	/* from the compiler */
	struct layouts btf[SIDES];	/* from the kernel itself */
	struct symtypes both[SIDES];	/* the headers' and BTF's types together */
	struct cause *causes;
	size_t nr_causes, causes_room;
	struct explained *symbols;	/* in the order given */
	size_t nr_symbols;
	char no_offsets[256];	/* why there are none; empty: there are */
};

/*
 * Explain NR SYMBOLS, sorted, of two kernel-devels; SOURCE, or NULL, is the driver's.
 * Returns 0, or -1 with the reason in WHY; explanation_free() is due in both
 * cases.
 */
int explain(struct explanation *ex, const char *const kdirs[SIDES],
	    const struct kernel kernels[SIDES], const char *const *symbols,
	    size_t nr, const char *source, char *why, size_t len);
void explanation_free(struct explanation *ex);

/*
 * Blame each type that differs in the headers for the symbols above it.
 * Returns 0, or -ENOMEM, like the next two.
 */
int blame_types(struct explanation *ex);
int cause_add(struct explanation *ex, const char *key);
int symbol_blame(struct explanation *ex, struct explained *symbol, size_t cause);
/* A definition that only one side saw is no change, but a lack of knowledge. */
bool types_differ(const struct symtype *from, const struct symtype *to);
/* Symbols without a cause get the nearest types of BTF that changed. */
int explain_by_btf(struct explanation *ex, char *why, size_t len);
/* Fill in each cause's text, with offsets where they can be known. */
int describe_causes(struct explanation *ex);

#endif
