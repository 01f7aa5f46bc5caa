// SPDX-License-Identifier: GPL-2.0-only
/* cpulevel pool create, join, report, leave: pools and their hosts change. */
#include <errno.h>
#include <string.h>
#include <syslog.h>

#include "../local/local.h"
#include "../vm/vm.h"
#include "pool.h"

int verb_pool_create(const struct arguments *args)
{
	const char *name = args->values[0];
	struct cl_store *store;
	struct cl_error error;
	struct out out;
	int ret;

	if (cl_name_check(name, "pool", &error))
		return complain_error(&error);
	store = open_store(args, true);
	if (!store)
		return EXIT_ERROR;
	ret = cl_registry_create(store, name, &error);
	cl_store_close(store);
	if (ret)
		return complain_error(&error);
	out_begin(&out, args, "cpulevel/pool-create/1");
	out_string(&out, "pool", name);
	return out_finish(&out);
}

static void out_change(struct out *out, const struct arguments *args,
		       const char *schema, const char *host,
		       const struct cl_change *change)
{
	out_begin(out, args, schema);
	out_string(out, "host", host);
	out_string(out, "pool", change->after.name);
	out_number(out, "hosts", change->after.nr_hosts);
	out_levels(out, &change->after);
	/* Of the first host and the last one all would be a change. */
	if (args->json || (change->before.nr_hosts && change->after.nr_hosts))
		out_level_change(out, change->before.level, change->after.level);
	if (args->json || change->halted)
		out_number(out, "halted_vms", change->halted);
	if (args->json || change->over)
		out_number(out, "exceeding_vms", change->over);
	if (change->over)
		out_string(out, "first", change->first);
}

/* An admin who is not looking is to find it later. */
static void warn_lowered(const char *host, const struct cl_change *change)
{
	static const char *const names[CL_NR_GUESTS] = {
		[CL_GUEST_PV] = "PV", [CL_GUEST_HVM] = "HVM",
	};
	char text[FEATURES_SIZE];
	struct cl_featureset lost;
	unsigned int guest;

	for (guest = 0; guest < CL_NR_GUESTS; guest++) {
		cl_minus(&lost, &change->before.level[guest],
			 &change->after.level[guest]);
		if (cl_empty(&lost) || !change->after.nr_hosts)
			continue;
		features_text(text, &lost);
		syslog(LOG_WARNING,
		       "host %s lowers the %s level of pool %s: VMs that start now lack %s",
		       host, names[guest], change->after.name, text);
		complain(host, "lowers the %s level of pool %s: VMs that start now lack %s",
			 names[guest], change->after.name, text);
	}
}

int verb_pool_join(const struct arguments *args)
{
	struct cl_change change;
	struct cl_member member;
	struct cl_store *store;
	struct cl_error error;
	struct cl_pool pool;
	struct out out;
	int ret = read_member(&member, args, 0);

	if (ret)
		return ret;
	store = open_pool(args, &pool, NULL);
	if (!store)
		return EXIT_ERROR;
	ret = cl_registry_join(store, pool.name, &member, &change, &error);
	cl_store_close(store);
	if (ret)
		return complain_failed(ret, &error);
	keep_last(args, &member, &change.after);
	if (is_this_machine(args))
		keep_this_host(args, member.host.name);
	out_change(&out, args, "cpulevel/pool-join/1", member.host.name, &change);
	return out_finish(&out);
}

/* This machine is called what it joined as, unless --name says otherwise. */
static int read_reporting(struct cl_member *member, const struct arguments *args)
{
	int ret = read_member(member, args, 0);
	const char *name = kept_name(args);

	if (!ret && is_this_machine(args) && name &&
	    !option_text(args, OPT_NAME, 0))
		snprintf(member->host.name, sizeof(member->host.name), "%s",
			 name);
	return ret;
}

int verb_pool_report(const struct arguments *args)
{
	struct cl_change change;
	struct cl_member member;
	struct cl_store *store;
	struct cl_error error;
	struct out out;
	int ret = read_reporting(&member, args), failed;

	if (ret)
		return ret;
	store = open_store(args, false);
	if (!store)
		return EXIT_ERROR;
	ret = cl_registry_report(store, &member, args->given & OPT_FORCE,
				 &change, &error);
	cl_store_close(store);
	/* It has left, by another machine's word: the next boot need not ask. */
	if (ret == -ENOENT && is_this_machine(args))
		forget_this_host(args, member.host.name);
	if (ret)
		return complain_failed(ret, &error);
	warn_lowered(member.host.name, &change);
	keep_last(args, &member, &change.after);
	if (is_this_machine(args))
		keep_this_host(args, member.host.name);
	out_change(&out, args, "cpulevel/pool-report/1", member.host.name, &change);
	failed = record_noted(args, &out, member.host.name);
	ret = out_finish(&out);
	return ret ? ret : failed;
}

int verb_pool_leave(const struct arguments *args)
{
	const char *host = args->values[0];
	struct cl_store *store = open_store(args, false);
	struct cl_change change;
	struct cl_error error;
	struct out out;
	int ret;

	if (!store)
		return EXIT_ERROR;
	ret = cl_registry_leave(store, host, args->given & OPT_FORCE, &change,
				&error);
	cl_store_close(store);
	if (ret)
		return complain_failed(ret, &error);
	forget_last(args, host);
	forget_this_host(args, host);
	out_change(&out, args, "cpulevel/pool-leave/1", host, &change);
	return out_finish(&out);
}
