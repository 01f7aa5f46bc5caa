// SPDX-License-Identifier: GPL-2.0-only
/* Programs of Xen and of xapi, run without a shell between. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vm.h"

#define LIMIT	(1u << 20)

char *read_all(int fd)
{
	char *text = malloc(LIMIT + 1);
	size_t len = 0;
	ssize_t got = 1;
	int code = ENOMEM;

	while (text && len <= LIMIT && got) {
		got = read(fd, text + len, LIMIT + 1 - len);
		if (got > 0)
			len += got;
		else if (got < 0 && errno != EINTR)
			break;
	}
	if (text)
		code = got < 0 ? errno : len > LIMIT ? EFBIG :
		       memchr(text, '\0', len) ? EINVAL : 0;
	close(fd);
	if (!code) {
		text[len] = '\0';
		return text;
	}
	free(text);
	errno = code;
	return NULL;
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
	int ends[2] = { -1, -1 }, ret = EXIT_YES, code = 0;
	pid_t child;

	fflush(stdout);
	if (output && pipe(ends))
		return complain(words[0], "%s; %s", strerror(errno), fallback);
	child = fork();
	if (child < 0)
		ret = complain(words[0], "%s; %s", strerror(errno), fallback);
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
		*output = read_all(ends[0]);
		code = errno;
	}
	if (child > 0)
		ret = await(child, words, fallback);
	if (output && !ret && !*output)
		ret = complain(words[0], "%s; %s", strerror(code), fallback);
	if (output && ret) {
		free(*output);
		*output = NULL;
	}
	return ret;
}
