/* SPDX-License-Identifier: GPL-2.0-only */
/* How a type's fields changed. */
#ifndef CHANGE_H
#define CHANGE_H

#include "layout.h"

/* One field; FROM or TO is NULL where it is new or gone. */
struct change {
	const struct field *from, *to;
};

/* Points into the two layouts. */
struct changes {
	const struct layout *from, *to;
	struct change *at;	/* in the order of the type */
	size_t nr;
	struct change first_moved;	/* a field that is the same elsewhere */
	size_t nr_moved;
};

/* Returns 0, or -ENOMEM. */
int changes_find(struct changes *changes, const struct layout *from,
		 const struct layout *to);
/* "grew 744 -> 752: + unsigned long flags[1] at 744 (appended)"; to be freed */
char *changes_text(const struct changes *changes);
/* "added", "removed", "changed" or "moved" */
const char *change_kind(const struct change *change);
void changes_free(struct changes *changes);

#endif
