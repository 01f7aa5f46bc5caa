// SPDX-License-Identifier: GPL-2.0-only
/* Read what genksyms -T wrote, and follow its references. */

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../text.h"
#include "symtypes.h"

static int by_key(const void *a, const void *b)
{
	return strcmp(((const struct symtype *)a)->key,
		      ((const struct symtype *)b)->key);
}

/* A line is "KEY BODY"; a key with spaces in it is in quotes. */
static bool parse_line(struct symtype *type, char *line)
{
	char *end;

	if (line[0] && line[1] == '#' && line[2] == '\'')
		end = strchr(line + 3, '\'');
	else
		end = strchr(line, ' ');
	end = end ? strchr(end, ' ') : NULL;
	if (!end)
		return false;
	*end = 0;
	type->key = line;
	type->body = end + 1;
	return true;
}

void symtypes_free(struct symtypes *types)
{
	free(types->links);
	free(types->at);
	free(types->text);
	memset(types, 0, sizeof(*types));
}

struct symtype *symtypes_find(const struct symtypes *types, const char *key)
{
	struct symtype wanted = { .key = key };

	if (!types->nr)
		return NULL;
	return bsearch(&wanted, types->at, types->nr, sizeof(wanted), by_key);
}

bool symtype_is_opaque(const struct symtype *type)
{
	return strstr(type->body, "{ UNKNOWN }");
}

/* The next "X#name" at or after *AT, which moves behind it. */
static bool next_reference(const char **at, char **key)
{
	const char *p = *at, *end;

	for (; *p; p = end + (*end == ' ')) {
		end = p + strcspn(p, " ");
		if (!strchr("stuEe", *p) || p[1] != '#')
			continue;
		if (p[2] == '\'') {
			end = strchr(p + 3, '\'');
			end = end ? end + 1 : p + strlen(p);
		}
		*key = strndup(p, end - p);
		*at = end;
		return true;
	}
	return false;
}

/* Call NOTE for each pair of a type and one that it names. */
static int each_link(struct symtypes *types,
		     void (*note)(struct symtypes *types, size_t from, size_t to))
{
	struct symtype *named;
	const char *at;
	char *key;
	size_t i;

	for (i = 0; i < types->nr; i++) {
		for (at = types->at[i].body; next_reference(&at, &key); free(key)) {
			if (!key)
				return -ENOMEM;
			named = symtypes_find(types, key);
			if (named)
				note(types, i, named - types->at);
		}
	}
	return 0;
}

static void count_link(struct symtypes *types, size_t from, size_t to)
{
	types->at[from].nr_below++;
	types->at[to].nr_above++;
}

static void store_link(struct symtypes *types, size_t from, size_t to)
{
	types->at[from].below[types->at[from].nr_below++] = to;
	types->at[to].above[types->at[to].nr_above++] = from;
}

static int link_types(struct symtypes *types)
{
	size_t i, total = 0;
	int ret = each_link(types, count_link);

	for (i = 0; i < types->nr; i++)
		total += types->at[i].nr_below + types->at[i].nr_above;
	types->links = calloc(total + 1, sizeof(*types->links));
	if (ret || !types->links)
		return -ENOMEM;
	for (i = 0, total = 0; i < types->nr; i++) {
		struct symtype *type = &types->at[i];

		type->below = types->links + total;
		total += type->nr_below;
		type->above = types->links + total;
		total += type->nr_above;
		type->nr_below = type->nr_above = 0;
	}
	return each_link(types, store_link);
}

int symtypes_walk(struct symtypes *types, struct symtype *start,
		  enum direction direction,
		  int (*visit)(const struct symtype *type, void *data), void *data)
{
	struct symtype **stack = calloc(types->nr + 1, sizeof(*stack)), *type, *next;
	size_t i, n, depth = 0;
	int ret = stack ? 0 : -ENOMEM;

	types->walks++;
	start->mark = types->walks;
	if (stack)
		stack[depth++] = start;
	while (!ret && depth) {
		type = stack[--depth];
		ret = visit(type, data);
		n = direction == BELOW ? type->nr_below : type->nr_above;
		for (i = 0; i < n; i++) {
			next = &types->at[direction == BELOW ? type->below[i] : type->above[i]];
			if (next->mark != types->walks)
				stack[depth++] = next;
			next->mark = types->walks;
		}
	}
	free(stack);
	return ret;
}

int symtypes_parse(struct symtypes *types, char *text)
{
	size_t lines = 1;
	char *p, *line;

	memset(types, 0, sizeof(*types));
	types->text = text;
	for (p = text; (p = strchr(p, '\n')); p++)
		lines++;
	types->at = calloc(lines, sizeof(*types->at));
	if (!types->at)
		return -ENOMEM;
	for (p = text; (line = text_line(&p));)
		types->nr += parse_line(&types->at[types->nr], line);
	qsort(types->at, types->nr, sizeof(*types->at), by_key);
	return link_types(types);
}

static const char *kind_of(const char *key)
{
	if (key[0] == 's')
		return "struct ";
	if (key[0] == 'u')
		return "union ";
	if (key[0] == 'e')
		return "enum ";
	if (key[0] == 'E')
		return "constant ";
	return "";
}

char *symtype_title(const char *key)
{
	const char *kind = "", *name = key;
	size_t len;
	char *title;

	if (key[0] && key[1] == '#') {
		kind = kind_of(key);
		name = key + 2;
	}
	len = strlen(name);
	if (len > 1 && name[0] == '\'' && name[len - 1] == '\'') {
		name++;
		len -= 2;
	}
	return asprintf(&title, "%s%.*s", kind, (int)len, name) < 0 ? NULL : title;
}

/* As people write it: no blank before ";,)]" nor after "([*". */
static void put_token(FILE *f, const char *token, char *last)
{
	bool tight = strchr(";,)]", token[0]) || (token[0] == '[' && !token[1]) ||
		     strchr("([*", *last) || (token[0] == '(' && isalnum((unsigned char)*last));

	if (*last && !tight)
		fputc(' ', f);
	fputs(token, f);
	*last = token[0] ? token[strlen(token) - 1] : *last;
}

char *symtype_text(const char *body)
{
	char *text = NULL, *copy = strdup(body), *save, *token, *title, last = 0;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	for (token = copy && f ? strtok_r(copy, " ", &save) : NULL; token;
	     token = strtok_r(NULL, " ", &save)) {
		title = symtype_title(token);
		if (title)
			put_token(f, title, &last);
		free(title);
	}
	if (f && fclose(f)) {
		free(text);
		text = NULL;
	}
	free(copy);
	return text;
}
