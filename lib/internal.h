/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the library's own files share and its users do not need. */
#ifndef CPULEVEL_INTERNAL_H
#define CPULEVEL_INTERNAL_H

#include "cpulevel.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* Does not compile unless the condition holds; gnu99 has no _Static_assert. */
#define CL_ASSERT(name, condition) \
	typedef char cl_assert_##name[(condition) ? 1 : -1] \
	__attribute__((unused))

/*
 * Four words at once, for loops that have to be fast at -O2 and with old
 * compilers.  Arrays of words have room for CL_MAX_WORDS, so a block is whole
 * even where the last words are not used.
 */
typedef uint32_t cl_block
	__attribute__((vector_size(16), aligned(4), may_alias));

#define CL_BLOCKS(nr_words)	(((nr_words) + 3) / 4)
#define CL_BLOCKS_OF(words)	((cl_block *)(words))
#define CL_CONST_BLOCKS(words)	((const cl_block *)(words))

static inline bool cl_any_bit(cl_block block)
{
	typedef uint64_t halves __attribute__((vector_size(16)));
	halves both = (halves)block;

	return both[0] | both[1];
}

/*
 * Before a loop of at most @n turns whose time counts, so that what it keeps
 * stays in registers.  Older compilers make a slower one of it.
 */
#define CL_PRAGMA(text)	_Pragma(#text)
#if __GNUC__ >= 8
#define CL_UNROLL(n)	CL_PRAGMA(GCC unroll n)
#else
#define CL_UNROLL(n)
#endif

/*
 * From what all hosts have (@level, changed in place) and what any of them has
 * (@any, at least the known words) to what they can offer: the rules of
 * cl_combine().
 */
void cl_settle(struct cl_featureset *level, const uint32_t *any);

/* One bit's counter, of the default sets or of the max sets. */
uint32_t cl_count(const uint32_t (*planes)[CL_MAX_WORDS], unsigned int bit);

/* Fill @error, which may be NULL, and return @code. */
int cl_fail(struct cl_error *error, int code, const char *object,
	    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The longest line of a saved host: a key and a featureset. */
#define CL_LINE_SIZE	(CL_TEXT_SIZE + 32)

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

/* Do the fields in @have, a bit each, make a host, and do they go together? */
int cl_fields_check(uint32_t have, const char *object, struct cl_error *error);

/* "0000000d-00000000-8000001e"; false: not of that form, or not known. */
#define CL_MAX_LEAVES_TEXT_SIZE	27
bool cl_max_leaves_parse(struct cl_max_leaves *max, const char *text);
bool cl_max_leaves_text(const struct cl_max_leaves *max,
			char text[CL_MAX_LEAVES_TEXT_SIZE]);

/* Leaves 0, 7:0 and 0x80000000 hold one of them each in EAX; others hold none. */
void cl_max_leaves_update(struct cl_max_leaves *max, uint32_t leaf,
			  uint32_t subleaf, uint32_t eax);

/* Name the host; what is not printable ASCII becomes '?'. */
void cl_host_name(struct cl_host *host, const char *name);

#endif /* CPULEVEL_INTERNAL_H */
