// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Where a store in etcd is, and as which user it is opened: its name, a file
 * that only its owner may read, and the environment.  A password is never part of
 * the name, for everybody sees the arguments of a command.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../lib/private.h"
#include "etcd.h"

/* ---- Its name: etcd[s]://HOST[:PORT][,...][/PREFIX] ---- */

static int bad_name(const char *where, const char *why, struct cl_error *error)
{
	return cl_fail(error, -EINVAL, where,
		       "%s; a store in etcd is called etcd[s]://HOST[:PORT][,HOST[:PORT]]...[/PREFIX]",
		       why);
}

static bool has_port(const char *host)
{
	const char *bracket = strrchr(host, ']');

	return strchr(bracket ? bracket : host, ':');
}

#define PLAIN "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_"

static int add_endpoint(struct etcd_conf *conf, const char *host, size_t len,
			const char *where, struct cl_error *error)
{
	char name[256];

	if (conf->nr == ETCD_MAX_ENDPOINTS || len >= sizeof(name))
		return bad_name(where, "too long", error);
	memcpy(name, host, len);
	name[len] = '\0';
	if (!len || strspn(name, PLAIN ":[]") != len)
		return bad_name(where, "one of its hosts is no host name", error);
	snprintf(conf->endpoints[conf->nr++], sizeof(conf->endpoints[0]),
		 "%s://%s%s", conf->tls ? "https" : "http", name,
		 has_port(name) ? "" : ":2379");
	return 0;
}

/* "//a//b/" is "/a/b/": two spellings are one store. */
static int read_prefix(struct etcd_conf *conf, const char *at,
		       const char *where, struct cl_error *error)
{
	size_t used = 1, len;

	strcpy(conf->prefix, "/");
	for (at += strspn(at, "/"); *at; at += strspn(at, "/")) {
		len = strcspn(at, "/");
		if (used + len > 60)
			return bad_name(where, "its prefix is longer than 60", error);
		if (strspn(at, PLAIN ":+=~") < len || strspn(at, ".") == len)
			return bad_name(where, "a part of its prefix is no plain name",
					error);
		memcpy(conf->prefix + used, at, len);
		strcpy(conf->prefix + used + len, "/");
		used += len + 1;
		at += len;
	}
	if (used == 1)
		strcpy(conf->prefix, "/cpulevel/");
	return 0;
}

static int read_name(struct etcd_conf *conf, const char *where,
		     struct cl_error *error)
{
	const char *at = strstr(where, "://") + 3;
	const char *end = at + strcspn(at, "/");
	int ret = 0;

	if (strchr(where, '@'))
		return cl_fail(error, -EINVAL, "store",
			       "a user or password is no part of its name; put it into %s",
			       ETCD_CONF);
	conf->tls = !strncmp(where, "etcds:", 6);
	while (!ret) {
		size_t len = strcspn(at, ",/");

		ret = add_endpoint(conf, at, len, where, error);
		at += len;
		if (at >= end)
			break;
		at++;
	}
	return ret ? ret : read_prefix(conf, end, where, error);
}

/* ---- The file, and the environment ---- */

static char **setting_of(struct etcd_conf *conf, const char *name)
{
	struct {
		const char *name;
		char **at;
	} settings[] = {
		{ "cacert", &conf->cacert }, { "cert", &conf->cert },
		{ "key", &conf->key }, { "user", &conf->user },
		{ "password", &conf->password },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(settings); i++)
		if (!strcmp(settings[i].name, name))
			return settings[i].at;
	return NULL;
}

static int set(char **setting, const char *value, struct cl_error *error)
{
	free(*setting);
	*setting = strdup(value);
	return *setting ? 0 : cl_fail(error, -ENOMEM, "store", "out of memory");
}

static int read_line(struct etcd_conf *conf, char *line, const char *path,
		     unsigned int n, struct cl_error *error)
{
	char *value = strchr(line, '='), **setting;

	line[strcspn(line, "\r\n")] = '\0';
	if (!*line || *line == '#')
		return 0;
	if (value)
		*value++ = '\0';
	setting = value ? setting_of(conf, line) : NULL;
	if (!setting)
		return cl_fail(error, -EINVAL, path,
			       "line %u is none of cacert=, cert=, key=, user=, password=",
			       n);
	return set(setting, value, error);
}

/* Who can read a password, or change where it is sent, has all of the store. */
static int check_private(FILE *from, const char *path, struct cl_error *error)
{
	struct stat there;

	if (fstat(fileno(from), &there))
		return cl_fail(error, -errno, path, "%s", strerror(errno));
	if ((there.st_uid && there.st_uid != geteuid()) || there.st_mode & 077)
		return cl_fail(error, -EPERM, path,
			       "can be read or changed by others; chown it to root and chmod 600");
	return 0;
}

static int read_file(struct etcd_conf *conf, struct cl_error *error)
{
	const char *given = getenv("CPULEVEL_ETCD_CONF");
	const char *path = given && *given ? given : ETCD_CONF;
	FILE *from = fopen(path, "re");
	char *line = NULL;
	unsigned int n = 0;
	size_t size = 0;
	int ret;

	if (!from)
		return errno == ENOENT && path != given ? 0 :
		       cl_fail(error, -errno, path, "%s", strerror(errno));
	ret = check_private(from, path, error);
	while (!ret && getline(&line, &size, from) > 0)
		ret = read_line(conf, line, path, ++n, error);
	free(line);
	fclose(from);
	return ret;
}

static int read_environment(struct etcd_conf *conf, struct cl_error *error)
{
	static const char *const names[][2] = {
		{ "CPULEVEL_ETCD_CACERT", "cacert" },
		{ "CPULEVEL_ETCD_CERT", "cert" },
		{ "CPULEVEL_ETCD_KEY", "key" },
		{ "CPULEVEL_ETCD_USER", "user" },
		{ "CPULEVEL_ETCD_PASSWORD", "password" },
	};
	size_t i;
	int ret = 0;

	for (i = 0; i < ARRAY_SIZE(names) && !ret; i++) {
		const char *value = getenv(names[i][0]);

		if (value && *value)
			ret = set(setting_of(conf, names[i][1]), value, error);
	}
	return ret;
}

static int check_complete(const struct etcd_conf *conf, const char *where,
			  struct cl_error *error)
{
	if (!conf->user != !conf->password)
		return cl_fail(error, -EINVAL, where,
			       "user and password go together; one of them is missing");
	if (conf->password && !conf->tls)
		return cl_fail(error, -EPERM, where,
			       "a password would go over the network as it is; use etcds://");
	if ((conf->cacert || conf->cert || conf->key) && !conf->tls)
		return cl_fail(error, -EPERM, where,
			       "is reached without TLS, but certificates are configured; write etcds://, or remove cacert, cert and key");
	if (!conf->cert != !conf->key)
		return cl_fail(error, -EINVAL, where,
			       "cert and key go together; one of them is missing");
	return 0;
}

int cl_etcd_conf_read(struct etcd_conf *conf, const char *where,
		      struct cl_error *error)
{
	int ret;

	memset(conf, 0, sizeof(*conf));
	ret = read_name(conf, where, error);
	if (!ret)
		ret = read_file(conf, error);
	if (!ret)
		ret = read_environment(conf, error);
	return ret ? ret : check_complete(conf, where, error);
}

static void wipe(char *secret)
{
	volatile char *at = secret;

	while (at && *at)
		*at++ = '\0';
	free(secret);
}

void cl_etcd_conf_free(struct etcd_conf *conf)
{
	free(conf->cacert);
	free(conf->cert);
	free(conf->key);
	free(conf->user);
	wipe(conf->password);
}
