// SPDX-License-Identifier: LGPL-2.1-or-later
/* Say what went wrong. */
#include <stdarg.h>

#include "private.h"

int cl_fail(struct cl_error *error, int code, const char *object,
	    const char *format, ...)
{
	va_list args;

	if (!error)
		return code;
	snprintf(error->object, sizeof(error->object), "%s", object);
	va_start(args, format);
	vsnprintf(error->reason, sizeof(error->reason), format, args);
	va_end(args);
	return code;
}
