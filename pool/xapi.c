// SPDX-License-Identifier: LGPL-2.1-or-later
/* Hosts and VMs of a pool as xapi has them: JSON into values, all of them or none. */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/private.h"
#include "pool.h"

/* A record of the import: "vms.web", for messages. */
struct source {
	const json_t *record;
	char where[CL_NAME_SIZE + 8];
	struct cl_error *error;
};

static int is_no(const struct source *source, const char *key, const char *what)
{
	char where[sizeof(source->where) + 32];

	snprintf(where, sizeof(where), "%s%s%s", source->where, *key ? "." : "",
		 key);
	return cl_fail(source->error, -EINVAL, where,
		       "is %s; give hosts and VMs as xapi has them", what);
}

/* The text of a key, @otherwise where the key is absent; NULL after a message. */
static const char *text_of(const struct source *source, const json_t *object,
			   const char *key, const char *otherwise)
{
	const json_t *value = json_object_get(object, key);

	if (!value && otherwise)
		return otherwise;
	if (json_is_string(value))
		return json_string_value(value);
	is_no(source, key, value ? "not a string" : "missing");
	return NULL;
}

static int parse_host(struct cl_member *member, const struct source *source,
		      const char *name)
{
	char *text = json_dumps(source->record, 0);
	struct cl_host host;
	int ret;

	if (!text)
		return cl_fail(source->error, -ENOMEM, source->where, "out of memory");
	ret = cl_name_check(name, "host", source->error);
	if (!ret)
		ret = cl_host_parse(&host, text, strlen(text), name,
				    source->error);
	free(text);
	if (ret)
		return ret;
	snprintf(host.name, sizeof(host.name), "%s", name);
	return cl_member_make(member, &host, "", source->error);
}

/* xapi has more types than Xen: all others are HVM. */
static enum cl_vm_type type_of(const char *name)
{
	if (!strcmp(name, "pv"))
		return CL_VM_PV;
	return !strcmp(name, "pvh") || !strcmp(name, "pv_in_pvh") ? CL_VM_PVH :
								    CL_VM_HVM;
}

static int parse_state(struct cl_xapi_vm *vm, const struct source *source)
{
	static const struct { const char *name; enum cl_vm_state state; } states[] = {
		{ "Halted", CL_VM_HALTED }, { "Running", CL_VM_RUNNING },
		{ "Paused", CL_VM_RUNNING }, { "Suspended", CL_VM_SUSPENDED },
	};
	const char *name = text_of(source, source->record, "power_state", NULL);
	size_t i;

	for (i = 0; name && i < ARRAY_SIZE(states); i++)
		if (!strcmp(name, states[i].name)) {
			vm->state = states[i].state;
			return 0;
		}
	return name ? is_no(source, "power_state",
			    "none of Halted, Running, Paused, Suspended") : -EINVAL;
}

/* What the VM was started with, if xapi has recorded it. */
static int parse_flags(struct cl_xapi_vm *vm, const struct source *source)
{
	static const char key[] = "last_boot_CPU_flags";
	const json_t *flags = json_object_get(source->record, key);
	const char *features, *vendor;
	struct cl_error why;

	if (flags && !json_is_object(flags))
		return is_no(source, key, "not an object");
	features = text_of(source, flags, "features", "");
	vendor = features ? text_of(source, flags, "vendor", "") : NULL;
	if (!vendor)
		return -EINVAL;
	if (cl_featureset_parse(&vm->recorded.set, features, &why))
		return cl_fail(source->error, -EINVAL, source->where, "%s: %s", key,
			       why.reason);
	vm->has_set = *features;
	if (cl_vendor_check(vendor, source->where, source->error))
		return -EINVAL;
	strcpy(vm->vendor, vendor);
	return 0;
}

static int parse_vm(struct cl_xapi_vm *vm, const struct source *source,
		    const char *name)
{
	const char *host, *type;
	int ret = cl_name_check(name, "VM", source->error);

	*vm = (struct cl_xapi_vm){ .has_set = false };
	if (!ret)
		ret = parse_state(vm, source);
	/* What is halted has no set: it gets the level when it starts. */
	if (ret || vm->state == CL_VM_HALTED)
		return ret;
	host = text_of(source, source->record, "resident_on", NULL);
	type = host ? text_of(source, source->record, "domain_type", "") : NULL;
	if (!type)
		return -EINVAL;
	ret = cl_name_check(host, source->where, source->error);
	if (ret)
		return ret;
	strcpy(vm->name, name);
	strcpy(vm->host, host);
	vm->type = type_of(type);
	return parse_flags(vm, source);
}

/* The object of records under @key, which may be absent, and room for as many values. */
static int begin(const json_t *root, const char *key, void **values, size_t size,
		 struct cl_error *error)
{
	const json_t *records = json_object_get(root, key);

	if (records && !json_is_object(records))
		return cl_fail(error, -EINVAL, key, "is not an object; give hosts and VMs as xapi has them, by name");
	*values = calloc(json_object_size(records) + 1, size);
	return *values ? 0 : cl_fail(error, -ENOMEM, key, "out of memory");
}

/* The record of that name below @key. */
static int find_record(struct source *source, const char *key, const char *name)
{
	snprintf(source->where, sizeof(source->where), "%s.%s", key, name);
	return json_is_object(source->record) ? 0 : is_no(source, "", "not an object");
}

static int parse_hosts(struct cl_xapi *xapi, json_t *root, struct cl_error *error)
{
	struct source source = { .error = error };
	const char *name;
	json_t *record;
	int ret = begin(root, "hosts", (void **)&xapi->hosts, sizeof(*xapi->hosts),
			error);

	if (ret)
		return ret;
	json_object_foreach(json_object_get(root, "hosts"), name, record) {
		source.record = record;
		ret = find_record(&source, "hosts", name);
		if (!ret)
			ret = parse_host(&xapi->hosts[xapi->nr_hosts], &source, name);
		if (ret)
			return ret;
		xapi->nr_hosts++;
	}
	return 0;
}

static int parse_vms(struct cl_xapi *xapi, json_t *root, struct cl_error *error)
{
	struct source source = { .error = error };
	const char *name;
	json_t *record;
	int ret = begin(root, "vms", (void **)&xapi->vms, sizeof(*xapi->vms), error);

	if (ret)
		return ret;
	json_object_foreach(json_object_get(root, "vms"), name, record) {
		source.record = record;
		ret = find_record(&source, "vms", name);
		if (!ret)
			ret = parse_vm(&xapi->vms[xapi->nr_vms], &source, name);
		if (ret)
			return ret;
		xapi->nr_vms += xapi->vms[xapi->nr_vms].state != CL_VM_HALTED;
	}
	return 0;
}

int cl_xapi_parse(struct cl_xapi *xapi, struct json_t *root,
		  struct cl_error *error)
{
	int ret;

	memset(xapi, 0, sizeof(*xapi));
	ret = parse_hosts(xapi, root, error);
	if (!ret)
		ret = parse_vms(xapi, root, error);
	if (ret)
		cl_xapi_free(xapi);
	return ret;
}

void cl_xapi_free(struct cl_xapi *xapi)
{
	free(xapi->hosts);
	free(xapi->vms);
	memset(xapi, 0, sizeof(*xapi));
}
