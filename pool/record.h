/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Records as text: a first line that names the form, "key value" lines, and
 * "end".  Keys of later releases are passed over.
 */
#ifndef CPULEVEL_RECORD_H
#define CPULEVEL_RECORD_H

#include "../lib/cpulevel.h"

/* Write a line, unless there is nothing to say. */
void cl_put_set(FILE *to, const char *key, const struct cl_featureset *fs);
void cl_put_text(FILE *to, const char *key, const char *value);

/* Take one line into @value; false: it is damaged. */
typedef bool cl_take_function(void *value, const char *key, const char *text);

/*
 * Walk the lines.  What follows "end" is left to the caller, who gets the
 * number of bytes up to there.  -EBADMSG: damaged.
 */
int cl_walk(const char *text, size_t len, const char *form,
	    cl_take_function *take, void *value, size_t *used,
	    struct cl_error *error);

/* A value of each kind; false: it is none. */
bool cl_take_text(char *to, size_t size, const char *text);
bool cl_take_number(uint64_t *to, const char *text);
bool cl_take_count(uint32_t *to, const char *text);
bool cl_take_set(struct cl_featureset *to, const char *text);
/* The number of the name that @text is. */
bool cl_take_name(unsigned int *to, const char *(*name_of)(unsigned int),
		  const char *text);

#endif /* CPULEVEL_RECORD_H */
