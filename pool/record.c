// SPDX-License-Identifier: LGPL-2.1-or-later
/* The codec of all records: a form's fields as lines of text, and back. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/private.h"
#include "pool.h"
#include "record.h"

int cl_record_damaged(const char *form, const char *line, struct cl_error *error)
{
	return cl_fail(error, -EBADMSG, form, "record is damaged at '%.80s'",
		       line);
}

int cl_record_later(const char *form, struct cl_error *error)
{
	return cl_fail(error, -EPROTO, form,
		       "was written by a later release of cpulevel; update this one");
}

/* ---- What a field may have: asked of all that is written or read ---- */

static bool is_text(const struct cl_record_field *field, const char *text)
{
	if (!memchr(text, '\0', field->size))
		return false;
	switch (field->kind) {
	case CL_AS_OWN_NAME:
		return !cl_name_check(text, field->key, NULL);
	case CL_AS_NAME:
		return !*text || !cl_name_check(text, field->key, NULL);
	case CL_AS_VENDOR:
		return !cl_vendor_check(text, field->key, NULL);
	default:
		return cl_is_text(text);
	}
}

static bool is_set(const struct cl_featureset *set)
{
	unsigned int i;

	for (i = set->nr_words; i < CL_MAX_WORDS; i++)
		if (set->words[i])
			return false;
	return set->nr_words <= CL_MAX_WORDS;
}

static bool is_max_leaves(const struct cl_max_leaves *max)
{
	return max->max_leaf || (!max->max_subleaf && !max->max_extended_leaf);
}

static bool are_bits(const struct cl_record_field *field, unsigned int bits)
{
	unsigned int n;

	for (n = 0; field->name_of(n); n++)
		bits &= ~(1u << n);
	return !bits;
}

static bool is_valid(const struct cl_record_field *field, const void *at)
{
	switch (field->kind) {
	case CL_AS_TEXT: case CL_AS_NAME: case CL_AS_OWN_NAME: case CL_AS_VENDOR:
		return is_text(field, at);
	case CL_AS_TIME:
		return *(const int64_t *)at >= 0;
	case CL_AS_SET:
		return is_set(at);
	case CL_AS_MAX_LEAVES:
		return is_max_leaves(at);
	case CL_AS_CHOICE:
		return field->name_of(*(const unsigned int *)at);
	case CL_AS_BITS:
		return are_bits(field, *(const unsigned int *)at);
	default:
		return true;
	}
}

/* ---- Writing ---- */

static void write_number(const struct cl_record_field *field, uint64_t number,
			 FILE *to)
{
	if (number || !(field->how & CL_OMIT_ZERO))
		fprintf(to, "%s %llu\n", field->key, (unsigned long long)number);
}

static void write_text(const struct cl_record_field *field, const char *text,
		       FILE *to)
{
	if (!*text)
		return;
	/* Most of what is written, and much faster than fprintf(). */
	fputs_unlocked(field->key, to);
	putc_unlocked(' ', to);
	fputs_unlocked(text, to);
	putc_unlocked('\n', to);
}

static void write_names(const struct cl_record_field *field, unsigned int number,
			FILE *to)
{
	unsigned int n;

	for (n = 0; field->name_of(n); n++)
		if (field->kind == CL_AS_BITS ? number >> n & 1 : n == number &&
		    (n || !(field->how & CL_OMIT_ZERO)))
			write_text(field, field->name_of(n), to);
}

static void write_field(const struct cl_record_field *field, const void *at,
			FILE *to)
{
	char text[CL_TEXT_SIZE];

	switch (field->kind) {
	case CL_AS_U32:
		return write_number(field, *(const uint32_t *)at, to);
	case CL_AS_U64: case CL_AS_TIME:
		return write_number(field, *(const uint64_t *)at, to);
	case CL_AS_BOOL:
		return write_text(field, *(const bool *)at ? "yes" : "", to);
	case CL_AS_SET:
		return write_text(field, cl_featureset_text(at, text), to);
	case CL_AS_MAX_LEAVES:
		return write_text(field, cl_max_leaves_text(at, text) ? text : "", to);
	case CL_AS_CHOICE: case CL_AS_BITS:
		return write_names(field, *(const unsigned int *)at, to);
	default:
		return write_text(field, at, to);
	}
}

int cl_record_write(const struct cl_record_form *form, const void *value,
		    FILE *to, struct cl_error *error)
{
	const struct cl_record_field *field;

	fprintf(to, "%s %u\n", form->name, form->version);
	for (field = form->fields; field < form->fields + form->nr; field++) {
		const void *at = (const char *)value + field->offset;

		if (field->how & CL_ONLY_READ)
			continue;
		if (!is_valid(field, at))
			return cl_fail(error, -EINVAL, form->name,
				       "its %s is not what a record can have; nothing was recorded",
				       field->key);
		write_field(field, at, to);
	}
	fputs("end\n", to);
	return form->write_rest ? form->write_rest(value, to, error) : 0;
}

