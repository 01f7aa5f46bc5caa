// SPDX-License-Identifier: LGPL-2.1-or-later
/* The one rule for names of pools, hosts, VMs and checkpoints, and for vendors. */
#include <errno.h>
#include <string.h>

#include "../lib/private.h"
#include "pool.h"

int cl_name_check(const char *name, const char *what, struct cl_error *error)
{
	size_t len = strlen(name);

	if (!len || len >= CL_NAME_SIZE)
		return cl_fail(error, -EINVAL, what,
			       "a name has 1 to 64 bytes, this one %zu", len);
	if (!cl_is_text(name))
		return cl_fail(error, -EINVAL, what,
			       "the name is not UTF-8 text without control codes; choose another");
	if (strchr(name, '/'))
		return cl_fail(error, -EINVAL, what,
			       "'%s' has a '/', which no name can have; choose another",
			       name);
	if (*name == '-')
		return cl_fail(error, -EINVAL, what,
			       "'%s' looks like an option; choose another name",
			       name);
	return 0;
}

int cl_vendor_check(const char *vendor, const char *what,
		    struct cl_error *error)
{
	const char *c;

	for (c = vendor; *c >= ' ' && *c <= '~'; c++)
		;
	if (*c || c - vendor > 12)
		return cl_fail(error, -EINVAL, what,
			       "the vendor is not CPUID's text of up to 12 ASCII characters, such as GenuineIntel");
	return 0;
}
