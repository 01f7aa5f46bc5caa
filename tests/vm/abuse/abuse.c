// SPDX-License-Identifier: GPL-2.0-only
/*
 * Abuse /dev/cpulevel: random and boundary ioctls from several threads, half
 * of them of an unprivileged process, beside readers of sysfs.
 *
 *   abuse [--ioctls N] [--threads T] [--seed S] [--until-term] [--reopen] [DEVICE]
 *
 * --until-term goes on after N calls until SIGTERM comes, so that whoever races
 * with the calls can do so as often as he wants.  --reopen also closes and
 * opens the device all the time, and bears with its absence.  Exit: 0 every
 * answer was as documented, 1 one was not, 2 usage or no device.  The same
 * seed makes the same calls.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <grp.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "abuse.h"

#define MAX_THREADS	64
#define NOBODY		65534
#define CALLS_PER_OPEN	8
#define PAUSE		16	/* at most so many times as long as the device was open */
#define POLL_US		20000

static struct board *board;

static void on_sigterm(int sig)
{
	(void)sig;
	__atomic_store_n(&board->told, 1, __ATOMIC_RELAXED);
}

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

/* xorshift64*: the same calls for the same seed, wherever it runs. */
uint64_t roll(struct worker *w, uint64_t below)
{
	w->rng ^= w->rng >> 12;
	w->rng ^= w->rng << 25;
	w->rng ^= w->rng >> 27;
	return (w->rng * 0x2545f4914f6cdd1dULL >> 16) % below;
}

void violation(struct worker *w, const char *format, ...)
{
	char text[256];
	va_list args;

	if (__atomic_add_fetch(&w->board->violations, 1, __ATOMIC_RELAXED) > 20)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	printf("violation: worker %d%s, call %llu: %s\n", w->number, w->privileged ? "" : " (nobody)",
	       (unsigned long long)w->call, text);
	fflush(stdout);
}

bool same_as_first(struct first *first, const void *data, uint32_t size)
{
	uint32_t nobody = 0;

	if (__atomic_compare_exchange_n(&first->state, &nobody, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE)) {
		first->size = size;
		memcpy(first->data, data, size);
		__atomic_store_n(&first->state, 2, __ATOMIC_RELEASE);
		return true;
	}
	while (__atomic_load_n(&first->state, __ATOMIC_ACQUIRE) != 2)
		sched_yield();
	return first->size == size && !memcmp(first->data, data, size);
}

static bool told_to_end(const struct board *b)
{
	return !b->until_term || __atomic_load_n(&b->told, __ATOMIC_RELAXED);
}

/* While the module comes and goes there may be no device, and only then. */
static bool open_device(struct worker *w)
{
	do {
		w->opened = now();
		w->fd = open(w->board->device, O_RDONLY | O_CLOEXEC);
		if (w->fd >= 0) {
			__atomic_add_fetch(&w->board->opens, 1, __ATOMIC_RELAXED);
			return true;
		}
		if (!w->board->reopen || (errno != ENOENT && errno != ENODEV && errno != ENXIO)) {
			violation(w, "open(%s): %s", w->board->device, strerror(errno));
			return false;
		}
		__atomic_add_fetch(&w->board->absent, 1, __ATOMIC_RELAXED);
		usleep(roll(w, POLL_US));
	} while (!told_to_end(w->board));
	return false;
}

/*
 * The pause is what lets a module go that eight threads use; it grows with the
 * time that the calls took, so that a slow machine closes it as often.  A
 * module that was loaded anew counts its generations from 1 again.
 */
static bool reopen_device(struct worker *w)
{
	close(w->fd);
	usleep(roll(w, (now() - w->opened) / 1000 * PAUSE + 1));
	w->generation = 0;
	return open_device(w);
}

static void *work(void *worker)
{
	struct worker *w = worker;
	struct board *b = w->board;

	map_pages(w);
	if (!open_device(w))
		return NULL;
	for (w->call = 1; w->call <= b->ioctls || !told_to_end(b); w->call++) {
		if (b->reopen && w->call % CALLS_PER_OPEN == 0 && !reopen_device(w))
			return NULL;
		if (w->call == 1 && !learn_host(w))
			break;
		one_call(w);
		__atomic_add_fetch(&b->calls, 1, __ATOMIC_RELAXED);
	}
	close(w->fd);
	return NULL;
}

static void become_nobody(void)
{
	if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) || setresuid(NOBODY, NOBODY, NOBODY)) {
		perror("abuse: setresuid");
		exit(2);
	}
}

