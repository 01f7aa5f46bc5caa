// SPDX-License-Identifier: GPL-2.0-only
/* Find the types that changed, and the symbols that changed because of them. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "explain.h"

/* What the walk upwards from one cause needs to know. */
struct blame {
	struct explanation *ex;
	size_t cause;
};

static int by_symbol(const void *a, const void *b)
{
	return strcmp(((const struct explained *)a)->symbol,
		      ((const struct explained *)b)->symbol);
}

int symbol_blame(struct explanation *ex, struct explained *symbol, size_t cause)
{
	size_t *more;

	/* the walks of both sides come here */
	if (symbol->nr_causes && symbol->causes[symbol->nr_causes - 1] == cause)
		return 0;
	more = realloc(symbol->causes, (symbol->nr_causes + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	symbol->causes = more;
	symbol->causes[symbol->nr_causes++] = cause;
	ex->causes[cause].nr_symbols++;
	return 0;
}

static int blame_symbol(const struct symtype *type, void *data)
{
	struct explained key = { .symbol = type->key }, *symbol;
	struct blame *blame = data;
	struct explanation *ex = blame->ex;

	if (type->key[0] && type->key[1] == '#')
		return 0;
	symbol = bsearch(&key, ex->symbols, ex->nr_symbols, sizeof(key), by_symbol);
	return symbol ? symbol_blame(ex, symbol, blame->cause) : 0;
}

int cause_add(struct explanation *ex, const char *key)
{
	size_t room = ex->causes_room ? 2 * ex->causes_room : 64;
	struct cause *more;

	if (ex->nr_causes == ex->causes_room) {
		more = realloc(ex->causes, room * sizeof(*more));
		if (!more)
			return -ENOMEM;
		ex->causes = more;
		ex->causes_room = room;
	}
	more = &ex->causes[ex->nr_causes];
	memset(more, 0, sizeof(*more));
	more->key = strdup(key);
	more->title = symtype_title(key);
	ex->nr_causes++;
	return more->key && more->title ? 0 : -ENOMEM;
}

static void drop_last_cause(struct explanation *ex)
{
	struct cause *cause = &ex->causes[--ex->nr_causes];

	free(cause->key);
	free(cause->title);
}

bool types_differ(const struct symtype *from, const struct symtype *to)
{
	return !symtype_is_opaque(from) && !symtype_is_opaque(to) &&
	       strcmp(from->body, to->body);
}

static int blame_type(struct blame *blame, struct symtypes types[SIDES],
		      struct symtype *from, struct symtype *to)
{
	struct explanation *ex = blame->ex;
	int ret = cause_add(ex, from->key);

	blame->cause = ex->nr_causes - 1;
	if (!ret)
		ret = symtypes_walk(&types[FROM], from, ABOVE, blame_symbol, blame);
	if (!ret)
		ret = symtypes_walk(&types[TO], to, ABOVE, blame_symbol, blame);
	if (!ret && !ex->causes[blame->cause].nr_symbols)
		drop_last_cause(ex);
	return ret;
}

int blame_types(struct explanation *ex)
{
	struct blame blame = { .ex = ex };
	struct symtype *from, *to;
	size_t i;
	int ret = 0;

	for (i = 0; i < ex->types[FROM].nr && !ret; i++) {
		from = &ex->types[FROM].at[i];
		to = symtypes_find(&ex->types[TO], from->key);
		if (to && types_differ(from, to))
			ret = blame_type(&blame, ex->types, from, to);
	}
	return ret;
}
