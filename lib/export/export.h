/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the exports share. */
#ifndef CPULEVEL_EXPORT_H
#define CPULEVEL_EXPORT_H

#include "../cpulevel.h"

/* Text that grows to the size of an export, and no further. */
struct cl_export {
	char *text;
	size_t len;
};

void cl_put(struct cl_export *to, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * '+', '-', or 0 where the model says it.  Models are as they are without KVM;
 * with it QEMU gives all of them VME, and takes three other features away.
 */
char cl_model_sign(const struct cl_model *model, unsigned int bit);

#endif /* CPULEVEL_EXPORT_H */
