// SPDX-License-Identifier: GPL-2.0-only
/* cpulevel save: write a host in the format of cpulevel(5). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../cli.h"

/* mkstemp() makes files private; a new file is one like any other. */
static mode_t new_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

/* All of @text is on the disk, with the owner and mode of @old, or an errno says why not. */
static int write_fd(int fd, const char *text, const struct stat *old)
{
	FILE *to = fdopen(fd, "w");
	int code = 0;

	if (!to) {
		code = errno;
		close(fd);
		return code;
	}
	if (fputs(text, to) == EOF || fflush(to) ||
	    (old && fchown(fd, old->st_uid, old->st_gid)) ||
	    fchmod(fd, old ? old->st_mode & 07777 : new_mode()) || fsync(fd))
		code = errno;
	if (fclose(to) && !code)
		code = errno;
	return code;
}

/* A temporary file beside @path takes its place; returns an errno. */
static int write_beside(const char *path, const char *text,
			const struct stat *old)
{
	char *temporary;
	int fd, code;

	if (asprintf(&temporary, "%s.XXXXXX", path) < 0)
		return ENOMEM;
	fd = mkstemp(temporary);
	code = fd < 0 ? errno : write_fd(fd, text, old);
	if (!code && rename(temporary, path))
		code = errno;
	if (code && fd >= 0)
		unlink(temporary);
	free(temporary);
	return code;
}

int replace_file(const char *path, const char *text)
{
	/* Of a symbolic link it is the file that is replaced. */
	char *real = realpath(path, NULL);
	struct stat old;
	bool exists = real && !stat(real, &old);
	int code;

	/* Renaming over a device or a pipe would replace it. */
	if (exists && !S_ISREG(old.st_mode)) {
		free(real);
		return complain(path, "not a regular file; leave it out to write to stdout");
	}
	code = write_beside(real ? real : path, text, exists ? &old : NULL);
	free(real);
	if (code)
		return complain(path, "%s; nothing was written", strerror(code));
	return EXIT_YES;
}

static char *host_text(const struct cl_host *host)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);
	bool failed;

	if (!to)
		return NULL;
	cl_host_write(host, to);
	failed = ferror(to);
	if (!fclose(to) && !failed)
		return text;
	free(text);
	return NULL;
}

/* In JSON, the file's name says where the host is; without, it is here. */
static int report(const struct arguments *args, const struct cl_host *host,
		  const char *path, const char *text)
{
	struct out out;

	if (!args->json) {
		if (!path)
			fputs(text, stdout);
		return finish_stdout();
	}
	out_begin(&out, args, "cpulevel/save/1");
	out_string(&out, "name", host->name);
	out_string(&out, path ? "file" : "text", path ? path : text);
	return out_finish(&out);
}

int verb_save(const struct arguments *args)
{
	const char *path = args->count ? args->values[0] : NULL;
	struct cl_host host;
	char *text;
	int ret = read_host(&host, args, NULL);

	if (ret)
		return ret;
	text = host_text(&host);
	if (!text)
		return complain(host.name, "out of memory; nothing was written");
	if (path)
		ret = replace_file(path, text);
	if (!ret)
		ret = report(args, &host, path, text);
	free(text);
	return ret;
}
