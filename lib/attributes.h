/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The attribute words of features.def, for who reads that column of it. */
#ifndef CPULEVEL_ATTRIBUTES_H
#define CPULEVEL_ATTRIBUTES_H

#include "cpulevel.h"

enum {
	NONE		= 0,
	ALL		= CL_ATTR_ALL,
	HVM		= CL_ATTR_HVM,
	HAP		= CL_ATTR_HAP,
	OPT_IN		= CL_ATTR_OPT_IN,
	SPECIAL		= CL_ATTR_SPECIAL,
	ACCUMULATE	= CL_ATTR_ACCUMULATE,
};

#endif /* CPULEVEL_ATTRIBUTES_H */