/* ---- Reading ---- */

static bool parse_number(uint64_t *to, const char *text, uint64_t most)
{
	char *end;

	errno = 0;
	*to = strtoull(text, &end, 10);
	return *text >= '0' && *text <= '9' && !*end && !errno && *to <= most;
}

static bool parse_name(const struct cl_record_field *field, unsigned int *to,
		       const char *text)
{
	unsigned int n;

	for (n = 0; field->name_of(n); n++) {
		if (strcmp(field->name_of(n), text))
			continue;
		*to = field->kind == CL_AS_BITS ? *to | 1u << n : n;
		return true;
	}
	return false;
}

static bool parse_text(const struct cl_record_field *field, char *to,
		       const char *text)
{
	size_t len = strlen(text);

	if (len >= field->size)
		return false;
	memset(to, 0, field->size);
	memcpy(to, text, len);
	return is_text(field, to);
}

static bool parse_field(const struct cl_record_field *field, void *at,
			const char *text)
{
	uint64_t number;

	switch (field->kind) {
	case CL_AS_U32:
		if (!parse_number(&number, text, UINT32_MAX))
			return false;
		*(uint32_t *)at = number;
		return true;
	case CL_AS_U64:
		return parse_number(at, text, UINT64_MAX);
	case CL_AS_TIME:
		return parse_number(at, text, INT64_MAX);
	case CL_AS_BOOL:
		*(bool *)at = true;
		return true;
	case CL_AS_SET:
		return !cl_featureset_parse(at, text, NULL);
	case CL_AS_MAX_LEAVES:
		return cl_max_leaves_parse(at, text);
	case CL_AS_CHOICE: case CL_AS_BITS:
		return parse_name(field, at, text);
	default:
		return parse_text(field, at, text);
	}
}

static bool parse_line(const struct cl_record_form *form, void *value, char *line)
{
	char *space = strchr(line, ' ');
	unsigned int n;
	bool good;

	if (!space)
		return false;
	*space = '\0';
	for (n = 0; n < form->nr; n++)
		if (!strcmp(form->fields[n].key, line))
			break;
	good = n == form->nr ||
	       parse_field(&form->fields[n],
			   (char *)value + form->fields[n].offset, space + 1);
	/* An error shows the line as it was. */
	*space = ' ';
	return good;
}

/* The first line names the form, and its version. */
static int check_form(const struct cl_record_form *form, const char *line,
		      struct cl_error *error)
{
	size_t len = strlen(form->name);
	uint64_t version;

	if (strncmp(line, form->name, len) || line[len] != ' ' ||
	    !parse_number(&version, line + len + 1, UINT64_MAX) || !version)
		return cl_record_damaged(form->name, line, error);
	return version > form->version ? cl_record_later(form->name, error) : 0;
}

/* All lines up to "end", of which @used is told. */
static int parse_lines(const struct cl_record_form *form, void *value,
		       const char *text, size_t len, size_t *used,
		       struct cl_error *error)
{
	const char *at, *newline, *stop = text + len;
	char line[CL_LINE_SIZE];
	int ret;

	for (at = text; at < stop; at = newline + 1) {
		newline = memchr(at, '\n', stop - at);
		if (!newline || (size_t)(newline - at) >= sizeof(line))
			return cl_record_damaged(form->name, "a line without end",
						 error);
		memcpy(line, at, newline - at);
		line[newline - at] = '\0';
		if (at == text) {
			ret = check_form(form, line, error);
			if (ret)
				return ret;
		} else if (!strcmp(line, "end")) {
			*used = newline + 1 - text;
			return 0;
		} else if (!parse_line(form, value, line)) {
			return cl_record_damaged(form->name, line, error);
		}
	}
	return cl_record_damaged(form->name, "its end, which is missing", error);
}

/* A field that has to be there may have had no line. */
static int check_names(const struct cl_record_form *form, const void *value,
		       struct cl_error *error)
{
	unsigned int n;

	for (n = 0; n < form->nr; n++)
		if (form->fields[n].kind == CL_AS_OWN_NAME &&
		    !*((const char *)value + form->fields[n].offset))
			return cl_record_damaged(form->name,
						 "its name, which is missing", error);
	return 0;
}

int cl_record_parse(const struct cl_record_form *form, void *value,
		    const char *text, size_t len, struct cl_error *error)
{
	void *read = calloc(1, form->size);
	size_t used;
	int ret;

	if (!read)
		return cl_fail(error, -ENOMEM, form->name, "out of memory");
	ret = parse_lines(form, read, text, len, &used, error);
	if (!ret)
		ret = check_names(form, read, error);
	if (!ret && form->parse_rest)
		ret = form->parse_rest(read, text + used, len - used, error);
	else if (!ret && used < len)
		ret = cl_record_damaged(form->name, "what follows its end", error);
	if (!ret)
		memcpy(value, read, form->size);
	free(read);
	return ret;
}
