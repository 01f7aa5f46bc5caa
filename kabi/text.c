// SPDX-License-Identifier: GPL-2.0-only
/* Read whole text files. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text.h"

#define CHUNK	((size_t)64 << 10)

static char *read_all(int fd, size_t room, size_t max, size_t *size)
{
	char *text = malloc(room), *more;
	ssize_t got;

	*size = 0;
	while (text) {
		got = read(fd, text + *size, room - 1 - *size);
		if (got == 0)
			break;
		if (got < 0 && errno != EINTR)
			goto fail;
		if (got > 0)
			*size += got;
		errno = EFBIG;
		if (*size > max)
			goto fail;
		if (*size < room - 1)
			continue;
		more = realloc(text, room *= 2);
		if (!more)
			goto fail;
		text = more;
	}
	if (text)
		text[*size] = 0;
	return text;
fail:
	free(text);
	return NULL;
}

char *text_read(const char *path, size_t max, size_t *size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err;
	char *text;
	struct stat st;
	size_t used, room = CHUNK;

	if (fd < 0)
		return NULL;
	/* one byte more than the file has, to see its end, and one for the NUL */
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && (size_t)st.st_size <= max)
		room = st.st_size + 2;
	text = read_all(fd, room, max, &used);
	err = errno;
	close(fd);
	errno = err;
	if (text && size)
		*size = used;
	return text;
}

char *text_line(char **at)
{
	char *line = *at, *end;

	if (!*line)
		return NULL;
	end = strchr(line, '\n');
	*at = end ? end + 1 : line + strlen(line);
	if (end)
		*end = 0;
	return line;
}
