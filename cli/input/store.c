// SPDX-License-Identifier: GPL-2.0-only
/* Stores, pools and their members that the command line names. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../local/local.h"
#include "input.h"

const char *store_name(const struct arguments *args)
{
	const char *name = option_text(args, OPT_STORE, 0);

	if (!name)
		name = getenv("CPULEVEL_STORE");
	if (!name || !*name)
		name = kept_store();
	return name && *name ? name : CL_STORE_DEFAULT;
}

/* The package's own directory; of others it is not for us to say. */
static void make_directory(const char *name)
{
	if (!strcmp(name, CL_STORE_DEFAULT))
		mkdir("/var/lib/cpulevel", 0755);
}

struct cl_store *open_store(const struct arguments *args, bool create)
{
	const char *name = store_name(args);
	struct cl_store *store;
	struct cl_error error;

	if (create)
		make_directory(name);
	if (!cl_store_open(&store, name, create, &error))
		return store;
	complain_error(&error);
	return NULL;
}

struct cl_store *open_pool(const struct arguments *args, struct cl_pool *pool,
			   struct cl_pool_counts *counts)
{
	struct cl_store *store = open_store(args, false);
	struct cl_error error;

	if (!store || !cl_registry_pool(store, option_text(args, OPT_POOL, 0),
					pool, counts, &error))
		return store;
	complain_error(&error);
	cl_store_close(store);
	return NULL;
}

static int make_member(struct cl_member *member, struct cl_host *host,
		       const char *name, const char *boot)
{
	struct cl_error error;

	if (name && cl_name_check(name, "--name", &error))
		return complain_error(&error);
	if (name)
		snprintf(host->name, sizeof(host->name), "%s", name);
	if (cl_member_make(member, host, boot, &error))
		return complain_error(&error);
	return EXIT_YES;
}

int read_member(struct cl_member *member, const struct arguments *args, int n)
{
	const char *file = n < args->count ? args->values[n] : NULL;
	char boot[CL_BOOT_SIZE] = "";
	struct cl_host host;
	bool this_one = !file && !args->sysroot;
	struct cl_error error;
	int ret;

	/* The module's are from when it was loaded: microcode may be newer. */
	if (this_one && cl_device_refresh(CL_DEVICE, &error))
		return complain_error(&error);
	if (read_host(&host, args, file))
		return EXIT_ERROR;
	if (this_one)
		read_boot(boot);
	ret = make_member(member, &host, option_text(args, OPT_NAME, 0), boot);
	if (!ret && this_one)
		read_machine(member->machine);
	return ret;
}

int read_member_file(struct cl_member *member, const char *file)
{
	struct cl_error error;
	struct cl_host host;

	if (cl_host_read(&host, file, &error))
		return complain_error(&error);
	return make_member(member, &host, NULL, "");
}
