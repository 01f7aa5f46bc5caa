/* SPDX-License-Identifier: GPL-2.0-only */
/* The headers that a test compile includes, and where the compiler looks for them. */
#ifndef HEADERS_H
#define HEADERS_H

#include "../names.h"
#include "declare.h"
#include "work.h"

/* The folders that SIDE's compiler command names with -I, absolute. */
int headers_path(struct names *dirs, const struct work *work, int side);
/* What the sources below DIR include with #include <...>. */
int headers_of_source(struct names *headers, const char *dir);
/* Add the header of each declaration that was found. */
int headers_of_declarations(struct names *headers, const struct declarations *decls);
/* Write #include lines for those that are in DIRS. */
void headers_write(FILE *f, const struct names *headers, const struct names *dirs);

#endif
