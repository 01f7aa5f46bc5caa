// SPDX-License-Identifier: GPL-2.0-only
/* Run the steps of work.sh, which is a part of this program. */

#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../array.h"
#include "../text.h"
#include "work.h"

#define READ_MAX	((size_t)512 << 20)

/* The text of work.sh, so that the program is one file. */
__asm__(".section .rodata\n"
	"work_script:\n"
	".incbin \"why/work.sh\"\n"
	".byte 0\n"
	".previous\n");
extern const char work_script[];

static const char *const side_names[SIDES] = { "from", "to" };

/* What a signal's handler has to end and to remove: there is one at a time. */
static const int ending_signals[] = { SIGHUP, SIGINT, SIGPIPE, SIGTERM };
static char to_remove[sizeof(((struct work *)0)->dir)];
static volatile pid_t children[SIDES];

static char *side_path(const struct work *work, int side, const char *name)
{
	char *path;

	if (asprintf(&path, "%s/%s/%s", work->dir, side_names[side], name) < 0)
		return NULL;
	return path;
}

/*
 * Each step is a process group.  Only what POSIX allows in a handler: rm does the
 * rest, twice, as a compiler may be at its last file yet.
 */
static void clean_up(int sig)
{
	int side, tries;
	pid_t rm;

	for (side = 0; side < SIDES; side++)
		if (children[side] > 0)
			kill(-children[side], SIGKILL);
	for (side = 0; side < SIDES; side++)
		if (children[side] > 0)
			waitpid(children[side], NULL, 0);
	for (tries = 0; tries < 2; tries++) {
		rm = fork();
		if (!rm) {
			execl("/bin/rm", "rm", "-rf", to_remove, (char *)NULL);
			_exit(127);
		}
		waitpid(rm, NULL, 0);
	}
	signal(sig, SIG_DFL);
	raise(sig);
}

static void ending_signals_set(sigset_t *set)
{
	size_t i;

	sigemptyset(set);
	for (i = 0; i < ARRAY_SIZE(ending_signals); i++)
		sigaddset(set, ending_signals[i]);
}

/* What nohup or a script ignores stays ignored. */
static void on_signals(void (*handler)(int sig))
{
	struct sigaction old, new = { .sa_handler = handler };
	size_t i;

	ending_signals_set(&new.sa_mask);
	for (i = 0; i < ARRAY_SIZE(ending_signals); i++)
		if (!sigaction(ending_signals[i], NULL, &old) && old.sa_handler != SIG_IGN)
			sigaction(ending_signals[i], &new, NULL);
}

static int make_dir(struct work *work, const char *tmp)
{
	sigset_t set, before;
	int ret = 0;

	ending_signals_set(&set);
	sigprocmask(SIG_BLOCK, &set, &before);
	snprintf(work->dir, sizeof(work->dir), "%s/driver-kabi.XXXXXX", tmp);
	if (mkdtemp(work->dir)) {
		strcpy(to_remove, work->dir);
		on_signals(clean_up);
	} else {
		ret = -1;
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	return ret;
}

int work_begin(struct work *work, const char *from, const char *to)
{
	const char *tmp = getenv("TMPDIR"), *given[SIDES] = { from, to };
	char *path;
	int side;

	memset(work, 0, sizeof(*work));
	if (!tmp || strlen(tmp) > sizeof(work->dir) - sizeof("/driver-kabi.XXXXXX"))
		tmp = "/tmp";
	for (side = 0; side < SIDES; side++) {
		work->kdirs[side] = realpath(given[side], NULL);
		if (!work->kdirs[side]) {
			snprintf(work->why, sizeof(work->why), "%.100s: %s; give a kernel-devel",
				 given[side], strerror(errno));
			return WORK_FAILED;
		}
	}
	if (make_dir(work, tmp)) {
		snprintf(work->why, sizeof(work->why), "%s: %s; set TMPDIR", work->dir, strerror(errno));
		work->dir[0] = 0;
		return WORK_FAILED;
	}
	for (side = 0; side < SIDES; side++) {
		path = side_path(work, side, "");
		if (!path || mkdir(path, 0700)) {
			snprintf(work->why, sizeof(work->why), "%s: cannot make a folder in it", work->dir);
			free(path);
			return WORK_FAILED;
		}
		free(path);
	}
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void work_end(struct work *work)
{
	int side;

	if (work->dir[0]) {
		nftw(work->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
		on_signals(SIG_DFL);
	}
	for (side = 0; side < SIDES; side++)
		free(work->kdirs[side]);
	memset(work, 0, sizeof(*work));
}

FILE *work_create(const struct work *work, int side, const char *name)
{
	char *path = side_path(work, side, name);
	FILE *f = path ? fopen(path, "we") : NULL;

	free(path);
	return f;
}

char *work_read(const struct work *work, int side, const char *name)
{
	char *path = side_path(work, side, name);
	char *text = path ? text_read(path, READ_MAX, NULL) : NULL;

	free(path);
	return text;
}

/*
 * The child's own output is of no interest; its one message is in a file.  What a
 * compiler that is killed leaves lies in the folder that goes.
 */
static void run_child(const struct work *work, int side, const char *step,
		      const char *argument)
{
	char *dir = side_path(work, side, "."), *log = side_path(work, side, "error");

	if (!dir || !log || !freopen(log, "w", stderr) ||
	    !freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "r", stdin))
		_exit(127);
	dir[strlen(dir) - 2] = 0;
	setenv("TMPDIR", dir, 1);
	execlp("bash", "bash", "-c", work_script, "work.sh", step,
	       work->kdirs[side], dir, argument, (char *)NULL);
	_exit(127);
}

static void explain_failure(struct work *work, int side)
{
	char *error = work_read(work, side, "error");

	if (error)
		error[strcspn(error, "\n")] = 0;
	snprintf(work->why, sizeof(work->why), "%s: %s", work->kdirs[side],
		 error && error[0] ? error : "bash cannot be run; install it");
	free(error);
}

/* A handler must know every child, and a child must not be the one to clean up. */
static void start_child(const struct work *work, int side, const char *step,
			 const char *argument)
{
	sigset_t set, before;

	ending_signals_set(&set);
	sigprocmask(SIG_BLOCK, &set, &before);
	children[side] = fork();
	if (!children[side]) {
		on_signals(SIG_DFL);
		setpgid(0, 0);
	} else if (children[side] > 0) {
		setpgid(children[side], children[side]);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (!children[side])
		run_child(work, side, step, argument);
}

int work_run(struct work *work, const char *step, const char *argument)
{
	int side, status, ret = 0;

	fflush(NULL);
	for (side = 0; side < SIDES; side++)
		start_child(work, side, step, argument ? argument : work->kdirs[!side]);
	for (side = 0; side < SIDES; side++) {
		status = -1;
		if (children[side] > 0)
			while (waitpid(children[side], &status, 0) < 0 && errno == EINTR)
				;
		children[side] = 0;
		if (status && !ret) {
			explain_failure(work, side);
			ret = WORK_FAILED;
		}
	}
	return ret;
}
