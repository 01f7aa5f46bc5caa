// SPDX-License-Identifier: GPL-2.0-only
/* Keep each name once, in the order in which they came. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "names.h"

int names_add(struct names *names, const char *name, size_t len)
{
	char **more;
	size_t i;

	for (i = 0; i < names->nr; i++)
		if (!strncmp(names->at[i], name, len) && !names->at[i][len])
			return 0;
	more = array_grow(names->at, names->nr, &names->room, sizeof(*more));
	if (!more)
		return -ENOMEM;
	names->at = more;
	names->at[names->nr] = strndup(name, len);
	return names->at[names->nr] && ++names->nr ? 0 : -ENOMEM;
}

void names_free(struct names *names)
{
	size_t i;

	for (i = 0; i < names->nr; i++)
		free(names->at[i]);
	free(names->at);
	memset(names, 0, sizeof(*names));
}
