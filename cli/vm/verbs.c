// SPDX-License-Identifier: GPL-2.0-only
/* The verbs of `cpulevel vm`, as the table in verbs.c, and what is done for all of them. */
#include <string.h>

#include "vm.h"

#define STORE	(OPT_STORE | OPT_POOL)
#define LANDING	(OPT_STORE | OPT_HOST | OPT_FORCE | OPT_STRANDED | OPT_CHECK)

static int verb_vm(const struct arguments *args);

const struct verb vm_verbs[] = {
	{ "start", "VM", "start a VM at the pool's level",
	  1, 1, OPT_STORE | OPT_HOST | OPT_TYPE | OPT_XL | OPT_RUN, verb_vm_start,
	  NULL },
	{ "stop", "VM", "mark a VM stopped; its saved memory is discarded",
	  1, 1, OPT_STORE | OPT_FORGET, verb_vm_stop, NULL },
	{ "reboot", "VM", "start a VM afresh, at the present level",
	  1, 1, OPT_STORE | OPT_SELF | OPT_XL, verb_vm_reboot, NULL },
	{ "suspend", "VM", "save a VM's memory to disk",
	  1, 1, OPT_STORE, verb_vm, NULL },
	{ "resume", "VM", "resume a VM, there or on another host",
	  1, 1, LANDING, verb_vm, NULL },
	{ "checkpoint", "VM NAME", "save a VM's disks and memory as NAME",
	  2, 2, OPT_STORE | OPT_DISKS, verb_vm, NULL },
	{ "revert", "VM NAME", "return a VM to a checkpoint",
	  2, 2, LANDING, verb_vm, NULL },
	{ "adopt", "VM", "record a VM that runs on a host already, or a template",
	  1, 1, STORE | OPT_HOST | OPT_TYPE | OPT_FEATURES | OPT_VENDOR |
	  OPT_TEMPLATE | OPT_FORCE | OPT_CHECK, verb_vm_adopt, NULL },
	{ "migrate", "VM", "move a VM to another host, or its disks",
	  1, 1, STORE | LANDING | OPT_RUN | OPT_FOR | OPT_DONE | OPT_ABORT,
	  verb_vm_migrate, NULL },
	{ "copy", "VM NAME", "duplicate a halted VM, or make one of a template",
	  2, 2, STORE | OPT_TEMPLATE, verb_vm, NULL },
	{ "show", "VM", "what a VM has, and where it can be",
	  1, 1, OPT_STORE, verb_vm_show, NULL },
	{ "list", "", "all VMs of a pool, or of all pools",
	  0, 0, STORE, verb_vm_list, NULL },
	{ NULL, NULL, NULL, 0, 0, 0, NULL, NULL }
};

/* The registry calls it the same. */
static enum cl_vm_verb verb_of(const struct arguments *args)
{
	unsigned int verb = 0;

	while (strcmp(cl_vm_verb_name(verb), args->verb->name))
		verb++;
	return verb;
}

struct cl_vm_request request_of(const struct arguments *args)
{
	return (struct cl_vm_request){
		.verb = verb_of(args),
		.name = args->values[0],
		.host = option_text(args, OPT_HOST, 0),
		.pool = option_text(args, OPT_POOL, 0),
		.other = args->count > 1 ? args->values[1] : NULL,
		.type = args->type,
		.kind = args->template,
		.check = args->given & OPT_CHECK,
		.force = args->given & OPT_FORCE,
		.allow_stranded = args->given & OPT_STRANDED,
		.by_itself = args->given & OPT_SELF,
		.disks_only = args->given & OPT_DISKS,
	};
}

int try_vm(const struct arguments *args, const struct cl_vm_request *request,
	   struct cl_vm_answer *answer, struct cl_error *error)
{
	struct cl_store *store;
	int ret = cl_store_open(&store, store_name(args), false, error);

	if (ret)
		return ret;
	ret = cl_registry_vm(store, request, answer, error);
	cl_store_close(store);
	return ret;
}

int ask_vm(const struct arguments *args, struct cl_vm_request *request,
	   struct cl_vm_answer *answer)
{
	struct cl_error error;
	int ret = try_vm(args, request, answer, &error);

	return ret ? complain_failed(ret, &error) : EXIT_YES;
}

int vm_exit(const struct cl_vm_request *request,
	    const struct cl_vm_answer *answer)
{
	if (answer->move.answer == CL_MOVE_YES)
		return EXIT_YES;
	/* Overruled, it was done: then so was what was asked for. */
	return answer->done || request->force ||
	       (answer->move.answer == CL_MOVE_STRANDED &&
		request->allow_stranded) ? EXIT_YES : EXIT_NO;
}

void begin_vm(struct out *out, const struct arguments *args)
{
	char schema[40];

	snprintf(schema, sizeof(schema), "cpulevel/vm-%s/2", args->verb->name);
	out_begin(out, args, schema);
}

int print_vm_answer(const struct arguments *args,
		    const struct cl_vm_request *request,
		    const struct cl_vm_answer *answer)
{
	struct out out;
	int ret;

	begin_vm(&out, args);
	out_vm_answer(&out, request, answer);
	ret = out_finish(&out);
	return ret ? ret : vm_exit(request, answer);
}

int do_vm(const struct arguments *args, struct cl_vm_request *request)
{
	struct cl_vm_answer answer;
	int ret = ask_vm(args, request, &answer);

	return ret ? ret : print_vm_answer(args, request, &answer);
}

/* Of most verbs nothing but the record is changed. */
static int verb_vm(const struct arguments *args)
{
	struct cl_vm_request request = request_of(args);

	return do_vm(args, &request);
}
