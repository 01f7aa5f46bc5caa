/* SPDX-License-Identifier: GPL-2.0-only */
/* A list of names without duplicates. */
#ifndef NAMES_H
#define NAMES_H

#include <stddef.h>

struct names {
	char **at;
	size_t nr, room;
};

/* Add the LEN bytes at NAME unless the list has them.  Returns 0, or -ENOMEM. */
int names_add(struct names *names, const char *name, size_t len);
void names_free(struct names *names);

#endif
