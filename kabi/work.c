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

#include "work.h"

#define READ_MAX	((long)512 << 20)

/* The text of work.sh, so that the program is one file. */
__asm__(".section .rodata\n"
	"work_script:\n"
	".incbin \"work.sh\"\n"
	".byte 0\n"
	".previous\n");
extern const char work_script[];

static const char *const side_names[SIDES] = { "from", "to" };

static char *side_path(const struct work *work, int side, const char *name)
{
	char *path;

	if (asprintf(&path, "%s/%s/%s", work->dir, side_names[side], name) < 0)
		return NULL;
	return path;
}

int work_begin(struct work *work, const char *from, const char *to, char *why,
	       size_t len)
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
			snprintf(why, len, "%.100s: %s; give a kernel-devel",
				 given[side], strerror(errno));
			return -1;
		}
	}
	snprintf(work->dir, sizeof(work->dir), "%s/driver-kabi.XXXXXX", tmp);
	if (!mkdtemp(work->dir)) {
		snprintf(why, len, "%s: %s; set TMPDIR", work->dir, strerror(errno));
		work->dir[0] = 0;
		return -1;
	}
	for (side = 0; side < SIDES; side++) {
		path = side_path(work, side, "");
		if (!path || mkdir(path, 0700)) {
			snprintf(why, len, "%s: cannot make a folder in it", work->dir);
			free(path);
			return -1;
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

	if (work->dir[0])
		nftw(work->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
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
	char *path = side_path(work, side, name), *text = NULL;
	FILE *f = path ? fopen(path, "re") : NULL;
	long size = -1;

	if (f && !fseek(f, 0, SEEK_END))
		size = ftell(f);
	if (size >= 0 && size <= READ_MAX)
		text = malloc(size + 1);
	if (text) {
		rewind(f);
		text[fread(text, 1, size, f)] = 0;
	}
	if (f)
		fclose(f);
	free(path);
	return text;
}

/* Ctrl-C ends the compilers; what they leave must still be removed. */
static void hold_signals(bool hold)
{
	signal(SIGINT, hold ? SIG_IGN : SIG_DFL);
	signal(SIGHUP, hold ? SIG_IGN : SIG_DFL);
}

/* The child's own output is of no interest; its one message is in a file. */
static void run_child(const struct work *work, int side, const char *step,
		      const char *argument)
{
	char *dir = side_path(work, side, "."), *log = side_path(work, side, "error");

	hold_signals(false);
	if (!dir || !log || !freopen(log, "w", stderr) ||
	    !freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "r", stdin))
		_exit(127);
	dir[strlen(dir) - 2] = 0;
	execlp("bash", "bash", "-c", work_script, "work.sh", step,
	       work->kdirs[side], dir, argument, (char *)NULL);
	_exit(127);
}

static void explain_failure(const struct work *work, int side, char *why, size_t len)
{
	char *error = work_read(work, side, "error");

	if (error)
		error[strcspn(error, "\n")] = 0;
	snprintf(why, len, "%s: %s", work->kdirs[side],
		 error && error[0] ? error : "bash cannot be run; install it");
	free(error);
}

int work_run(const struct work *work, const char *step, const char *argument,
	     char *why, size_t len)
{
	pid_t children[SIDES];
	int side, status, ret = 0;

	fflush(NULL);
	hold_signals(true);
	for (side = 0; side < SIDES; side++) {
		children[side] = fork();
		if (!children[side])
			run_child(work, side, step,
				  argument ? argument : work->kdirs[!side]);
	}
	for (side = 0; side < SIDES; side++) {
		status = -1;
		if (children[side] > 0)
			while (waitpid(children[side], &status, 0) < 0 && errno == EINTR)
				;
		if (status && !ret) {
			explain_failure(work, side, why, len);
			ret = -1;
		}
	}
	hold_signals(false);
	return ret;
}
