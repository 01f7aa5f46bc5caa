// SPDX-License-Identifier: GPL-2.0-only
/* Xen's other rule: no VM is let in that numbers more CPUID leaves than its host accepted. */
#include "../../../pool/registry/registry.h"
#include "../lib/tap.h"

#define WORDS	"1fcbfbff-f7fa3203-2c100800-00000021-00000001-000007ab"

static struct cl_store *store;
static struct cl_error error;
static struct cl_vm_answer answer;

static const struct cl_max_leaves many = { 0xd, 1, 0x8000001e };
static const struct cl_max_leaves few = { 0xd, 1, 0x80000008 };

/* All hosts have the same features; those of a max policy are @accepted. */
static struct cl_member host_of(const char *name, struct cl_max_leaves accepted)
{
	struct cl_host host = { .vendor = "AuthenticAMD", .sysctl_version = 0x15 };
	struct cl_member member;
	unsigned int set;

	strcpy(host.name, name);
	for (set = 0; set < CL_NR_SETS; set++) {
		cl_featureset_parse(&host.sets[set], WORDS, NULL);
		host.valid |= 1u << set;
	}
	host.max_leaves[CL_SET_HVM_DEFAULT] = host.max_leaves[CL_SET_HVM_MAX] = accepted;
	/* As Xen has it: more in the max than anything has by default. */
	if (accepted.max_leaf)
		host.max_leaves[CL_SET_HVM_MAX].max_subleaf = 2;
	cl_member_make(&member, &host, "", &error);
	return member;
}

static bool join_to(const char *pool, struct cl_member member)
{
	struct cl_change change;

	return !cl_registry_join(store, pool, &member, &change, &error);
}

static bool join(struct cl_member member)
{
	return join_to("lab", member);
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
		  uint32_t vm, uint32_t accepted)
{
	return would(verb, host) == CL_MOVE_LEAVES &&
	       answer.move.leaves.leaf == leaf && answer.move.leaves.vm == vm &&
	       answer.move.leaves.host == accepted;
}

static bool numbers(struct cl_max_leaves max_leaves)
{
	struct cl_vm vm;

	return !cl_registry_find_vm(store, "web", &vm, &error) &&
	       !memcmp(&vm.max_leaves, &max_leaves, sizeof(max_leaves));
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
	ok(act(CL_VM_STOP, NULL) && numbers((struct cl_max_leaves){ 0 }) &&
	   would(CL_VM_MIGRATE, "extended") == CL_MOVE_YES && act(CL_VM_START, "basic") &&
	   numbers((struct cl_max_leaves){ 7, 1, 0x8000001e }),
	   "a fresh start gives it those of that host");
}

/* Not every host of its new pool takes that leaf: so many, and this is the first. */
static bool strands(const char *host, uint32_t leaf, uint32_t accepted,
		    unsigned int lacking, const char *first)
{
	return would(CL_VM_MIGRATE, host) == CL_MOVE_STRANDED &&
	       answer.move.leaves.leaf == leaf && answer.move.leaves.host == accepted &&
	       !answer.move.stranded.nr_words && answer.lacking == lacking &&
	       !strcmp(answer.hosts[0], first);
}

static bool report(struct cl_member member)
{
	struct cl_change change;

	return !cl_registry_report(store, &member, false, &change, &error);
}

