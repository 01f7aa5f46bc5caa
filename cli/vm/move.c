// SPDX-License-Identifier: GPL-2.0-only
/* The command that moves a VM: printed, or run. */
#include <string.h>

#include "vm.h"

#define MAX_WORDS	10

/* Words of the command, for people and for execvp(); how many. */
static int command_of(const char *words[MAX_WORDS], char pieces[2][160],
		      enum tool tool, const struct cl_vm_answer *answer)
{
	const struct cl_vm *vm = &answer->before;
	const char *host = answer->host.host.name;
	int n = 0;

	/* What does not run is moved with its disks, by whoever keeps those. */
	if (vm->state != CL_VM_RUNNING || !*host)
		return 0;
	if (tool == TOOL_XAPI) {
		words[n++] = "xe";
		words[n++] = "vm-migrate";
		snprintf(pieces[0], 160, "vm=%s", vm->name);
		snprintf(pieces[1], 160, "host=%s", host);
		words[n++] = pieces[0];
		/* The store knows neither the pool's coordinator nor a password. */
		if (answer->cross_pool) {
			words[n++] = "remote-master=MASTER";
			words[n++] = "remote-username=USER";
			words[n++] = "remote-password=PASSWORD";
		}
		words[n++] = pieces[1];
		words[n++] = "live=true";
	} else {
		/* xl has no shared storage to move: there is nothing on the same host. */
		if (!strcmp(vm->host, host))
			return 0;
		words[n++] = "xl";
		words[n++] = "migrate";
		words[n++] = vm->name;
		words[n++] = host;
	}
	words[n] = NULL;
	return n;
}

/* As a shell reads it: quoted, unless it is plain. */
static size_t quote(char *to, size_t room, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-=:@%+";
	size_t len = 0;

	if (*word && strspn(word, plain) == strlen(word))
		return snprintf(to, room, "%s", word);
	len += snprintf(to, room, "'");
	for (; *word && len + 8 < room; word++)
		len += snprintf(to + len, room - len, *word == '\'' ? "'\\''" :
								      "%c", *word);
	return len + snprintf(to + len, room - len, "'");
}

char *move_command(char text[COMMAND_SIZE], enum tool tool,
		   const struct cl_vm_answer *answer)
{
	const char *words[MAX_WORDS];
	char pieces[2][160];
	int n = command_of(words, pieces, tool, answer), i;
	size_t len = 0;

	text[0] = '\0';
	for (i = 0; i < n && len < COMMAND_SIZE - 8; i++) {
		if (i)
			len += snprintf(text + len, COMMAND_SIZE - len, " ");
		len += quote(text + len, COMMAND_SIZE - len, words[i]);
	}
	return text;
}

int run_move(enum tool tool, const struct cl_vm_answer *answer)
{
	const char *words[MAX_WORDS];
	char pieces[2][160];

	if (tool == TOOL_XAPI && answer->cross_pool)
		return complain("--run", "a move to another pool needs that pool's password, which is put on no command line here; run what is printed without --run, and then --done");
	if (!command_of(words, pieces, tool, answer))
		return EXIT_YES;
	return run_program(words, NULL, "the VM stays where it is");
}
