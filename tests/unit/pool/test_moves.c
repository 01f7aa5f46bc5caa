// SPDX-License-Identifier: GPL-2.0-only
/* A move in two steps, and what becomes of it when something else happens between. */
#include <errno.h>

#include "../../../pool/registry/registry.h"
#include "../lib/tap.h"

static struct cl_store *store;
static struct cl_error error;
static struct cl_vm_answer answer;

static struct cl_member member_of(const char *name, const char *boot)
{
	struct cl_host host = { .vendor = "GenuineIntel" };
	struct cl_member member;
	unsigned int set;

	strcpy(host.name, name);
	for (set = 0; set < CL_NR_SETS; set++) {
		cl_featureset_parse(&host.sets[set], "1fcbfbff-f7fa3203-2c100800-00000021-00000001-000007ab", NULL);
		host.valid |= 1u << set;
	}
	cl_member_make(&member, &host, boot, &error);
	return member;
}

static int act(enum cl_vm_verb verb, enum cl_vm_step step, const char *host)
{
	struct cl_vm_request request = {
		.verb = verb, .step = step, .name = "web", .host = host,
		.type = CL_VM_PVH
	};

	return cl_registry_vm(store, &request, &answer, &error);
}

static bool is_pending(enum cl_vm_pending pending, enum cl_vm_state state,
		       const char *host, const char *pending_host)
{
	struct cl_vm vm;

	return !cl_registry_find_vm(store, "web", &vm, &error) &&
	       vm.state == state && !strcmp(vm.host, host) &&
	       vm.pending == pending && !strcmp(vm.pending_host, pending_host) &&
	       !vm.pending_since == !*pending_host;
}

static bool is(enum cl_vm_state state, const char *host, const char *pending_host)
{
	return is_pending(!*pending_host ? CL_PENDING_NONE : strcmp(host, pending_host) ?
			  CL_PENDING_MOVING : CL_PENDING_STARTING, state, host, pending_host);
}

static void test_steps(void)
{
	ok(!act(CL_VM_START, 0, "a") && is(CL_VM_RUNNING, "a", ""), "a VM runs");
	ok(act(CL_VM_MIGRATE, CL_STEP_END, "b") == -EINVAL, "no move ends that has not begun");
	ok(!act(CL_VM_MIGRATE, CL_STEP_BEGIN, "b") && answer.done &&
	   is(CL_VM_RUNNING, "a", "b"), "a move begins, and the VM is where it was");
	ok(act(CL_VM_MIGRATE, CL_STEP_BEGIN, "b") == -EBUSY, "it begins once");
	ok(!act(CL_VM_MIGRATE, CL_STEP_CANCEL, NULL) && is(CL_VM_RUNNING, "a", ""),
	   "it comes to nothing");
	ok(!act(CL_VM_MIGRATE, CL_STEP_BEGIN, "b") && !act(CL_VM_MIGRATE, CL_STEP_END, "b") &&
	   is(CL_VM_RUNNING, "b", ""), "it ends, and the VM is there");
	ok(!act(CL_VM_MIGRATE, CL_STEP_BEGIN, "a") &&
	   act(CL_VM_MIGRATE, CL_STEP_END, "b") == -EINVAL && is(CL_VM_RUNNING, "b", "a"),
	   "it ends where it was to, and nowhere else");
	ok(act(CL_VM_START, CL_STEP_CANCEL, "b") == -EINVAL && !act(CL_VM_MIGRATE, CL_STEP_CANCEL, NULL),
	   "no start of it comes to nothing");
	ok(!act(CL_VM_MIGRATE, CL_STEP_BEGIN, "b") &&
	   is_pending(CL_PENDING_MOVING, CL_VM_RUNNING, "b", "b") &&
	   !act(CL_VM_MIGRATE, CL_STEP_END, NULL) && is(CL_VM_RUNNING, "b", ""),
	   "on its own host it moves too, and does not start");
	ok(!act(CL_VM_STOP, 0, NULL) && !act(CL_VM_MIGRATE, CL_STEP_BEGIN, "a") &&
	   is(CL_VM_HALTED, "", ""), "what does not run has nothing to wait for");
}

