// SPDX-License-Identifier: GPL-2.0-only
/* cpulevel pool import: what export wrote, or hosts and VMs as xapi has them. */
#include <stdlib.h>
#include <string.h>

#include "pool.h"

/* How much was imported. */
struct import {
	const char *path;
	size_t records, hosts, vms;
};

/* The records of an export, for the library; NULL after a message. */
static struct cl_record *list_records(struct import *import, json_t *records)
{
	struct cl_record *list;
	const char *key;
	json_t *value;

	if (!json_is_object(records)) {
		complain("records", "is not an object of records; is %s whole?",
			 import->path);
		return NULL;
	}
	list = calloc(json_object_size(records) + 1, sizeof(*list));
	if (!list)
		complain(import->path, "out of memory; nothing was imported");
	json_object_foreach(records, key, value) {
		if (list && !json_is_string(value)) {
			complain(key, "is not a string; is %s whole?", import->path);
			free(list);
			return NULL;
		}
		if (list)
			list[import->records++] = (struct cl_record){
				key, json_string_value(value)
			};
	}
	return list;
}

static int import_records(const struct arguments *args, struct import *import,
			  json_t *records)
{
	struct cl_record *list = list_records(import, records);
	struct cl_store *store = list ? open_store(args, true) : NULL;
	struct cl_error error;
	int ret = EXIT_ERROR;

	if (store) {
		ret = cl_registry_import(store, list, import->records, &error);
		ret = ret ? complain_failed(ret, &error) : EXIT_YES;
	}
	cl_store_close(store);
	free(list);
	return ret;
}

static int import_xapi(const struct arguments *args, struct import *import,
		       json_t *root)
{
	struct cl_store *store;
	struct cl_error error;
	struct cl_xapi xapi;
	int ret = EXIT_ERROR;

	if (cl_xapi_parse(&xapi, root, &error))
		return complain_error(&error);
	store = open_store(args, false);
	if (store) {
		ret = cl_registry_import_xapi(store, option_text(args, OPT_POOL, 0),
					      &xapi, &error);
		ret = ret ? complain_failed(ret, &error) : EXIT_YES;
	}
	import->hosts = xapi.nr_hosts;
	import->vms = xapi.nr_vms;
	cl_store_close(store);
	cl_xapi_free(&xapi);
	return ret;
}

static int import_root(const struct arguments *args, struct import *import,
		       json_t *root)
{
	const char *schema = json_string_value(json_object_get(root, "schema"));

	if (schema && !strcmp(schema, "cpulevel/pool-export/1"))
		return import_records(args, import, json_object_get(root, "records"));
	if (json_object_get(root, "hosts") || json_object_get(root, "vms"))
		return import_xapi(args, import, root);
	return complain(import->path, "neither what `cpulevel pool export` writes nor an object with xapi's hosts and vms");
}

int verb_pool_import(const struct arguments *args)
{
	struct import import = { .path = args->values[0] };
	json_error_t wrong;
	struct out out;
	json_t *root;
	int ret;

	root = json_load_file(import.path, JSON_REJECT_DUPLICATES, &wrong);
	if (!root)
		return complain(import.path, "%s (line %d)", wrong.text, wrong.line);
	ret = import_root(args, &import, root);
	json_decref(root);
	if (ret)
		return ret;
	out_begin(&out, args, "cpulevel/pool-import/1");
	out_number(&out, "records", import.records);
	out_number(&out, "hosts", import.hosts);
	out_number(&out, "vms", import.vms);
	return out_finish(&out);
}
