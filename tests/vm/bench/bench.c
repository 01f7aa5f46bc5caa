// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a question about the host's CPUs costs, by each door: our ioctls, our
 * sysfs files, libxenctrl's call, Xen's program.  Prints "NAME NANOSECONDS";
 * runs as root in dom0.
 *
 *   bench cpulevel.ko
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <xenctrl.h>
#include <xenguest.h>

#include <linux/cpulevel.h>

#define BATCHES		15
#define BATCH_NS	200000000ULL
#define MAX_CALLS	(1 << 20)
#define SYSFS_FILE	"/sys/class/misc/cpulevel/featuresets/host"

static int device, file, module;
static xc_interface *xc;

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

/* What any door costs that leads through the kernel. */
static void nothing(void)
{
	syscall(SYS_getppid);
}

static void ioctl_info(void)
{
	struct cpulevel_info info = { 0 };

	if (ioctl(device, CPULEVEL_IOC_INFO, &info))
		fail("INFO");
}

static void ioctl_featureset(void)
{
	struct cpulevel_featureset fs = { .index = CPULEVEL_SET_HOST };

	if (ioctl(device, CPULEVEL_IOC_FEATURESET, &fs))
		fail("FEATURESET");
}

static void ioctl_policy(void)
{
	static struct cpulevel_policy policy = { .index = CPULEVEL_SET_HOST };

	if (ioctl(device, CPULEVEL_IOC_POLICY, &policy))
		fail("POLICY");
}

static void ioctl_refresh(void)
{
	struct cpulevel_refresh refresh = { 0 };

	if (ioctl(device, CPULEVEL_IOC_REFRESH, &refresh))
		fail("REFRESH");
}

static void sysfs_pread(void)
{
	char text[4096];

	if (pread(file, text, sizeof(text), 0) <= 0)
		fail(SYSFS_FILE);
}

static void sysfs_open_read_close(void)
{
	char text[4096];
	int fd = open(SYSFS_FILE, O_RDONLY);

	if (fd < 0 || read(fd, text, sizeof(text)) <= 0)
		fail(SYSFS_FILE);
	close(fd);
}

/* As xen-cpuid and xenopsd call it: the length is known by then. */
static void libxenctrl(void)
{
	uint32_t words[CPULEVEL_MAX_WORDS], n = CPULEVEL_MAX_WORDS;

	if (xc_get_cpu_featureset(xc, XEN_SYSCTL_cpu_featureset_host, &n, words))
		fail("xc_get_cpu_featureset");
}

static void xen_cpuid(void)
{
	static char *const argv[] = { "xen-cpuid", NULL };
	posix_spawn_file_actions_t quiet;
	int status;
	pid_t pid;

	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&pid, argv[0], &quiet, NULL, argv, environ) || waitpid(pid, &status, 0) != pid || status)
		fail("xen-cpuid");
	posix_spawn_file_actions_destroy(&quiet);
}

static void load(void)
{
	if (syscall(SYS_finit_module, module, "", 0))
		fail("finit_module");
}

static void unload(void)
{
	if (syscall(SYS_delete_module, "cpulevel", O_NONBLOCK))
		fail("delete_module");
}

/* The least disturbed batch: what else the machine does only adds. */
static void print_least(const char *name, const double *ns)
{
	double least = ns[0];
	int i;

	for (i = 1; i < BATCHES; i++)
		if (ns[i] < least)
			least = ns[i];
	printf("%s %.0f\n", name, least);
	fflush(stdout);
}

static uint64_t batch(void (*call)(void), uint64_t n)
{
	uint64_t start = now();

	while (n--)
		call();
	return now() - start;
}

/* The clock is read around them, for it may be a system call itself. */
static void measure(const char *name, void (*call)(void))
{
	double ns[BATCHES];
	uint64_t n = 1;
	int i;

	while (batch(call, n) < BATCH_NS / 2 && n < MAX_CALLS)
		n *= 2;
	for (i = 0; i < BATCHES; i++)
		ns[i] = (double)batch(call, n) / n;
	print_least(name, ns);
}

/* Loading runs init to its end; unloading waits for RCU and is another matter. */
static void measure_load(void)
{
	double ns[BATCHES];
	uint64_t start;
	int i;

	for (i = 0; i < BATCHES; i++) {
		unload();
		start = now();
		load();
		ns[i] = now() - start;
	}
	print_least("load", ns);
}

int main(int argc, char **argv)
{
	module = open(argc == 2 ? argv[1] : "cpulevel.ko", O_RDONLY | O_CLOEXEC);
	if (module < 0)
		fail("cpulevel.ko");
	load();
	device = open("/dev/cpulevel", O_RDONLY | O_CLOEXEC);
	file = open(SYSFS_FILE, O_RDONLY | O_CLOEXEC);
	xc = xc_interface_open(NULL, NULL, 0);
	if (device < 0 || file < 0 || !xc)
		fail("opening /dev/cpulevel, sysfs and libxenctrl");

	measure("getppid", nothing);
	measure("INFO", ioctl_info);
	measure("FEATURESET", ioctl_featureset);
	measure("POLICY", ioctl_policy);
	measure("REFRESH", ioctl_refresh);
	measure("pread", sysfs_pread);
	measure("open-read-close", sysfs_open_read_close);
	measure("xc_get_cpu_featureset", libxenctrl);
	measure("xen-cpuid", xen_cpuid);
	close(device);
	close(file);
	measure_load();
	unload();
	return 0;
}
