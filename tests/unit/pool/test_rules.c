// SPDX-License-Identifier: GPL-2.0-only
/* The rules of pools one by one: levels, records, PV guests, moves, templates. */
#include <errno.h>

#include "../../../pool/pool.h"
#include "../lib/tap.h"

static struct cl_error error;

static struct cl_featureset set_of(const int *bits)
{
	struct cl_featureset fs = { .nr_words = 17 };

	for (; *bits >= 0; bits++)
		cl_set(&fs, *bits);
	return fs;
}

#define SET(...)	set_of((const int[]){ __VA_ARGS__, -1 })
#define BASE		CL_F_FPU, CL_F_FXSR, CL_F_SSE, CL_F_SSE2, CL_F_XSAVE, CL_F_AVX

static struct cl_member member(const char *name, struct cl_featureset def,
			       struct cl_featureset max)
{
	struct cl_member made = { .pool = "lab" };
	struct cl_host *host = &made.host;

	snprintf(host->name, sizeof(host->name), "%s", name);
	strcpy(host->vendor, "GenuineIntel");
	host->valid = 1u << CL_SET_PV_DEFAULT | 1u << CL_SET_HVM_DEFAULT |
		      1u << CL_SET_PV_MAX | 1u << CL_SET_HVM_MAX;
	host->sets[CL_SET_PV_DEFAULT] = host->sets[CL_SET_HVM_DEFAULT] = def;
	host->sets[CL_SET_PV_MAX] = host->sets[CL_SET_HVM_MAX] = max;
	host->caps = CL_CAP_FAULTING;
	host->caps_source = CL_CAPS_XEN;
	return made;
}

static struct cl_member small, large;
static struct cl_pool pool;
static struct cl_pool_counts counts;

static void make_pool(bool with_small)
{
	small = member("small", SET(BASE), SET(BASE));
	large = member("large", SET(BASE, CL_F_AVX2), SET(BASE, CL_F_AVX2));
	cl_pool_init(&pool, &counts, "lab");
	cl_pool_join(&pool, &counts, &large, NULL);
	if (with_small)
		cl_pool_join(&pool, &counts, &small, NULL);
}

static struct cl_vm vm_of(enum cl_vm_type type)
{
	struct cl_vm vm = { .name = "vm", .type = type };

	return vm;
}

static void test_start(void)
{
	struct cl_vm vm = vm_of(CL_VM_PVH);
	struct cl_featureset fs;
	struct cl_move move;

	make_pool(false);
	ok(!cl_vm_start(&vm, &pool, &large, &error) && cl_has(&vm.set, CL_F_AVX2),
	   "a VM starts at the level");
	make_pool(true);
	cl_vm_above_level(&fs, &vm, &pool);
	ok(cl_has(&vm.set, CL_F_AVX2) && cl_has(&fs, CL_F_AVX2),
	   "a lesser host joins: the VM keeps what it has, beyond the level");
	cl_vm_fits(&move, &vm, &large, &small);
	ok(move.answer == CL_MOVE_FEATURES && cl_has(&move.verdict.missing, CL_F_AVX2),
	   "it cannot go to that host, and AVX2 is why");
	ok(!cl_vm_reboot(&vm, &pool, &large, true, &error) &&
	   cl_has(&vm.set, CL_F_AVX2) && vm.flags == CL_VM_REBOOTED,
	   "a guest that reboots itself keeps its set, and that is known");
	ok(!cl_vm_reboot(&vm, &pool, &large, false, &error) &&
	   !cl_has(&vm.set, CL_F_AVX2) && !vm.flags,
	   "a reboot is a fresh start, at the level of now");
	cl_vm_fits(&move, &vm, &large, &small);
	ok(move.answer == CL_MOVE_YES, "then it can go there");
	cl_pool_leave(&pool, &counts, &small, NULL);
	cl_vm_gains(&fs, &vm, &pool);
	ok(cl_has(&fs, CL_F_AVX2), "the lesser host leaves: a restart would gain");
}

