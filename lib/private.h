/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What libcpulevel shares with libcpulevel-pool, which is linked with the
 * archive: no promise to other programs, and not exported.
 */
#ifndef CPULEVEL_PRIVATE_H
#define CPULEVEL_PRIVATE_H

#include "cpulevel.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* Fill @error, which may be NULL, and return @code. */
int cl_fail(struct cl_error *error, int code, const char *object,
	    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Is it UTF-8 (RFC 3629) without control codes?  So are all names. */
bool cl_is_text(const char *text);

/*
 * Room for one more than @nr elements of @size, all of them added so: doubled at
 * each power of two.  NULL: out of memory, and the array is as before.
 */
void *cl_grow(void *array, size_t nr, size_t size);

/* One bit's counter, of the default sets or of the max sets. */
uint32_t cl_count(const uint32_t (*planes)[CL_MAX_WORDS], unsigned int bit);

/* The longest line of a saved host: a key and a featureset. */
#define CL_LINE_SIZE	(CL_TEXT_SIZE + 32)

/* "0000000d-00000000-8000001e"; false: not of that form, or not known. */
#define CL_MAX_LEAVES_TEXT_SIZE	27
bool cl_max_leaves_parse(struct cl_max_leaves *max, const char *text);
bool cl_max_leaves_text(const struct cl_max_leaves *max,
			char text[CL_MAX_LEAVES_TEXT_SIZE]);

#endif /* CPULEVEL_PRIVATE_H */
