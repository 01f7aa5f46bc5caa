/* SPDX-License-Identifier: GPL-2.0-only */
/* Would a module load on a kernel, and if not, why not? */
#ifndef CHECK_H
#define CHECK_H

#include "kernel.h"
#include "module.h"

/* From best to worst. */
enum verdict {
	VERDICT_SAME,		/* every symbol is there with its CRC */
	VERDICT_CHANGED,	/* some have another CRC */
	VERDICT_MISSING,	/* some are gone */
	VERDICT_REFUSED,	/* vermagic or a lack of CRCs decides it */
};

struct difference {
	const char *symbol;
	bool missing;
	uint32_t module_crc;
	uint32_t kernel_crc;	/* not when missing */
};

struct report {
	enum verdict verdict;
	char reason[256];	/* when refused */
	struct difference *differences;	/* in the module's order */
	size_t nr_changed;
	size_t nr_missing;
};

/* What the modules that are checked together export for each other, by name. */
struct exports {
	struct export *at;
	size_t nr;
};

/* Returns 0, or -ENOMEM. */
int exports_add(struct exports *exports, const struct module *module);
void exports_sort(struct exports *exports);
void exports_free(struct exports *exports);

/* Returns 0, or -ENOMEM; OTHERS are sorted. */
int check_module(const struct module *module, const struct kernel *kernel,
		 const struct exports *others, struct report *report);
void report_free(struct report *report);
const char *verdict_name(enum verdict verdict);

#endif