static void test_keeps(void)
{
	struct cl_vm vm = vm_of(CL_VM_HVM), saved, before;

	make_pool(false);
	cl_vm_start(&vm, &pool, &large, NULL);
	before = vm;
	ok(!cl_vm_checkpoint(&vm, &saved, "then", false, &error) &&
	   !cl_vm_suspend(&vm, &error) && !cl_vm_resume(&vm, &large, &error) &&
	   !cl_vm_migrate(&vm, &large, &error) && cl_equal(&vm.set, &before.set),
	   "checkpoint, suspend, resume and migration keep the set");
	make_pool(true);
	cl_vm_reboot(&vm, &pool, &large, false, NULL);
	ok(!cl_vm_revert(&vm, &saved, &large, &error) &&
	   cl_equal(&vm.set, &before.set) && vm.state == CL_VM_RUNNING,
	   "a revert brings back that of the checkpoint");
	cl_vm_stop(&vm, NULL);
	ok(!vm.set.nr_words && !*vm.vendor && !*vm.host, "a VM that ends keeps none");
	ok(cl_vm_stop(&vm, &error) == -EINVAL && cl_vm_suspend(&vm, &error) == -EINVAL &&
	   cl_vm_resume(&vm, &large, &error) == -EINVAL &&
	   cl_vm_reboot(&vm, &pool, &large, false, &error) == -EINVAL &&
	   cl_vm_checkpoint(&vm, &saved, "x", false, &error) == -EINVAL,
	   "what does not run cannot stop, suspend, resume, reboot or be saved");
	ok(!cl_vm_checkpoint(&vm, &saved, "disks", true, &error) &&
	   saved.state == CL_VM_HALTED, "its disks can");
}

static void test_vendor(void)
{
	struct cl_vm vm = vm_of(CL_VM_HVM);
	struct cl_move move;

	make_pool(false);
	cl_vm_start(&vm, &pool, &large, NULL);
	small = member("small", SET(BASE), SET(BASE));
	strcpy(small.host.vendor, "AuthenticAMD");
	ok(cl_pool_join(&pool, &counts, &small, &error) == -EXDEV &&
	   pool.nr_hosts == 1, "a host of another vendor is refused");
	cl_vm_fits(&move, &vm, &large, &small);
	ok(move.answer == CL_MOVE_VENDOR, "of a VM the vendor is asked before its features");
	cl_pool_leave(&pool, &counts, &large, NULL);
	ok(!cl_pool_join(&pool, &counts, &small, &error), "a pool without hosts is of no vendor");
}

static void test_pv(void)
{
	struct cl_vm vm = vm_of(CL_VM_PV);
	struct cl_move move;

	make_pool(true);
	cl_vm_start(&vm, &pool, &large, NULL);
	ok(!cl_has(&vm.exposed, CL_F_AVX2), "where CPUID faults, a PV guest sees the level");
	large.host.caps = CL_CAP_1_ECX | CL_CAP_1_EDX;
	cl_vm_reboot(&vm, &pool, &large, false, NULL);
	ok(cl_has(&vm.exposed, CL_F_AVX2) && !cl_has(&vm.set, CL_F_AVX2),
	   "where no mask covers it, it sees more, and that is known");
	cl_vm_fits(&move, &vm, &large, &small);
	ok(move.answer == CL_MOVE_YES && cl_has(&move.uncertain, CL_F_AVX2),
	   "it may go where that is missing, and it is said");
	large.host.caps_source = CL_CAPS_ABSENT;
	cl_vm_reboot(&vm, &pool, &large, false, NULL);
	ok(cl_has(&vm.exposed, CL_F_AVX2), "where the means are not known, none is assumed");
	vm = vm_of(CL_VM_PVH);
	cl_vm_start(&vm, &pool, &large, NULL);
	ok(!vm.exposed.nr_words, "from a PVH guest all can be hidden");
}

static void test_pools(void)
{
	struct cl_vm vm = vm_of(CL_VM_HVM);
	struct cl_move move;

	make_pool(false);
	cl_vm_start(&vm, &pool, &large, NULL);
	make_pool(true);
	cl_vm_fits(&move, &vm, NULL, &large);
	cl_vm_fits_pool(&move, &vm, &pool, &counts);
	ok(move.answer == CL_MOVE_STRANDED && cl_has(&move.stranded, CL_F_AVX2),
	   "a VM that fits its host and not every other is stranded");
	cl_pool_leave(&pool, &counts, &small, NULL);
	cl_vm_fits(&move, &vm, NULL, &large);
	cl_vm_fits_pool(&move, &vm, &pool, &counts);
	ok(move.answer == CL_MOVE_YES, "it is not where it fits all");
	cl_vm_stop(&vm, NULL);
	cl_vm_fits(&move, &vm, NULL, &small);
	ok(move.answer == CL_MOVE_YES, "a halted VM may go anywhere");
}

