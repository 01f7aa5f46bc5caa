// SPDX-License-Identifier: GPL-2.0-only
/* Choose and write the headers of a test compile. */

#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../text.h"
#include "declare.h"
#include "headers.h"

#define SOURCE_MAX	((size_t)16 << 20)

/* The folders that SIDE's compiler command names with -I. */
static int search_path(struct names *dirs, const struct work *work, int side)
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

/* What follows "#include <" on LINE, or NULL. */
static const char *included(const char *line)
{
	line += strspn(line, " \t");
	if (*line++ != '#')
		return NULL;
	line += strspn(line, " \t");
	if (strncmp(line, "include", 7))
		return NULL;
	line += 7 + strspn(line + 7, " \t");
	return *line == '<' && strchr(line, '>') ? line + 1 : NULL;
}

/* A source that cannot be read includes nothing. */
static int headers_of_file(struct names *headers, const char *path)
{
	char *text = text_read(path, SOURCE_MAX, NULL), *at = text, *line;
	const char *name;
	int ret = 0;

	while (at && !ret && (line = text_line(&at))) {
		name = included(line);
		if (name)
			ret = names_add(headers, name, strchr(name, '>') - name);
	}
	free(text);
	return ret;
}

static bool is_source(const FTSENT *entry)
{
	const char *dot = strrchr(entry->fts_name, '.');

	return entry->fts_info == FTS_F && dot &&
	       (!strcmp(dot, ".c") || !strcmp(dot, ".h"));
}

int headers_add_source(struct headers *headers, const char *dir)
{
	char *const dirs[] = { (char *)dir, NULL };
	FTS *fts = fts_open(dirs, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	FTSENT *entry;
	int ret = 0;

	if (!fts)
		return -ENOMEM;
	while (!ret && (entry = fts_read(fts)))
		if (is_source(entry))
			ret = headers_of_file(&headers->names, entry->fts_path);
	fts_close(fts);
	return ret;
}

int headers_begin(struct headers *headers, const struct work *work)
{
	int side, ret = 0;

	memset(headers, 0, sizeof(*headers));
	for (side = 0; side < SIDES && !ret; side++)
		ret = search_path(&headers->dirs[side], work, side);
	return ret;
}

/* Those under linux/ come first: the others rely on them. */
static int add_by_rank(struct names *names, const struct declarations *decls)
{
	int rank, ret = 0;
	size_t i;

	for (rank = 0; rank < 8; rank++)
		for (i = 0; i < decls->nr && !ret; i++)
			if (decls->at[i].header && decls->at[i].rank == rank)
				ret = names_add(names, decls->at[i].header,
						strlen(decls->at[i].header));
	return ret;
}

int headers_add_declaring(struct headers *headers, const char *const *symbols, size_t nr)
{
	struct declarations decls;
	int side, ret = declare_begin(&decls, symbols, nr);
	size_t i;

	for (side = 0; side < SIDES && !ret; side++)
		for (i = 0; i < headers->dirs[side].nr && !ret; i++)
			ret = declare_scan(&decls, headers->dirs[side].at[i]);
	if (!ret)
		ret = add_by_rank(&headers->names, &decls);
	declare_end(&decls);
	return ret;
}

void headers_end(struct headers *headers)
{
	int side;

	names_free(&headers->names);
	for (side = 0; side < SIDES; side++)
		names_free(&headers->dirs[side]);
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

void headers_write(FILE *f, const struct headers *headers, int side)
{
	size_t i;

	for (i = 0; i < headers->names.nr; i++)
		if (exists(headers->names.at[i], &headers->dirs[side]))
			fprintf(f, "#include <%s>\n", headers->names.at[i]);
}
