/* SPDX-License-Identifier: GPL-2.0-only */
/* How each cause changed. */
#ifndef DESCRIBE_H
#define DESCRIBE_H

#include "btf.h"
#include "change.h"
#include "headers.h"

struct description {
	char *text;		/* in one line */
	struct changes changes;	/* of its fields; none where from is NULL */
	struct layout fields[SIDES];	/* for changes without offsets */
};

struct descriptions {
	struct description *at;	/* one for each cause, in their order */
	size_t nr;
	struct layouts layouts[SIDES];	/* from the compiler */
	char no_offsets[WORK_WHY];	/* why there are none; empty: there are */
};

/*
 * Offsets come from BTF or from the compiler, where they can be known; BTF must
 * outlive D.  Returns 0, or -ENOMEM or -EIO; descriptions_free() is due then too.
 */
int describe(struct descriptions *d, const struct blame *blame, struct work *work,
	     const struct headers *headers, const struct symtypes types[SIDES],
	     const struct btf *btf);
void descriptions_free(struct descriptions *d);

#endif
