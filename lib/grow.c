// SPDX-License-Identifier: LGPL-2.1-or-later
/* Arrays that grow by one element after another. */
#include <stdlib.h>

#include "private.h"

void *cl_grow(void *array, size_t nr, size_t size)
{
	if (nr & (nr - 1))
		return array;
	return realloc(array, (nr ? 2 * nr : 1) * size);
}
