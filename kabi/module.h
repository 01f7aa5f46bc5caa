/* SPDX-License-Identifier: GPL-2.0-only */
/* What a built kernel module says of itself and needs from its kernel. */
#ifndef MODULE_H
#define MODULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct import {
	const char *name;
	uint32_t crc;		/* 0: the module does not know one */
	bool weak;		/* may stay unresolved */
};

/* All strings point into the file's image. */
struct module {
	const char *name;	/* NULL: has none, like the next two */
	const char *version;
	const char *vermagic;
	struct import *imports;	/* by name */
	size_t nr_imports;
	bool has_crcs;		/* false: built without MODVERSIONS */
	void *image;		/* the mapped file; NULL: the caller's memory */
	size_t image_size;
};

/* Returns 0, or -1 with the reason in WHY (cut to LEN). */
int module_read(struct module *module, const char *path, char *why, size_t len);
/*
 * The same for a file in memory, which must outlive MODULE, zeroed before.
 * Returns NULL, or the reason; module_free() is due in both cases.
 */
const char *module_parse(struct module *module, const void *image, size_t size);
void module_free(struct module *module);

#endif
