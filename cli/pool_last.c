// SPDX-License-Identifier: GPL-2.0-only
/*
 * What this machine last knew of its hosts' pools, a file for each host, and
 * the VMs that started here while the store could not be reached.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "session.h"

#define PATH_SIZE	4096
#define STATE		"/var/lib/cpulevel"

static const char last[] = "last-level", noted[] = "noted-vms";

/* A database on this machine is there whenever its VMs are. */
static bool is_remote(const struct arguments *args)
{
	return strstr(store_name(args), "://");
}

static void path_of(char path[PATH_SIZE], const char *folder, const char *name)
{
	const char *state = getenv("CPULEVEL_STATE");

	snprintf(path, PATH_SIZE, "%s/%s%s%s%s",
		 state && *state ? state : STATE, folder, *name ? "/" : "",
		 name, *name ? ".json" : "");
}

static void make_folder(const char *folder)
{
	char path[PATH_SIZE], *slash;

	path_of(path, folder, "");
	slash = strrchr(path, '/');
	*slash = '\0';
	mkdir(path, 0755);
	*slash = '/';
	mkdir(path, 0755);
}

static void now_text(char text[32])
{
	time_t now = time(NULL);
	struct tm utc;

	gmtime_r(&now, &utc);
	strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", &utc);
}

/* ---- Records in JSON ---- */

typedef void write_record(const void *record, FILE *to);

static void write_member(const void *record, FILE *to)
{
	cl_member_write(record, to);
}

static void write_pool(const void *record, FILE *to)
{
	cl_pool_write(record, to);
}

static void write_vm(const void *record, FILE *to)
{
	cl_vm_write(record, to);
}

static json_t *text_of(write_record *write, const void *record)
{
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);
	json_t *made;

	if (!to)
		return NULL;
	write(record, to);
	made = fclose(to) ? NULL : json_string(text);
	free(text);
	return made;
}

/* @json is released; returns EXIT_ERROR after a message. */
static int write_json(const char *folder, const char *name, json_t *json)
{
	char *text = json ? json_dumps(json, JSON_INDENT(1) |
					     JSON_PRESERVE_ORDER) : NULL;
	char path[PATH_SIZE];
	int ret;

	json_decref(json);
	path_of(path, folder, name);
	if (!text)
		return complain(path, "out of memory; nothing was written");
	make_folder(folder);
	ret = replace_file(path, text);
	free(text);
	return ret;
}

/* What is in it, if it is of this store; else NULL. */
static json_t *read_json(const struct arguments *args, const char *folder,
			 const char *name)
{
	char path[PATH_SIZE];
	const char *store;
	json_t *json;

	if (!is_remote(args) || strchr(name, '/'))
		return NULL;
	path_of(path, folder, name);
	json = json_load_file(path, 0, NULL);
	store = json_string_value(json_object_get(json, "store"));
	if (store && !strcmp(store, store_name(args)))
		return json;
	json_decref(json);
	return NULL;
}

static const char *text_in(const json_t *json, const char *key)
{
	const char *text = json_string_value(json_object_get(json, key));

	return text ? text : "";
}

static void remove_json(const char *folder, const char *name)
{
	char path[PATH_SIZE];

	path_of(path, folder, name);
	unlink(path);
}

/* ---- What was last known ---- */

void keep_last(const struct arguments *args, const struct cl_member *host,
	       const struct cl_pool *pool)
{
	struct cl_member member = *host;
	char when[32];

	/* Who is not root cannot start VMs either. */
	if (!is_remote(args) || (geteuid() && !getenv("CPULEVEL_STATE")))
		return;
	strcpy(member.pool, pool->name);
	now_text(when);
	write_json(last, host->host.name,
		   json_pack("{s:s, s:s, s:s, s:o, s:o}",
			     "schema", "cpulevel/last-level/1",
			     "store", store_name(args), "time", when,
			     "pool", text_of(write_pool, pool),
			     "host", text_of(write_member, &member)));
}

bool read_last(struct last_known *known, const struct arguments *args,
	       const char *host)
{
	json_t *json = read_json(args, last, host);
	const char *pool = text_in(json, "pool"), *member = text_in(json, "host");
	bool good = json &&
		    !cl_pool_parse(&known->pool, pool, strlen(pool), NULL) &&
		    !cl_member_parse(&known->host, member, strlen(member), NULL);

	snprintf(known->when, sizeof(known->when), "%s", text_in(json, "time"));
	json_decref(json);
	return good;
}

void keep_last_level(const struct arguments *args, const struct cl_pool *pool)
{
	const char *name = this_host();
	struct last_known known;

	if (name && read_last(&known, args, name) &&
	    !strcmp(known.pool.name, pool->name))
		keep_last(args, &known.host, pool);
}

void forget_last(const struct arguments *args, const char *host)
{
	if (is_remote(args))
		remove_json(last, host);
}

/* ---- VMs that started alone ---- */

int note_vm(const struct arguments *args, const struct cl_vm *vm)
{
	char when[32], boot[CL_BOOT_SIZE];

	now_text(when);
	read_boot(boot);
	return write_json(noted, vm->name,
			  json_pack("{s:s, s:s, s:s, s:s, s:o}",
				    "schema", "cpulevel/noted-vm/1",
				    "store", store_name(args), "time", when,
				    "boot", boot, "vm", text_of(write_vm, vm)));
}

bool read_noted(struct cl_vm *vm, const struct arguments *args,
		const char *name)
{
	json_t *json = read_json(args, noted, name);
	const char *text = text_in(json, "vm");
	char boot[CL_BOOT_SIZE];
	bool good = json && !cl_vm_parse(vm, text, strlen(text), NULL) &&
		    !strcmp(vm->name, name);

	/* Nothing of it is left if the machine has booted since. */
	read_boot(boot);
	if (good && strcmp(text_in(json, "boot"), boot)) {
		forget_noted(args, name);
		good = false;
	}
	json_decref(json);
	return good;
}

void forget_noted(const struct arguments *args, const char *name)
{
	if (is_remote(args))
		remove_json(noted, name);
}

int each_noted(const struct arguments *args, const char *host,
	       int (*each)(void *arg, const struct cl_vm *vm), void *arg)
{
	char path[PATH_SIZE], name[CL_NAME_SIZE + sizeof(".json")];
	struct cl_vm vm;
	struct dirent *entry;
	DIR *folder;
	int ret = 0;

	path_of(path, noted, "");
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
