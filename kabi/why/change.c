// SPDX-License-Identifier: GPL-2.0-only
/* Compare two layouts of a type, field by field. */

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "change.h"

#define TABLE_MAX	((size_t)8 << 20)
#define TEXT_MAX	8	/* changes that one line names */

/* The name in "int (*probe)(struct device *)" or "char data[4]" or "int a:1". */
static size_t field_name(const char *decl, const char **name)
{
	const char *p = strstr(decl, "(*"), *end;

	if (p) {
		*name = p + 2;
		return strcspn(*name, ")[(");
	}
	end = decl + strcspn(decl, "[:");
	while (end > decl && isspace((unsigned char)end[-1]))
		end--;
	for (p = end; p > decl && (isalnum((unsigned char)p[-1]) || p[-1] == '_'); p--)
		;
	*name = p;
	return end - p;
}

static bool same_name(const struct field *a, const struct field *b)
{
	const char *x, *y;
	size_t n = field_name(a->decl, &x);

	return n && n == field_name(b->decl, &y) && !strncmp(x, y, n);
}

static bool same_field(const struct field *a, const struct field *b)
{
	return a->size == b->size && !strcmp(a->decl, b->decl);
}

/* Which fields of the two sides belong together: the longest common sequence. */
struct alignment {
	const struct field *a, *b;
	size_t nr_a, nr_b;
	uint16_t *table;	/* (nr_a + 1) x (nr_b + 1) */
};

static uint16_t *cell(const struct alignment *al, size_t i, size_t j)
{
	return &al->table[i * (al->nr_b + 1) + j];
}

static int fill_table(struct alignment *al)
{
	size_t i, j, cells = (al->nr_a + 1) * (al->nr_b + 1);
	uint16_t down, right;

	al->table = cells > TABLE_MAX ? NULL : calloc(cells, sizeof(*al->table));
	if (!al->table)
		return -ENOMEM;
	for (i = al->nr_a; i-- > 0;) {
		for (j = al->nr_b; j-- > 0;) {
			down = *cell(al, i + 1, j);
			right = *cell(al, i, j + 1);
			*cell(al, i, j) = same_field(&al->a[i], &al->b[j]) ?
				*cell(al, i + 1, j + 1) + 1 :
				(down > right ? down : right);
		}
	}
	return 0;
}

static void note_same(struct changes *c, const struct field *from, const struct field *to)
{
	if (from->offset == to->offset && from->bit == to->bit)
		return;
	if (!c->nr_moved++)
		c->first_moved = (struct change){ from, to };
}

static void add(struct changes *c, const struct field *from, const struct field *to)
{
	c->at[c->nr++] = (struct change){ from, to };
}

static void align(struct changes *c, const struct alignment *al)
{
	size_t i = 0, j = 0;

	while (i < al->nr_a || j < al->nr_b) {
		if (i < al->nr_a && j < al->nr_b && same_field(&al->a[i], &al->b[j]))
			note_same(c, &al->a[i++], &al->b[j++]);
		else if (j == al->nr_b ||
			 (i < al->nr_a && *cell(al, i + 1, j) >= *cell(al, i, j + 1)))
			add(c, &al->a[i++], NULL);
		else
			add(c, NULL, &al->b[j++]);
	}
}

/* A field that is gone here and new there, under one name, is one change. */
static void pair_up(struct changes *c)
{
	size_t i, j, kept = 0;

	for (i = 0; i < c->nr; i++) {
		if (!c->at[i].from || c->at[i].to)
			continue;
		for (j = 0; j < c->nr; j++)
			if (c->at[j].to && !c->at[j].from &&
			    same_name(c->at[i].from, c->at[j].to))
				break;
		if (j == c->nr)
			continue;
		c->at[i].to = c->at[j].to;
		c->at[j].to = NULL;
	}
	for (i = 0; i < c->nr; i++)
		if (c->at[i].from || c->at[i].to)
			c->at[kept++] = c->at[i];
	c->nr = kept;
}

