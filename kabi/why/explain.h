/* SPDX-License-Identifier: GPL-2.0-only */
/* Why do the CRCs of symbols differ between two kernels? */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include "../kernel.h"
#include "describe.h"

/* Each part belongs to the file of its name; only explain.c knows them all. */
struct explanation {
	struct work work;
	struct headers headers;
	struct symtypes types[SIDES];	/* the headers' */
	struct btf btf;
	struct blame blame;
	struct descriptions descriptions;
};

/*
 * Explain NR SYMBOLS, sorted, of two kernel-devels; SOURCE, or NULL, is the driver's.
 * Returns 0, or -1 with the reason in EX's work.why; explanation_free() is due in
 * both cases.
 */
int explain(struct explanation *ex, const char *const kdirs[SIDES],
	    const struct kernel kernels[SIDES], const char *const *symbols,
	    size_t nr, const char *source);
void explanation_free(struct explanation *ex);

#endif
