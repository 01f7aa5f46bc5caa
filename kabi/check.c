// SPDX-License-Identifier: GPL-2.0-only
/* Compare a module with a kernel by the rules of the kernel's module loader. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

/* With CRCs on both sides the loader ignores the release, the first word. */
static const char *vermagic_flags(const char *vermagic)
{
	const char *flags = strchr(vermagic, ' ');

	return flags ? flags + 1 : "";
}

/* What the loader looks at before any symbol; false: nothing against it. */
static bool refuse(const struct module *module, const struct kernel *kernel,
		   struct report *report)
{
	const char *reason = NULL, *flags;

	if (!kernel->symvers.has_crcs)
		reason = "the kernel has no CRCs (CONFIG_MODVERSIONS is off); rebuild the module for it";
	else if (!module->has_crcs)
		reason = "the module has no CRCs (its CONFIG_MODVERSIONS was off); rebuild it";
	else if (!module->vermagic)
		reason = "the module has no vermagic; rebuild it";
	if (reason) {
		snprintf(report->reason, sizeof(report->reason), "%s", reason);
		return true;
	}

	flags = vermagic_flags(module->vermagic);
	if (!kernel->flags[0] || !strcmp(flags, kernel->flags))
		return false;
	snprintf(report->reason, sizeof(report->reason),
		 "vermagic flags are \"%.60s\", the kernel's \"%s\"; rebuild it",
		 flags, kernel->flags);
	return true;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct export *)a)->name,
		      ((const struct export *)b)->name);
}

/*
 * Does another of the modules give this symbol as IMPORT wants it?  There may
 * be several, for different kernels.  If none does, the kernel's own counts.
 */
static bool exported(const struct exports *others, const struct import *import,
		     uint32_t *crc, bool *found)
{
	struct export key = { .name = import->name }, *at, *end;

	if (!others->nr)
		return false;
	end = others->at + others->nr;
	at = bsearch(&key, others->at, others->nr, sizeof(key), by_name);
	while (at && at > others->at && !by_name(at - 1, &key))
		at--;
	for (; at && at < end && !by_name(at, &key); at++) {
		if (!at->crc || !import->crc || at->crc == import->crc)
			return true;
		if (!*found)
			*crc = at->crc;
		*found = true;
	}
	return false;
}

static void compare(const struct import *import, const struct symvers *symvers,
		    const struct exports *others, struct report *report)
{
	struct difference *d;
	uint32_t crc = 0;
	bool found = symvers_find(symvers, import->name, &crc);

	/* The loader accepts a symbol for which the module has no CRC. */
	if (found && (!import->crc || import->crc == crc))
		return;
	if (exported(others, import, &crc, &found))
		return;
	if (!found && import->weak)
		return;

	d = &report->differences[report->nr_changed + report->nr_missing];
	d->symbol = import->name;
	d->missing = !found;
	d->module_crc = import->crc;
	d->kernel_crc = crc;
	if (found)
		report->nr_changed++;
	else
		report->nr_missing++;
}

int check_module(const struct module *module, const struct kernel *kernel,
		 const struct exports *others, struct report *report)
{
	size_t i;

	memset(report, 0, sizeof(*report));
	if (refuse(module, kernel, report)) {
		report->verdict = VERDICT_REFUSED;
		return 0;
	}

	report->differences = calloc(module->nr_imports,
				     sizeof(*report->differences));
	if (!report->differences)
		return -ENOMEM;
	for (i = 0; i < module->nr_imports; i++)
		compare(&module->imports[i], &kernel->symvers, others, report);
	if (report->nr_missing)
		report->verdict = VERDICT_MISSING;
	else if (report->nr_changed)
		report->verdict = VERDICT_CHANGED;
	return 0;
}

void report_free(struct report *report)
{
	free(report->differences);
	memset(report, 0, sizeof(*report));
}

const char *verdict_name(enum verdict verdict)
{
	static const char *const names[] = {
		[VERDICT_SAME] = "same",
		[VERDICT_CHANGED] = "changed",
		[VERDICT_MISSING] = "missing",
		[VERDICT_REFUSED] = "refused",
	};

	return names[verdict];
}

int exports_add(struct exports *exports, const struct module *module)
{
	size_t nr = exports->nr + module->nr_exports;
	struct export *more;

	if (!module->nr_exports)
		return 0;
	more = realloc(exports->at, nr * sizeof(*more));
	if (!more)
		return -ENOMEM;
	memcpy(more + exports->nr, module->exports,
	       module->nr_exports * sizeof(*more));
	exports->at = more;
	exports->nr = nr;
	return 0;
}

void exports_sort(struct exports *exports)
{
	if (exports->nr)
		qsort(exports->at, exports->nr, sizeof(*exports->at), by_name);
}

void exports_free(struct exports *exports)
{
	free(exports->at);
	memset(exports, 0, sizeof(*exports));
}
