// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which host of which store this machine is.  It is kept when the machine joins
 * a pool or reports to it, so that after a boot nobody has to be asked.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../input/input.h"
#include "local.h"

static const char kept[] = "this-host";

static void read_line(char *line, size_t size, const char *path)
{
	FILE *from = fopen(path, "r");

	line[0] = '\0';
	if (!from)
		return;
	if (!fgets(line, size, from))
		line[0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	fclose(from);
}

/* Linux's, which dom0 gets anew whenever the machine boots. */
void read_boot(char boot[CL_BOOT_SIZE])
{
	read_line(boot, CL_BOOT_SIZE, "/proc/sys/kernel/random/boot_id");
}

void read_machine(char machine[CL_MACHINE_SIZE])
{
	read_line(machine, CL_MACHINE_SIZE, "/sys/class/dmi/id/product_uuid");
}

/* What is kept, read once; NULL: nothing. */
static const json_t *kept_host(void)
{
	static json_t *json;
	static bool read;

	if (!read)
		json = read_state("", kept);
	read = true;
	return json;
}

const char *kept_store(void)
{
	const json_t *json = kept_host();

	return json ? state_text(json, "store") : NULL;
}

/* A database is found from any directory. */
static char *absolute_store(const struct arguments *args)
{
	const char *name = store_name(args);

	return strstr(name, "://") ? strdup(name) : realpath(name, NULL);
}

const char *kept_name(const struct arguments *args)
{
	char *store = kept_host() ? absolute_store(args) : NULL;
	bool same = store && !strcmp(store, kept_store());

	free(store);
	return same && *state_text(kept_host(), "name") ?
	       state_text(kept_host(), "name") : NULL;
}

bool is_this_machine(const struct arguments *args)
{
	return !args->count && !args->sysroot;
}

const char *this_host(const struct arguments *args)
{
	static char name[CL_NAME_SIZE];

	if (kept_name(args))
		return kept_name(args);
	if (gethostname(name, sizeof(name)))
		return NULL;
	name[sizeof(name) - 1] = '\0';
	return name;
}

void keep_this_host(const struct arguments *args, const char *name)
{
	const char *before = kept_name(args);
	char *store;

	if (!keeps_state() || (before && !strcmp(before, name)))
		return;
	store = absolute_store(args);
	if (store)
		write_state("", kept, json_pack("{s:s, s:s, s:s}", "schema",
						"cpulevel/this-host/1", "store",
						store, "name", name));
	free(store);
}

void forget_this_host(const struct arguments *args, const char *name)
{
	const char *before = kept_name(args);

	if (before && !strcmp(before, name))
		remove_state("", kept);
}