static int cancel_start(bool fresh)
{
	struct cl_vm_request request = {
		.verb = CL_VM_START, .step = CL_STEP_CANCEL, .name = "web",
		.host = "a", .type = CL_VM_PVH, .fresh = fresh
	};

	return cl_registry_vm(store, &request, &answer, &error);
}

static void test_starts(void)
{
	struct cl_member again = member_of("a", "third boot");
	struct cl_change change;
	struct cl_vm vm;

	ok(!act(CL_VM_START, CL_STEP_BEGIN, "a") && !answer.is_new &&
	   is(CL_VM_RUNNING, "a", "a"), "a start begins");
	ok(act(CL_VM_START, CL_STEP_BEGIN, "a") == -EBUSY &&
	   act(CL_VM_SUSPEND, 0, NULL) == -EBUSY, "it begins once, and nothing else does");
	ok(!cancel_start(false) && is(CL_VM_HALTED, "", ""), "it comes to nothing");
	ok(cancel_start(false) == -EINVAL, "which it does once");
	ok(!act(CL_VM_START, CL_STEP_BEGIN, "a") && !act(CL_VM_ADOPT, 0, "a") &&
	   is(CL_VM_RUNNING, "a", ""), "it ends, and the VM is there");
	ok(!act(CL_VM_STOP, 0, NULL) && !act(CL_VM_START, CL_STEP_BEGIN, "a") &&
	   !cl_registry_report(store, &again, false, &change, &error) &&
	   change.halted == 1 && is(CL_VM_HALTED, "", ""),
	   "with its host's next boot it is over");
	ok(!act(CL_VM_FORGET, 0, NULL) && !act(CL_VM_START, CL_STEP_BEGIN, "a") &&
	   answer.is_new && !cancel_start(true) &&
	   cl_registry_find_vm(store, "web", &vm, &error) == -ENOENT,
	   "of a new VM nothing is left");
}

static void test_hosts(void)
{
	struct cl_member again = member_of("a", "second boot");
	struct cl_change change;

	act(CL_VM_START, 0, "a");
	act(CL_VM_MIGRATE, CL_STEP_BEGIN, "b");
	ok(!cl_registry_report(store, &again, false, &change, &error) &&
	   !change.halted && is(CL_VM_RUNNING, "a", "b"),
	   "after a boot of the host that it was leaving nobody says that it has ended");
	ok(cl_registry_leave(store, "b", false, &change, &error) == -EBUSY,
	   "nor may the host leave that it was going to");
	ok(!act(CL_VM_ADOPT, 0, "b") && is(CL_VM_RUNNING, "b", ""), "it is found where it went");
	act(CL_VM_MIGRATE, CL_STEP_BEGIN, "a");
	ok(!cl_registry_leave(store, "a", true, &change, &error) && !change.halted &&
	   is(CL_VM_RUNNING, "b", "") &&
	   !cl_registry_join(store, "lab", &again, &change, &error),
	   "where it was going to is lost, and it is not");
	act(CL_VM_MIGRATE, CL_STEP_BEGIN, "a");
	ok(!cl_registry_leave(store, "b", true, &change, &error) && change.halted == 1 &&
	   is(CL_VM_HALTED, "", ""), "with a host that is lost it is lost");
}

int main(void)
{
	struct cl_member a = member_of("a", "first boot"), b = member_of("b", "first boot");
	struct cl_change change;

	ok(!cl_store_open(&store, ":memory:", true, &error) &&
	   !cl_registry_create(store, "lab", &error) &&
	   !cl_registry_join(store, "lab", &a, &change, &error) &&
	   !cl_registry_join(store, "lab", &b, &change, &error), "a pool of two hosts");
	test_steps();
	test_hosts();
	ok(!cl_registry_join(store, "lab", &b, &change, &error), "the lost host is back");
	test_starts();
	cl_store_close(store);
	return done();
}