/* One process: its threads that call and one that reads sysfs. */
static void process(struct board *b, int first, int nr, bool privileged)
{
	static struct worker workers[MAX_THREADS + 1];
	pthread_t threads[MAX_THREADS + 1];
	int i;

	if (!privileged)
		become_nobody();
	for (i = 0; i <= nr; i++) {
		workers[i] = (struct worker){
			.board = b, .number = first + i, .privileged = privileged,
			.rng = (b->seed + first + i + 1) * 0x9e3779b97f4a7c15ULL,
		};
		if (pthread_create(&threads[i], NULL, i == nr ? sysfs_reader : work, &workers[i])) {
			fprintf(stderr, "abuse: cannot create thread %d\n", i);
			exit(2);
		}
	}
	for (i = 0; i < nr; i++)
		pthread_join(threads[i], NULL);
	__atomic_store_n(&b->stop, 1, __ATOMIC_RELEASE);
	pthread_join(threads[nr], NULL);
	exit(b->violations ? 1 : 0);
}

/* Does a 32-bit system call from 64-bit code work here?  A kernel may kill us for it. */
static bool int80_works(void)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		long ret;

		asm volatile("int $0x80" : "=a"(ret) : "0"(20L) /* getpid */
			     : "memory", "r8", "r9", "r10", "r11");
		_exit(ret == getpid() ? 0 : 1);
	}
	return waitpid(pid, &status, 0) == pid && !status;
}

static void summary(const struct board *b, double seconds)
{
	static const char *const cmds[NR_CMDS] = { "INFO", "FEATURESET", "POLICY", "REFRESH", "other" };
	static const char *const got[NR_GOT] = { "ok", "EINVAL", "ENODATA", "EFAULT", "ENOTTY", "EPERM", "else" };
	int c, g;

	printf("%llu ioctls (%llu by int 0x80) in %.1f s, %llu opens, %llu absences, %llu sysfs reads, %u violations\n",
	       (unsigned long long)b->calls, (unsigned long long)b->int80, seconds, (unsigned long long)b->opens,
	       (unsigned long long)b->absent, (unsigned long long)b->reads, b->violations);
	for (c = 0; c < NR_CMDS; c++) {
		printf("%-10s", cmds[c]);
		for (g = 0; g < NR_GOT; g++)
			printf(" %s %llu", got[g], (unsigned long long)b->got[c][g]);
		printf("\n");
	}
}

static void options(int argc, char **argv, struct board *b, int *threads)
{
	static const struct option known[] = {
		{ "ioctls", required_argument, NULL, 'n' },
		{ "threads", required_argument, NULL, 't' },
		{ "seed", required_argument, NULL, 's' },
		{ "until-term", no_argument, NULL, 'u' },
		{ "reopen", no_argument, NULL, 'r' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (c) {
		case 'n': b->ioctls = strtoull(optarg, NULL, 0); break;
		case 't': *threads = atoi(optarg); break;
		case 's': b->seed = strtoull(optarg, NULL, 0); break;
		case 'u': b->until_term = true; break;
		case 'r': b->reopen = true; break;
		default: exit(2);
		}
	}
	if (optind < argc)
		b->device = argv[optind];
	if (*threads < 2 || *threads > MAX_THREADS) {
		fprintf(stderr, "abuse: --threads is 2 to %d\n", MAX_THREADS);
		exit(2);
	}
}

int main(int argc, char **argv)
{
	struct board *b = mmap(NULL, sizeof(*b), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int threads = 4, bad = 0, status, i;
	uint64_t start = now();
	pid_t pids[2];

	if (b == MAP_FAILED)
		return 2;
	*b = (struct board){ .device = "/dev/cpulevel", .ioctls = 10000, .seed = 1 };
	board = b;
	signal(SIGTERM, on_sigterm);
	options(argc, argv, b, &threads);
	b->ioctls = (b->ioctls + threads - 1) / threads;
	b->compat = int80_works();
	for (i = 0; i < 2; i++) {
		fflush(stdout);
		pids[i] = fork();
		if (!pids[i])
			process(b, i ? threads / 2 + 1 : 0, i ? threads - threads / 2 : threads / 2, i == 0);
	}
	for (i = 0; i < 2; i++)
		if (waitpid(pids[i], &status, 0) != pids[i] || status)
			bad = WIFEXITED(status) && WEXITSTATUS(status) == 2 ? 2 : 1;
	summary(b, (now() - start) / 1e9);
	return bad;
}
