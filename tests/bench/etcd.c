// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operations per second on a store in etcd, by one client and by eight at once,
 * beside plain puts of as many bytes through the same gateway, as etcd's own
 * benchmark does them: each VM has a host of its own, and all have one pool.  Of
 * eight it says how often a change was tried until nobody had been quicker.
 * etcd STORE, which is to be empty, of one server without TLS.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../pool/registry/registry.h"
#include "../../pool/store/etcd.h"

#define HOSTS	100
#define SECONDS	3

static struct cl_error error;

static double now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return at.tv_sec + at.tv_nsec / 1e9;
}

static void must(int ret)
{
	if (ret)
		errx(2, "%s: %s", error.object, error.reason);
}

static struct cl_member host_of(unsigned int n)
{
	struct cl_host host = { .vendor = "GenuineIntel" };
	struct cl_member member;
	unsigned int set;

	snprintf(host.name, sizeof(host.name), "host%u", n);
	for (set = 0; set < CL_NR_SETS; set++) {
		cl_featureset_parse(&host.sets[set], "1fcbfbff-f7fa3203-2c100800-00000021-00000001-000007ab-0-0-0-bc000400-0-0-0-0-0-0-0-0-0", NULL);
		host.valid |= 1u << set;
	}
	must(cl_member_make(&member, &host, "", &error));
	return member;
}

/* ---- What is measured: one turn of each, of one client ---- */

static void put(struct cl_store *store, unsigned int client, unsigned int turn)
{
	struct etcd_store *s = of_etcd(store);
	char key[40], value[700];
	json_t *answer;

	memset(value, 'x', sizeof(value));
	snprintf(key, sizeof(key), "bench/%u/%u", client, turn % 64);
	must(cl_etcd_call(s, "/v3/kv/put",
			  json_pack("{s:o, s:o}", "key", cl_etcd_key(s, key),
				    "value", cl_etcd_bytes(value, sizeof(value))),
			  false, &answer, &error));
	json_decref(answer);
}

static void level(struct cl_store *store, unsigned int client, unsigned int turn)
{
	struct cl_pool pool;

	(void)client, (void)turn;
	must(cl_registry_pool(store, "bench", &pool, NULL, &error));
}

static void vm(struct cl_store *store, unsigned int client, unsigned int turn)
{
	static struct cl_vm_answer answer;
	char name[32], on[32];
	struct cl_vm_request request = {
		.verb = turn % 2 ? CL_VM_MIGRATE : CL_VM_START, .name = name,
		.host = on, .type = CL_VM_PVH
	};

	snprintf(name, sizeof(name), "vm%u-%u", client, turn / 2);
	snprintf(on, sizeof(on), "host%u", (client * 10 + turn % 10) % HOSTS);
	must(cl_registry_vm(store, &request, &answer, &error));
}

static void join(struct cl_store *store, unsigned int client, unsigned int turn)
{
	struct cl_member member = host_of(HOSTS + client);
	struct cl_change change;

	if (turn % 2)
		must(cl_registry_leave(store, member.host.name, false, &change, &error));
	else
		must(cl_registry_join(store, "bench", &member, &change, &error));
}

static const struct {
	const char *name;
	void (*turn)(struct cl_store *store, unsigned int client, unsigned int turn);
} kinds[] = {
	{ "put of 700 bytes, the peer", put }, { "level", level },
	{ "vm start, migrate", vm }, { "join, leave", join },
};

/* An even number of turns: who joins leaves. */
static unsigned int run(const char *where, int kind, unsigned int client)
{
	struct cl_store *store;
	unsigned int turns = 0;
	double until = now() + SECONDS;

	must(cl_store_open(&store, where, false, &error));
	while (now() < until || turns % 2)
		kinds[kind].turn(store, client, turns++);
	cl_store_close(store);
	return turns;
}

/* How many transactions the server has been asked for. */
static unsigned long asked(const char *where)
{
	static const char counter[] = "grpc_server_started_total{grpc_method=\"Txn\"";
	char command[300], line[500];
	unsigned long nr = 0;
	FILE *from;

	where = strstr(where, "://") + 3;
	snprintf(command, sizeof(command), "curl -s http://%.*s/metrics",
		 (int)strcspn(where, "/"), where);
	from = popen(command, "r");
	while (from && fgets(line, sizeof(line), from))
		if (!strncmp(line, counter, strlen(counter)))
			nr = strtod(strrchr(line, ' '), NULL);
	if (!from || pclose(from))
		errx(2, "%s: failed", command);
	return nr;
}

/* @tries: transactions for each turn. */
static double rate(const char *where, int kind, unsigned int clients,
		   double *tries)
{
	unsigned int client, turns, all = 0;
	unsigned long before = asked(where);
	double start = now();
	int ends[2];

	if (pipe(ends))
		err(2, "pipe");
	for (client = 0; client < clients; client++) {
		if (fork())
			continue;
		turns = run(where, kind, clients * 100 + client);
		_exit(write(ends[1], &turns, sizeof(turns)) != sizeof(turns));
	}
	for (client = 0; client < clients; client++) {
		if (read(ends[0], &turns, sizeof(turns)) != sizeof(turns))
			err(2, "read");
		all += turns;
	}
	while (wait(NULL) > 0)
		;
	*tries = (double)(asked(where) - before) / all;
	return all / (now() - start);
}

int main(int argc, char **argv)
{
	struct cl_change change;
	struct cl_store *store;
	unsigned int i;
	double one, eight, tries;

	if (argc != 2)
		errx(2, "usage: etcd STORE");
	must(cl_store_open(&store, argv[1], true, &error));
	must(cl_registry_create(store, "bench", &error));
	for (i = 0; i < HOSTS; i++) {
		struct cl_member member = host_of(i);

		must(cl_registry_join(store, "bench", &member, &change, &error));
	}
	cl_store_close(store);
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		one = rate(argv[1], i, 1, &tries);
		eight = rate(argv[1], i, 8, &tries);
		printf("%-26s %7.0f /s by one client %7.0f /s by eight",
		       kinds[i].name, one, eight);
		if (tries)
			printf(", in %.2f tries", tries);
		putchar('\n');
		fflush(stdout);
	}
	return 0;
}
