// SPDX-License-Identifier: GPL-2.0-only
/* Records of every kind, as written and then damaged at random: read or refused, never more. */
#include <errno.h>

#include "../../../pool/registry/registry.h"
#include "../lib/random.h"
#include "../lib/tap.h"

#define ROUNDS	100000

struct text {
	char *data;
	size_t len;
};

static struct cl_member member;
static struct cl_pool pool;
static struct cl_pool_counts counts;
static struct cl_vm vm;
static struct cl_event event;
static struct cl_accepted_leaves accepted;

static void make(void)
{
	struct cl_host host = { .name = "westmere", .vendor = "GenuineIntel" };
	unsigned int set;

	for (set = 0; set < CL_NR_SETS; set++) {
		cl_featureset_parse(&host.sets[set], "1fcbfbff-f7fa3203-2c100800-00000021-00000001-000007ab", NULL);
		host.valid |= 1u << set;
	}
	cl_pool_init(&pool, &counts, "lab");
	ok(!cl_member_make(&member, &host, "boot", NULL) &&
	   !cl_pool_join(&pool, &counts, &member, NULL), "a pool to be damaged");
	strcpy(member.pool, "lab");
	strcpy(vm.name, "web");
	cl_vm_start(&vm, &pool, &member, NULL);
	vm.flags = CL_VM_FORCED | CL_VM_ASSUMED;
	vm.exposed = vm.seen = member.host.sets[CL_SET_RAW];
	vm.kind = CL_VM_USER_TEMPLATE;
	vm.max_leaves = (struct cl_max_leaves){ 0xd, 2, 0x8000001e };
	cl_vm_set_pending(&vm, CL_PENDING_MOVING, &member, 1700000000);
	strcpy(event.verb, "join");
	strcpy(event.subject, "host");
	strcpy(event.object, "other");
	event.number = 7;
	event.time = 1700000000;
	event.nr_hosts = 3;
	event.forced = event.stranded = true;
	event.before[0] = event.before[1] = pool.level[1];
	event.after[0] = event.after[1] = pool.level[0];
	strcpy(member.machine, "4c4c4544-0044");
	member.estimated = member.one_policy = true;
	pool.changes = 5;
	accepted.of[CL_GUEST_PV] = (struct cl_max_leaves){ 0xd, 0, 0x80000008 };
	accepted.of[CL_GUEST_HVM] = (struct cl_max_leaves){ 0xd, 2, 0x8000001e };
}

static const struct kind {
	const char *name;
	const struct cl_record_form *form;	/* NULL: counts */
	const void *made;
} kinds[] = {
	{ "pools", &cl_pool_form, &pool },
	{ "hosts", &cl_member_form, &member },
	{ "VMs", &cl_vm_form, &vm },
	{ "events", &cl_event_form, &event },
	{ "leaves that hosts accept", &cl_accepted_leaves_form, &accepted },
	{ "counts", NULL, &counts.of[CL_GUEST_HVM] },
};

static int write_kind(const struct kind *kind, FILE *to)
{
	if (kind->form)
		return cl_record_write(kind->form, kind->made, to, NULL);
	cl_counts_write(kind->made, to);
	return 0;
}

/* What was read last. */
static union {
	struct cl_pool pool;
	struct cl_member member;
	struct cl_vm vm;
	struct cl_event event;
	struct cl_accepted_leaves accepted;
} back_again;

static int read_kind(const struct kind *kind, const char *data, size_t len)
{
	struct cl_counts count;
	struct cl_featureset level;
	struct cl_error error;
	int ret;

	if (kind->form)
		return cl_record_parse(kind->form, &back_again, data, len, &error);
	ret = cl_counts_parse(&count, data, len, &error);
	if (!ret)
		cl_counts_level(&count, &level);
	return ret;
}

/* Some bytes changed, lost or repeated; a copy of its own, so that reading beyond is seen. */
static int read_damaged(const struct kind *kind, const struct text *text)
{
	size_t len = text->len, at;
	char *copy;
	int n, ret;

	if (!(random_word() % 4))
		len = random_word() % (len + 1);
	copy = malloc(len + 1);
	memcpy(copy, text->data, len);
	for (n = random_word() % 4; n > 0 && len; n--) {
		at = random_word() % len;
		copy[at] = random_word() % 3 ? text->data[random_word() % text->len] :
					       (char)random_word();
	}
	copy = realloc(copy, len ? len : 1);
	ret = read_kind(kind, copy, len);
	free(copy);
	return ret;
}

