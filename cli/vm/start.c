// SPDX-License-Identifier: GPL-2.0-only
/* cpulevel vm start, reboot: a VM gets the level, its configuration, and with --run its domain. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "vm.h"

static int out_started(const struct arguments *args,
		       const struct cl_vm_request *request,
		       const struct cl_vm_answer *answer,
		       const struct xl_file *xl)
{
	struct out out;
	int ret;

	begin_vm(&out, args);
	out_vm_answer(&out, request, answer);
	out_xl(&out, xl);
	ret = out_finish(&out);
	return ret ? ret : vm_exit(request, answer);
}

/* ---- With --run -------------------------------------------------------- */

/* Nothing has started: what is recorded is what was, and so is the file. */
static int cancel(const struct arguments *args, struct cl_vm_request *request,
		  const struct cl_vm_answer *begun, const struct xl_file *xl)
{
	struct cl_vm_answer answer;
	struct cl_error error;

	restore_xl(xl);
	request->step = CL_STEP_CANCEL;
	request->fresh = begun->is_new;
	request->prepare = NULL;
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
	request->prepare = NULL;
	if (!try_vm(args, request, answer, &error))
		return EXIT_YES;
	complain_error(&error);
	return complain(request->name, "runs on %s, which could not be recorded; `cpulevel vm adopt --host` does that",
			request->host);
}

/* The start is recorded before it is made, so that a kill leaves no wrong record. */
static int run(const struct arguments *args, struct cl_vm_request *request,
	       struct cl_vm_answer *answer, const struct xl_file *xl)
{
	struct cl_given given;
	int ret, unknown;

	keep_last(args, &answer->host, &answer->pool);
	if (create_domain(xl->path, request->name))
		return cancel(args, request, answer, xl);
	unknown = read_given(request->name, &given);
	ret = finish(args, request, unknown ? NULL : &given, answer);
	if (!ret)
		ret = out_started(args, request, answer, xl);
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

/* Its configuration is ready before it is recorded, or neither is changed. */
static void prepare_file(const struct arguments *args,
			 struct cl_vm_request *request, struct xl_file *xl)
{
	*xl = (struct xl_file){ .path = option_text(args, OPT_XL, 0) };
	request->prepare = xl->path ? prepare_xl : NULL;
	request->prepare_arg = xl;
}

static int start(const struct arguments *args, struct cl_vm_request *request,
		 struct xl_file *xl)
{
	struct cl_vm_answer answer;
	struct cl_error error;
	int ret = try_vm(args, request, &answer, &error);

	/* It has to run, whatever became of the network. */
	if (ret == -EHOSTUNREACH || ret == -ETIMEDOUT)
		return start_alone(args, request, xl, &error);
	if (ret) {
		restore_xl(xl);
		return complain_failed(ret, &error);
	}
	if (args->given & OPT_RUN)
		return run(args, request, &answer, xl);
	keep_last(args, &answer.host, &answer.pool);
	return out_started(args, request, &answer, xl);
}

int verb_vm_start(const struct arguments *args)
{
	struct cl_vm_request request = request_of(args);
	struct xl_file xl;
	int ret;

	if (!request.host)
		request.host = this_host(args);
	if (check_run(args, request.host))
		return EXIT_ERROR;
	if (args->given & OPT_RUN)
		request.step = CL_STEP_BEGIN;
	prepare_file(args, &request, &xl);
	ret = start(args, &request, &xl);
	free(xl.before);
	return ret;
}

int verb_vm_reboot(const struct arguments *args)
{
	struct cl_vm_request request = request_of(args);
	struct cl_vm_answer answer;
	struct xl_file xl;
	int ret;

	prepare_file(args, &request, &xl);
	ret = ask_vm(args, &request, &answer);
	if (ret)
		restore_xl(&xl);
	else
		ret = out_started(args, &request, &answer, &xl);
	free(xl.before);
	return ret;
}
