// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Requests to etcd by the program curl, one process each, for static builds.
 * Its configuration comes through a pipe, and so does the request: everybody
 * sees the arguments of a command, and the token and the password are in those.
 * Only options that curl 7.29 has are used, for that is dom0's.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../lib/private.h"
#include "etcd.h"

#define TEXT_FD		3	/* of the child: where it reads the request */
#define SPARE_FD	10	/* above those that the child is given */
#define STATUS_LEN	3	/* what --write-out ends an answer with */

/* ---- The configuration of curl ---- */

/* One line of it; what follows a colon in a certificate's name is a password to curl. */
static void option(FILE *to, const char *name, const char *value, bool colons)
{
	fprintf(to, "%s = \"", name);
	for (; *value; value++) {
		if (*value == '\n')
			fputs("\\n", to);
		else if (colons && strchr(":\\", *value))
			fprintf(to, "\\\\%s", *value == ':' ? ":" : "\\\\");
		else
			fprintf(to, strchr("\"\\", *value) ? "\\%c" : "%c",
				*value);
	}
	fputs("\"\n", to);
}

static void tls_options(FILE *to, const struct etcd_conf *conf)
{
	if (conf->cacert)
		option(to, "cacert", conf->cacert, false);
	if (conf->cert) {
		option(to, "cert", conf->cert, true);
		option(to, "key", conf->key, false);
	}
}

/* The same options as those of etcd_libcurl.c.  NULL: out of memory. */
static char *configuration(const struct etcd_store *s, const char *url,
			   bool stream)
{
	const char *const *header;
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	if (!to)
		return NULL;
	/* Brackets are part of an IPv6 address, and no pattern. */
	fputs("silent\ngloboff\nnoproxy = \"*\"\nheader = \"Expect:\"\n", to);
	for (header = cl_etcd_headers; *header; header++)
		option(to, "header", *header, false);
	if (s->authorization)
		option(to, "header", s->authorization, false);
	option(to, "url", url, false);
	if (s->conf.tls)
		tls_options(to, &s->conf);
	fprintf(to, "connect-timeout = %d\n", ETCD_CONNECT_S);
	if (stream)
		fputs("no-buffer\n", to);
	else
		fprintf(to, "max-time = %d\nwrite-out = \"%%{http_code}\"\n",
			ETCD_ANSWER_S);
	fprintf(to, "data-binary = \"@/proc/self/fd/%d\"\n", TEXT_FD);
	if (!fclose(to))
		return text;
	free(text);
	return NULL;
}

/* ---- A process ---- */

struct child {
	pid_t pid;
	int config, text, answer;	/* our ends of its pipes, or -1 */
};

static void close_end(int *end)
{
	if (*end >= 0)
		close(*end);
	*end = -1;
}

/* A pipe whose ends are above those of the child; -1 if it could not be made. */
static bool make_pipe(int ends[2])
{
	int low[2], i;

	ends[0] = ends[1] = -1;
	if (pipe2(low, O_CLOEXEC))
		return false;
	for (i = 0; i < 2; i++) {
		ends[i] = fcntl(low[i], F_DUPFD_CLOEXEC, SPARE_FD);
		close(low[i]);
	}
	return ends[0] >= 0 && ends[1] >= 0;
}

/* A request or a stream is not to outlive the process that waits for it. */
static void become_curl(pid_t parent, int config, int text, int answer)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() == parent && dup2(config, STDIN_FILENO) >= 0 &&
	    dup2(text, TEXT_FD) >= 0 && dup2(answer, STDOUT_FILENO) >= 0)
		execlp("curl", "curl", "-q", "--config", "-", NULL);
	_exit(ETCD_NO_CURL);
}

static bool start(struct child *child)
{
	int config[2], text[2], answer[2];
	bool good = make_pipe(config);
	pid_t parent = getpid();

	good = make_pipe(text) && good;
	good = make_pipe(answer) && good;
	child->pid = good ? fork() : -1;
	if (!child->pid)
		become_curl(parent, config[0], text[0], answer[1]);
	close_end(&config[0]);
	close_end(&text[0]);
	close_end(&answer[1]);
	child->config = config[1];
	child->text = text[1];
	child->answer = answer[0];
	return child->pid > 0;
}

