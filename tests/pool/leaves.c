// SPDX-License-Identifier: GPL-2.0-only
/* Xen's other rule: no VM is let in that numbers more CPUID leaves than its host takes. */
#include "../../lib/registry.h"
#include "../unit/tap.h"

#define WORDS	"1fcbfbff-f7fa3203-2c100800-00000021-00000001-000007ab"

static struct cl_store *store;
static struct cl_error error;
static struct cl_vm_answer answer;

static const struct cl_last_leaves many = { 0xd, 1, 0x8000001e };

/* All hosts have the same features; those of a max policy are @takes. */
static struct cl_member host_of(const char *name, struct cl_last_leaves takes)
{
	struct cl_host host = { .vendor = "AuthenticAMD", .sysctl_version = 0x15 };
	struct cl_member member;
	unsigned int set;

	strcpy(host.name, name);
	for (set = 0; set < CL_NR_SETS; set++) {
		cl_featureset_parse(&host.sets[set], WORDS, NULL);
		host.valid |= 1u << set;
	}
	host.last[CL_SET_HVM_DEFAULT] = host.last[CL_SET_HVM_MAX] = takes;
	/* As Xen has it: more in the max than anything has by default. */
	if (takes.basic)
		host.last[CL_SET_HVM_MAX].seven = 2;
	cl_member_make(&member, &host, "", &error);
	return member;
}

static bool join(struct cl_member member)
{
	struct cl_change change;

	return !cl_registry_join(store, "lab", &member, &change, &error);
}

static struct cl_vm_request asking(enum cl_vm_verb verb, const char *host)
{
	return (struct cl_vm_request){
		.verb = verb, .name = "web", .host = host, .other = "before",
		.type = CL_VM_PVH
	};
}

static bool act(enum cl_vm_verb verb, const char *host)
{
	struct cl_vm_request request = asking(verb, host);

	return !cl_registry_vm(store, &request, &answer, &error) && answer.done;
}

static enum cl_move_answer would(enum cl_vm_verb verb, const char *host)
{
	struct cl_vm_request request = asking(verb, host);

	request.check = true;
	if (cl_registry_vm(store, &request, &answer, &error))
		return CL_NR_MOVE_ANSWERS;
	return answer.move.answer;
}

/* No to that host, for that leaf. */
static bool stops(enum cl_vm_verb verb, const char *host, uint32_t leaf,
		  uint32_t vm, uint32_t takes)
{
	return would(verb, host) == CL_MOVE_LEAVES &&
	       answer.move.leaves.leaf == leaf && answer.move.leaves.vm == vm &&
	       answer.move.leaves.host == takes;
}

static bool numbers(struct cl_last_leaves last)
{
	struct cl_vm vm;

	return !cl_registry_find_vm(store, "web", &vm, &error) &&
	       !memcmp(&vm.last, &last, sizeof(last));
}

static void test_moves(void)
{
	ok(act(CL_VM_START, "many") && numbers(many),
	   "a VM numbers what its host does by default");
	ok(stops(CL_VM_MIGRATE, "extended", 0x80000000, 0x8000001e, 0x8000001a),
	   "a host with fewer extended leaves lets it not in");
	ok(stops(CL_VM_MIGRATE, "basic", 0, 0xd, 7), "nor one with fewer basic ones");
	ok(would(CL_VM_MIGRATE, "seven") == CL_MOVE_YES,
	   "it is the max policy that counts, as for features");
	ok(would(CL_VM_MIGRATE, "unknown") == CL_MOVE_YES &&
	   would(CL_VM_MIGRATE, "old") == CL_MOVE_YES,
	   "a host that tells none and a Xen that does not ask let it in");
	ok(act(CL_VM_CHECKPOINT, NULL) && act(CL_VM_MIGRATE, "unknown") && numbers(many),
	   "it keeps them where it goes");
	ok(stops(CL_VM_REVERT, "extended", 0x80000000, 0x8000001e, 0x8000001a),
	   "so does its checkpoint");
	ok(act(CL_VM_SUSPEND, NULL) &&
	   stops(CL_VM_RESUME, "extended", 0x80000000, 0x8000001e, 0x8000001a) &&
	   would(CL_VM_RESUME, "many") == CL_MOVE_YES, "and its memory");
	ok(act(CL_VM_STOP, NULL) && numbers((struct cl_last_leaves){ 0 }) &&
	   would(CL_VM_MIGRATE, "extended") == CL_MOVE_YES && act(CL_VM_START, "basic") &&
	   numbers((struct cl_last_leaves){ 7, 1, 0x8000001e }),
	   "a fresh start gives it those of that host");
}

static bool adopt(struct cl_last_leaves last)
{
	struct cl_given given = { .last = last };
	struct cl_vm_request request = asking(CL_VM_ADOPT, "basic");

	cl_featureset_parse(&given.set, WORDS, NULL);
	request.recorded = &given;
	return !cl_registry_vm(store, &request, &answer, &error) && answer.done;
}

static void test_records(void)
{
	ok(adopt((struct cl_last_leaves){ 6, 0, 0x80000008 }) &&
	   numbers((struct cl_last_leaves){ 6, 0, 0x80000008 }),
	   "what Xen gave is what is kept");
	ok(adopt((struct cl_last_leaves){ 0 }) &&
	   numbers((struct cl_last_leaves){ 6, 0, 0x80000008 }),
	   "and stays, if nothing is told of it");
	ok(act(CL_VM_STOP, NULL) && adopt((struct cl_last_leaves){ 0 }) &&
	   numbers((struct cl_last_leaves){ 0 }) &&
	   would(CL_VM_MIGRATE, "extended") == CL_MOVE_YES,
	   "of a VM whose record has none nothing is said");
}

static void test_damage(void)
{
	static const char older[] = "cpulevel-vm 1\nname web\nset 1-2\nend\n";
	static const char damaged[] = "cpulevel-vm 1\nname web\nleaves 1-2\nend\n";
	struct cl_vm vm;

	ok(!cl_vm_parse(&vm, older, strlen(older), &error) && !vm.last.basic,
	   "a record of an earlier release has none");
	ok(cl_vm_parse(&vm, damaged, strlen(damaged), &error), "a damaged one is told");
}

int main(void)
{
	struct cl_member old = host_of("old", (struct cl_last_leaves){ 1, 0, 0x80000001 });

	old.host.sysctl_version = 0x12;
	ok(!cl_store_open(&store, ":memory:", true, &error) &&
	   !cl_registry_create(store, "lab", &error) && join(old) &&
	   join(host_of("many", many)) &&
	   join(host_of("extended", (struct cl_last_leaves){ 0xd, 1, 0x8000001a })) &&
	   join(host_of("basic", (struct cl_last_leaves){ 7, 1, 0x8000001e })) &&
	   join(host_of("seven", (struct cl_last_leaves){ 0xd, 0, 0x8000001e })) &&
	   join(host_of("unknown", (struct cl_last_leaves){ 0 })), "hosts of one kind, but for their leaves");
	test_moves();
	test_records();
	test_damage();
	cl_store_close(store);
	return done();
}