/* Into another pool: every host of it that tells what it accepted. */
static void test_pools(void)
{
	struct cl_member aged = host_of("aged", (struct cl_max_leaves){ 1, 0, 0x80000001 });
	struct cl_member plain = host_of("plain", many);
	struct cl_max_leaves less = { 0xd, 1, 0x8000001a };

	aged.host.sysctl_version = 0x12;
	cl_clear(&plain.host.sets[CL_SET_HVM_MAX], CL_F_AVX2);
	act(CL_VM_STOP, NULL);
	ok(act(CL_VM_START, "many") && !cl_registry_create(store, "far", &error) &&
	   join_to("far", host_of("roomy", many)) && join_to("far", aged) &&
	   join_to("far", host_of("mute", (struct cl_max_leaves){ 0 })) &&
	   would(CL_VM_MIGRATE, "roomy") == CL_MOVE_YES,
	   "it may go into a pool whose hosts all take it, as far as they tell");
	ok(join_to("far", host_of("few", few)) && strands("roomy", 0x80000000, 0x80000008, 1, "few"),
	   "one that takes fewer strands it");
	ok(stops(CL_VM_MIGRATE, "few", 0x80000000, 0x8000001e, 0x80000008),
	   "to land on that one is another no");
	ok(join_to("far", host_of("less", less)) && strands("roomy", 0x80000000, 0x80000008, 2, "few"),
	   "so do two, and the fewest is told");
	ok(join_to("far", host_of("basic2", (struct cl_max_leaves){ 7, 1, 0x8000001e })) &&
	   strands("roomy", 0, 7, 1, "basic2"), "those named are those of the leaf that is told");
	ok(join_to("far", plain) && would(CL_VM_MIGRATE, "roomy") == CL_MOVE_STRANDED &&
	   cl_has(&answer.move.stranded, CL_F_AVX2) && !answer.move.leaves.vm &&
	   answer.lacking == 1 && !strcmp(answer.hosts[0], "plain"), "features are asked first");
	ok(report(host_of("plain", many)) && report(host_of("basic2", many)) &&
	   report(host_of("less", many)) && strands("roomy", 0x80000000, 0x80000008, 1, "few"),
	   "a host that reports others is asked for those");
}

/* Of several hosts the fewest of each kind, PV and HVM apart. */
static void test_takes(void)
{
	struct cl_accepted_leaves all = { .of = { [CL_GUEST_PV] = few, [CL_GUEST_HVM] = many } };
	struct cl_accepted_leaves other = { .of = { [CL_GUEST_PV] = { 7, 1, 0x8000001e },
					  [CL_GUEST_HVM] = { 0xd, 0, 0x8000001e } } };
	struct cl_accepted_leaves both = { .of = { [CL_GUEST_PV] = { 7, 1, 0x80000008 },
					 [CL_GUEST_HVM] = { 0xd, 0, 0x8000001e } } };
	struct cl_vm vm = { .type = CL_VM_PV, .max_leaves = many };
	struct cl_move pv = { .answer = CL_MOVE_YES }, pvh = { .answer = CL_MOVE_YES };

	cl_accepted_leaves_join(&all, &other);
	ok(!memcmp(&all, &both, sizeof(all)), "of two hosts the fewest of each kind");
	cl_vm_fits_accepted_leaves(&pv, &vm, &all);
	vm.type = CL_VM_PVH;
	cl_vm_fits_accepted_leaves(&pvh, &vm, &all);
	ok(pv.answer == CL_MOVE_STRANDED && pv.leaves.leaf == 0 && pv.leaves.host == 7,
	   "a PV guest is asked by what PV guests may have");
	ok(pvh.answer == CL_MOVE_STRANDED && pvh.leaves.leaf == 7 && pvh.leaves.host == 0,
	   "others by what they may, subleaves too");
}

static int write_few(struct cl_txn *txn, void *text)
{
	return cl_txn_put(txn, "member/far/few", text, strlen(text));
}

/* Whoever of the VM is in memory is asked, saved or not. */
static void test_stranded(void)
{
	struct cl_vm_request request = asking(CL_VM_MIGRATE, "roomy");
	struct cl_change change;

	ok(!cl_store_update(store, write_few, "", &error) &&
	   strands("roomy", 0x80000000, 0x80000008, 1, "few"),
	   "where an earlier release wrote the store the host's own record is asked");
	ok(!cl_store_update(store, write_few, "cpulevel-takes 1\nhvm 1-2\nend\n", &error) &&
	   would(CL_VM_MIGRATE, "roomy") == CL_NR_MOVE_ANSWERS, "a damaged record is told");
	ok(report(host_of("few", few)) &&
	   act(CL_VM_SUSPEND, NULL) && strands("roomy", 0x80000000, 0x80000008, 1, "few"),
	   "suspended, it is asked too");
	ok(act(CL_VM_STOP, NULL) && strands("roomy", 0x80000000, 0x80000008, 1, "few") &&
	   !strcmp(answer.refused, "before"), "halted, its checkpoint is");
	ok(act(CL_VM_START, "many") && !cl_registry_leave(store, "few", false, &change, &error) &&
	   would(CL_VM_MIGRATE, "roomy") == CL_MOVE_YES, "once that host has left nothing is in the way");
	request.allow_stranded = true;
	ok(join_to("far", host_of("few", few)) &&
	   !cl_registry_vm(store, &request, &answer, &error) && answer.done &&
	   answer.after.flags == CL_VM_STRANDED, "it goes there if that is allowed");
}

