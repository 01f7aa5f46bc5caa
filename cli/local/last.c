// SPDX-License-Identifier: GPL-2.0-only
/*
 * What this machine last knew of its hosts' pools, a file for each host, and
 * the VMs that started here while the store could not be reached.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../input/input.h"
#include "../output/out.h"
#include "local.h"

static const char last[] = "last-level", noted[] = "noted-vms";

/* A database on this machine is there whenever its VMs are. */
static bool is_remote(const struct arguments *args)
{
	return strstr(store_name(args), "://");
}

static void now_text(char text[32])
{
	time_t now = time(NULL);
	struct tm utc;

	gmtime_r(&now, &utc);
	strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", &utc);
}

/* ---- Records in JSON ---- */

static json_t *text_of(const struct cl_record_form *form, const void *record)
{
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);
	json_t *made = NULL;
	int ret;

	if (!to)
		return NULL;
	ret = cl_record_write(form, record, to, NULL);
	if (!fclose(to) && !ret)
		made = json_string(text);
	free(text);
	return made;
}

/* What is in it, if it is of this store; else NULL. */
static json_t *read_json(const struct arguments *args, const char *folder,
			 const char *name)
{
	json_t *json = is_remote(args) ? read_state(folder, name) : NULL;

	if (json && !strcmp(state_text(json, "store"), store_name(args)))
		return json;
	json_decref(json);
	return NULL;
}

/* ---- What was last known ---- */

void keep_last(const struct arguments *args, const struct cl_member *host,
	       const struct cl_pool *pool)
{
	struct cl_member member = *host;
	char when[32];

	if (!is_remote(args) || !keeps_state())
		return;
	strcpy(member.pool, pool->name);
	now_text(when);
	write_state(last, host->host.name,
		   json_pack("{s:s, s:s, s:s, s:o, s:o}",
			     "schema", "cpulevel/last-level/1",
			     "store", store_name(args), "time", when,
			     "pool", text_of(&cl_pool_form, pool),
			     "host", text_of(&cl_member_form, &member)));
}

bool read_last(struct last_known *known, const struct arguments *args,
	       const char *host)
{
	json_t *json = read_json(args, last, host);
	const char *pool = state_text(json, "pool"), *member = state_text(json, "host");
	bool good = json &&
		    !cl_pool_parse(&known->pool, pool, strlen(pool), NULL) &&
		    !cl_member_parse(&known->host, member, strlen(member), NULL);

	snprintf(known->when, sizeof(known->when), "%s", state_text(json, "time"));
	json_decref(json);
	return good;
}

void keep_last_level(const struct arguments *args, const struct cl_pool *pool)
{
	const char *name = this_host(args);
	struct last_known known;

	if (name && read_last(&known, args, name) &&
	    !strcmp(known.pool.name, pool->name))
		keep_last(args, &known.host, pool);
}

void forget_last(const struct arguments *args, const char *host)
{
	if (is_remote(args))
		remove_state(last, host);
}

/* ---- VMs that started alone ---- */

int note_vm(const struct arguments *args, const struct cl_vm *vm)
{
	char when[32], boot[CL_BOOT_SIZE];

	now_text(when);
	read_boot(boot);
	return write_state(noted, vm->name,
			  json_pack("{s:s, s:s, s:s, s:s, s:o}",
				    "schema", "cpulevel/noted-vm/1",
				    "store", store_name(args), "time", when,
				    "boot", boot, "vm", text_of(&cl_vm_form, vm)));
}

bool read_noted(struct cl_vm *vm, const struct arguments *args,
		const char *name)
{
	json_t *json = read_json(args, noted, name);
	const char *text = state_text(json, "vm");
	char boot[CL_BOOT_SIZE];
	bool good = json && !cl_vm_parse(vm, text, strlen(text), NULL) &&
		    !strcmp(vm->name, name);

	/* Nothing of it is left if the machine has booted since. */
	read_boot(boot);
	if (good && strcmp(state_text(json, "boot"), boot)) {
		forget_noted(args, name);
		good = false;
	}
	json_decref(json);
	return good;
}

void forget_noted(const struct arguments *args, const char *name)
{
	if (is_remote(args))
		remove_state(noted, name);
}

int each_noted(const struct arguments *args, const char *host,
	       int (*each)(void *arg, const struct cl_vm *vm), void *arg)
{
	char path[STATE_PATH], name[CL_NAME_SIZE + sizeof(".json")];
	struct cl_vm vm;
	struct dirent *entry;
	DIR *folder;
	int ret = 0;

	state_path(path, noted, "");
	folder = is_remote(args) ? opendir(path) : NULL;
	while (folder && !ret && (entry = readdir(folder))) {
		size_t len = strlen(entry->d_name);

		if (len < 6 || len >= sizeof(name) ||
		    strcmp(entry->d_name + len - 5, ".json"))
			continue;
		snprintf(name, sizeof(name), "%.*s", (int)len - 5, entry->d_name);
		if (read_noted(&vm, args, name) &&
		    !strcmp(vm.host, host))
			ret = each(arg, &vm);
	}
	if (folder)
		closedir(folder);
	return ret;
}
