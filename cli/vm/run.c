// SPDX-License-Identifier: GPL-2.0-only
/* Programs of Xen and of xapi, run without a shell between. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vm.h"

#define OUTPUT_LIMIT	(1u << 20)

/* All of the output, ended by a 0; a megabyte at most. */
static char *read_all(int fd)
{
	char *text = malloc(OUTPUT_LIMIT + 1);
	size_t len = 0;
	ssize_t got;

	while (text && len < OUTPUT_LIMIT) {
		got = read(fd, text + len, OUTPUT_LIMIT - len);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		len += got;
	}
	if (text)
		text[len] = '\0';
	return text;
}

/* How it ended; @words[1] tells what for, @words[2] for whom. */
static int await(pid_t child, const char *const words[], const char *fallback)
{
	int status;

	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return complain(words[0], "%s", strerror(errno));
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return EXIT_YES;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return complain(words[0], "no such command here; %s", fallback);
	return complain(words[0], "%s of %s failed; %s", words[1], words[2],
			fallback);
}

int run_program(const char *const words[], char **output, const char *fallback)
{
	int ends[2] = { -1, -1 }, ret;
	pid_t child;

	fflush(stdout);
	if (output && pipe(ends))
		return complain(words[0], "%s; %s", strerror(errno), fallback);
	child = fork();
	if (!child) {
		/* What is not asked for is no part of the result. */
		dup2(output ? ends[1] : STDERR_FILENO, STDOUT_FILENO);
		if (output) {
			close(ends[0]);
			close(ends[1]);
		}
		execvp(words[0], (char *const *)words);
		_exit(127);
	}
	if (output) {
		close(ends[1]);
		*output = child < 0 ? NULL : read_all(ends[0]);
		close(ends[0]);
	}
	if (child < 0)
		return complain(words[0], "%s; %s", strerror(errno), fallback);
	ret = await(child, words, fallback);
	if (output && !ret && !*output)
		ret = complain(words[0], "out of memory; %s", fallback);
	if (output && ret) {
		free(*output);
		*output = NULL;
	}
	return ret;
}
