// SPDX-License-Identifier: GPL-2.0-only
/*
 * For LD_PRELOAD: this machine has the module, and its host is that of the tree
 * $MACHINE/taken.  REFRESH takes the one of $MACHINE/now.  Its firmware's UUID is in
 * $MACHINE/uuid, or it has none.  What goes to the system's log goes to $MACHINE/log.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/cpulevel.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../../../lib/cpulevel.h"

static int device = -1;

static void path_of(char path[4096], const char *name)
{
	snprintf(path, 4096, "%s/%s", getenv("MACHINE"), name);
}

int open(const char *path, int flags, ...)
{
	va_list rest;
	mode_t mode;

	va_start(rest, flags);
	mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;
	va_end(rest);
	if (strcmp(path, CL_DEVICE))
		return syscall(SYS_openat, AT_FDCWD, path, flags, mode);
	device = syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDONLY);
	return device;
}

FILE *fopen(const char *path, const char *mode)
{
	FILE *(*next)(const char *, const char *) = dlsym(RTLD_NEXT, "fopen");
	char uuid[4096];

	path_of(uuid, "uuid");
	return next(strcmp(path, "/sys/class/dmi/id/product_uuid") ? path : uuid,
		    mode);
}

static int info(const struct cl_host *host, struct cpulevel_info *info)
{
	*info = (struct cpulevel_info){
		.abi = 1, .backend = CPULEVEL_BACKEND_XEN,
		.sysctl_version = host->sysctl_version, .valid = host->valid,
		.caps = host->caps, .caps_source = host->caps_source,
		.signature = host->signature,
	};
	strcpy(info->vendor, host->vendor);
	return 0;
}

static int featureset(const struct cl_host *host,
		      struct cpulevel_featureset *set)
{
	const struct cl_featureset *fs = &host->sets[set->index];

	set->nr_words = fs->nr_words;
	memcpy(set->words, fs->words, sizeof(fs->words));
	return 0;
}

static int refresh(void)
{
	char now[4096], taken[4096], target[4096] = "";

	path_of(now, "now");
	path_of(taken, "taken");
	if (readlink(now, target, sizeof(target) - 1) < 0)
		return -1;
	unlink(taken);
	return symlink(target, taken);
}

int ioctl(int fd, unsigned long request, ...)
{
	char taken[4096];
	struct cl_host host;
	va_list rest;
	void *arg;

	va_start(rest, request);
	arg = va_arg(rest, void *);
	va_end(rest);
	if (fd != device)
		return syscall(SYS_ioctl, fd, request, arg);
	path_of(taken, "taken");
	if (request == CPULEVEL_IOC_REFRESH)
		return refresh();
	if (cl_host_from_sysfs(&host, taken, NULL))
		return -1;
	return request == CPULEVEL_IOC_INFO ? info(&host, arg) :
					      featureset(&host, arg);
}

void syslog(int priority, const char *format, ...)
{
	char path[4096];
	va_list rest;
	FILE *to;

	path_of(path, "log");
	to = fopen(path, "a");
	if (!to)
		return;
	fprintf(to, "<%d>", priority);
	va_start(rest, format);
	vfprintf(to, format, rest);
	va_end(rest);
	fputc('\n', to);
	fclose(to);
}
