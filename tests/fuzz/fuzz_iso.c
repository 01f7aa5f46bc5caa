// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer's way into what driver-kabi opens: ISOs, the RPMs in them, RPMs, and
 * compressed modules.  Every input of the list must have been read or say why not.
 */
#include <stdlib.h>
#include <string.h>

#include "../../kabi/inputs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct inputs inputs = { NULL, 0, 0 };
	size_t i;

	if (inputs_add_image(&inputs, "fuzz", data, size) || !inputs.nr)
		abort();
	for (i = 0; i < inputs.nr; i++)
		if ((!inputs.at[i].fault && !inputs.at[i].module.imports) ||
		    strncmp(inputs.at[i].path, "fuzz", 4))
			abort();
	inputs_free(&inputs);
	return 0;
}
