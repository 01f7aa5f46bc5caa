/* SPDX-License-Identifier: GPL-2.0-only */
/* Hosts as lines of text, however many: read, taken apart, added up. */
#ifndef CPULEVEL_STREAM_H
#define CPULEVEL_STREAM_H

#include "../cli.h"

/* Four featuresets of the most words, a name and a vendor fit a line. */
#define LINES_LONGEST	4096
#define LINES_TOO_LONG	"line is longer than 4096 characters; is it text?"
#define LINES_BLOCK	65536

struct lines {
	int fd;
	const char *name;	/* for messages */
	unsigned long number;	/* of the line that lines_next() gave */
	char *at, *end;		/* what of the block is still to be given */
	/* Whoever reads 8 digits at once may look behind the last newline. */
	char block[LINES_LONGEST + LINES_BLOCK + 8];
};

void lines_begin(struct lines *lines, int fd, const char *name);
/* 1: a line from *line up to its newline at *end; 0: no more; -1: it said why. */
int lines_next(struct lines *lines, const char **line, const char **end);
/* Say what is wrong with the current line; returns EXIT_ERROR. */
int lines_complain(const struct lines *lines, const char *reason);

/* The sets of a line, in its order. */
enum { LINE_PV, LINE_HVM, LINE_PV_MAX, LINE_HVM_MAX, LINE_SETS };

struct host_line {
	char name[65];
	char vendor[13];
	bool has[LINE_SETS];
	struct cl_featureset sets[LINE_SETS];
};

/*
 * Take the line apart: 1, 0 if there is no host in it, -1 if it said why.
 * The host may be used again for the next line; it begins as all 0.
 */
int host_line_parse(struct host_line *host, const struct lines *lines,
		    const char *line, const char *end);

#endif /* CPULEVEL_STREAM_H */