static void test_copies(void)
{
	struct cl_vm vm = vm_of(CL_VM_HVM), copy;

	make_pool(true);
	ok(!cl_vm_copy(&vm, &copy, "copy", "lab", CL_VM_ORDINARY, &error), "a halted VM is copied");
	vm.kind = CL_VM_USER_TEMPLATE;
	ok(!cl_vm_copy(&vm, &copy, "copy", "lab", CL_VM_ORDINARY, &error) &&
	   copy.kind == CL_VM_ORDINARY && !cl_vm_start(&copy, &pool, &large, &error),
	   "a user's template, too, and the copy starts");
	ok(!cl_vm_copy(&vm, &copy, "copy", "lab", CL_VM_USER_TEMPLATE, &error) &&
	   copy.kind == CL_VM_USER_TEMPLATE, "or is a template, if that is asked for");
	ok(cl_vm_start(&vm, &pool, &large, &error) == -ENOTSUP, "it does not start");
	vm.kind = CL_VM_SYSTEM_TEMPLATE;
	strcpy(vm.pool, "lab");
	ok(!cl_vm_copy(&vm, &copy, "copy", "lab", CL_VM_ORDINARY, &error) &&
	   cl_vm_copy(&vm, &copy, "copy", "far", CL_VM_ORDINARY, &error) == -ENOTSUP,
	   "the system's is copied in its own pool");
	vm = vm_of(CL_VM_HVM);
	cl_vm_start(&vm, &pool, &large, NULL);
	ok(cl_vm_copy(&vm, &copy, "copy", "lab", CL_VM_ORDINARY, &error) == -EINVAL,
	   "nor is a VM that runs");
}

static void test_liars(void)
{
	struct cl_host host = large.host;
	struct cl_member made;

	host.sets[CL_SET_HVM_DEFAULT] = (struct cl_featureset){ .nr_words = 17 };
	ok(cl_member_make(&made, &host, "", &error) == -EINVAL &&
	   strstr(error.reason, "all zero"), "a set without any feature is refused");
	host = large.host;
	cl_resize(&host.sets[CL_SET_HVM_MAX], 3);
	ok(cl_member_make(&made, &host, "", &error) == -EINVAL &&
	   strstr(error.reason, "only 3"), "so is a max set of fewer words");
	host = large.host;
	host.valid |= 1u << CL_SET_RAW;
	host.sets[CL_SET_RAW] = SET(BASE);
	cl_resize(&host.sets[CL_SET_PV_DEFAULT], 4);
	ok(cl_member_make(&made, &host, "", &error) == -EINVAL,
	   "and a default set shorter than what the CPUs have");
	host = large.host;
	*host.vendor = '\0';
	ok(cl_member_make(&made, &host, "", &error) == -ENODATA,
	   "a host without a vendor is of no pool");
	host = large.host;
	host.valid &= ~(1u << CL_SET_HVM_MAX);
	ok(!cl_member_make(&made, &host, "", &error) &&
	   cl_equal(cl_member_max(&made, CL_GUEST_HVM), &host.sets[CL_SET_HVM_DEFAULT]),
	   "where no max set is known, only the default is sure");
}

static void test_bytes(void)
{
	struct cl_counts back;
	char *text = NULL;
	size_t len, cut, wrong = 0;
	FILE *to = open_memstream(&text, &len);

	make_pool(true);
	cl_counts_write(&counts.of[CL_GUEST_HVM], to);
	fclose(to);
	ok(!cl_counts_parse(&back, text, len, &error) &&
	   !memcmp(&back, &counts.of[CL_GUEST_HVM], sizeof(back)),
	   "counts are read as they were written");
	for (cut = 0; cut < len; cut++)
		wrong += !cl_counts_parse(&back, text, cut, &error);
	ok(!wrong, "and not if any byte is missing");
	free(text);
}

int main(void)
{
	test_start();
	test_keeps();
	test_vendor();
	test_pv();
	test_pools();
	test_copies();
	test_liars();
	test_bytes();
	return done();
}
