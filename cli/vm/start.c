// SPDX-License-Identifier: GPL-2.0-only
/* cpulevel vm start, reboot: a VM gets the level, its configuration, and with --run its domain. */
#include <errno.h>
#include <string.h>

#include "../session.h"

/* The mask of the VM that has just started, as its configuration. */
static int configure(const struct arguments *args, const struct cl_vm *vm,
		     struct cl_featureset *left_out)
{
	struct cl_pool_counts counts;
	struct cl_featureset any;
	struct cl_store *store;
	struct cl_error error;
	struct cl_pool pool;
	int ret;

	if (!option_text(args, OPT_XL, 0))
		return EXIT_YES;
	store = open_store(args, false);
	if (!store)
		return EXIT_ERROR;
	ret = cl_registry_pool(store, vm->pool, &pool, &counts, &error);
	cl_store_close(store);
	if (ret)
		return complain_error(&error);
	any_default(&any, &counts.of[cl_vm_guest(vm)]);
	return write_xl(option_text(args, OPT_XL, 0), vm, &any, left_out);
}

/* What came of a start, and its configuration. */
static int out_configured(const struct arguments *args,
			  const struct cl_vm_request *request,
			  const struct cl_vm_answer *answer, const char *schema)
{
	struct cl_featureset left_out;
	int failed = configure(args, &answer->after, &left_out), ret;
	struct out out;

	out_begin(&out, args, schema);
	out_vm_answer(&out, request, answer);
	if (!failed)
		out_xl(args, &out, &left_out);
	ret = out_finish(&out);
	return failed ? failed : ret ? ret : vm_exit(request, answer);
}

/* ---- With --run -------------------------------------------------------- */

/* Nothing has started: what is recorded is what was. */
static int cancel(const struct arguments *args, struct cl_vm_request *request,
		  const struct cl_vm_answer *begun)
{
	struct cl_vm_answer answer;
	struct cl_error error;

	request->step = CL_STEP_CANCEL;
	request->fresh = begun->is_new;
	if (try_vm(args, request, &answer, &error)) {
		complain_error(&error);
		complain(request->name, "does not run, which could not be recorded; `cpulevel vm stop` does that");
	}
	return EXIT_ERROR;
}

/* It runs, whatever the rules say: with what Xen gave it, if that is known. */
static int finish(const struct arguments *args, struct cl_vm_request *request,
		  const struct cl_given *given,
		  struct cl_vm_answer *answer)
{
	struct cl_error error;

	request->verb = CL_VM_ADOPT;
	request->step = CL_STEP_ALL;
	request->recorded = given;
	request->force = true;
	if (!try_vm(args, request, answer, &error))
		return EXIT_YES;
	complain_error(&error);
	return complain(request->name, "runs on %s, which could not be recorded; `cpulevel vm adopt --host` does that",
			request->host);
}

/* The record says that it starts before it does, or a kill would leave a lie. */
static int run(const struct arguments *args, struct cl_vm_request *request,
	       struct cl_vm_answer *answer)
{
	const char *path = option_text(args, OPT_XL, 0);
	struct cl_featureset left_out;
	struct cl_given given;
	int ret, unknown;
	struct out out;

	keep_last(args, &answer->host, &answer->pool);
	if (configure(args, &answer->after, &left_out) ||
	    create_domain(path, request->name))
		return cancel(args, request, answer);
	unknown = read_given(request->name, &given);
	ret = finish(args, request, unknown ? NULL : &given, answer);
	if (ret)
		return ret;
	out_begin(&out, args, "cpulevel/vm-start/1");
	out_vm_answer(&out, request, answer);
	out_xl(args, &out, &left_out);
	ret = out_finish(&out);
	return ret ? ret : unknown;
}

static int check_run(const struct arguments *args, const char *host)
{
	const char *here = this_host(args);

	if (!(args->given & OPT_RUN))
		return EXIT_YES;
	if (!option_text(args, OPT_XL, 0))
		return complain("--run", "starts the VM from its configuration; name that with --xl");
	if (here && host && strcmp(here, host))
		return complain(host, "is not this machine, which is %s; only here --run can start a VM",
				here);
	return EXIT_YES;
}

int verb_vm_start(const struct arguments *args)
{
	struct cl_vm_request request = request_of(args, CL_VM_START);
	struct cl_vm_answer answer;
	struct cl_error error;
	int ret;

	if (!request.host)
		request.host = this_host(args);
	if (check_run(args, request.host))
		return EXIT_ERROR;
	if (args->given & OPT_RUN)
		request.step = CL_STEP_BEGIN;
	ret = try_vm(args, &request, &answer, &error);
	/* It has to run, whatever became of the network. */
	if (ret == -EHOSTUNREACH || ret == -ETIMEDOUT)
		return start_alone(args, &request, &error);
	if (ret)
		return complain_failed(ret, &error);
	if (args->given & OPT_RUN)
		return run(args, &request, &answer);
	keep_last(args, &answer.host, &answer.pool);
	return out_configured(args, &request, &answer, "cpulevel/vm-start/1");
}

int verb_vm_reboot(const struct arguments *args)
{
	struct cl_vm_request request = request_of(args, CL_VM_REBOOT);
	struct cl_vm_answer answer;
	int ret = ask_vm(args, &request, &answer);

	return ret ? ret : out_configured(args, &request, &answer,
					  "cpulevel/vm-reboot/1");
}
