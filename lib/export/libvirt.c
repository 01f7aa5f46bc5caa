// SPDX-License-Identifier: LGPL-2.1-or-later
/* A level as libvirt's <cpu>. */
#include "../flags.h"
#include "export.h"

char *cl_export_libvirt(char text[CL_EXPORT_SIZE],
			const struct cl_model *model)
{
	struct cl_export to = { .text = text };
	char name[CL_FLAG_SIZE];
	unsigned int bit;

	cl_put(&to, "<cpu mode='custom' match='exact'>\n");
	cl_put(&to, "  <model fallback='forbid'>%s</model>\n",
	       model->model->name);
	for (bit = 0; bit < CL_MAX_BITS; bit++) {
		if (cl_model_sign(model, bit))
			cl_put(&to, "  <feature policy='%s' name='%s'/>\n",
			       cl_model_sign(model, bit) == '+' ? "require" : "disable",
			       cl_libvirt_flag(bit, name));
	}
	cl_put(&to, "</cpu>\n");
	return text;
}
