// SPDX-License-Identifier: GPL-2.0-only
/*
 * A VM starts although the store cannot be reached: at the level that its host
 * last knew of.  It is noted here; the host's next report records it.
 */
#include <errno.h>
#include <string.h>
#include <syslog.h>

#include "vm.h"

/* The reason why it is alone, and the reason why that is not enough. */
static int cannot(const struct cl_error *why, const char *object,
		  const char *what)
{
	complain_error(why);
	return complain(object, "%s", what);
}

static int start(struct cl_vm_answer *answer, const struct arguments *args,
		 const struct cl_vm_request *request,
		 struct last_known *known, const struct cl_error *why)
{
	struct cl_vm vm = { .type = request->type };
	struct cl_vm noted;
	struct cl_error error;

	if (!request->host || !read_last(known, args, request->host))
		return cannot(why, request->host ? request->host : "--host",
			      "not a member of a pool known here, so no CPU level is known; join it first");
	if (request->type < 0)
		return cannot(why, request->name,
			      "VM type unknown while the store cannot be reached; give its --type");
	if (read_noted(&noted, args, request->name))
		return cannot(why, request->name,
			      "was started here already; `cpulevel vm stop` it first if it has ended");
	if (cl_name_check(request->name, "VM", &error))
		return complain_error(&error);
	strcpy(vm.name, request->name);
	if (cl_vm_start(&vm, &known->pool, &known->host, &error))
		return complain_error(&error);
	*answer = (struct cl_vm_answer){
		.done = true, .after = vm, .pool = known->pool,
		.host = known->host
	};
	return EXIT_YES;
}

/* With --run; what Xen gave it is noted, if that is known.  EXIT_NO: it does not run. */
static int run(const struct arguments *args, struct cl_vm *vm,
	       const struct xl_file *xl)
{
	struct cl_given given;

	if (create_domain(xl->path, vm->name)) {
		forget_noted(args, vm->name);
		restore_xl(xl);
		return EXIT_NO;
	}
	if (read_given(vm->name, &given))
		return EXIT_ERROR;
	vm->set = given.set;
	if (given.max_leaves.max_leaf)
		vm->max_leaves = given.max_leaves;
	return note_vm(args, vm);
}

static void tell(const struct cl_vm_request *request,
		 const struct last_known *known, const struct cl_error *why)
{
	complain_error(why);
	complain(request->name, "starts at the level of pool %s as of %s; it is not recorded before host %s reports",
		 known->pool.name, known->when, request->host);
	syslog(LOG_WARNING, "%s: %s; VM %s starts at the level of pool %s as of %s",
	       why->object, why->reason, request->name, known->pool.name,
	       known->when);
}

int start_alone(const struct arguments *args,
		const struct cl_vm_request *request, struct xl_file *xl,
		const struct cl_error *why)
{
	struct cl_vm_answer answer;
	struct last_known known;
	struct out out;
	int failed, ret = start(&answer, args, request, &known, why);

	/* On this host no other host's features need a mask. */
	if (!ret && xl->path)
		ret = write_xl(xl, &answer.after,
			       cl_member_default(&known.host,
						 cl_vm_guest(&answer.after)));
	if (ret) {
		restore_xl(xl);
		return ret;
	}
	tell(request, &known, why);
	failed = note_vm(args, &answer.after);
	if (args->given & OPT_RUN)
		ret = run(args, &answer.after, xl);
	if (ret == EXIT_NO)
		return EXIT_ERROR;
	begin_vm(&out, args);
	out_vm_answer(&out, request, &answer);
	out_string(&out, "level_of", known.when);
	out_xl(&out, xl);
	failed = failed ? failed : ret;
	ret = out_finish(&out);
	return ret ? ret : failed;
}

bool stop_alone(const struct arguments *args, const char *name,
		struct cl_vm_answer *answer)
{
	struct cl_vm noted;

	if (!read_noted(&noted, args, name))
		return false;
	forget_noted(args, name);
	if (!answer)
		return false;
	*answer = (struct cl_vm_answer){ .done = true, .after = noted };
	return !cl_vm_stop(&answer->after, NULL);
}

/* ---- Afterwards ---- */

struct recording {
	const struct arguments *args;
	struct out *out;
	bool any, failed;
};

/* It runs there with what it was started with, whatever the level is now. */
static int record(void *arg, const struct cl_vm *vm)
{
	struct recording *recording = arg;
	struct cl_given had = { .set = vm->set, .max_leaves = vm->max_leaves };
	struct cl_vm_request request = {
		.verb = CL_VM_ADOPT, .name = vm->name, .host = vm->host,
		.type = vm->type, .force = true, .recorded = &had,
		.vendor = vm->vendor
	};
	struct cl_vm_answer answer;

	if (ask_vm(recording->args, &request, &answer)) {
		recording->failed = true;
		return 0;
	}
	forget_noted(recording->args, vm->name);
	if (!recording->any)
		out_list(recording->out, "recorded_vms");
	recording->any = true;
	out_item(recording->out, vm->name);
	return 0;
}

int record_noted(const struct arguments *args, struct out *out,
		 const char *host)
{
	struct recording recording = { .args = args, .out = out };

	each_noted(args, host, record, &recording);
	if (recording.any)
		out_end_list(out);
	return recording.failed ? EXIT_ERROR : EXIT_YES;
}
