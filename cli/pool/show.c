// SPDX-License-Identifier: GPL-2.0-only
/* cpulevel pool show: hosts, the level, what each host keeps it from, VMs above it. */
#include <string.h>

#include "pool.h"

/* The pool, as it is walked over; counted again on the way. */
struct walk {
	struct out *out;
	struct cl_store *store;
	struct cl_pool pool;
	struct cl_pool_counts counts, again;
	struct cl_pool recount;
	bool gains;		/* of VMs: what a restart gives, else what is beyond */
};

static void out_cost(struct out *out, const char *key,
		     const struct walk *walk, const struct cl_member *host,
		     enum cl_guest guest)
{
	struct cl_featureset cost;

	if (!cl_member_default(host, guest)) {
		out_absent(out, key, "cannot run such guests");
		return;
	}
	if (cl_counts_cost(&walk->counts.of[guest],
			   cl_member_default(host, guest),
			   cl_member_max(host, guest), &cost))
		return;
	if (out->json || !cl_empty(&cost))
		out_features(out, key, &cost);
}

static int out_member(void *arg, const struct cl_member *host)
{
	struct walk *walk = arg;
	struct out *out = walk->out;
	struct cl_error error;
	char text[16];
	int ret = cl_pool_join(&walk->recount, &walk->again, host, &error);

	if (ret)
		return ret;
	out_entry(out, host->host.name);
	snprintf(text, sizeof(text), "%08x", host->host.signature);
	out_string(out, "signature", text);
	if (out->json || host->host.uniform == CL_UNIFORM_NO)
		out_answer(out, "uniform", host->host.uniform != CL_UNIFORM_NO);
	if (out->json || host->estimated)
		out_answer(out, "estimated", host->estimated);
	if (cl_method(&host->host))
		out_string(out, "pv_levelling", cl_method(&host->host));
	else
		out_absent(out, "pv_levelling", "not known");
	out_cost(out, "pv_gained", walk, host, CL_GUEST_PV);
	out_cost(out, "hvm_gained", walk, host, CL_GUEST_HVM);
	out_end_group(out);
	return 0;
}

static int out_vm_line(void *arg, const struct cl_vm *vm)
{
	struct walk *walk = arg;
	struct cl_featureset fs;

	if (walk->gains)
		cl_vm_gains(&fs, vm, &walk->pool);
	else
		cl_vm_above_level(&fs, vm, &walk->pool);
	if (cl_empty(&fs))
		return 0;
	if (!walk->out->json) {
		out_features(walk->out, vm->name, &fs);
		return 0;
	}
	out_entry(walk->out, vm->name);
	out_features(walk->out, "features", &fs);
	out_end_group(walk->out);
	return 0;
}

static int out_vms(struct walk *walk, const char *key, bool gains,
		   struct cl_error *error)
{
	int ret;

	walk->gains = gains;
	out_array(walk->out, key);
	ret = cl_registry_vms(walk->store, walk->pool.name, out_vm_line, walk,
			      error);
	out_end_group(walk->out);
	return ret;
}

static void out_left_out(struct out *out, const struct walk *walk)
{
	struct cl_featureset left_out;

	cl_counts_left_out(&walk->counts.of[CL_GUEST_PV], &left_out);
	if (out->json || !cl_empty(&left_out))
		out_features(out, "pv_left_out", &left_out);
	cl_counts_left_out(&walk->counts.of[CL_GUEST_HVM], &left_out);
	if (out->json || !cl_empty(&left_out))
		out_features(out, "hvm_left_out", &left_out);
}

static int out_walk(struct walk *walk, struct cl_error *error)
{
	struct out *out = walk->out;
	int ret;

	out_string(out, "pool", walk->pool.name);
	if (*walk->pool.vendor)
		out_string(out, "vendor", walk->pool.vendor);
	else
		out_absent(out, "vendor", "that of the first host");
	out_number(out, "hosts", walk->pool.nr_hosts);
	out_levels(out, &walk->pool);
	out_left_out(out, walk);
	cl_pool_init(&walk->recount, &walk->again, walk->pool.name);
	out_array(out, "members");
	ret = cl_registry_hosts(walk->store, walk->pool.name, out_member, walk,
				error);
	out_end_group(out);
	if (!ret)
		ret = out_vms(walk, "above_level", false, error);
	if (!ret)
		ret = out_vms(walk, "restart_gains", true, error);
	return ret;
}

/* Between two looks a host may have come; but then the pool says so. */
static int check_counts(const struct walk *walk, struct cl_store *store)
{
	struct cl_error error;
	struct cl_pool now;

	if (cl_equal(&walk->recount.level[0], &walk->pool.level[0]) &&
	    cl_equal(&walk->recount.level[1], &walk->pool.level[1]))
		return EXIT_YES;
	if (!cl_registry_pool(store, walk->pool.name, &now, NULL, &error) &&
	    now.changes != walk->pool.changes)
		return EXIT_YES;
	return complain(walk->pool.name, "its level is not that of its hosts; the store is damaged, restore a copy of it");
}

int verb_pool_show(const struct arguments *args)
{
	const char *page = option_text(args, OPT_HTML, 0);
	static struct walk walk;
	struct cl_error error;
	struct out out;
	int ret;

	walk.store = open_pool(args, &walk.pool, &walk.counts);
	if (!walk.store)
		return EXIT_ERROR;
	if (page) {
		ret = write_page(page, walk.store, &walk.pool, &walk.counts);
		cl_store_close(walk.store);
		return ret;
	}
	out_begin(&out, args, "cpulevel/pool-show/2");
	walk.out = &out;
	ret = out_walk(&walk, &error);
	if (ret)
		complain_error(&error);
	ret = out_finish(&out) || ret ? EXIT_ERROR :
	      check_counts(&walk, walk.store);
	cl_store_close(walk.store);
	return ret;
}
