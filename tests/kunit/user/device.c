// SPDX-License-Identifier: GPL-2.0-only
/* The device's test: its helpers and main(). */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "device.h"
#include "tests.h"

static int number, bad;

void check(bool good, const char *name, const char *found, ...)
{
	va_list args;

	printf("%sok %d - device: %s\n", good ? "" : "not ", ++number, name);
	if (good)
		return;
	bad = 1;
	printf("# ");
	va_start(args, found);
	vprintf(found, args);
	va_end(args);
	printf("\n");
	fflush(stdout);
}

static void die(const char *what)
{
	printf("Bail out! %s: %s\n", what, strerror(errno));
	exit(1);
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		die(path);
	close(fd);
}

/* Opened once each: opening allocates, and is not to fail instead of the module. */
static int module_fd, fail_fd;

static void open_files(void)
{
	module_fd = open("/cpulevel.ko", O_RDONLY | O_CLOEXEC);
	fail_fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (module_fd < 0 || fail_fd < 0)
		die("cpulevel.ko or fail-nth");
}

int load(const char *fake)
{
	char argument[64];

	snprintf(argument, sizeof(argument), "fake=%s", fake);
	return syscall(SYS_finit_module, module_fd, argument, 0) ? errno : 0;
}

void unload(void)
{
	if (syscall(SYS_delete_module, "cpulevel", O_NONBLOCK))
		die("rmmod cpulevel");
}

void set_fake(const char *fake)
{
	write_file("/sys/module/cpulevel/parameters/fake", fake);
}

void fail_allocation(int n)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%d", n);

	if (pwrite(fail_fd, text, length, 0) != length)
		die("fail-nth");
}

/* What is left of the count must not hit anybody else. */
bool allocation_failed(void)
{
	char text[16] = "";

	if (pread(fail_fd, text, sizeof(text) - 1, 0) <= 0 || pwrite(fail_fd, "0", 1, 0) != 1)
		die("fail-nth");
	return !atoi(text);
}

int call(unsigned int cmd, void *arg)
{
	static int fd = -1;

	if (!cmd) {	/* let go of the device */
		close(fd);
		fd = -1;
		return 0;
	}
	if (fd < 0)
		fd = open("/dev/cpulevel", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	return ioctl(fd, cmd, arg) ? errno : 0;
}

struct cpulevel_info get_info(void)
{
	struct cpulevel_info info = { 0 };

	if (call(CPULEVEL_IOC_INFO, &info))
		die("INFO");
	return info;
}

int refresh(void)
{
	struct cpulevel_refresh r = { 0 };

	return call(CPULEVEL_IOC_REFRESH, &r);
}

int main(int argc, char **argv)
{
	unsigned int seed = argc > 1 ? strtoul(argv[1], NULL, 0) : 1;
	unsigned int count = argc > 2 ? strtoul(argv[2], NULL, 0) : 1000;

	/* The kernel runs this program for each uevent as well. */
	if (getenv("ACTION") && getenv("DEVPATH"))
		return log_uevent();
	open_files();
	test_load();
	test_errors();
	test_sysfs();
	fuzz(seed, count);
	printf("1..%d\n", number);
	return bad;
}
