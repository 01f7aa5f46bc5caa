// SPDX-License-Identifier: LGPL-2.1-or-later
/* A level as xapi's featureset, QEMU's -cpu and libvirt's <cpu>. */
#include "../flags.h"
#include "../internal.h"

char *cl_export_xapi(char text[CL_EXPORT_SIZE],
		     const struct cl_featureset *level)
{
	return cl_featureset_text(level, text);
}

/*
 * '+', '-', or 0 where the model says it.  Models are as they are without KVM;
 * with it QEMU gives all of them VME, and takes three other features away.
 */
static char sign(const struct cl_model *model, unsigned int bit)
{
	bool has = cl_has(&model->model->fs, bit);

	if (cl_has(&model->add, bit))
		return '+';
	if (cl_has(&model->remove, bit))
		return '-';
	if (has && (bit == CL_F_ACPI || bit == CL_F_MONITOR || bit == CL_F_SVM))
		return '+';
	return !has && bit == CL_F_VME ? '-' : 0;
}

char *cl_export_qemu(char text[CL_EXPORT_SIZE], const struct cl_model *model)
{
	struct cl_export to = { .text = text };
	char name[CL_FLAG_SIZE];
	unsigned int bit;

	cl_put(&to, "%s", model->model->name);
	for (bit = 0; bit < CL_MAX_BITS; bit++) {
		if (sign(model, bit))
			cl_put(&to, ",%c%s", sign(model, bit),
			       cl_qemu_flag(bit, name));
	}
	return text;
}

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
		if (sign(model, bit))
			cl_put(&to, "  <feature policy='%s' name='%s'/>\n",
			       sign(model, bit) == '+' ? "require" : "disable",
			       cl_libvirt_flag(bit, name));
	}
	cl_put(&to, "</cpu>\n");
	return text;
}
