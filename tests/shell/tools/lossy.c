// SPDX-License-Identifier: GPL-2.0-only
/*
 * A network that loses things at the worst moment: passes TCP on from a port to
 * another, until a request has WORD in it.  Of that one it loses the answer, or,
 * with `before', the request itself, and then passes on as before.  lossy PORT
 * TO_PORT WORD answer|before [COMMAND]; what it has lost it says on stdout, and
 * runs COMMAND before anyone can notice.
 */
#include <arpa/inet.h>
#include <err.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *word;
static const char *command;	/* or NULL */
static bool before;
static bool *lost;	/* of all connections */

static struct sockaddr_in local(const char *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET };

	at.sin_port = htons(atoi(port));
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return at;
}

static void say_lost(const char *what)
{
	*lost = true;
	printf("lost the %s\n", what);
	fflush(stdout);
	signal(SIGCHLD, SIG_DFL);
	if (command && system(command))
		warnx("%s: failed", command);
}

/* Some bytes on to the other side; false: this connection is over. */
static bool pass(int from, int to, bool request, bool *doomed)
{
	static char data[1 << 20];
	ssize_t n = read(from, data, sizeof(data) - 1);

	if (n <= 0)
		return false;
	data[n] = '\0';
	if (request && !*lost && strstr(data, word)) {
		if (before) {
			say_lost("request");
			return false;
		}
		*doomed = true;
	}
	if (!request && *doomed) {
		say_lost("answer");
		return false;
	}
	return write(to, data, n) == n;
}

static void serve(int client, const char *to_port)
{
	struct sockaddr_in to = local(to_port);
	int server = socket(AF_INET, SOCK_STREAM, 0);
	struct pollfd fds[2] = { { client, POLLIN, 0 }, { server, POLLIN, 0 } };
	bool doomed = false, going = !connect(server, (void *)&to, sizeof(to));

	while (going && poll(fds, 2, -1) > 0) {
		if (fds[0].revents)
			going = pass(client, server, true, &doomed);
		if (going && fds[1].revents)
			going = pass(server, client, false, &doomed);
	}
	close(server);
	close(client);
}

int main(int argc, char **argv)
{
	struct sockaddr_in at;
	int on = 1, listener = socket(AF_INET, SOCK_STREAM, 0);

	if (argc != 5 && argc != 6)
		errx(2, "usage: lossy PORT TO_PORT WORD answer|before [COMMAND]");
	at = local(argv[1]);
	word = argv[3];
	before = !strcmp(argv[4], "before");
	command = argv[5];
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(listener, (void *)&at, sizeof(at)) || listen(listener, 5))
		err(2, "port %s", argv[1]);
	lost = mmap(NULL, sizeof(*lost), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int client = accept(listener, NULL, NULL);

		if (!fork()) {
			serve(client, argv[2]);
			return 0;
		}
		close(client);
	}
}
