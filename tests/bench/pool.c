// SPDX-License-Identifier: GPL-2.0-only
/*
 * What joining, leaving, starting and migrating cost in pools of 10, 1,000 and
 * 100,000 hosts, each a transaction of its own, and the level of all of them
 * from the counts.  Times are of the CPU: a disk that is to keep each of them
 * takes what it takes.  pool DIRECTORY: where the stores are made.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../pool/registry/registry.h"

#define ROUNDS	2000

enum { JOIN, START, MIGRATE, LEAVE, NR_KINDS };

static struct cl_error error;

/* Of this process: what others do at the same time is not its cost. */
static double now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
	return at.tv_sec + at.tv_nsec / 1e9;
}

static void must(int ret)
{
	if (ret)
		errx(2, "%s: %s", error.object, error.reason);
}

/* Hosts of one make, of which one in eight lacks something. */
static struct cl_member host_of(unsigned int n)
{
	struct cl_host host = { .backend = CL_BACKEND_XEN, .one_policy = false };
	struct cl_member member;
	struct cl_featureset fs;
	unsigned int set;

	cl_featureset_parse(&fs, "1fcbfbff-f7fa3203-2c100800-00000021-00000001-000007ab-00000000-00000000-00000000-bc000400-0-0-0-0-0-0-0-0-0", NULL);
	if (n % 8 == 3)
		cl_clear(&fs, (n / 8) % (6 * 32));
	snprintf(host.name, sizeof(host.name), "host%06u", n);
	strcpy(host.vendor, "GenuineIntel");
	for (set = 0; set < CL_NR_SETS; set++) {
		host.sets[set] = fs;
		host.valid |= 1u << set;
	}
	must(cl_member_make(&member, &host, "", &error));
	return member;
}

static void vm(struct cl_store *store, enum cl_vm_verb verb, unsigned int n,
	       unsigned int host)
{
	static struct cl_vm_answer answer;
	char name[32], on[32];
	struct cl_vm_request request = {
		.verb = verb, .name = name, .host = on, .type = CL_VM_PVH
	};

	snprintf(name, sizeof(name), "vm%u", n);
	snprintf(on, sizeof(on), "host%06u", host);
	must(cl_registry_vm(store, &request, &answer, &error));
	if (!answer.done)
		errx(2, "%s: was refused", name);
}

static void round_of(struct cl_store *store, unsigned int size,
		     double times[NR_KINDS])
{
	struct cl_change change;
	unsigned int i;
	double start;

	start = now();
	for (i = 0; i < ROUNDS; i++) {
		struct cl_member member = host_of(size + i);

		must(cl_registry_join(store, "bench", &member, &change, &error));
	}
	times[JOIN] = now() - start;
	start = now();
	for (i = 0; i < ROUNDS; i++)
		vm(store, CL_VM_START, i, i * 7919u % size);
	times[START] = now() - start;
	start = now();
	for (i = 0; i < ROUNDS; i++)
		vm(store, CL_VM_MIGRATE, i, (i * 7919u + 3) % size);
	times[MIGRATE] = now() - start;
	start = now();
	for (i = 0; i < ROUNDS; i++) {
		char name[32];

		snprintf(name, sizeof(name), "host%06u", size + i);
		must(cl_registry_leave(store, name, false, &change, &error));
	}
	times[LEAVE] = now() - start;
}

static void level(struct cl_store *store)
{
	struct cl_pool_counts counts;
	struct cl_featureset fs;
	struct cl_pool pool;
	double start, read, made;
	int i;

	start = now();
	for (i = 0; i < 100; i++)
		must(cl_registry_pool(store, "bench", &pool, &counts, &error));
	read = (now() - start) / 100;
	start = now();
	for (i = 0; i < 1000; i++)
		cl_counts_level(&counts.of[CL_GUEST_HVM], &fs);
	made = (now() - start) / 1000;
	printf("level of %u hosts: %.3f ms with reading the counts, %.4f ms of it for the level\n",
	       pool.nr_hosts, read * 1e3, made * 1e3);
}

static void bench(const char *directory, unsigned int size)
{
	double times[NR_KINDS];
	struct cl_change change;
	struct cl_store *store;
	char path[300];
	unsigned int i;

	snprintf(path, sizeof(path), "%s/%u.db", directory, size);
	must(cl_store_open(&store, path, true, &error));
	must(cl_registry_create(store, "bench", &error));
	for (i = 0; i < size; i++) {
		struct cl_member member = host_of(i);

		must(cl_registry_join(store, "bench", &member, &change, &error));
	}
	round_of(store, size, times);
	printf("%7u hosts: join %7.1f  start %7.1f  migrate %7.1f  leave %7.1f us\n",
	       size, times[JOIN] / ROUNDS * 1e6, times[START] / ROUNDS * 1e6,
	       times[MIGRATE] / ROUNDS * 1e6, times[LEAVE] / ROUNDS * 1e6);
	fflush(stdout);
	level(store);
	cl_store_close(store);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		errx(2, "usage: pool DIRECTORY");
	bench(argv[1], 10);
	bench(argv[1], 1000);
	bench(argv[1], 100000);
	return 0;
}
