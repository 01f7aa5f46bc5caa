// SPDX-License-Identifier: LGPL-2.1-or-later
/* A level as xapi's featureset. */
#include "../cpulevel.h"

char *cl_export_xapi(char text[CL_EXPORT_SIZE],
		     const struct cl_featureset *level)
{
	return cl_featureset_text(level, text);
}
