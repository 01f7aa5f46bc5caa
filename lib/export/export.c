// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the exports share: text of a bounded size, features beside a model. */
#include <stdarg.h>

#include "export.h"

void cl_put(struct cl_export *to, const char *format, ...)
{
	size_t room = CL_EXPORT_SIZE - to->len;
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(to->text + to->len, room, format, args);
	va_end(args);
	to->len += (size_t)len < room ? (size_t)len : room - 1;
}

char cl_model_sign(const struct cl_model *model, unsigned int bit)
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
