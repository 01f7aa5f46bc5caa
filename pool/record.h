/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The codec of all records: text of a first line that names the form and its
 * version, "key value" lines, and "end".  A form is a table of fields, from
 * which records are both written and read.  A key that no field has is passed
 * over: a later release may have added it.
 */
#ifndef CPULEVEL_RECORD_H
#define CPULEVEL_RECORD_H

#include <stddef.h>

#include "../lib/cpulevel.h"

/* What a field is in its structure, and so what its line may say. */
enum cl_record_kind {
	CL_AS_TEXT,		/* char[]: UTF-8, or "" for no line */
	CL_AS_NAME,		/* char[]: as cl_name_check() has it, or "" */
	CL_AS_OWN_NAME,		/* the same, and never "" */
	CL_AS_VENDOR,		/* char[]: as cl_vendor_check() has it, or "" */
	CL_AS_U32,
	CL_AS_U64,
	CL_AS_TIME,		/* int64_t: not before 1970 */
	CL_AS_BOOL,		/* "yes", or no line */
	CL_AS_SET,		/* struct cl_featureset */
	CL_AS_MAX_LEAVES,	/* struct cl_max_leaves; no line if not known */
	CL_AS_CHOICE,		/* an enum, by its name */
	CL_AS_BITS		/* unsigned int: a line for each bit, by its name */
};

#define CL_OMIT_ZERO	0x1u	/* a number or choice of 0 is left out */
#define CL_ONLY_READ	0x2u	/* a key of earlier releases */

struct cl_record_field {
	const char *key;
	enum cl_record_kind kind;
	unsigned short offset, size;
	unsigned int how;		/* CL_OMIT_ZERO, CL_ONLY_READ */
	const char *(*name_of)(unsigned int);	/* of choices and bits */
};

#define CL_FIELD(type, member, as, ...) \
	.kind = (as), .offset = offsetof(type, member), \
	.size = sizeof(((type *)0)->member), ##__VA_ARGS__

struct cl_record_form {
	const char *name;
	unsigned int version, nr;
	size_t size;			/* of the structure */
	const struct cl_record_field *fields;
	/* What follows "end", and rules about several fields; both or neither. */
	int (*write_rest)(const void *value, FILE *to, struct cl_error *error);
	int (*parse_rest)(void *value, const char *text, size_t len,
			  struct cl_error *error);
};

/*
 * Write what cl_record_parse() reads back as it was.  -EINVAL: it would not be,
 * as some field has what it may not have.  The caller checks the stream.
 */
int cl_record_write(const struct cl_record_form *form, const void *value,
		    FILE *to, struct cl_error *error);

/* -EBADMSG: damaged; -EPROTO: written by a later release.  Then @value is as it was. */
int cl_record_parse(const struct cl_record_form *form, void *value,
		    const char *text, size_t len, struct cl_error *error);

/* @line is what is wrong; returns -EBADMSG. */
int cl_record_damaged(const char *form, const char *line, struct cl_error *error);
/* Returns -EPROTO. */
int cl_record_later(const char *form, struct cl_error *error);

#endif /* CPULEVEL_RECORD_H */
