// SPDX-License-Identifier: GPL-2.0-only
/*
 * Process 1 of the user-mode Linux: loads each module or runs each program
 * given, and looks for leaks.  The root folder is the host's, so what is
 * written to /out is there for the host to judge.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define KMEMLEAK	"/sys/kernel/debug/kmemleak"
#define FAILSLAB	"/sys/kernel/debug/failslab/"

static FILE *out;

/* One line of /out/init: "done WHAT", or "failed WHAT: WHY". */
static void say(const char *what, const char *object, int ok)
{
	int err = errno;

	if (ok)
		fprintf(out, "done %s %s\n", what, object);
	else
		fprintf(out, "failed %s %s: %s\n", what, object, strerror(err));
	fflush(out);
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		say("write", path, 0);
	close(fd);
}

static void mount_all(void)
{
	static const struct { const char *type, *where; } fs[] = {
		{ "proc", "/proc" }, { "sysfs", "/sys" }, { "tmpfs", "/tmp" },
		{ "devtmpfs", "/dev" }, { "debugfs", "/sys/kernel/debug" },
	};

	for (size_t i = 0; i < sizeof(fs) / sizeof(*fs); i++)
		if (mount(fs[i].type, fs[i].where, fs[i].type, 0, NULL) && errno != EBUSY)
			say("mount", fs[i].where, 0);
}

/*
 * Allocations that may wait must be able to fail too; only those of caches that
 * the kernel was told at boot, as the detectors allocate for themselves.
 */
static void set_up_failslab(void)
{
	write_file(FAILSLAB "ignore-gfp-wait", "N");
	write_file(FAILSLAB "verbose", "0");
	write_file(FAILSLAB "cache-filter", "Y");
}

/*
 * User-mode Linux breaks an RCU rule of its own at the first fork.  What it
 * says before the line that this leaves in the log is not about the modules.
 */
static void begin(void)
{
	if (!fork())
		_exit(0);
	wait(NULL);
	write_file("/dev/kmsg", "tests begin\n");
}

static void set_up(void)
{
	mkdir("/out", 0755);
	out = fopen("/out/init", "w");
	if (!out)
		exit(1);	/* a panic, which the host sees */
	mount_all();
	set_up_failslab();
	/* What the kernel itself may have leaked until now is not the question. */
	write_file(KMEMLEAK, "scan=off");
	write_file(KMEMLEAK, "scan");
	write_file(KMEMLEAK, "clear");
	begin();
}

static int load(const char *module)
{
	char path[128];
	int fd, ret;

	snprintf(path, sizeof(path), "/%s.ko", module);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ret = fd < 0 ? -1 : (int)syscall(SYS_finit_module, fd, "", 0);
	say("load", module, !ret);
	close(fd);
	return ret;
}

static void unload(const char *module)
{
	say("unload", module, !syscall(SYS_delete_module, module, O_NONBLOCK));
}

/* Its TAP goes to /out/PROGRAM.tap. */
static void run(const char *program)
{
	char path[128], tap[128];
	int status = -1;
	pid_t pid;

	snprintf(path, sizeof(path), "/%s", program);
	snprintf(tap, sizeof(tap), "/out/%s.tap", program);
	pid = fork();
	if (!pid) {
		dup2(open(tap, O_WRONLY | O_CREAT | O_TRUNC, 0644), 1);
		dup2(1, 2);
		execl(path, path, getenv("seed"), getenv("count"), NULL);
		_exit(127);
	}
	errno = 0;
	waitpid(pid, &status, 0);
	say("run", program, !status);
}

/*
 * Copy what kmemleak reports, but for the canary's; true if that is there.  A
 * report ends where the next begins.
 */
static int copy_leaks(FILE *from, FILE *to)
{
	static char report[8192];
	char line[256] = "";
	int canaries = 0, more = 1;

	*report = 0;
	while (more) {
		more = !!fgets(line, sizeof(line), from);
		if (!more || !strncmp(line, "unreferenced", 12)) {
			if (strstr(report, "canarycanary"))
				canaries++;
			else
				fputs(report, to);
			*report = 0;
		}
		if (more && strlen(report) + strlen(line) < sizeof(report))
			strcat(report, line);
	}
	return canaries;
}

/*
 * kmemleak reports nothing young, and nothing that changed since the scan
 * before; how long that takes depends on the kernel's clock, not on ours.
 */
static void find_leaks(void)
{
	int tries, canaries = 0;
	FILE *from, *to;

	if (!load("canary"))
		unload("canary");
	for (tries = 0; tries < 60 && !canaries; tries++) {
		sleep(1);
		write_file(KMEMLEAK, "scan");
		from = fopen(KMEMLEAK, "r");
		to = fopen("/out/kmemleak", "w");
		if (!from || !to) {
			say("read", KMEMLEAK, 0);
			return;
		}
		canaries = copy_leaks(from, to);
		fclose(from);
		fclose(to);
	}
	errno = ETIME;
	say("find", "the canary", canaries > 0);
}

/* The kernel hands its arguments modules=A,B programs=C seed= count= noleaks= on. */
int main(void)
{
	char *name;

	set_up();
	for (name = strtok(getenv("modules"), ","); name; name = strtok(NULL, ","))
		if (!load(name))
			unload(name);
	for (name = strtok(getenv("programs"), ","); name; name = strtok(NULL, ","))
		run(name);
	if (!getenv("noleaks"))
		find_leaks();
	fclose(out);
	sync();
	reboot(RB_POWER_OFF);
	return 0;
}
