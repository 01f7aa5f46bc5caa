// SPDX-License-Identifier: LGPL-2.1-or-later
/* A host from whatever describes one: tell the format, have it read. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "source.h"
#include "../internal.h"

/* A dump of 1024 CPUs has 8 MiB. */
#define LIMIT	(16u << 20)
#define SAVED	"cpulevel-host"

/* Formats of lines, told by one that no other format has. */
static const struct format {
	bool (*is)(const char *line);
	int (*read)(struct cl_host *host, struct cl_lines *lines,
		    struct cl_error *error);
} formats[] = {
	{ cl_is_cpuid, cl_read_cpuid },
	{ cl_is_aida, cl_read_aida },
	{ cl_is_xencpuid, cl_read_xencpuid },
	{ cl_is_xe, cl_read_xe },
};

static int unknown(const char *name, struct cl_error *error)
{
	return cl_fail(error, -EINVAL, name,
		       "in no known format; give a saved host, the output of cpuid -r or xen-cpuid, an InstLatx64 dump, libvirt's cpudata or xapi's cpu_info");
}

static int read_lines(struct cl_host *host, const char *text, size_t len,
		      const char *name, struct cl_error *error)
{
	struct cl_lines lines;
	size_t i;
	int ret;

	cl_lines_begin(&lines, text, len, name);
	while ((ret = cl_lines_next(&lines, error)) > 0) {
		for (i = 0; i < ARRAY_SIZE(formats); i++) {
			if (!formats[i].is(lines.text))
				continue;
			cl_lines_begin(&lines, text, len, name);
			return formats[i].read(host, &lines, error);
		}
	}
	return ret ? ret : unknown(name, error);
}

/* Word processors and Windows put it before text. */
static void skip_byte_order_mark(const char **text, size_t *len)
{
	if (*len < 3 || memcmp(*text, "\xef\xbb\xbf", 3))
		return;
	*text += 3;
	*len -= 3;
}

static int read_text(struct cl_host *host, const char *text, size_t len,
		     const char *name, struct cl_error *error)
{
	size_t start = 0;

	while (start < len && text[start] && strchr(" \t\r\n", text[start]))
		start++;
	if (start == len)
		return cl_fail(error, -EINVAL, name,
			       "is empty; give a description of a host");
	if (len >= strlen(SAVED) && !memcmp(text, SAVED, strlen(SAVED)))
		return cl_read_saved(host, text, len, name, error);
	if (text[start] == '<')
		return cl_read_cpudata(host, text, len, name, error);
	if (text[start] == '{' || text[start] == '[')
		return cl_read_xapi(host, text, len, name, error);
	return read_lines(host, text, len, name, error);
}

/* Most of what is too large is wrong at some line before that. */
int cl_check_size(const char *text, size_t len, const char *name,
		  struct cl_error *error)
{
	struct cl_lines lines;
	int ret;

	if (len <= LIMIT)
		return 0;
	cl_lines_begin(&lines, text, LIMIT, name);
	do
		ret = cl_lines_next(&lines, error);
	while (ret > 0 && lines.at < lines.end);
	if (ret > 0)
		cl_fail(error, -EFBIG, lines.where,
			"is larger than 16 MiB; is it a description of a host?");
	return -EFBIG;
}

int cl_host_parse(struct cl_host *host, const char *text, size_t len,
		  const char *name, struct cl_error *error)
{
	struct cl_host parsed = { .name = "" };
	const char *base = strrchr(name, '/');
	int ret;

	cl_host_name(&parsed, base ? base + 1 : name);
	ret = cl_check_size(text, len, name, error);
	if (ret)
		return ret;
	skip_byte_order_mark(&text, &len);
	ret = read_text(&parsed, text, len, name, error);
	if (!ret)
		*host = parsed;
	return ret;
}

ssize_t cl_slurp(int fd, char *text, size_t size)
{
	size_t len = 0;
	ssize_t got;

	do {
		got = read(fd, text + len, size - len);
		if (got > 0)
			len += got;
	} while ((got > 0 && len < size) || (got < 0 && errno == EINTR));
	return got < 0 ? -errno : (ssize_t)len;
}

int cl_open(const char *path)
{
	return strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
}

int cl_read_all(char **text, size_t *len, int fd, const char *name,
		struct cl_error *error)
{
	/* Memory is used only as far as it is written to. */
	char *all = fd < 0 ? NULL : malloc(LIMIT + 1);
	ssize_t got = fd < 0 ? -errno : all ? cl_slurp(fd, all, LIMIT + 1) : -ENOMEM;

	if (fd > STDIN_FILENO)
		close(fd);
	if (got < 0) {
		free(all);
		return cl_fail(error, got, name, "%s; give a description of a host",
			       strerror(-got));
	}
	*text = all;
	*len = got;
	return 0;
}

int cl_host_from_file(struct cl_host *host, const char *path,
		      struct cl_error *error)
{
	struct cl_host parsed = { .name = "" };
	char *text;
	size_t len;
	int ret = cl_read_all(&text, &len, open(path, O_RDONLY | O_CLOEXEC), path,
			      error);

	if (ret)
		return ret;
	ret = cl_check_size(text, len, path, error);
	if (!ret)
		ret = cl_read_saved(&parsed, text, len, path, error);
	free(text);
	if (!ret)
		*host = parsed;
	return ret;
}

int cl_host_read(struct cl_host *host, const char *path,
		 struct cl_error *error)
{
	const char *name = strcmp(path, "-") ? path : "stdin";
	struct stat there;
	char *text;
	size_t len;
	int ret;

	if (name == path && !stat(path, &there) && S_ISDIR(there.st_mode))
		return cl_host_from_sysfs(host, path, error);
	ret = cl_read_all(&text, &len, cl_open(path), name, error);
	if (ret)
		return ret;
	ret = cl_host_parse(host, text, len, name, error);
	free(text);
	return ret;
}
