/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * packinfo: read a driver disk's XML and print it as plain lines for shell;
 * nothing is printed of a file that is refused.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "packinfo.h"

static const struct command *const commands[] = {
	&update_command, &repomd_command, &primary_command, &comps_command,
	&xs_repository_command, &xs_packages_command,
};

#define NR_COMMANDS (sizeof(commands) / sizeof(*commands))

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < NR_COMMANDS; i++)
		if (!strcmp(name, commands[i]->name))
			return commands[i];
	return NULL;
}

static int usage(void)
{
	fputs("usage: packinfo ", stderr);
	for (size_t i = 0; i < NR_COMMANDS; i++)
		fprintf(stderr, "%s%s", i ? "|" : "", commands[i]->name);
	fputs(" FILE (- is standard input)\n", stderr);
	return 2;
}

static int failed(const char *object, const char *advice)
{
	fprintf(stderr, "packinfo: %s: %s; %s\n", object, strerror(errno), advice);
	return 1;
}

int main(int argc, char **argv)
{
	const struct command *command = argc == 3 ? find_command(argv[1]) : NULL;
	char *lines = NULL;
	FILE *in, *out;
	size_t len;
	int ret;

	if (!command)
		return usage();
	in = strcmp(argv[2], "-") ? fopen(argv[2], "r") : stdin;
	if (!in)
		return failed(argv[2], "give a readable XML file");
	out = open_memstream(&lines, &len);
	if (!out)
		return failed("memory", "free some");
	ret = read_xml(command, in, argv[2], out);
	if (fclose(out))
		return failed("memory", "free some");
	if (!ret && (fwrite(lines, 1, len, stdout) != len || fflush(stdout)))
		ret = failed("standard output", "make room");
	free(lines);
	if (in != stdin)
		fclose(in);
	return ret;
}