int changes_find(struct changes *c, const struct layout *from, const struct layout *to)
{
	struct alignment al = { from->fields, to->fields, from->nr_fields,
				to->nr_fields, NULL };

	memset(c, 0, sizeof(*c));
	c->from = from;
	c->to = to;
	/* what did not change at the beginning is most of a long type */
	while (al.nr_a && al.nr_b && same_field(al.a, al.b)) {
		note_same(c, al.a, al.b);
		al.a++;
		al.b++;
		al.nr_a--;
		al.nr_b--;
	}
	c->at = calloc(al.nr_a + al.nr_b + 1, sizeof(*c->at));
	if (!c->at || fill_table(&al)) {
		changes_free(c);
		return -ENOMEM;
	}
	align(c, &al);
	free(al.table);
	pair_up(c);
	return 0;
}

void changes_free(struct changes *c)
{
	free(c->at);
	memset(c, 0, sizeof(*c));
}

const char *change_kind(const struct change *change)
{
	if (!change->from)
		return "added";
	if (!change->to)
		return "removed";
	return same_field(change->from, change->to) ? "moved" : "changed";
}

/* "744", or "744:3" for a bit field. */
static void put_place(FILE *f, const char *before, const struct field *field)
{
	if (field->offset < 0)
		return;
	fprintf(f, "%s%ld", before, field->offset);
	if (field->bit > 0)
		fprintf(f, ":%d", field->bit);
}

static void put_move(FILE *f, const struct change *change)
{
	put_place(f, " moved from ", change->from);
	put_place(f, " to ", change->to);
}

static void put_change(FILE *f, const struct changes *c, const struct change *change)
{
	const struct field *from = change->from, *to = change->to;

	if (!from) {
		fprintf(f, "+ %s", to->decl);
		put_place(f, " at ", to);
		if (to->offset >= 0 && to->offset >= c->from->size)
			fputs(" (appended)", f);
	} else if (!to) {
		fprintf(f, "- %s", from->decl);
		put_place(f, " at ", from);
	} else if (!strcmp(from->decl, to->decl) && from->size != to->size) {
		fprintf(f, "%s became %ld bytes, from %ld,", to->decl, to->size, from->size);
		put_place(f, " at ", to);
	} else if (!strcmp(from->decl, to->decl)) {
		fputs(to->decl, f);
		put_move(f, change);
	} else {
		fprintf(f, "%s became %s", from->decl, to->decl);
		put_place(f, " at ", to);
	}
}

static void put_size(FILE *f, const struct changes *c)
{
	long from = c->from->size, to = c->to->size;

	if (from < 0 || to < 0)
		fputs("changed: ", f);
	else if (from == to)
		fprintf(f, "kept its %ld bytes: ", from);
	else
		fprintf(f, "%s %ld -> %ld: ", from < to ? "grew" : "shrank", from, to);
}

static void put_moved(FILE *f, const struct changes *c)
{
	const struct change *first = &c->first_moved;
	const char *name;
	int n;

	if (!c->nr_moved)
		return;
	n = field_name(first->to->decl, &name);
	fprintf(f, "%s%zu field%s moved, the first: %.*s", c->nr ? "; " : "",
		c->nr_moved, c->nr_moved == 1 ? "" : "s", n, name);
	put_move(f, first);
}

char *changes_text(const struct changes *c)
{
	char *text = NULL;
	size_t size, i;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	put_size(f, c);
	for (i = 0; i < c->nr && i < TEXT_MAX; i++) {
		fputs(i ? ", " : "", f);
		put_change(f, c, &c->at[i]);
	}
	if (c->nr > TEXT_MAX)
		fprintf(f, ", and %zu more", c->nr - TEXT_MAX);
	put_moved(f, c);
	if (fclose(f)) {
		free(text);
		return NULL;
	}
	return text;
}
