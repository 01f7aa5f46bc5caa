// SPDX-License-Identifier: GPL-2.0-only
/*
 * Find the headers that declare symbols: by looking for the names outside of all
 * braces.  It need not be exact, because genksyms has the last word.
 */

#include <ctype.h>
#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../array.h"
#include "../text.h"
#include "declare.h"

#define HEADER_MAX	((size_t)16 << 20)
#define NAME_MAX_LEN	255

/* Where the scan of a header is. */
struct scanner {
	struct declarations *decls;
	const char *header;
	const char *at, *end;
	int braces, parens;
	char word[NAME_MAX_LEN + 1];	/* the identifier before */
	char macro[NAME_MAX_LEN + 1];	/* the one before the first '(' */
};

/* Symbols that a macro makes from the name that it is given. */
static const struct {
	const char *prefix, *macro;
} made[] = {
	{ "__SCT__tp_func_", "TRACE" },
	{ "__SCK__tp_func_", "TRACE" },
	{ "__SCT__", "DECLARE_STATIC_CALL" },
	{ "__SCK__", "DECLARE_STATIC_CALL" },
	{ "__tracepoint_", "" },
	{ "__traceiter_", "" },
};

/* The name to look for, and the macro that must stand before it, or NULL. */
static const char *written_name(const char *symbol, const char **macro)
{
	size_t i, n;

	*macro = NULL;
	for (i = 0; i < ARRAY_SIZE(made); i++) {
		n = strlen(made[i].prefix);
		if (strncmp(symbol, made[i].prefix, n))
			continue;
		*macro = made[i].macro;
		return symbol + n;
	}
	return symbol;
}

static int by_written_name(const void *a, const void *b)
{
	const char *macro;

	return strcmp(written_name(((const struct declared *)a)->symbol, &macro),
		      written_name(((const struct declared *)b)->symbol, &macro));
}

int declare_begin(struct declarations *decls, const char *const *symbols, size_t nr)
{
	size_t i;

	decls->at = calloc(nr + 1, sizeof(*decls->at));
	decls->nr = decls->at ? nr : 0;
	if (!decls->at)
		return -ENOMEM;
	for (i = 0; i < nr; i++)
		decls->at[i].symbol = symbols[i];
	qsort(decls->at, nr, sizeof(*decls->at), by_written_name);
	return 0;
}

void declare_end(struct declarations *decls)
{
	size_t i;

	for (i = 0; i < decls->nr; i++)
		free(decls->at[i].header);
	free(decls->at);
	memset(decls, 0, sizeof(*decls));
}

/* Headers under linux/ include what they need; others often do not. */
static int rank_of(const char *header)
{
	if (!strncmp(header, "linux/", 6))
		return 1;
	if (!strncmp(header, "asm-generic/", 12))
		return 5;
	if (!strncmp(header, "asm/", 4))
		return 3;
	if (!strncmp(header, "trace/", 6))
		return 4;
	return 2;
}

static void note(struct declared *decl, const char *header)
{
	int rank = rank_of(header);
	char *copy;

	if (decl->header && (rank > decl->rank ||
			     (rank == decl->rank && strcmp(header, decl->header) >= 0)))
		return;
	copy = strdup(header);
	if (!copy)
		return;
	free(decl->header);
	decl->header = copy;
	decl->rank = rank;
}

/* Arguments of macros only count where the macro declares something. */
static bool may_declare(const struct scanner *s, const char *macro)
{
	if (s->parens > 1)
		return false;
	if (macro)
		return s->parens && !strncmp(s->macro, macro, strlen(macro));
	return !s->parens || !strncmp(s->macro, "DECLARE", 7) ||
	       !strcmp(s->word, s->macro);
}

static void found(struct scanner *s, const char *name)
{
	struct declared key = { .symbol = name }, *at, *end;
	const char *macro;

	at = bsearch(&key, s->decls->at, s->decls->nr, sizeof(key), by_written_name);
	if (!at)
		return;
	end = s->decls->at + s->decls->nr;
	while (at > s->decls->at && !by_written_name(at - 1, &key))
		at--;
	for (; at < end && !by_written_name(at, &key); at++) {
		written_name(at->symbol, &macro);
		if (may_declare(s, macro))
			note(at, s->header);
	}
}

static void skip_line(struct scanner *s)
{
	for (; s->at < s->end && *s->at != '\n'; s->at++)
		if (*s->at == '\\' && s->at + 1 < s->end)
			s->at++;
}

