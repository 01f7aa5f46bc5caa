// SPDX-License-Identifier: GPL-2.0-only
/* The command driver-kabi: one verb per file. */

#include <stdio.h>
#include <string.h>

#include "options.h"

static const char usage[] =
	"usage: " PROG " check KO|RPM|ISO... --symvers FILE|DIR [--json]\n"
	"       " PROG " why KO --from KDIR --to KDIR [--source DIR] [--json]\n"
	"       " PROG " diff KDIR KDIR [--disks ISO...] [--all] [--json]\n"
	"       " PROG " --help | --version\n";

int cmd_help(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	fputs(usage, stdout);
	return EXIT_SAME;
}

static int cmd_version(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	puts(PROG " " VERSION);
	return EXIT_SAME;
}

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} verbs[] = {
	{ "check", cmd_check },
	{ "why", cmd_why },
	{ "diff", cmd_diff },
	{ "--help", cmd_help },
	{ "--version", cmd_version },
};

int main(int argc, char **argv)
{
	size_t i;

	if (argc < 2) {
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (!strcmp(argv[1], verbs[i].name))
			return verbs[i].run(argc - 1, argv + 1);
	return complain(EXIT_USAGE, argv[1], "unknown verb; see " PROG " --help");
}
