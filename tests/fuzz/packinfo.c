// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer's way into packinfo: every command that knows the root reads the
 * input.  What it accepts must be lines that shell can take apart without being deceived.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../pack/packinfo.h"

static const struct {
	const struct command *command;
	int tabs;		/* in each line, or -1: it is KEY=VALUE */
	int spaces;		/* in each line, or -1: any number */
} forms[] = {
	{ &update_command, -1, -1 },
	{ &repomd_command, 0, 2 },
	{ &primary_command, 3, -1 },
	{ &comps_command, 0, -1 },
	{ &xs_repository_command, -1, -1 },
	{ &xs_packages_command, 7, -1 },
};

static int count(const char *line, size_t len, char c)
{
	int n = 0;

	for (size_t i = 0; i < len; i++)
		n += line[i] == c;
	return n;
}

static void check_line(const char *line, size_t len, int tabs, int spaces)
{
	size_t key = strspn(line, "abcdefghijklmnopqrstuvwxyz0123456789-");

	for (size_t i = 0; i < len; i++)
		if ((unsigned char)line[i] < ' ' && line[i] != '\t')
			abort();
	if (count(line, len, '\t') != (tabs < 0 ? 0 : tabs))
		abort();
	if (tabs < 0 && (!key || key >= len || line[key] != '='))
		abort();
	/* repomd's href may hold spaces, but only after the other two words. */
	if (spaces >= 0 && count(line, len, ' ') < spaces)
		abort();
}

static void check_lines(const char *text, size_t len, int tabs, int spaces)
{
	const char *end;

	for (; len; len -= end + 1 - text, text = end + 1) {
		end = memchr(text, '\n', len);
		if (!end)
			abort();
		check_line(text, end - text, tabs, spaces);
	}
}

int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	/* A refusal's message is not worth its time; the sanitizers use fd 2. */
	stderr = fopen("/dev/null", "w");
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* No other command gets beyond the root element, so that time is saved. */
static int may_read(const struct command *command, const uint8_t *data, size_t size)
{
	return !command->root ||
		memmem(data, size, command->root, strlen(command->root));
}

static void read_as(size_t form, const uint8_t *data, size_t size)
{
	FILE *in = fmemopen((void *)data, size, "r");
	char *lines = NULL;
	size_t len;
	FILE *out = open_memstream(&lines, &len);
	int refused = read_xml(forms[form].command, in, "fuzz", out);

	fclose(in);
	fclose(out);
	if (!refused)
		check_lines(lines, len, forms[form].tabs, forms[form].spaces);
	free(lines);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (size_t i = 0; size && i < sizeof(forms) / sizeof(*forms); i++)
		if (may_read(forms[i].command, data, size))
			read_as(i, data, size);
	return 0;
}
