/* SPDX-License-Identifier: GPL-2.0-only */
/* Arrays that grow by one element at a time. */
#ifndef ARRAY_H
#define ARRAY_H

#include <stdlib.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* AT with room for more than NR elements of SIZE bytes, moved if need be; NULL: no memory. */
static inline void *array_grow(void *at, size_t nr, size_t *room, size_t size)
{
	size_t more = *room ? 2 * *room : 16;

	if (nr < *room)
		return at;
	at = realloc(at, more * size);
	if (at)
		*room = more;
	return at;
}

#endif