/* All of it, then close.  A child that does not read it says why by its exit code. */
static void write_all(int *end, const char *text)
{
	const struct timespec now = { 0, 0 };
	size_t len = strlen(text);
	sigset_t broken, before;
	ssize_t n;

	sigemptyset(&broken);
	sigaddset(&broken, SIGPIPE);
	sigprocmask(SIG_BLOCK, &broken, &before);
	while (len) {
		n = write(*end, text, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		text += n;
		len -= n;
	}
	if (len && errno == EPIPE)
		sigtimedwait(&broken, NULL, &now);
	sigprocmask(SIG_SETMASK, &before, NULL);
	close_end(end);
}

/* Its exit code. */
static int finish(struct child *child)
{
	int status;
	pid_t ended = -1;

	close_end(&child->config);
	close_end(&child->text);
	close_end(&child->answer);
	while (child->pid > 0 && ended < 0) {
		ended = waitpid(child->pid, &status, 0);
		if (ended < 0 && errno != EINTR)
			break;
	}
	child->pid = 0;
	return ended > 0 && WIFEXITED(status) ? WEXITSTATUS(status) :
						ETCD_NO_ANSWER;
}

/* Start it and write both pipes. */
static bool begin(struct etcd_store *s, struct child *child, const char *url,
		  const char *text, bool stream)
{
	char *config = configuration(s, url, stream);
	bool good = config && start(child);

	if (good) {
		write_all(&child->config, config);
		write_all(&child->text, text);
	}
	free(config);
	return good;
}

/* As read(), and -1 with ETIMEDOUT after @ms. */
static ssize_t read_some(int fd, char *data, size_t size, int64_t ms)
{
	struct pollfd some = { fd, POLLIN, 0 };
	int n = poll(&some, 1, ms > 0 ? (int)ms : 0);

	if (n > 0)
		return read(fd, data, size);
	if (!n)
		errno = ETIMEDOUT;
	return -1;
}

/* ---- A request ---- */

/* Until it ends; 0, or a failure.  curl has a limit of its own, which comes first. */
static int read_answer(struct child *child, struct etcd_body *body)
{
	int64_t until = cl_etcd_now() + (ETCD_ANSWER_S + 1) * 1000;
	char data[4096];
	ssize_t n;

	while ((n = read_some(child->answer, data, sizeof(data),
			      until - cl_etcd_now()))) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == ETIMEDOUT ? ETCD_TIMEOUT : ETCD_NO_ANSWER;
		if (!cl_etcd_append(body, data, n))
			return ETCD_NO_ANSWER;
	}
	return 0;
}

int cl_http_post(struct etcd_store *s, const char *url, const char *text,
		 bool once, struct etcd_body *body, long *status)
{
	struct child child = { 0, -1, -1, -1 };
	int code, stopped;

	(void)once;	/* On a new connection nothing is sent twice. */
	if (!begin(s, &child, url, text, false)) {
		finish(&child);
		return ETCD_NO_MEMORY;
	}
	stopped = read_answer(&child, body);
	if (stopped)
		kill(child.pid, SIGKILL);
	code = finish(&child);
	if (stopped || code)
		return stopped ? stopped : code;
	if (body->len < STATUS_LEN)
		return ETCD_NO_ANSWER;
	body->len -= STATUS_LEN;
	*status = strtol(body->data + body->len, NULL, 10);
	body->data[body->len] = '\0';
	return 0;
}

/* ---- A stream ---- */

bool cl_http_open(struct etcd_store *s)
{
	const struct child none = { 0, -1, -1, -1 };

	s->connection = malloc(sizeof(none));
	if (s->connection)
		memcpy(s->connection, &none, sizeof(none));
	return s->connection;
}

void cl_http_close(struct etcd_store *s)
{
	free(s->connection);
}

bool cl_http_stream_open(struct etcd_store *s, const char *url, const char *text)
{
	return begin(s, s->connection, url, text, true);
}

bool cl_http_stream_receive(struct etcd_store *s, int ms)
{
	struct child *child = s->connection;
	char data[4096];
	ssize_t n = read_some(child->answer, data, sizeof(data), ms);

	if (n < 0)
		return errno == ETIMEDOUT || errno == EINTR;
	return n && cl_etcd_received(s, data, n);
}

void cl_http_stream_close(struct etcd_store *s)
{
	struct child *child = s->connection;

	if (child->pid > 0)
		kill(child->pid, SIGKILL);
	finish(child);
}
