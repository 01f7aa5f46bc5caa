// SPDX-License-Identifier: GPL-2.0-only
/* Load libarchive. */

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>

#include "libarchive.h"

#define SONAME	"libarchive.so.13"

#define LOAD(name) \
	good = good && (la.name = (__typeof__(&name))dlsym(handle, #name));

const struct libarchive *libarchive_load(void)
{
	static struct libarchive la;
	static bool good;
	void *handle;

	if (good)
		return &la;
	handle = dlopen(SONAME, RTLD_NOW | RTLD_LOCAL);
	good = handle;
	LIBARCHIVE_FUNCTIONS(LOAD)
	return good ? &la : NULL;
}
