// SPDX-License-Identifier: GPL-2.0-only
/* Choose and write the headers of a test compile. */

#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "headers.h"

#define LINE_LEN 1024

int names_add(struct names *names, const char *name, size_t len)
{
	size_t i, room = names->room ? 2 * names->room : 64;
	char **more;

	for (i = 0; i < names->nr; i++)
		if (!strncmp(names->at[i], name, len) && !names->at[i][len])
			return 0;
	if (names->nr == names->room) {
		more = realloc(names->at, room * sizeof(*more));
		if (!more)
			return -ENOMEM;
		names->at = more;
		names->room = room;
	}
	names->at[names->nr] = strndup(name, len);
	return names->at[names->nr] && ++names->nr ? 0 : -ENOMEM;
}

void names_free(struct names *names)
{
	size_t i;

	for (i = 0; i < names->nr; i++)
		free(names->at[i]);
	free(names->at);
	memset(names, 0, sizeof(*names));
}

int headers_path(struct names *dirs, const struct work *work, int side)
{
	char *command = work_read(work, side, "command"), *word, *save, *path;
	bool next = false;
	int ret = command ? 0 : -ENOMEM;

	for (word = command ? strtok_r(command, " \t\n", &save) : NULL; word && !ret;
	     word = strtok_r(NULL, " \t\n", &save)) {
		if (!next && strncmp(word, "-I", 2))
			continue;
		next = !next && !word[2];
		if (next)
			continue;
		word += strncmp(word, "-I", 2) ? 0 : 2;
		if (asprintf(&path, "%s%s%s", word[0] == '/' ? "" : work->kdirs[side],
			     word[0] == '/' ? "" : "/", word) < 0) {
			ret = -ENOMEM;
			break;
		}
		if (!strstr(path, "/uapi"))
			ret = names_add(dirs, path, strlen(path));
		free(path);
	}
	free(command);
	return ret;
}

static int headers_of_file(struct names *headers, const char *path)
{
	FILE *f = fopen(path, "re");
	char line[LINE_LEN], *p, *end;
	int ret = 0;

	while (f && !ret && fgets(line, sizeof(line), f)) {
		p = line + strspn(line, " \t");
		if (*p++ != '#')
			continue;
		p += strspn(p, " \t");
		if (strncmp(p, "include", 7))
			continue;
		p += 7 + strspn(p + 7, " \t");
		end = strchr(p, '>');
		if (*p == '<' && end)
			ret = names_add(headers, p + 1, end - p - 1);
	}
	if (f)
		fclose(f);
	return ret;
}

static bool is_source(const FTSENT *entry)
{
	const char *dot = strrchr(entry->fts_name, '.');

	return entry->fts_info == FTS_F && dot &&
	       (!strcmp(dot, ".c") || !strcmp(dot, ".h"));
}

int headers_of_source(struct names *headers, const char *dir)
{
	char *const dirs[] = { (char *)dir, NULL };
	FTS *fts = fts_open(dirs, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	FTSENT *entry;
	int ret = 0;

	if (!fts)
		return -ENOMEM;
	while (!ret && (entry = fts_read(fts)))
		if (is_source(entry))
			ret = headers_of_file(headers, entry->fts_path);
	fts_close(fts);
	return ret;
}

/* Those under linux/ come first: the others rely on them. */
int headers_of_declarations(struct names *headers, const struct declarations *decls)
{
	int rank, ret = 0;
	size_t i;

	for (rank = 0; rank < 8; rank++)
		for (i = 0; i < decls->nr && !ret; i++)
			if (decls->at[i].header && decls->at[i].rank == rank)
				ret = names_add(headers, decls->at[i].header,
						strlen(decls->at[i].header));
	return ret;
}

static bool exists(const char *header, const struct names *dirs)
{
	char path[4096];
	size_t i;

	for (i = 0; i < dirs->nr; i++) {
		snprintf(path, sizeof(path), "%s/%s", dirs->at[i], header);
		if (!access(path, R_OK))
			return true;
	}
	return false;
}

void headers_write(FILE *f, const struct names *headers, const struct names *dirs)
{
	size_t i;

	for (i = 0; i < headers->nr; i++)
		if (exists(headers->at[i], dirs))
			fprintf(f, "#include <%s>\n", headers->at[i]);
}
