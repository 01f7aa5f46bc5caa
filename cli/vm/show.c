// SPDX-License-Identifier: GPL-2.0-only
/* cpulevel vm show, list: what VMs have, and where they can be. */
#include <string.h>

#include "vm.h"

/* A VM beside all hosts of its pool, and its checkpoints. */
struct view {
	struct out *out;
	struct cl_store *store;
	const struct cl_vm *vm;
	struct cl_pool pool;
};

static int out_host(void *arg, const struct cl_member *host)
{
	struct view *view = arg;
	char text[FEATURES_SIZE];
	struct cl_move move;

	cl_vm_fits(&move, view->vm, NULL, host);
	if (view->out->json) {
		out_entry(view->out, host->host.name);
		out_string(view->out, "answer", cl_move_answer_name(move.answer));
		out_features(view->out, "missing", &move.verdict.missing);
		out_end_group(view->out);
		return 0;
	}
	if (move.answer == CL_MOVE_FEATURES)
		out_line(view->out, "%s: no, lacks %s", host->host.name,
			 features_text(text, &move.verdict.missing));
	else
		out_line(view->out, "%s: %s", host->host.name,
			 move.answer == CL_MOVE_YES ? "yes" :
			 move.answer == CL_MOVE_VENDOR ? "no, another vendor" :
			 move.answer == CL_MOVE_LEAVES ? "no, it accepts fewer CPUID leaves" :
			 "no, it cannot run such guests");
	return 0;
}

static int out_saved(void *arg, const struct cl_vm *saved)
{
	struct view *view = arg;
	char text[CL_TEXT_SIZE];
	bool memory = cl_vm_alive(saved);

	if (!view->out->json) {
		out_line(view->out, "%s: %s", saved->name,
			 memory ? cl_featureset_text(&saved->set, text) :
				  "disks only");
		return 0;
	}
	out_entry(view->out, saved->name);
	if (memory)
		out_string(view->out, "features",
			   cl_featureset_text(&saved->set, text));
	else
		out_absent(view->out, "features", "");
	out_end_group(view->out);
	return 0;
}

static int out_view(struct view *view, struct cl_error *error)
{
	struct out *out = view->out;
	int ret;

	out_string(out, "vm", view->vm->name);
	out_vm(out, view->vm, *view->pool.name ? &view->pool : NULL);
	out_array(out, "can_be_on");
	ret = cl_registry_hosts(view->store, view->vm->pool, out_host, view,
				error);
	out_end_group(out);
	out_array(out, "checkpoints");
	if (!ret)
		ret = cl_registry_checkpoints(view->store, view->vm->name,
					      out_saved, view, error);
	out_end_group(out);
	return ret;
}

int verb_vm_show(const struct arguments *args)
{
	struct cl_store *store = open_store(args, false);
	struct view view = { .store = store };
	struct cl_error error;
	struct cl_vm vm;
	struct out out;
	int ret;

	if (!store)
		return EXIT_ERROR;
	ret = cl_registry_find_vm(store, args->values[0], &vm, &error);
	if (!ret)
		ret = cl_registry_pool(store, vm.pool, &view.pool, NULL, &error);
	if (ret) {
		cl_store_close(store);
		return complain_error(&error);
	}
	begin_vm(&out, args);
	view.out = &out;
	view.vm = &vm;
	ret = out_view(&view, &error);
	cl_store_close(store);
	if (ret)
		complain_error(&error);
	return out_finish(&out) || ret ? EXIT_ERROR : EXIT_YES;
}

static int list_vm(void *arg, const struct cl_vm *vm)
{
	struct out *out = arg;

	if (!out->json) {
		printf("%-20s %-4s %-9s %-12s %s\n", vm->name,
		       cl_vm_type_name(vm->type),
		       vm->kind == CL_VM_ORDINARY ? cl_vm_state_name(vm->state) :
						    cl_vm_kind_name(vm->kind),
		       vm->pool, *vm->host ? vm->host : "-");
		return 0;
	}
	out_entry(out, vm->name);
	out_vm(out, vm, NULL);
	out_end_group(out);
	return 0;
}

int verb_vm_list(const struct arguments *args)
{
	const char *name = option_text(args, OPT_POOL, 0);
	struct cl_pool pool;
	struct cl_store *store = name ? open_pool(args, &pool, NULL) :
					open_store(args, false);
	struct cl_error error;
	struct out out;
	int ret;

	if (!store)
		return EXIT_ERROR;
	begin_vm(&out, args);
	if (args->json)
		out_array(&out, "vms");
	ret = cl_registry_vms(store, name, list_vm, &out, &error);
	if (args->json)
		out_end_group(&out);
	cl_store_close(store);
	if (ret)
		complain_error(&error);
	return out_finish(&out) || ret ? EXIT_ERROR : EXIT_YES;
}
