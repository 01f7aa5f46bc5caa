/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the library's own files share. */
#ifndef CPULEVEL_INTERNAL_H
#define CPULEVEL_INTERNAL_H

#include "private.h"

/* Does not compile unless the condition holds; gnu99 has no _Static_assert. */
#define CL_ASSERT(name, condition) \
	typedef char cl_assert_##name[(condition) ? 1 : -1] \
	__attribute__((unused))

/*
 * From what all hosts have (@level, changed in place) and what any of them has
 * (@any, at least the known words) to what they can offer: the rules of
 * cl_combine().
 */
void cl_settle(struct cl_featureset *level, const uint32_t *any);

/* How many hex digits there are at @text, and if at most 8, what they say. */
size_t cl_hex(const char *text, uint32_t *value);

/* The facts about a host, in the order in which they are saved. */
enum cl_field {
	CL_FIELD_NAME,
	CL_FIELD_VENDOR,
	CL_FIELD_SIGNATURE,
	CL_FIELD_MICROCODE,
	CL_FIELD_UNIFORM,
	CL_FIELD_BACKEND,
	CL_FIELD_SYSCTL_VERSION,
	CL_FIELD_ONE_POLICY,
	CL_FIELD_SETS,		/* CL_NR_SETS of them */
	CL_FIELD_CAPS = CL_FIELD_SETS + CL_NR_SETS,
	CL_FIELD_CAPS_SOURCE,
	CL_FIELD_MAX_LEAVES,	/* of each set from CL_SET_PV_DEFAULT on */
	CL_NR_FIELDS = CL_FIELD_MAX_LEAVES + CL_NR_SETS - CL_SET_PV_DEFAULT
};

struct cl_field_info {
	const char *key;	/* in a saved host */
	const char *path;	/* below sys/class/misc/cpulevel, or NULL */
	bool required;		/* there */
};

extern const struct cl_field_info cl_fields[CL_NR_FIELDS];

/* Set a field from text found at @object. */
int cl_field_set(struct cl_host *host, enum cl_field field, const char *text,
		 const char *object, struct cl_error *error);

/* Its text; false if the host does not have it. */
bool cl_field_text(const struct cl_host *host, enum cl_field field,
		   char text[CL_LINE_SIZE]);

/*
 * Do the fields in @have, a bit each, make a host, and do they go together?
 * If so, what follows from them is set.
 */
int cl_fields_end(struct cl_host *host, uint32_t have, const char *object,
		  struct cl_error *error);

/* Leaves 0, 7:0 and 0x80000000 hold one of them each in EAX; others hold none. */
void cl_max_leaves_update(struct cl_max_leaves *max, uint32_t leaf,
			  uint32_t subleaf, uint32_t eax);

/* Name the host; "?" if @name is not 1 to 64 bytes of UTF-8 text. */
void cl_host_name(struct cl_host *host, const char *name);

#endif /* CPULEVEL_INTERNAL_H */
