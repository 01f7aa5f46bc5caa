/* SPDX-License-Identifier: GPL-2.0-only */
/* What the verbs of driver-kabi share: their options, and how they fail. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>

#define PROG "driver-kabi"
#define WHY_LEN 256

enum {
	EXIT_SAME	= 0,
	EXIT_USAGE	= 2,
	EXIT_DIFFERS	= 3,
	EXIT_SYMVERS	= 5,	/* and whatever else the environment lacks */
	EXIT_DAMAGED	= 6,
};

struct options {
	const char *symvers, *from, *to, *source;
	char **disks;		/* from --disks; the caller's array */
	int nr_disks;
	bool all;
	bool json;
	bool help;
	char **operands;
	int nr_operands;
};

/*
 * Parse the options of a verb, of which ALLOWED lists the letters in options.c.
 * Returns EXIT_SAME, or another status once it has said why.
 */
int parse_options(int argc, char **argv, const char *allowed, struct options *opt);
void options_free(struct options *opt);

/* Say what is wrong with OBJECT; returns STATUS. */
int complain(int status, const char *object, const char *why);
int out_of_memory(const char *object);

int cmd_check(int argc, char **argv);
int cmd_diff(int argc, char **argv);
int cmd_help(int argc, char **argv);
int cmd_why(int argc, char **argv);

#endif