/* Nothing is lost on the way, and nothing is made up. */
static void test_vm(void)
{
	static const char *const wrong[] = {
		"", "cpulevel-vm 0\nend\n", "cpulevel-vm 1\nname web\n",
		"cpulevel-vm 1\nend\n", "cpulevel-vm 1\nname web\nend\nend\n",
		"cpulevel-vm 1\nname w\xe9" "b\nend\n", "cpulevel-vm 1\nname w/b\nend\n",
		"cpulevel-vm 1\nname web\nvendor Genuine\x01ntel\nend\n",
		"cpulevel-vm 1\nname web\nvendor GenuineInt\xc3\xa9\nend\n",
		"cpulevel-vm 1\nname\nend\n", "cpulevel-vm 1\nstate gone\nend\n",
		"cpulevel-vm 1\nset 123456789\nend\n", "name web\nend\n"
	};
	static const char future[] = "cpulevel-vm 1\nname web\nfuture x\nend\n";
	struct text text;
	FILE *to = open_memstream(&text.data, &text.len);
	struct cl_vm back;
	bool good = true;
	size_t i;

	memset(&back, 0, sizeof(back));
	cl_record_write(&cl_vm_form, &vm, to, NULL);
	fclose(to);
	ok(!cl_vm_parse(&back, text.data, text.len, NULL) &&
	   back.flags == vm.flags && back.state == vm.state && back.type == vm.type &&
	   cl_equal(&back.set, &vm.set) && !strcmp(back.host, vm.host) &&
	   !strcmp(back.pool, vm.pool) && !strcmp(back.vendor, vm.vendor),
	   "a VM is the same when it is read again");
	free(text.data);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CHECK(&good, cl_vm_parse(&back, wrong[i], strlen(wrong[i]), NULL) == -EBADMSG,
		      "accepted: %s", wrong[i]);
	ok(good, "what is no record is refused");
	ok(!cl_vm_parse(&back, future, strlen(future), NULL),
	   "a key of a later release is passed over");
}

/* Damaged or only too new: each says what to do. */
static void test_later(void)
{
	static const char later[] = "cpulevel-vm 2\nname web\nend\n";
	static const char damaged[] = "cpulevel-vm 1\nname web\nset x\nend\n";
	struct cl_error error;
	struct cl_vm back;

	ok(cl_vm_parse(&back, later, strlen(later), &error) == -EPROTO &&
	   !strcmp(error.reason, "was written by a later release of cpulevel; update this one"),
	   "a record of a later release is told as that");
	ok(cl_vm_parse(&back, damaged, strlen(damaged), &error) == -EBADMSG &&
	   !strcmp(error.reason, "record is damaged at 'set x'"),
	   "of a damaged one the line is shown whole");
	ok(cl_counts_parse(&counts.of[0], "cnt2", 4, &error) == -EPROTO,
	   "counts of a later release, too");
}

/* Earlier releases called a move and a start alike. */
static void test_earlier(void)
{
	static const char moving[] = "cpulevel-vm 1\nname web\nhost a\nmoving_to b\nmoving_since 9\nend\n";
	static const char starting[] = "cpulevel-vm 1\nname web\nhost a\nmoving_to a\nend\n";
	struct cl_vm back;

	ok(!cl_vm_parse(&back, moving, strlen(moving), NULL) &&
	   back.pending == CL_PENDING_MOVING && back.pending_since == 9 &&
	   !strcmp(back.pending_host, "b"), "a move that an earlier release began");
	ok(!cl_vm_parse(&back, starting, strlen(starting), NULL) &&
	   back.pending == CL_PENDING_STARTING, "a start that an earlier release began");
}

/* Is that VM refused, with nothing stored? */
static bool refuses(const struct cl_vm *wrong)
{
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);
	bool refused = cl_record_write(&cl_vm_form, wrong, to, NULL) == -EINVAL;

	fclose(to);
	free(text);
	return refused;
}

static int put_vm(struct cl_txn *txn, void *arg)
{
	return cl_put_vm(txn, arg, NULL);
}

static void test_writer(void)
{
	struct cl_vm wrong[8];
	struct cl_store *store;
	struct cl_error error;
	bool good = true;
	size_t i;

	for (i = 0; i < 8; i++)
		wrong[i] = vm;
	strcpy(wrong[0].vendor, "Genuine\nntel");
	strcpy(wrong[1].name, "w\xe9" "b");
	strcpy(wrong[2].host, "-x");
	*wrong[3].name = '\0';
	wrong[4].flags = 1u << 31;
	wrong[5].state = CL_NR_VM_STATES;
	wrong[6].set.words[CL_MAX_WORDS - 1] = 1;
	wrong[7].max_leaves = (struct cl_max_leaves){ 0, 1, 2 };
	for (i = 0; i < 8; i++)
		CHECK(&good, refuses(&wrong[i]), "written: %zu", i);
	ok(good && !refuses(&vm), "what would not be read again is not written");
	ok(!cl_store_open(&store, ":memory:", true, &error) &&
	   cl_store_update(store, put_vm, &wrong[0], &error) == -EINVAL &&
	   strstr(error.reason, "vendor") &&
	   cl_registry_find_vm(store, "web", &wrong[1], &error) == -ENOENT,
	   "and is not stored");
	cl_store_close(store);
}

int main(void)
{
	const struct kind *kind;
	struct text text;
	int i;

	make();
	test_vm();
	test_later();
	test_earlier();
	test_writer();
	for (kind = kinds; kind < kinds + 6; kind++) {
		FILE *to = open_memstream(&text.data, &text.len);
		int refused = 0, strange = 0, ret = write_kind(kind, to);

		fclose(to);
		ok(!ret && !read_kind(kind, text.data, text.len) &&
		   (!kind->form || !memcmp(&back_again, kind->made, kind->form->size)),
		   "%s are read as written, every field", kind->name);
		for (i = 0; i < ROUNDS; i++) {
			ret = read_damaged(kind, &text);
			refused += ret == -EBADMSG || ret == -EPROTO;
			strange += ret && ret != -EBADMSG && ret != -EPROTO;
		}
		ok(!strange && refused > ROUNDS / 4, "%d of %d damaged %s are refused, as damaged",
		   refused, ROUNDS, kind->name);
		free(text.data);
	}
	return done();
}
