// SPDX-License-Identifier: GPL-2.0-only
/*
 * Look into types that the headers only name, by the BTF that some kernel-devels
 * bring.  Only for symbols that nothing else explains: whether a CRC depends on
 * a private type cannot be seen from outside.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "explain.h"

/* The genksyms prefix of the kind of type that DECL begins with, or NULL. */
static const char *reference(const char *decl, size_t *len)
{
	static const char *const kinds[][2] = {
		{ "struct ", "s#" }, { "union ", "u#" }, { "enum ", "e#" },
	};
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		*len = strlen(kinds[i][0]);
		if (!strncmp(decl, kinds[i][0], *len))
			return kinds[i][1];
	}
	return NULL;
}

/* "struct device *parent" -> "s#device *parent", as symtypes refer to types. */
static void put_decl(FILE *f, const char *decl)
{
	const char *prefix;
	size_t len;

	while (*decl) {
		prefix = reference(decl, &len);
		if (!prefix) {
			fputc(*decl++, f);
			continue;
		}
		decl += len;
		len = strcspn(decl, " *,);[");
		/* symtypes are split at blanks */
		fprintf(f, " %s%.*s ", prefix, (int)len, decl);
		decl += len;
	}
}

static void put_layout(FILE *f, const struct layout *layout, const char *key)
{
	size_t i;

	fprintf(f, "%s %s {", key, layout->title);
	for (i = 0; i < layout->nr_fields; i++) {
		fputc(' ', f);
		put_decl(f, layout->fields[i].decl);
		fputs(" ;", f);
	}
	fputs(" }\n", f);
}

static void key_of(const char *title, char *key, size_t len)
{
	if (!strncmp(title, "struct ", 7))
		snprintf(key, len, "s#%s", title + 7);
	else if (!strncmp(title, "union ", 6))
		snprintf(key, len, "u#%s", title + 6);
	else
		key[0] = 0;
}

/* Is KEY defined by the headers of both sides?  Then BTF is not asked. */
static bool defined(const struct explanation *ex, const char *key)
{
	const struct symtype *from = symtypes_find(&ex->types[FROM], key);
	const struct symtype *to = symtypes_find(&ex->types[TO], key);

	return from && to && !symtype_is_opaque(from) && !symtype_is_opaque(to);
}

static int merge(struct explanation *ex, int side)
{
	const struct layouts *btf = &ex->btf[side];
	const struct symtypes *types = &ex->types[side];
	char *text = NULL, key[256];
	size_t size, i;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return -ENOMEM;
	for (i = 0; i < types->nr; i++)
		if (types->at[i].key[1] != '#' || !strchr("su", types->at[i].key[0]) ||
		    defined(ex, types->at[i].key))
			fprintf(f, "%s %s\n", types->at[i].key, types->at[i].body);
	for (i = 0; i < btf->nr; i++) {
		key_of(btf->at[i].title, key, sizeof(key));
		if (key[0] && !defined(ex, key))
			put_layout(f, &btf->at[i], key);
	}
	if (fclose(f)) {
		free(text);
		return -ENOMEM;
	}
	return symtypes_parse(&ex->both[side], text);
}

static int read_btf(struct explanation *ex, int side)
{
	char *text = work_read(&ex->work, side, "btf");
	int ret = text ? layouts_parse(&ex->btf[side], text) : 0;

	free(text);
	return ret;
}

/* The index of the cause KEY, made if need be; -1: no memory. */
static long cause_of(struct explanation *ex, const char *key)
{
	size_t i;

	for (i = 0; i < ex->nr_causes; i++)
		if (!strcmp(ex->causes[i].key, key))
			return i;
	return cause_add(ex, key) ? -1 : (long)i;
}

/* What was reached from a symbol, level by level. */
struct search {
	size_t *queue;		/* indexes of types */
	size_t nr, done;
};

static void reach(struct search *search, struct symtypes *types, size_t index)
{
	if (types->at[index].mark == types->walks)
		return;
	types->at[index].mark = types->walks;
	search->queue[search->nr++] = index;
}

/* Blame what changed among the types up to END. */
static int blame_level(struct explanation *ex, struct explained *symbol,
		       const struct search *search, size_t end)
{
	struct symtype *from, *to;
	size_t i;
	long cause;

	for (i = search->done; i < end; i++) {
		from = &ex->both[FROM].at[search->queue[i]];
		to = symtypes_find(&ex->both[TO], from->key);
		if (!to || !types_differ(from, to))
			continue;
		cause = cause_of(ex, from->key);
		if (cause < 0 || symbol_blame(ex, symbol, cause))
			return -ENOMEM;
		symbol->known = PERHAPS;
	}
	return 0;
}

/* Everything is reached from everywhere, so only the nearest changes count. */
static int blame_nearest(struct explanation *ex, struct explained *symbol)
{
	struct symtypes *types = &ex->both[FROM];
	struct symtype *type = symtypes_find(types, symbol->symbol);
	struct search search = { calloc(types->nr + 1, sizeof(*search.queue)), 0, 0 };
	size_t end, i;
	int ret = search.queue ? 0 : -ENOMEM;

	types->walks++;
	if (type && !ret)
		reach(&search, types, type - types->at);
	while (!ret && search.done < search.nr && symbol->known == PRIVATE) {
		end = search.nr;
		ret = blame_level(ex, symbol, &search, end);
		for (; search.done < end; search.done++) {
			type = &types->at[search.queue[search.done]];
			for (i = 0; i < type->nr_below; i++)
				reach(&search, types, type->below[i]);
		}
	}
	free(search.queue);
	return ret;
}

static bool all_known(const struct explanation *ex)
{
	size_t i;

	for (i = 0; i < ex->nr_symbols; i++)
		if (ex->symbols[i].known == PRIVATE)
			return false;
	return true;
}

int explain_by_btf(struct explanation *ex, char *why, size_t len)
{
	size_t i;
	int side;

	if (all_known(ex))
		return 0;
	if (work_run(&ex->work, "btf", NULL, why, len))
		return -1;
	snprintf(why, len, "out of memory; free some and try again");
	for (side = 0; side < SIDES; side++)
		if (read_btf(ex, side))
			return -1;
	if (!ex->btf[FROM].nr || !ex->btf[TO].nr)
		return 0;
	for (side = 0; side < SIDES; side++)
		if (merge(ex, side))
			return -1;
	for (i = 0; i < ex->nr_symbols; i++)
		if (ex->symbols[i].known == PRIVATE && blame_nearest(ex, &ex->symbols[i]))
			return -1;
	return 0;
}
