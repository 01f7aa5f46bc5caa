// SPDX-License-Identifier: LGPL-2.1-or-later
/* A level as QEMU's -cpu. */
#include "../flags.h"
#include "export.h"

char *cl_export_qemu(char text[CL_EXPORT_SIZE], const struct cl_model *model)
{
	struct cl_export to = { .text = text };
	char name[CL_FLAG_SIZE];
	unsigned int bit;

	cl_put(&to, "%s", model->model->name);
	for (bit = 0; bit < CL_MAX_BITS; bit++) {
		if (cl_model_sign(model, bit))
			cl_put(&to, ",%c%s", cl_model_sign(model, bit),
			       cl_qemu_flag(bit, name));
	}
	return text;
}
