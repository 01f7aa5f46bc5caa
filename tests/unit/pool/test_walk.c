// SPDX-License-Identifier: GPL-2.0-only
/*
 * A random walk of joins, leaves, reports, starts, moves and all else, through
 * the library and its store on the one side and the plain model on the other:
 * answers, levels and VMs are always the same, and no VM runs on a host that
 * lacks one of its features.  CPULEVEL_SEED=N repeats a walk; walk [STEPS [STORE]].
 */
#include "walk_vms.h"

static void compare_levels(void)
{
	struct cl_pool pool;
	struct set level;
	int p, guest, nr;

	for (p = 0; p < NR_POOLS; p++) {
		expect("the pool is read",
		       cl_registry_pool(store, pools[p], &pool, NULL, &error), 0);
		for (guest = 0; guest < CL_NR_GUESTS; guest++) {
			level = level_of(&m, p, guest, &nr);
			expect("hosts with such guests", pool.offering[guest], nr);
			if (!same(&pool.level[guest], &level))
				stop("the level is another", guest, guest);
		}
	}
}

static void compare_vm(int v)
{
	const struct vm *vm = &m.vms[v];
	char name[CL_NAME_SIZE], host[CL_NAME_SIZE] = "";
	struct cl_vm there;

	vm_name(name, v);
	expect("the VM is known", cl_registry_find_vm(store, name, &there, &error),
	       vm->now.there ? 0 : -ENOENT);
	if (!vm->now.there)
		return;
	if (vm->host >= 0)
		host_name(host, vm->host);
	expect("its state", there.state, vm->now.state);
	expect("what is pending", there.pending, vm->pending);
	expect("its type", there.type, vm->type);
	expect("its host is another", strcmp(there.host, host), 0);
	expect("its pool is another", strcmp(there.pool, pools[vm->pool]), 0);
	expect("its set is another", !same(&there.set, &vm->now.set), 0);
}

/* Of the model alone: whatever the library did, it agreed with that. */
static void check_running(void)
{
	int v;

	for (v = 0; v < NR_VMS; v++) {
		const struct vm *vm = &m.vms[v];

		if (vm->now.state != RUNNING || vm->now.excused)
			continue;
		if (!covers(&m.hosts[vm->host].max[guest_of(vm)], &vm->now.set))
			stop("a VM has what its host lacks", v, -1);
	}
}

static void walk(unsigned long steps)
{
	int v;

	for (step = 0; step < steps; step++) {
		unsigned int what = pick(16);

		if (what == 0)
			join();
		else if (what == 1 && !pick(2))
			leave();
		else if (what == 2)
			report();
		else
			act();
		compare_levels();
		compare_vm(pick(NR_VMS));
		check_running();
		for (v = 0; step % 500 == 499 && v < NR_VMS; v++)
			compare_vm(v);
	}
}

static void show_tally(void)
{
	static const char *const hosts[] = { "join", "leave", "report" };
	int i;

	for (i = 0; i < CL_NR_VM_VERBS + 3; i++)
		printf("# %-10s %7lu yes %6lu vendor %6lu type %6lu features %6lu stranded %6lu error\n",
		       i < CL_NR_VM_VERBS ? cl_vm_verb_name(i) : hosts[i - CL_NR_VM_VERBS],
		       tally[i][0], tally[i][1], tally[i][2], tally[i][3],
		       tally[i][4], tally[i][5]);
}

int main(int argc, char **argv)
{
	const char *seed = getenv("CPULEVEL_SEED"), *more = getenv("CPULEVEL_LONG");
	unsigned long steps = more && *more ? 2000000 : 100000;
	int i;

	if (argc > 1)
		steps = strtoul(argv[1], NULL, 10);
	if (seed)
		random_state = strtoull(seed, NULL, 10) * 2654435761u + 1;
	load_facts(TEST_DATA);
	for (i = 0; i < NR_HOSTS; i++)
		m.hosts[i].pool = -1;
	for (i = 0; i < NR_VMS; i++)
		m.vms[i].pool = m.vms[i].host = -1;
	if (cl_store_open(&store, argc > 2 ? argv[2] : ":memory:", true, &error) ||
	    cl_registry_create(store, pools[0], &error) ||
	    cl_registry_create(store, pools[1], &error))
		stop("a store is made", -1, 0);
	walk(steps);
	cl_store_close(store);
	show_tally();
	ok(true, "%lu random steps: answers, levels and VMs are those of a plain model", steps);
	ok(true, "no VM runs on a host that lacks one of its features");
	return done();
}
