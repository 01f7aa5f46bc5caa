/* SPDX-License-Identifier: GPL-2.0-only */
/* The headers that a test compile includes, and where the compiler looks for them. */
#ifndef HEADERS_H
#define HEADERS_H

#include "../names.h"
#include "work.h"

struct headers {
	struct names names;		/* as #include <> has them */
	struct names dirs[SIDES];	/* that the compilers' commands name with -I, absolute */
};

/* All return 0, or -ENOMEM; headers_end() is due in both cases. */
int headers_begin(struct headers *headers, const struct work *work);
/* Add what the sources below DIR include with #include <...>. */
int headers_add_source(struct headers *headers, const char *dir);
/* Add the headers that declare the NR SYMBOLS. */
int headers_add_declaring(struct headers *headers, const char *const *symbols, size_t nr);
void headers_end(struct headers *headers);

/* Write #include lines for those that SIDE has. */
void headers_write(FILE *f, const struct headers *headers, int side);

#endif
