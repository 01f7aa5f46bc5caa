// SPDX-License-Identifier: GPL-2.0-only
/* libFuzzer's way into driver-kabi's reader of modules, and into the comparison. */
#include <stdlib.h>
#include <string.h>

#include "../../kabi/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char symvers[] = "0x11111111 module_layout\n0x2 with_crc\n";
	struct module module = { .name = NULL };
	struct exports exports = { NULL, 0 };
	struct kernel kernel = { .flags = "SMP " };
	struct report report;
	char why[256];
	size_t i;

	if (symvers_parse(&kernel.symvers, strdup(symvers), strlen(symvers), why, sizeof(why)))
		abort();
	if (!module_parse(&module, data, size)) {
		if (exports_add(&exports, &module))
			abort();
		exports_sort(&exports);
		if (check_module(&module, &kernel, &exports, &report))
			abort();
		for (i = 0; i < report.nr_changed + report.nr_missing; i++)
			if (strlen(report.differences[i].symbol) > size)
				abort();
		report_free(&report);
	}
	exports_free(&exports);
	module_free(&module);
	kernel_free(&kernel);
	return 0;
}
