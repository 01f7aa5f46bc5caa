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

/* A symbol for other modules. */
struct export {
	const char *name;
	uint32_t crc;		/* 0: not known */
};

/* All strings point into the file's image. */
struct module {
	const char *name;	/* NULL: has none, like the next two */
	const char *version;
	const char *vermagic;
	struct import *imports;	/* by name */
	size_t nr_imports;
	struct export *exports;
	size_t nr_exports;
	bool has_crcs;		/* false: built without MODVERSIONS */
};

/*
 * Read a module in memory, which must outlive MODULE, zeroed before.
 * Returns NULL, or what is wrong; module_free() is due in both cases.
 */
const char *module_parse(struct module *module, const void *image, size_t size);
void module_free(struct module *module);

#endif
