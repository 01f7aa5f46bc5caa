// SPDX-License-Identifier: GPL-2.0-only
/* What this machine keeps for itself, beside any store: small files of JSON. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../input/input.h"
#include "../output/out.h"
#include "local.h"

#define STATE	"/var/lib/cpulevel"

/* Who is not root cannot start VMs either. */
bool keeps_state(void)
{
	return !geteuid() || getenv("CPULEVEL_STATE");
}

void state_path(char path[STATE_PATH], const char *folder, const char *name)
{
	const char *state = getenv("CPULEVEL_STATE");

	snprintf(path, STATE_PATH, "%s/%s%s%s%s",
		 state && *state ? state : STATE, folder,
		 *folder && *name ? "/" : "", name, *name ? ".json" : "");
}

static void make_folder(const char *folder)
{
	char path[STATE_PATH], *slash;

	state_path(path, folder, "");
	slash = strrchr(path, '/');
	*slash = '\0';
	mkdir(path, 0755);
	*slash = '/';
	mkdir(path, 0755);
}

int write_state(const char *folder, const char *name, json_t *json)
{
	char *text = json ? json_dumps(json, JSON_INDENT(1) |
					     JSON_PRESERVE_ORDER) : NULL;
	char path[STATE_PATH];
	int ret;

	json_decref(json);
	state_path(path, folder, name);
	if (!text)
		return complain(path, "out of memory; nothing was written");
	make_folder(folder);
	ret = replace_file(path, text);
	free(text);
	return ret;
}

json_t *read_state(const char *folder, const char *name)
{
	char path[STATE_PATH];

	if (strchr(name, '/'))
		return NULL;
	state_path(path, folder, name);
	return json_load_file(path, 0, NULL);
}

const char *state_text(const json_t *json, const char *key)
{
	const char *text = json_string_value(json_object_get(json, key));

	return text ? text : "";
}

void remove_state(const char *folder, const char *name)
{
	char path[STATE_PATH];

	state_path(path, folder, name);
	unlink(path);
}
