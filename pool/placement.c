// SPDX-License-Identifier: LGPL-2.1-or-later
/* Where a VM can be: on that host, and on every host of that pool. */
#include <string.h>

#include "../lib/private.h"
#include "pool.h"

enum cl_guest cl_vm_guest(const struct cl_vm *vm)
{
	return vm->type == CL_VM_PV ? CL_GUEST_PV : CL_GUEST_HVM;
}

bool cl_vm_alive(const struct cl_vm *vm)
{
	return vm->state != CL_VM_HALTED;
}

static const struct cl_featureset *raw_of(const struct cl_member *member)
{
	if (!member || !(member->host.valid >> CL_SET_RAW & 1))
		return NULL;
	return &member->host.sets[CL_SET_RAW];
}

/* Not every VM that came in told where it was started. */
static bool other_vendor(const struct cl_vm *vm, const char *vendor)
{
	return *vm->vendor && *vendor && strcmp(vm->vendor, vendor);
}

/* What Xen itself compares, when it gives the VM its policy there. */
static bool too_many_leaves(struct cl_move *move,
			    const struct cl_max_leaves *vm,
			    const struct cl_max_leaves *host)
{
	const struct {
		uint32_t leaf, vm, host;
	} asked[] = {
		{ 0, vm->max_leaf, host->max_leaf },
		{ 7, vm->max_subleaf, host->max_subleaf },
		{ 0x80000000, vm->max_extended_leaf, host->max_extended_leaf },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(asked) && vm->max_leaf && host->max_leaf; i++) {
		if (asked[i].vm <= asked[i].host)
			continue;
		move->leaves.leaf = asked[i].leaf;
		move->leaves.vm = asked[i].vm;
		move->leaves.host = asked[i].host;
		return true;
	}
	return false;
}

void cl_vm_fits(struct cl_move *move, const struct cl_vm *vm,
		const struct cl_member *from, const struct cl_member *to)
{
	const struct cl_featureset *max;

	memset(move, 0, sizeof(*move));
	if (!cl_vm_alive(vm))
		return;
	/* The same machine: only its disks move. */
	if (from && !strcmp(from->host.name, to->host.name) &&
	    vm->state == CL_VM_RUNNING)
		return;
	max = cl_member_max(to, cl_vm_guest(vm));
	if (other_vendor(vm, to->host.vendor)) {
		move->answer = CL_MOVE_VENDOR;
		return;
	}
	if (!max) {
		move->answer = CL_MOVE_TYPE;
		return;
	}
	cl_verdict(&move->verdict, &vm->set, max, raw_of(from), raw_of(to));
	if (!move->verdict.runs)
		move->answer = CL_MOVE_FEATURES;
	else if (too_many_leaves(move, &vm->max_leaves,
				 cl_member_max_leaves_accepted(to, cl_vm_guest(vm))))
		move->answer = CL_MOVE_LEAVES;
	/* Not a rule: what it saw it may use, but Xen never promised it. */
	cl_or(&move->uncertain, &vm->seen, &vm->exposed);
	cl_minus(&move->uncertain, &move->uncertain, max);
}

/* The features that all hosts with such guests can take. */
static void all_take(struct cl_featureset *all, const struct cl_featureset *of,
		     const struct cl_counts *counts)
{
	unsigned int bit;

	memset(all, 0, sizeof(*all));
	for (bit = 0; bit < of->nr_words * 32; bit++)
		if (cl_has(of, bit) &&
		    cl_count(counts->maxima, bit) == counts->nr_limited)
			cl_set(all, bit);
}

void cl_vm_fits_pool(struct cl_move *move, const struct cl_vm *vm,
		     const struct cl_pool *pool,
		     const struct cl_pool_counts *counts)
{
	const struct cl_counts *of = &counts->of[cl_vm_guest(vm)];
	struct cl_featureset all;
	struct cl_verdict verdict;

	if (move->answer != CL_MOVE_YES || !cl_vm_alive(vm))
		return;
	if (other_vendor(vm, pool->vendor)) {
		move->answer = CL_MOVE_VENDOR;
		return;
	}
	if (!of->nr_hosts) {
		move->answer = CL_MOVE_TYPE;
		return;
	}
	all_take(&all, &vm->set, of);
	cl_verdict(&verdict, &vm->set, &all, NULL, NULL);
	if (verdict.runs)
		return;
	move->answer = CL_MOVE_STRANDED;
	move->stranded = verdict.missing;
}

void cl_vm_fits_accepted_leaves(struct cl_move *move, const struct cl_vm *vm,
				const struct cl_accepted_leaves *accepted)
{
	if (move->answer == CL_MOVE_YES &&
	    too_many_leaves(move, &vm->max_leaves, &accepted->of[cl_vm_guest(vm)]))
		move->answer = CL_MOVE_STRANDED;
}

void cl_vm_above_level(struct cl_featureset *above, const struct cl_vm *vm,
		  const struct cl_pool *pool)
{
	struct cl_verdict verdict;

	memset(above, 0, sizeof(*above));
	if (!cl_vm_alive(vm))
		return;
	cl_verdict(&verdict, &vm->set, &pool->level[cl_vm_guest(vm)], NULL, NULL);
	*above = verdict.missing;
}

void cl_vm_gains(struct cl_featureset *gains, const struct cl_vm *vm,
		 const struct cl_pool *pool)
{
	struct cl_verdict verdict;

	memset(gains, 0, sizeof(*gains));
	if (vm->state != CL_VM_RUNNING)
		return;
	cl_verdict(&verdict, &pool->level[cl_vm_guest(vm)], &vm->set, NULL, NULL);
	*gains = verdict.missing;
}
