/* SPDX-License-Identifier: GPL-2.0-only */
/* Which header of a kernel-devel declares a symbol? */
#ifndef DECLARE_H
#define DECLARE_H

#include <stdbool.h>
#include <stddef.h>

/* A symbol, or a type such as "s#device", and its header as #include <> takes it. */
struct declared {
	const char *symbol;
	char *header;		/* NULL: none */
	int rank;
};

struct declarations {
	struct declared *at;	/* in the order of the symbols given */
	size_t nr;
};

/* Returns 0, or -ENOMEM.  The NR names at SYMBOLS must outlive it. */
int declare_begin(struct declarations *decls, const char *const *symbols, size_t nr);
/* Look at all headers below DIR, a folder of the compiler's search path. */
int declare_scan(struct declarations *decls, const char *dir);
void declare_end(struct declarations *decls);

/* For tests: the same for one header of SIZE bytes, ending with a NUL. */
void declare_scan_text(struct declarations *decls, const char *header,
		       const char *text, size_t size);

#endif
