// SPDX-License-Identifier: GPL-2.0-only
/* cpulevel pool export: all records of a store, or a pool as xapi writes it. */
#include <string.h>

#include "pool.h"

static int put_record(void *arg, const char *key, const char *text)
{
	out_string(arg, key, text);
	return 0;
}

static int export_store(const struct arguments *args)
{
	struct cl_store *store = open_store(args, false);
	struct arguments json = *args;
	struct cl_error error;
	struct out out;
	int ret;

	if (!store)
		return EXIT_ERROR;
	json.json = true;
	out_begin(&out, &json, "cpulevel/pool-export/1");
	out_group(&out, "records");
	ret = cl_registry_export(store, put_record, &out, &error);
	out_end_group(&out);
	cl_store_close(store);
	if (ret)
		return complain_error(&error);
	return out_finish(&out);
}

/* ---- xapi's names ---- */

static void put_set(struct out *out, const char *key,
		    const struct cl_featureset *fs)
{
	char text[CL_TEXT_SIZE];

	if (fs)
		out_string(out, key, cl_featureset_text(fs, text));
}

static int put_host(void *arg, const struct cl_member *host)
{
	struct out *out = arg;

	out_group(out, host->host.name);
	out_group(out, "cpu_info");
	out_string(out, "vendor", host->host.vendor);
	put_set(out, "features_pv", cl_member_max(host, CL_GUEST_PV));
	put_set(out, "features_hvm", cl_member_max(host, CL_GUEST_HVM));
	put_set(out, "features_pv_host", cl_member_default(host, CL_GUEST_PV));
	put_set(out, "features_hvm_host", cl_member_default(host, CL_GUEST_HVM));
	out_end_group(out);
	out_end_group(out);
	return 0;
}

static int put_vm(void *arg, const struct cl_vm *vm)
{
	static const char *const states[] = {
		[CL_VM_HALTED] = "Halted", [CL_VM_RUNNING] = "Running",
		[CL_VM_SUSPENDED] = "Suspended",
	};
	struct out *out = arg;

	if (vm->kind != CL_VM_ORDINARY)
		return 0;
	out_group(out, vm->name);
	out_string(out, "domain_type", cl_vm_type_name(vm->type));
	out_string(out, "power_state", states[vm->state]);
	out_string(out, "resident_on", vm->host);
	out_group(out, "last_boot_CPU_flags");
	if (cl_vm_alive(vm)) {
		out_string(out, "vendor", vm->vendor);
		put_set(out, "features", &vm->set);
	}
	out_end_group(out);
	out_end_group(out);
	return 0;
}

static void put_pool(struct out *out, const struct cl_pool *pool)
{
	out_string(out, "pool", pool->name);
	out_group(out, "cpu_info");
	out_string(out, "vendor", pool->vendor);
	if (pool->offering[CL_GUEST_PV])
		put_set(out, "features_pv_host", &pool->level[CL_GUEST_PV]);
	if (pool->offering[CL_GUEST_HVM])
		put_set(out, "features_hvm_host", &pool->level[CL_GUEST_HVM]);
	out_end_group(out);
}

static int export_xapi(const struct arguments *args)
{
	struct arguments json = *args;
	struct cl_store *store;
	struct cl_error error;
	struct cl_pool pool;
	struct out out;
	int ret;

	store = open_pool(args, &pool, NULL);
	if (!store)
		return EXIT_ERROR;
	json.json = true;
	out_begin(&out, &json, "cpulevel/xapi/1");
	put_pool(&out, &pool);
	out_group(&out, "hosts");
	ret = cl_registry_hosts(store, pool.name, put_host, &out, &error);
	out_end_group(&out);
	out_group(&out, "vms");
	if (!ret)
		ret = cl_registry_vms(store, pool.name, put_vm, &out, &error);
	out_end_group(&out);
	cl_store_close(store);
	if (ret)
		return complain_error(&error);
	return out_finish(&out);
}

int verb_pool_export(const struct arguments *args)
{
	if (!(args->given & OPT_FOR))
		return export_store(args);
	if (args->tool == TOOL_XAPI)
		return export_xapi(args);
	return complain("--for", "only xapi has records of pools; leave it out to export all of the store");
}
