// SPDX-License-Identifier: GPL-2.0-only
/* Parse the options of a verb. */

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

int complain(int status, const char *object, const char *why)
{
	fprintf(stderr, PROG ": %s: %s\n", object, why);
	return status;
}

int out_of_memory(const char *object)
{
	return complain(EXIT_SYMVERS, object,
			"out of memory; free some and try again");
}

static void note_option(struct options *opt, int c, char *value)
{
	if (c == 's')
		opt->symvers = value;
	else if (c == 'f')
		opt->from = value;
	else if (c == 't')
		opt->to = value;
	else if (c == 'S')
		opt->source = value;
	else if (c == 'd')
		opt->disks[opt->nr_disks++] = value;
	else if (c == 'a')
		opt->all = true;
	else if (c == 'j')
		opt->json = true;
	else
		opt->help = true;
}

int parse_options(int argc, char **argv, const char *allowed, struct options *opt)
{
	static const struct option longopts[] = {
		{ "symvers", required_argument, NULL, 's' },
		{ "from", required_argument, NULL, 'f' },
		{ "to", required_argument, NULL, 't' },
		{ "source", required_argument, NULL, 'S' },
		{ "disks", required_argument, NULL, 'd' },
		{ "all", no_argument, NULL, 'a' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 }
	};
	int c;

	memset(opt, 0, sizeof(*opt));
	opt->disks = calloc(argc, sizeof(*opt->disks));
	if (!opt->disks)
		return out_of_memory(argv[0]);
	opterr = 0;
	while ((c = getopt_long(argc, argv, ":h", longopts, NULL)) != -1) {
		if (c == ':')
			return complain(EXIT_USAGE, argv[optind - 1],
					"needs a value; see " PROG " --help");
		if (c == '?' || (c != 'h' && !strchr(allowed, c)))
			return complain(EXIT_USAGE, argv[optind - 1],
					"unknown option; see " PROG " --help");
		note_option(opt, c, optarg);
	}
	opt->operands = argv + optind;
	opt->nr_operands = argc - optind;
	return EXIT_SAME;
}

void options_free(struct options *opt)
{
	free(opt->disks);
}
