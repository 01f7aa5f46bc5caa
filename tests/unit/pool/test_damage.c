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
	struct cl_host host = { .name = "host", .vendor = "GenuineIntel" };
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
	strcpy(event.verb, "join");
	strcpy(event.subject, "host");
	event.number = 7;
	event.after[0] = event.after[1] = pool.level[0];
	accepted.of[CL_GUEST_PV] = (struct cl_max_leaves){ 0xd, 0, 0x80000008 };
	accepted.of[CL_GUEST_HVM] = (struct cl_max_leaves){ 0xd, 2, 0x8000001e };
}

/* Each kind: written from what was made, and read again into nothing. */
static void write_kind(int kind, FILE *to)
{
	if (kind == 0)
		cl_pool_write(&pool, to);
	else if (kind == 1)
		cl_member_write(&member, to);
	else if (kind == 2)
		cl_vm_write(&vm, to);
	else if (kind == 3)
		cl_event_write(&event, to);
	else if (kind == 4)
		cl_accepted_leaves_write(&accepted, to);
	else
		cl_counts_write(&counts.of[CL_GUEST_HVM], to);
}

static int read_kind(int kind, const char *data, size_t len)
{
	struct cl_pool a_pool;
	struct cl_member a_member;
	struct cl_vm a_vm;
	struct cl_event an_event;
	struct cl_accepted_leaves an_accepted;
	struct cl_counts a_count;
	struct cl_featureset level;
	struct cl_error error;
	int ret;

	if (kind == 0)
		return cl_pool_parse(&a_pool, data, len, &error);
	if (kind == 1)
		return cl_member_parse(&a_member, data, len, &error);
	if (kind == 2)
		return cl_vm_parse(&a_vm, data, len, &error);
	if (kind == 3)
		return cl_event_parse(&an_event, data, len, &error);
	if (kind == 4)
		return cl_accepted_leaves_parse(&an_accepted, data, len, &error);
	ret = cl_counts_parse(&a_count, data, len, &error);
	if (!ret)
		cl_counts_level(&a_count, &level);
	return ret;
}

/* Some bytes changed, lost or repeated; a copy of its own, so that reading beyond is seen. */
static int read_damaged(int kind, const struct text *text)
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
		"", "cpulevel-vm 2\nend\n", "cpulevel-vm 1\nname web\n",
		"cpulevel-vm 1\nname\nend\n", "cpulevel-vm 1\nstate gone\nend\n",
		"cpulevel-vm 1\nset 123456789\nend\n", "name web\nend\n"
	};
	struct text text;
	FILE *to = open_memstream(&text.data, &text.len);
	struct cl_vm back;
	bool good = true;
	size_t i;

	memset(&back, 0, sizeof(back));
	cl_vm_write(&vm, to);
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
	ok(!cl_vm_parse(&back, "cpulevel-vm 1\nfuture x\nend\n", strlen("cpulevel-vm 1\nfuture x\nend\n"), NULL),
	   "a key of a later release is passed over");
}

int main(void)
{
	static const char *const names[] = { "pools", "hosts", "VMs", "events", "leaves that hosts take", "counts" };
	struct text text;
	int kind, i;

	make();
	test_vm();
	for (kind = 0; kind < 6; kind++) {
		FILE *to = open_memstream(&text.data, &text.len);
		int refused = 0, strange = 0;

		write_kind(kind, to);
		fclose(to);
		ok(!read_kind(kind, text.data, text.len), "%s are read as written", names[kind]);
		for (i = 0; i < ROUNDS; i++) {
			int ret = read_damaged(kind, &text);

			refused += ret == -EBADMSG;
			strange += ret && ret != -EBADMSG;
		}
		ok(!strange && refused > ROUNDS / 4, "%d of %d damaged %s are refused, as damaged",
		   refused, ROUNDS, names[kind]);
		free(text.data);
	}
	return done();
}
