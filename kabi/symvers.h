/* SPDX-License-Identifier: GPL-2.0-only */
/* A kernel's exported symbols and their CRCs, as Module.symvers lists them. */
#ifndef SYMVERS_H
#define SYMVERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct symvers_slot;

struct symvers {
	char *text;			/* the file; names point into it */
	size_t size;			/* its bytes; no NUL need follow */
	struct symvers_slot *slots;	/* open addressing */
	size_t mask;			/* number of slots - 1, a power of two */
	size_t count;
	bool has_crcs;			/* false: built without MODVERSIONS */
};

/* Returns 0, or -1 with the reason in WHY (cut to LEN). */
int symvers_read(struct symvers *sv, const char *path, char *why, size_t len);
/* The same from TEXT, SIZE bytes from malloc(), which SV owns from then on. */
int symvers_parse(struct symvers *sv, char *text, size_t size, char *why,
		  size_t len);
/* Is NAME exported?  If so *CRC is its CRC. */
bool symvers_find(const struct symvers *sv, const char *name, uint32_t *crc);
/* One line: neither name nor type ends with a NUL. */
struct symvers_entry {
	const char *name, *type;	/* "EXPORT_SYMBOL_GPL"; of length 0: not said */
	size_t name_len, type_len;
	uint32_t crc;
};
/* The next entry from *POS, 0 at first, in no order; false: there is no more. */
bool symvers_next(const struct symvers *sv, size_t *pos, struct symvers_entry *entry);
void symvers_free(struct symvers *sv);

#endif
