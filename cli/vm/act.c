// SPDX-License-Identifier: GPL-2.0-only
/* cpulevel vm stop, adopt, migrate: verbs that do more than ask the store. */
#include <string.h>

#include "vm.h"

int verb_vm_stop(const struct arguments *args)
{
	struct cl_vm_request request = request_of(args);
	struct cl_vm_answer answer;
	struct cl_error error;
	int ret;

	if (args->given & OPT_FORGET) {
		request.verb = CL_VM_FORGET;
		request.force = true;
	}
	ret = try_vm(args, &request, &answer, &error);
	/* The store may not have heard of it yet. */
	if (stop_alone(args, request.name, ret ? &answer : NULL))
		ret = 0;
	return ret ? complain_failed(ret, &error) :
		     print_vm_answer(args, &request, &answer);
}

/* What --features gives: hex, or the policy of a domain in a file. */
static int read_features(struct cl_given *given, const char *text)
{
	struct cl_error error;

	if (strcmp(text, "-") &&
	    strspn(text, "0123456789abcdefABCDEF-:") == strlen(text)) {
		memset(given, 0, sizeof(*given));
		if (cl_featureset_parse(&given->set, text, &error))
			return complain("--features", "%s", error.reason);
		return EXIT_YES;
	}
	return cl_given_read(given, text, &error) ? complain_error(&error) :
						    EXIT_YES;
}

int verb_vm_adopt(const struct arguments *args)
{
	struct cl_vm_request request = request_of(args);
	const char *text = option_text(args, OPT_FEATURES, 0);
	struct cl_given recorded;

	request.vendor = option_text(args, OPT_VENDOR, 0);
	if (text && read_features(&recorded, text))
		return EXIT_ERROR;
	if (text && cl_empty(&recorded.set))
		return complain("--features", "has no feature; leave it out if the VM came without a set");
	if (request.vendor && strlen(request.vendor) > 12)
		return complain("--vendor", "a vendor has 12 characters at most, as GenuineIntel");
	request.recorded = text ? &recorded : NULL;
	if (!request.host && request.kind == CL_VM_ORDINARY)
		request.host = this_host(args);
	return do_vm(args, &request);
}

/* It has moved, or it has not, whatever the rules say: that is recorded. */
static int end_move(const struct arguments *args, struct cl_vm_request *request,
		    enum cl_vm_step step, struct cl_vm_answer *answer)
{
	const char *there = step == CL_STEP_END ? answer->after.pending_host :
						  answer->after.host;
	struct cl_vm_answer ended;
	struct cl_error error;

	request->step = step;
	request->force = true;
	request->host = NULL;
	if (try_vm(args, request, &ended, &error)) {
		complain_error(&error);
		return complain(request->name, "is on %s, which could not be recorded; `cpulevel vm adopt --host` does that",
				there);
	}
	*answer = ended;
	return EXIT_YES;
}

/* The move is recorded before it is made, so that a kill leaves no wrong record. */
static int run(const struct arguments *args, struct cl_vm_request *request,
	       struct cl_vm_answer *answer)
{
	if (!run_move(args->tool, answer))
		return end_move(args, request, CL_STEP_END, answer);
	end_move(args, request, CL_STEP_CANCEL, answer);
	return EXIT_ERROR;
}

/* What is pending is run, or is for somebody to run; without a command it is over. */
static int move(const struct arguments *args, struct cl_vm_request *request,
		struct cl_vm_answer *answer, const char *command)
{
	if (!answer->done || !answer->after.pending)
		return EXIT_YES;
	if (args->given & OPT_RUN)
		return run(args, request, answer);
	return *command ? EXIT_YES :
			  end_move(args, request, CL_STEP_END, answer);
}

static int check_migrate(const struct arguments *args)
{
	unsigned int end = args->given & (OPT_DONE | OPT_ABORT);

	if (end & (end - 1))
		return complain("--abort", "and --done: only one of them can be true");
	if (end && args->given & (OPT_HOST | OPT_POOL | OPT_RUN | OPT_CHECK))
		return complain(end == OPT_DONE ? "--done" : "--abort",
				"ends the pending move; --host, --pool, --run and --check are for a new one");
	return EXIT_YES;
}

int verb_vm_migrate(const struct arguments *args)
{
	struct cl_vm_request request = request_of(args);
	bool end = args->given & (OPT_DONE | OPT_ABORT);
	char command[COMMAND_SIZE] = "";
	struct cl_vm_answer answer;
	struct out out;
	int ret = check_migrate(args);

	request.step = args->given & OPT_DONE ? CL_STEP_END :
		       args->given & OPT_ABORT ? CL_STEP_CANCEL : CL_STEP_BEGIN;
	request.force |= end;
	if (!ret)
		ret = ask_vm(args, &request, &answer);
	if (!ret && !end)
		ret = move(args, &request, &answer,
			   move_command(command, args->tool, &answer));
	if (ret)
		return ret;
	begin_vm(&out, args);
	out_vm_answer(&out, &request, &answer);
	if (!vm_exit(&request, &answer) && *command)
		out_string(&out, "command", command);
	ret = out_finish(&out);
	return ret ? ret : vm_exit(&request, &answer);
}
