/* SPDX-License-Identifier: GPL-2.0-only */
/* Text files as strings in memory, and their lines. */
#ifndef TEXT_H
#define TEXT_H

#include <stddef.h>

/*
 * All that PATH, which may be a pipe, holds, at most MAX bytes, and a NUL.  The
 * string is to be freed; SIZE may be NULL.  NULL with errno: it cannot be read.
 */
char *text_read(const char *path, size_t max, size_t *size);
/* Cut the line at *AT off and move *AT behind it; NULL: there is no more. */
char *text_line(char **at);

#endif
