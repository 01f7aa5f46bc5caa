// SPDX-License-Identifier: GPL-2.0-only
/* The lines of a stream of any length, in a fixed amount of memory. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "input.h"

void lines_begin(struct lines *lines, int fd, const char *name)
{
	lines->fd = fd;
	lines->name = name;
	lines->number = 0;
	lines->at = lines->end = lines->block;
}

int lines_complain(const struct lines *lines, const char *reason)
{
	char where[300];

	snprintf(where, sizeof(where), "%.200s:%lu", lines->name,
		 lines->number);
	return complain(where, "%s", reason);
}

/* Keep what is not used yet, and read on behind it: 1, 0 at the end, -1. */
static int refill(struct lines *lines)
{
	size_t left = lines->end - lines->at;
	ssize_t got;

	memmove(lines->block, lines->at, left);
	lines->at = lines->block;
	lines->end = lines->block + left;
	do
		got = read(lines->fd, lines->end, LINES_BLOCK - left);
	while (got < 0 && errno == EINTR);
	if (got < 0) {
		complain(lines->name, "%s; give a readable file or pipe",
			 strerror(errno));
		return -1;
	}
	lines->end += got;
	return got > 0;
}

int lines_next(struct lines *lines, const char **line, const char **end)
{
	char *newline;
	int more = 1;

	lines->number++;
	while (!(newline = memchr(lines->at, '\n', lines->end - lines->at)) &&
	       lines->end - lines->at <= LINES_LONGEST) {
		more = refill(lines);
		if (more <= 0)
			break;
	}
	if (more < 0)
		return -1;
	if (newline ? newline - lines->at > LINES_LONGEST : more > 0) {
		lines_complain(lines, LINES_TOO_LONG);
		return -1;
	}
	if (!newline && lines->at < lines->end) {
		lines_complain(lines, "line does not end; was the input cut short?");
		return -1;
	}
	if (!newline)
		return 0;
	*line = lines->at;
	*end = newline;
	lines->at = newline + 1;
	return 1;
}
