// SPDX-License-Identifier: LGPL-2.1-or-later
/* A host from the module's sysfs files, this machine's or a copy of them. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "source.h"
#include "../internal.h"

#define TREE	"sys/class/misc/cpulevel"

/* All of a small file; -EFBIG if it is not small. */
static ssize_t read_small(const char *path, char *text, size_t size)
{
	/* A copied tree may hold anything: do not hang on a FIFO. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t len;

	if (fd < 0)
		return -errno;
	len = cl_slurp(fd, text, size);
	close(fd);
	return len == (ssize_t)size ? -EFBIG : len;
}

/* The one line of a file in the module's tree. */
static int read_file(const char *sysroot, const char *file,
		     char text[CL_LINE_SIZE], struct cl_error *error)
{
	char path[PATH_MAX];
	ssize_t len;

	if (snprintf(path, sizeof(path), "%s/" TREE "/%s", sysroot, file) >=
	    (int)sizeof(path))
		return cl_fail(error, -ENAMETOOLONG, sysroot,
			       "path is too long; use a shorter one");
	len = read_small(path, text, CL_LINE_SIZE);
	if (len < 0)
		return cl_fail(error, len, path, "%s; is " TREE " complete and readable?",
			       strerror(-len));
	if (len < 2 || text[len - 1] != '\n' || memchr(text, '\n', len - 1) ||
	    memchr(text, '\0', len))
		return cl_fail(error, -EINVAL, path,
			       "not one line of text; is it a copy of the module's file?");
	text[len - 1] = '\0';
	return 0;
}

static int read_field(struct cl_host *host, const char *sysroot,
		      enum cl_field field, uint32_t *have,
		      struct cl_error *error)
{
	const char *file = cl_fields[field].path;
	char where[PATH_MAX + 64], text[CL_LINE_SIZE];
	int ret = read_file(sysroot, file, text, error);

	if (ret == -ENOENT && !cl_fields[field].required)
		return 0;
	if (ret)
		return ret;
	*have |= 1u << field;
	snprintf(where, sizeof(where), "%s/" TREE "/%s", sysroot, file);
	return cl_field_set(host, field, text, where, error);
}

/* A copied tree is called after its directory, this machine by its name. */
static void name_host(struct cl_host *host, const char *root)
{
	struct utsname machine;
	char *path = realpath(root, NULL);
	char *base = path ? strrchr(path, '/') + 1 : "";

	if (!*base && !uname(&machine))
		base = machine.nodename;
	cl_host_name(host, base);
	free(path);
}

int cl_snapshot_gone(struct cl_error *error, const char *where)
{
	return cl_fail(error, -EAGAIN, where,
		       "the module's facts changed %u times while they were read; try again",
		       CL_SNAPSHOT_TRIES);
}

/* Saved trees need not have it: then "" each time. */
static int read_generation(const char *sysroot, char text[CL_LINE_SIZE],
			   struct cl_error *error)
{
	int ret = read_file(sysroot, "generation", text, error);

	if (ret == -ENOENT)
		*text = '\0';
	return ret == -ENOENT ? 0 : ret;
}

static int read_fields(struct cl_host *host, const char *sysroot,
		       uint32_t *have, struct cl_error *error)
{
	unsigned int field;
	int ret;

	for (field = 0; field < CL_NR_FIELDS; field++) {
		if (!cl_fields[field].path)
			continue;
		ret = read_field(host, sysroot, field, have, error);
		if (ret)
			return ret;
	}
	return 0;
}

static int read_snapshot(struct cl_host *host, const char *sysroot,
			 uint32_t *have, struct cl_error *error)
{
	char before[CL_LINE_SIZE], after[CL_LINE_SIZE];
	unsigned int tries;
	int ret, again;

	for (tries = 0; tries < CL_SNAPSHOT_TRIES; tries++) {
		*host = (struct cl_host){ .name = "" };
		*have = 1u << CL_FIELD_NAME;
		ret = read_generation(sysroot, before, error);
		if (ret)
			return ret;
		ret = read_fields(host, sysroot, have, error);
		again = read_generation(sysroot, after, ret ? NULL : error);
		if (again || !strcmp(before, after))
			return ret ? ret : again;
	}
	return cl_snapshot_gone(error, *sysroot ? sysroot : "/");
}

int cl_host_from_sysfs(struct cl_host *host, const char *sysroot,
		       struct cl_error *error)
{
	const char *root = *sysroot ? sysroot : "/";
	char abi[CL_LINE_SIZE];
	struct cl_host found;
	uint32_t have;
	int ret;

	ret = read_file(sysroot, "abi", abi, error);
	if (ret == -ENOENT || ret == -ENOTDIR)
		return cl_fail(error, ret, root,
			       "no " TREE " there; load the module or name a copied tree");
	if (ret)
		return ret;
	ret = read_snapshot(&found, sysroot, &have, error);
	if (ret)
		return ret;
	ret = cl_fields_end(&found, have, root, error);
	if (ret)
		return ret;
	name_host(&found, root);
	*host = found;
	return 0;
}
