// SPDX-License-Identifier: GPL-2.0-only
/*
 * Look into types that the headers only name, by the BTF that some kernel-devels
 * bring.  Only for symbols that nothing else explains: whether a CRC depends on
 * a private type cannot be seen from outside.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "btf.h"

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

/* Do the headers of both sides define KEY?  Then BTF does not count. */
static bool defined(const struct symtypes types[SIDES], const char *key)
{
	const struct symtype *from = symtypes_find(&types[FROM], key);
	const struct symtype *to = symtypes_find(&types[TO], key);

	return from && to && !symtype_is_opaque(from) && !symtype_is_opaque(to);
}

static int merge(struct btf *btf, const struct symtypes types[SIDES], int side)
{
	const struct layouts *layouts = &btf->layouts[side];
	const struct symtypes *own = &types[side];
	char *text = NULL, key[256];
	size_t size, i;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return -ENOMEM;
	for (i = 0; i < own->nr; i++)
		if (own->at[i].key[1] != '#' || !strchr("su", own->at[i].key[0]) ||
		    defined(types, own->at[i].key))
			fprintf(f, "%s %s\n", own->at[i].key, own->at[i].body);
	for (i = 0; i < layouts->nr; i++) {
		key_of(layouts->at[i].title, key, sizeof(key));
		if (key[0] && !defined(types, key))
			put_layout(f, &layouts->at[i], key);
	}
	if (fclose(f)) {
		free(text);
		return -ENOMEM;
	}
	return symtypes_parse(&btf->types[side], text);
}

static int read_layouts(struct btf *btf, const struct work *work)
{
	char *text;
	int side, ret = 0;

	for (side = 0; side < SIDES && !ret; side++) {
		text = work_read(work, side, "btf");
		ret = text ? layouts_parse(&btf->layouts[side], text) : 0;
		free(text);
	}
	return ret;
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
static int blame_level(struct blame *blame, struct blamed *symbol,
		       const struct symtypes types[SIDES],
		       const struct search *search, size_t end)
{
	const struct symtype *from, *to;
	size_t i;

	for (i = search->done; i < end; i++) {
		from = &types[FROM].at[search->queue[i]];
		to = symtypes_find(&types[TO], from->key);
		if (!to || !types_differ(from, to))
			continue;
		if (blame_one(blame, symbol, from->key))
			return -ENOMEM;
		symbol->known = PERHAPS;
	}
	return 0;
}

/* Everything is reached from everywhere, so only the nearest changes count. */
static int blame_nearest(struct btf *btf, struct blame *blame, struct blamed *symbol)
{
	struct symtypes *types = &btf->types[FROM];
	struct symtype *type = symtypes_find(types, symbol->symbol);
	struct search search = { calloc(types->nr + 1, sizeof(*search.queue)), 0, 0 };
	size_t end, i;
	int ret = search.queue ? 0 : -ENOMEM;

	types->walks++;
	if (type && !ret)
		reach(&search, types, type - types->at);
	while (!ret && search.done < search.nr && symbol->known == PRIVATE) {
		end = search.nr;
		ret = blame_level(blame, symbol, btf->types, &search, end);
		for (; search.done < end; search.done++) {
			type = &types->at[search.queue[search.done]];
			for (i = 0; i < type->nr_below; i++)
				reach(&search, types, type->below[i]);
		}
	}
	free(search.queue);
	return ret;
}

static bool all_known(const struct blame *blame)
{
	size_t i;

	for (i = 0; i < blame->nr_symbols; i++)
		if (blame->symbols[i].known == PRIVATE)
			return false;
	return true;
}

int btf_blame(struct btf *btf, struct blame *blame, struct work *work,
	      const struct symtypes types[SIDES])
{
	size_t i;
	int side, ret;

	memset(btf, 0, sizeof(*btf));
	if (all_known(blame))
		return 0;
	ret = work_run(work, "btf", NULL);
	if (!ret)
		ret = read_layouts(btf, work);
	if (ret || !btf->layouts[FROM].nr || !btf->layouts[TO].nr)
		return ret;
	for (side = 0; side < SIDES && !ret; side++)
		ret = merge(btf, types, side);
	for (i = 0; i < blame->nr_symbols && !ret; i++)
		if (blame->symbols[i].known == PRIVATE)
			ret = blame_nearest(btf, blame, &blame->symbols[i]);
	return ret;
}

void btf_free(struct btf *btf)
{
	int side;

	for (side = 0; side < SIDES; side++) {
		layouts_free(&btf->layouts[side]);
		symtypes_free(&btf->types[side]);
	}
}
