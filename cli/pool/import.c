// SPDX-License-Identifier: GPL-2.0-only
/* cpulevel pool import: what export wrote, or hosts and VMs as xapi has them. */
#include <stdlib.h>
#include <string.h>

#include "pool.h"

/* What is imported, and how much of it was. */
struct import {
	const struct arguments *args;
	const char *path;
	struct cl_store *store;
	const char *pool;
	unsigned int hosts, vms, records;
};

static const char *text_of(json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

/* ---- Our own ---- */

static int import_records(struct import *import, json_t *records)
{
	size_t nr = json_object_size(records), n = 0;
	struct cl_record *list = calloc(nr + 1, sizeof(*list));
	struct cl_error error;
	const char *key;
	json_t *value;
	int ret;

	if (!list)
		return complain(import->path, "out of memory; nothing was imported");
	json_object_foreach(records, key, value) {
		list[n].key = key;
		list[n++].text = json_is_string(value) ?
				 json_string_value(value) : "";
	}
	ret = cl_registry_import(import->store, list, nr, &error);
	free(list);
	import->records = nr;
	return ret ? complain_failed(ret, &error) : EXIT_YES;
}

/* ---- xapi's ---- */

static int import_host(struct import *import, const char *name, json_t *record)
{
	char *text = json_dumps(record, 0);
	struct cl_change change;
	struct cl_member member;
	struct cl_error error;
	struct cl_host host;
	int ret;

	if (!text)
		return complain(name, "out of memory");
	ret = cl_name_check(name, "host", &error);
	if (!ret)
		ret = cl_host_parse(&host, text, strlen(text), name, &error);
	free(text);
	if (!ret)
		snprintf(host.name, sizeof(host.name), "%s", name);
	if (!ret)
		ret = cl_member_make(&member, &host, "", &error);
	if (!ret)
		ret = cl_registry_join(import->store, import->pool, &member,
				       &change, &error);
	import->hosts += !ret;
	return ret ? complain_failed(ret, &error) : EXIT_YES;
}

/* xapi's domain types are more than ours; the rest are HVM to Xen. */
static int type_of(const char *name)
{
	if (!strcmp(name, "pv"))
		return CL_VM_PV;
	return !strcmp(name, "pvh") || !strcmp(name, "pv_in_pvh") ? CL_VM_PVH :
								    CL_VM_HVM;
}

static int ask(struct import *import, struct cl_vm_request *request)
{
	struct cl_vm_answer answer;
	struct cl_error error;
	int ret = cl_registry_vm(import->store, request, &answer, &error);

	return ret ? complain_failed(ret, &error) : EXIT_YES;
}

static int import_vm(struct import *import, const char *name, json_t *record)
{
	json_t *flags = json_object_get(record, "last_boot_CPU_flags");
	const char *features = text_of(flags, "features");
	const char *state = text_of(record, "power_state");
	struct cl_given recorded = { .max_leaves = { 0 } };
	struct cl_vm_request request = {
		.verb = CL_VM_ADOPT, .name = name, .force = true,
		.host = text_of(record, "resident_on"),
		.type = type_of(text_of(record, "domain_type")),
		.vendor = text_of(flags, "vendor"),
	};
	struct cl_error error;
	int ret;

	/* What is halted has no set: it gets the level when it starts. */
	if (strcmp(state, "Running") && strcmp(state, "Suspended"))
		return EXIT_YES;
	if (cl_featureset_parse(&recorded.set, features, &error))
		return complain(name, "last_boot_CPU_flags: %s", error.reason);
	request.recorded = *features ? &recorded : NULL;
	if (strlen(request.vendor) > 12)
		return complain(name, "last_boot_CPU_flags: '%.40s' is no vendor",
				request.vendor);
	ret = ask(import, &request);
	if (!ret && !strcmp(state, "Suspended")) {
		request.verb = CL_VM_SUSPEND;
		request.host = NULL;
		ret = ask(import, &request);
	}
	import->vms += !ret;
	return ret;
}

static int import_xapi(struct import *import, json_t *root)
{
	struct cl_error error;
	struct cl_pool pool;
	const char *name;
	json_t *record;

	if (cl_registry_pool(import->store,
			     option_text(import->args, OPT_POOL, 0), &pool, NULL,
			     &error))
		return complain_error(&error);
	import->pool = pool.name;
	json_object_foreach(json_object_get(root, "hosts"), name, record)
		if (import_host(import, name, record))
			return EXIT_ERROR;
	json_object_foreach(json_object_get(root, "vms"), name, record)
		if (import_vm(import, name, record))
			return EXIT_ERROR;
	return EXIT_YES;
}

static int import_root(struct import *import, json_t *root)
{
	const char *schema = text_of(root, "schema");

	if (!strcmp(schema, "cpulevel/pool-export/1"))
		return import_records(import, json_object_get(root, "records"));
	if (json_is_object(json_object_get(root, "hosts")) ||
	    json_is_object(json_object_get(root, "vms")))
		return import_xapi(import, root);
	return complain(import->path, "neither what `cpulevel pool export` writes nor an object with xapi's hosts and vms");
}

int verb_pool_import(const struct arguments *args)
{
	struct import import = { .args = args, .path = args->values[0] };
	json_error_t wrong;
	struct out out;
	json_t *root;
	int ret;

	root = json_load_file(import.path, JSON_REJECT_DUPLICATES, &wrong);
	if (!root)
		return complain(import.path, "%s (line %d)", wrong.text, wrong.line);
	import.store = open_store(args, true);
	ret = import.store ? import_root(&import, root) : EXIT_ERROR;
	cl_store_close(import.store);
	json_decref(root);
	if (ret)
		return ret;
	out_begin(&out, args, "cpulevel/pool-import/1");
	out_number(&out, "records", import.records);
	out_number(&out, "hosts", import.hosts);
	out_number(&out, "vms", import.vms);
	return out_finish(&out);
}