static bool adopt(struct cl_max_leaves max_leaves)
{
	struct cl_given given = { .max_leaves = max_leaves };
	struct cl_vm_request request = asking(CL_VM_ADOPT, "basic");

	cl_featureset_parse(&given.set, WORDS, NULL);
	request.recorded = &given;
	return !cl_registry_vm(store, &request, &answer, &error) && answer.done;
}

static void test_records(void)
{
	ok(adopt((struct cl_max_leaves){ 6, 0, 0x80000008 }) &&
	   numbers((struct cl_max_leaves){ 6, 0, 0x80000008 }),
	   "what Xen gave is what is kept");
	ok(adopt((struct cl_max_leaves){ 0 }) &&
	   numbers((struct cl_max_leaves){ 6, 0, 0x80000008 }),
	   "and stays, if nothing is told of it");
	ok(act(CL_VM_STOP, NULL) && adopt((struct cl_max_leaves){ 0 }) &&
	   numbers((struct cl_max_leaves){ 0 }) &&
	   would(CL_VM_MIGRATE, "extended") == CL_MOVE_YES,
	   "of a VM whose record has none nothing is said");
}

static void test_damage(void)
{
	static const char older[] = "cpulevel-vm 1\nname web\nset 1-2\nend\n";
	static const char damaged[] = "cpulevel-vm 1\nname web\nleaves 1-2\nend\n";
	struct cl_accepted_leaves accepted, back;
	struct cl_vm vm;
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	accepted = (struct cl_accepted_leaves){ .of = { [CL_GUEST_PV] = few, [CL_GUEST_HVM] = many } };
	cl_record_write(&cl_accepted_leaves_form, &accepted, to, &error);
	fclose(to);
	ok(!cl_record_parse(&cl_accepted_leaves_form, &back, text, len, &error) && !memcmp(&back, &accepted, sizeof(back)),
	   "what a host takes is read as it was written");
	free(text);
	ok(!cl_vm_parse(&vm, older, strlen(older), &error) && !vm.max_leaves.max_leaf,
	   "a record of an earlier release has none");
	ok(cl_vm_parse(&vm, damaged, strlen(damaged), &error), "a damaged one is told");
}

int main(void)
{
	struct cl_member old = host_of("old", (struct cl_max_leaves){ 1, 0, 0x80000001 });

	old.host.sysctl_version = 0x12;
	ok(!cl_store_open(&store, ":memory:", true, &error) &&
	   !cl_registry_create(store, "lab", &error) && join(old) &&
	   join(host_of("many", many)) &&
	   join(host_of("extended", (struct cl_max_leaves){ 0xd, 1, 0x8000001a })) &&
	   join(host_of("basic", (struct cl_max_leaves){ 7, 1, 0x8000001e })) &&
	   join(host_of("seven", (struct cl_max_leaves){ 0xd, 0, 0x8000001e })) &&
	   join(host_of("unknown", (struct cl_max_leaves){ 0 })), "hosts of one kind, but for their leaves");
	test_moves();
	test_pools();
	test_stranded();
	test_takes();
	ok(act(CL_VM_STOP, NULL) && act(CL_VM_FORGET, NULL) && act(CL_VM_START, "basic"),
	   "it starts elsewhere");
	test_records();
	test_damage();
	cl_store_close(store);
	return done();
}
