// SPDX-License-Identifier: GPL-2.0-only
/* cpulevel save: write a host in the format of cpulevel(5). */
#include <stdlib.h>

#include "host.h"

static char *host_text(const struct cl_host *host)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);
	bool failed;

	if (!to)
		return NULL;
	cl_host_write(host, to);
	failed = ferror(to);
	if (!fclose(to) && !failed)
		return text;
	free(text);
	return NULL;
}

/* In JSON, the file's name says where the host is; without, it is here. */
static int report(const struct arguments *args, const struct cl_host *host,
		  const char *path, const char *text)
{
	struct out out;

	if (!args->json) {
		if (!path)
			fputs(text, stdout);
		return finish_stdout();
	}
	out_begin(&out, args, "cpulevel/save/1");
	out_string(&out, "name", host->name);
	out_string(&out, path ? "file" : "text", path ? path : text);
	return out_finish(&out);
}

int verb_save(const struct arguments *args)
{
	const char *path = args->count ? args->values[0] : NULL;
	struct cl_host host;
	char *text;
	int ret = read_host(&host, args, NULL);

	if (ret)
		return ret;
	text = host_text(&host);
	if (!text)
		return complain(host.name, "out of memory; nothing was written");
	if (path)
		ret = replace_file(path, text);
	if (!ret)
		ret = report(args, &host, path, text);
	free(text);
	return ret;
}
