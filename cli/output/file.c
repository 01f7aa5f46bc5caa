// SPDX-License-Identifier: GPL-2.0-only
/* Files that are replaced as a whole. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "out.h"

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
