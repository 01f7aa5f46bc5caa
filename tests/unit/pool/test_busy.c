// SPDX-License-Identifier: GPL-2.0-only
/* A store that another process keeps locked: how long is waited for it, and what is said then. */
#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "../../../pool/registry/registry.h"
#include "../lib/tap.h"

#define PATIENCE_MS	600

static char path[] = "/tmp/cpulevel-busy-XXXXXX/pool.db";
static struct cl_error error;

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Neither given up at once nor waited for longer than was asked, some time for the machine aside. */
static bool waited(long begun)
{
	long ms = now_ms() - begun;

	printf("# %ld ms\n", ms);
	return ms >= PATIENCE_MS - 100 && ms < 8 * PATIENCE_MS;
}

/* The program sqlite3, which keeps what these statements lock until it is closed. */
static FILE *lock(const char *statements)
{
	char command[200];
	FILE *locker;

	snprintf(command, sizeof(command), "sqlite3 %s >%.*s/locked", path,
		 (int)strlen(path) - 8, path);
	locker = popen(command, "w");
	fprintf(locker, "%s\n.print locked\n", statements);
	fflush(locker);
	snprintf(command, sizeof(command),
		 "timeout 20 sh -c 'until [ -s %.*s/locked ]; do sleep 0.05; done'",
		 (int)strlen(path) - 8, path);
	if (system(command))
		printf("# the locker said nothing\n");
	return locker;
}

static int open_store(struct cl_store **store)
{
	return cl_store_open_sqlite(store, path, false, PATIENCE_MS, &error);
}

static int nothing(struct cl_txn *txn, void *arg)
{
	(void)arg;
	return cl_txn_put(txn, "pool/other", "", 0);
}

static void test_locked(void)
{
	FILE *locker = lock("PRAGMA locking_mode = exclusive; BEGIN EXCLUSIVE; COMMIT;");
	struct cl_store *store;
	long begun = now_ms();

	ok(open_store(&store) == -EBUSY && waited(begun) &&
	   strstr(error.reason, "busy"), "opening ends, and says: busy");
	pclose(locker);
	ok(!open_store(&store), "it is opened once the other is gone");
	locker = lock("BEGIN IMMEDIATE;");
	begun = now_ms();
	ok(cl_store_update(store, nothing, NULL, &error) == -EBUSY &&
	   waited(begun), "so does a change");
	pclose(locker);
	ok(!cl_store_update(store, nothing, NULL, &error), "it is made later");
	cl_store_close(store);
}

int main(void)
{
	struct cl_store *store;
	char *slash = strrchr(path, '/'), remove[100];

	*slash = '\0';
	ok(mkdtemp(path) != NULL, "a folder");
	snprintf(remove, sizeof(remove), "rm -r %s", path);
	*slash = '/';
	ok(!cl_store_open(&store, path, true, &error) &&
	   !cl_registry_create(store, "lab", &error), "a store");
	cl_store_close(store);
	test_locked();
	return system(remove) ? EXIT_FAILURE : done();
}
