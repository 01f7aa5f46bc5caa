// SPDX-License-Identifier: GPL-2.0-only
/* Read Module.symvers, or any list of "crc symbol" or "symbol crc" lines. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "symvers.h"
#include "text.h"

#define READ_MAX	((size_t)256 << 20)
#define CRC_DIGITS	8
#define PROBES_UNCOMPARED	64

/* Small, because filling the table is mostly cache misses. */
struct symvers_slot {
	uint32_t name;		/* its offset in the text + 1; 0: free slot */
	uint32_t crc;
};

struct field {
	const char *start;
	size_t len;
};

static uint32_t hash(const char *name, size_t len)
{
	uint32_t h = 2166136261u;	/* FNV-1a */

	while (len--)
		h = (h ^ (unsigned char)*name++) * 16777619u;
	return h ^ h >> 15;
}

static bool is_name(const struct symvers *sv, const struct symvers_slot *slot,
		    const char *name, size_t len)
{
	const char *own = sv->text + slot->name - 1;

	return len < (size_t)(sv->text + sv->size - own) &&
	       !memcmp(own, name, len) && (unsigned char)own[len] <= ' ';
}

/*
 * A name listed twice is stored twice, and the first is found: comparing names
 * costs more than it saves, but where a name is listed thousands of times.
 */
static void store(struct symvers *sv, const struct field *name, uint32_t crc)
{
	size_t i = hash(name->start, name->len), end = i + PROBES_UNCOMPARED;

	for (; sv->slots[i & sv->mask].name; i++)
		if (i >= end && is_name(sv, &sv->slots[i & sv->mask], name->start, name->len))
			return;
	sv->slots[i & sv->mask].name = name->start - sv->text + 1;
	sv->slots[i & sv->mask].crc = crc;
	sv->count++;
	sv->has_crcs |= crc != 0;
}

/* Take the next printable word of a line; a word of no length is the end. */
static struct field next_field(const char **at, const char *end)
{
	struct field f;

	while (*at < end && (**at == ' ' || **at == '\t'))
		++*at;
	f.start = *at;
	while (*at < end && **at > ' ' && **at < 0x7f)
		++*at;
	f.len = *at - f.start;
	return f;
}

static bool parse_crc(const struct field *f, uint32_t *crc)
{
	const char *p = f->start + 2, *end = f->start + f->len;
	uint32_t value = 0;

	if (f->len < 3 || f->len > 2 + CRC_DIGITS || memcmp(f->start, "0x", 2))
		return false;
	for (; p < end; p++) {
		value <<= 4;
		if (*p >= '0' && *p <= '9')
			value |= *p - '0';
		else if ((*p | 0x20) >= 'a' && (*p | 0x20) <= 'f')
			value |= (*p | 0x20) - 'a' + 10;
		else
			return false;
	}
	*crc = value;
	return true;
}

/*
 * Only the CRC and the name matter.  The columns after them moved between
 * kernel releases, so they are not looked at.
 */
static bool parse_line(struct symvers *sv, const char *at, const char *end)
{
	struct field first = next_field(&at, end);
	struct field second = next_field(&at, end);
	const struct field *name = &second;
	uint32_t crc;

	/* a word that ends with a byte that is not text is none */
	if (!first.len || !second.len || (at < end && (unsigned char)*at > ' '))
		return false;
	if (!parse_crc(&first, &crc)) {
		if (!parse_crc(&second, &crc))
			return false;
		name = &first;
	}
	store(sv, name, crc);
	return true;
}

static bool make_slots(struct symvers *sv, size_t size)
{
	const char *p = sv->text, *end = sv->text + size;
	size_t lines = 0, slots = 64;

	for (; (p = memchr(p, '\n', end - p)); p++)
		lines++;
	while (slots < 2 * lines)
		slots *= 2;
	sv->mask = slots - 1;
	sv->slots = calloc(slots, sizeof(*sv->slots));
	return sv->slots;
}

int symvers_parse(struct symvers *sv, char *text, size_t size, char *why,
		  size_t len)
{
	const char *p = text, *end = text + size, *newline;
	size_t line = 1;

	memset(sv, 0, sizeof(*sv));
	sv->text = text;
	sv->size = size;
	if (!make_slots(sv, size)) {
		snprintf(why, len, "out of memory; free some and try again");
		goto fail;
	}
	for (; p < end; p = newline + 1, line++) {
		newline = memchr(p, '\n', end - p);
		if (!newline) {
			snprintf(why, len, "line %zu is cut short; copy the file again", line);
			goto fail;
		}
		if (!parse_line(sv, p, newline)) {
			snprintf(why, len, "line %zu is not \"0xCRC SYMBOL ...\"; give the kernel's Module.symvers",
				 line);
			goto fail;
		}
	}
	if (sv->count)
		return 0;
	snprintf(why, len, "lists no symbol; give the kernel's Module.symvers, not a module's");
fail:
	symvers_free(sv);
	return -1;
}

int symvers_read(struct symvers *sv, const char *path, char *why, size_t len)
{
	size_t size;
	char *text = text_read(path, READ_MAX, &size);

	if (text)
		return symvers_parse(sv, text, size, why, len);
	snprintf(why, len, "cannot read it: %s; is kernel-devel installed?", strerror(errno));
	return -1;
}

bool symvers_find(const struct symvers *sv, const char *name, uint32_t *crc)
{
	const struct symvers_slot *slot;
	size_t len = strlen(name), i = hash(name, len);

	for (;; i++) {
		slot = &sv->slots[i & sv->mask];
		if (!slot->name)
			return false;
		if (is_name(sv, slot, name, len))
			break;
	}
	*crc = slot->crc;
	return true;
}

/* The column of the type moved, so it is known by how it begins. */
bool symvers_next(const struct symvers *sv, size_t *pos, struct symvers_entry *entry)
{
	const char *at, *end;
	struct field f;

	while (*pos <= sv->mask && !sv->slots[*pos].name)
		++*pos;
	if (*pos > sv->mask)
		return false;
	at = sv->text + sv->slots[*pos].name - 1;
	end = rawmemchr(at, '\n');	/* a line may hold a NUL, the last one ends */
	entry->crc = sv->slots[(*pos)++].crc;
	f = next_field(&at, end);
	entry->name = f.start;
	entry->name_len = f.len;
	do {
		f = next_field(&at, end);
	} while (f.len && (f.len < 7 || memcmp(f.start, "EXPORT_", 7)));
	entry->type = f.start;
	entry->type_len = f.len;
	return true;
}

void symvers_free(struct symvers *sv)
{
	free(sv->slots);
	free(sv->text);
	memset(sv, 0, sizeof(*sv));
}
