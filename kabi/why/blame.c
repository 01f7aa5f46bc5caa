// SPDX-License-Identifier: GPL-2.0-only
/* Find the types that changed, and the symbols that changed because of them. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../array.h"
#include "blame.h"

/* What the walk upwards from one cause needs to know. */
struct ascent {
	struct blame *blame;
	size_t cause;
};

static int by_symbol(const void *a, const void *b)
{
	return strcmp(((const struct blamed *)a)->symbol,
		      ((const struct blamed *)b)->symbol);
}

int blame_begin(struct blame *blame, const char *const *symbols, size_t nr)
{
	memset(blame, 0, sizeof(*blame));
	blame->symbols = calloc(nr + 1, sizeof(*blame->symbols));
	if (!blame->symbols)
		return -ENOMEM;
	for (; blame->nr_symbols < nr; blame->nr_symbols++)
		blame->symbols[blame->nr_symbols].symbol = symbols[blame->nr_symbols];
	return 0;
}

static int add_cause(struct blame *blame, const char *key)
{
	struct cause *cause = array_grow(blame->causes, blame->nr_causes, &blame->room,
					 sizeof(*cause));

	if (!cause)
		return -ENOMEM;
	blame->causes = cause;
	cause += blame->nr_causes++;
	memset(cause, 0, sizeof(*cause));
	cause->key = strdup(key);
	cause->title = symtype_title(key);
	return cause->key && cause->title ? 0 : -ENOMEM;
}

static void drop_last_cause(struct blame *blame)
{
	struct cause *cause = &blame->causes[--blame->nr_causes];

	free(cause->key);
	free(cause->title);
}

static int blame_cause(struct blame *blame, struct blamed *symbol, size_t cause)
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
	blame->causes[cause].nr_symbols++;
	return 0;
}

int blame_one(struct blame *blame, struct blamed *symbol, const char *key)
{
	size_t i;

	for (i = 0; i < blame->nr_causes; i++)
		if (!strcmp(blame->causes[i].key, key))
			return blame_cause(blame, symbol, i);
	return add_cause(blame, key) ? -ENOMEM : blame_cause(blame, symbol, i);
}

static int blame_symbol(const struct symtype *type, void *data)
{
	struct blamed key = { .symbol = type->key }, *symbol;
	struct ascent *ascent = data;
	struct blame *blame = ascent->blame;

	if (type->key[0] && type->key[1] == '#')
		return 0;
	symbol = bsearch(&key, blame->symbols, blame->nr_symbols, sizeof(key), by_symbol);
	return symbol ? blame_cause(blame, symbol, ascent->cause) : 0;
}

bool types_differ(const struct symtype *from, const struct symtype *to)
{
	return !symtype_is_opaque(from) && !symtype_is_opaque(to) &&
	       strcmp(from->body, to->body);
}

static int blame_type(struct blame *blame, struct symtypes types[SIDES],
		      struct symtype *from, struct symtype *to)
{
	struct ascent ascent = { blame, blame->nr_causes };
	int ret = add_cause(blame, from->key);

	if (!ret)
		ret = symtypes_walk(&types[FROM], from, ABOVE, blame_symbol, &ascent);
	if (!ret)
		ret = symtypes_walk(&types[TO], to, ABOVE, blame_symbol, &ascent);
	if (!ret && !blame->causes[ascent.cause].nr_symbols)
		drop_last_cause(blame);
	return ret;
}

int blame_types(struct blame *blame, struct symtypes types[SIDES])
{
	struct symtype *from, *to;
	size_t i;
	int ret = 0;

	while (blame->nr_causes)
		drop_last_cause(blame);
	for (i = 0; i < blame->nr_symbols; i++)
		blame->symbols[i].nr_causes = 0;
	for (i = 0; i < types[FROM].nr && !ret; i++) {
		from = &types[FROM].at[i];
		to = symtypes_find(&types[TO], from->key);
		if (to && types_differ(from, to))
			ret = blame_type(blame, types, from, to);
	}
	return ret;
}

void blame_end(struct blame *blame)
{
	size_t i;

	while (blame->nr_causes)
		drop_last_cause(blame);
	for (i = 0; i < blame->nr_symbols; i++) {
		free(blame->symbols[i].causes);
		free(blame->symbols[i].opaque);
	}
	free(blame->causes);
	free(blame->symbols);
}
