// SPDX-License-Identifier: LGPL-2.1-or-later
/* Load libcurl. */
#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>

#include "../../lib/private.h"
#include "etcd_curl.h"

#define LOAD(name) \
	good = good && (curl.name = (__typeof__(&name))dlsym(handle, #name));

const struct curl_functions *cl_curl_load(void)
{
	/* The same interface; Debian has each beside the other. */
	static const char *const names[] = {
		"libcurl.so.4", "libcurl-gnutls.so.4"
	};
	static struct curl_functions curl;
	static bool good;
	void *handle = NULL;
	size_t i;

	if (good)
		return &curl;
	for (i = 0; i < ARRAY_SIZE(names) && !handle; i++)
		handle = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
	good = handle;
	CURL_FUNCTIONS(LOAD)
	good = good && !curl.curl_global_init(CURL_GLOBAL_DEFAULT);
	return good ? &curl : NULL;
}