static void skip_comment(struct scanner *s)
{
	const char *end = strstr(s->at + 2, "*/");

	s->at = end ? end + 2 : s->end;
}

static void skip_literal(struct scanner *s)
{
	char quote = *s->at++;

	for (; s->at < s->end && *s->at != quote && *s->at != '\n'; s->at++)
		if (*s->at == '\\' && s->at + 1 < s->end)
			s->at++;
	s->at += s->at < s->end;
}

/* Types are asked for as genksyms calls them: "s#device". */
static void found_type(struct scanner *s, const char *name)
{
	struct declared key, *at;
	char symbol[NAME_MAX_LEN + 3];
	const char *p = s->at;

	while (p < s->end && isspace((unsigned char)*p))
		p++;
	if (p == s->end || *p != '{')
		return;
	snprintf(symbol, sizeof(symbol), "%c#%s", s->word[0], name);
	key.symbol = symbol;
	at = bsearch(&key, s->decls->at, s->decls->nr, sizeof(key), by_written_name);
	if (at)
		note(at, s->header);
}

static void take_word(struct scanner *s)
{
	const char *start = s->at;
	size_t len;
	char name[NAME_MAX_LEN + 1];

	while (s->at < s->end && (isalnum((unsigned char)*s->at) || *s->at == '_'))
		s->at++;
	len = s->at - start;
	if (len > NAME_MAX_LEN)
		len = NAME_MAX_LEN;
	if (s->braces > 0)
		return;
	memcpy(name, start, len);
	name[len] = 0;
	if (!strcmp(s->word, "struct") || !strcmp(s->word, "union"))
		found_type(s, name);
	else
		found(s, name);
	memcpy(s->word, name, len + 1);
}

static void take_punctuation(struct scanner *s, bool first)
{
	char c = *s->at++;

	if (c == '{')
		s->braces++;
	else if (c == '}')
		/* alternatives of #if may have opened it twice */
		s->braces = first ? 0 : s->braces - (s->braces > 0);
	else if (c == '(' && !s->parens++)
		strcpy(s->macro, s->word);
	else if (c == ')')
		s->parens -= s->parens > 0;
	else if (c == ';' && !s->braces)
		s->parens = 0;
	if (c == ';' || c == ',')
		s->word[0] = 0;
}

void declare_scan_text(struct declarations *decls, const char *header,
		       const char *text, size_t size)
{
	struct scanner s = { .decls = decls, .header = header, .at = text,
			     .end = text + size };
	bool first = true;	/* on its line */

	while (s.at < s.end) {
		if (isspace((unsigned char)*s.at)) {
			first = *s.at++ == '\n';
			continue;
		}
		if (*s.at == '#')
			skip_line(&s);
		else if (s.at[0] == '/' && s.at[1] == '*')
			skip_comment(&s);
		else if (s.at[0] == '/' && s.at[1] == '/')
			skip_line(&s);
		else if (*s.at == '"' || *s.at == '\'')
			skip_literal(&s);
		else if (isalnum((unsigned char)*s.at) || *s.at == '_')
			take_word(&s);
		else
			take_punctuation(&s, first);
		first = false;
	}
}

static void scan_file(struct declarations *decls, const char *path, const char *header)
{
	size_t size;
	char *text = text_read(path, HEADER_MAX, &size);

	if (text)
		declare_scan_text(decls, header, text, size);
	free(text);
}

/* Neither declares anything for modules, and both are large. */
static bool worthless(const char *header)
{
	return !strcmp(header, "uapi") || !strcmp(header, "dt-bindings") ||
	       !strcmp(header, "config");
}

int declare_scan(struct declarations *decls, const char *dir)
{
	char *const dirs[] = { (char *)dir, NULL };
	FTS *fts = fts_open(dirs, FTS_LOGICAL | FTS_NOCHDIR, NULL);
	const char *header;
	FTSENT *entry;

	if (!fts)
		return -ENOMEM;
	while ((entry = fts_read(fts))) {
		header = entry->fts_path + strlen(dir);
		while (*header == '/')
			header++;
		if (entry->fts_info == FTS_D && worthless(header))
			fts_set(fts, entry, FTS_SKIP);
		else if (entry->fts_info == FTS_F && entry->fts_namelen > 2 &&
			 !strcmp(entry->fts_name + entry->fts_namelen - 2, ".h"))
			scan_file(decls, entry->fts_path, header);
	}
	fts_close(fts);
	return 0;
}
