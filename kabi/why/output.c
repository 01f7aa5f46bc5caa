// SPDX-License-Identifier: GPL-2.0-only
/* Print an explanation, grouped by cause. */

#include <stdlib.h>
#include <string.h>

#include "output.h"

#define NAMED_MAX	3

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

/* Sort what has the same causes together, the largest sets of causes last. */
static int by_causes(const void *a, const void *b)
{
	const struct blamed *x = *(const struct blamed *const *)a;
	const struct blamed *y = *(const struct blamed *const *)b;
	int order;

	if (x->known != y->known)
		return x->known < y->known ? -1 : 1;
	if (x->nr_causes != y->nr_causes)
		return x->nr_causes < y->nr_causes ? -1 : 1;
	order = x->nr_causes ? memcmp(x->causes, y->causes,
				      x->nr_causes * sizeof(*x->causes)) : 0;
	if (!order && x->known == PRIVATE)
		order = strcmp(x->opaque ? x->opaque : "", y->opaque ? y->opaque : "");
	return order ? order : strcmp(x->symbol, y->symbol);
}

static bool same_group(const struct blamed *x, const struct blamed *y)
{
	if (x->known != y->known || x->nr_causes != y->nr_causes)
		return false;
	if (x->known == PRIVATE)
		return !strcmp(x->opaque ? x->opaque : "", y->opaque ? y->opaque : "");
	return !x->nr_causes || !memcmp(x->causes, y->causes,
					x->nr_causes * sizeof(*x->causes));
}

static int by_symbols(const void *a, const void *b)
{
	const struct cause *x = *(const struct cause *const *)a;
	const struct cause *y = *(const struct cause *const *)b;

	if (x->nr_symbols != y->nr_symbols)
		return x->nr_symbols > y->nr_symbols ? -1 : 1;
	return strcmp(x->title, y->title);
}

/* Prints the causes; NUMBERS[i] becomes the number that the i-th has there. */
static void print_causes(const struct blame *blame, const struct descriptions *descriptions,
			 size_t *numbers)
{
	const struct cause **order = calloc(blame->nr_causes + 1, sizeof(*order));
	size_t i;

	for (i = 0; order && i < blame->nr_causes; i++)
		order[i] = &blame->causes[i];
	if (order)
		qsort(order, blame->nr_causes, sizeof(*order), by_symbols);
	for (i = 0; order && i < blame->nr_causes; i++) {
		size_t cause = order[i] - blame->causes, n = order[i]->nr_symbols;

		numbers[cause] = i + 1;
		printf("%4zu. %s %s [%zu symbol%s]\n", i + 1, order[i]->title,
		       descriptions->at[cause].text, n, plural(n));
	}
	free(order);
}

static int by_number(const void *a, const void *b)
{
	size_t x = *(const size_t *)a, y = *(const size_t *)b;

	return x < y ? -1 : x > y;
}

/* A few by name, many by their numbers: "1-7 9 12-20". */
static void print_blamed(const struct blame *blame, const size_t *numbers,
			 const struct blamed *symbol)
{
	size_t *mine = calloc(symbol->nr_causes + 1, sizeof(*mine)), i, end;

	for (i = 0; i < symbol->nr_causes && symbol->nr_causes <= NAMED_MAX; i++)
		printf("%s%s", i ? ", " : "", blame->causes[symbol->causes[i]].title);
	for (i = 0; mine && i < symbol->nr_causes; i++)
		mine[i] = numbers[symbol->causes[i]];
	if (mine && symbol->nr_causes > NAMED_MAX) {
		qsort(mine, symbol->nr_causes, sizeof(*mine), by_number);
		for (i = 0; i < symbol->nr_causes; i = end) {
			for (end = i + 1; end < symbol->nr_causes && mine[end] == mine[end - 1] + 1;)
				end++;
			printf(end - i > 1 ? "%s%zu-%zu" : "%s%zu", i ? " " : "",
			       mine[i], mine[end - 1]);
		}
	}
	free(mine);
}

static void print_heading(const struct blame *blame, const size_t *numbers,
			  const struct blamed *first, size_t n)
{
	if (first->known == UNDECLARED) {
		printf("cannot know why %zu symbol%s changed, which no header declares:",
		       n, plural(n));
	} else if (first->known == PRIVATE) {
		printf("cannot know why %zu symbol%s changed, what the headers say is equal", n, plural(n));
		if (first->opaque)
			printf(" and they do not define %s", first->opaque);
		putchar(':');
	} else {
		printf("%zu symbol%s %schanged because of ", n, plural(n),
		       first->known == PERHAPS ? "may have " : "");
		print_blamed(blame, numbers, first);
		putchar(':');
	}
}

static void print_groups(const struct blame *blame, const size_t *numbers)
{
	const struct blamed **order = calloc(blame->nr_symbols + 1, sizeof(*order));
	size_t i, first, end;

	for (i = 0; order && i < blame->nr_symbols; i++)
		order[i] = &blame->symbols[i];
	if (order)
		qsort(order, blame->nr_symbols, sizeof(*order), by_causes);
	for (first = 0; order && first < blame->nr_symbols; first = end) {
		for (end = first; end < blame->nr_symbols && same_group(order[first], order[end]);)
			end++;
		print_heading(blame, numbers, order[first], end - first);
		for (i = first; i < end; i++)
			printf(" %s", order[i]->symbol);
		putchar('\n');
	}
	free(order);
}

void explanation_print(const struct blame *blame, const struct descriptions *descriptions,
		       bool groups)
{
	size_t *numbers = calloc(blame->nr_causes + 1, sizeof(*numbers));
	size_t i, explained = 0, proved = 0, tried = 0;

	for (i = 0; i < blame->nr_symbols; i++) {
		explained += blame->symbols[i].nr_causes != 0;
		tried += blame->symbols[i].proof != UNTRIED;
		proved += blame->symbols[i].proof == PROVED;
	}
	if (explained)
		printf("%zu symbol%s changed because of %zu type%s\n", explained,
		       plural(explained), blame->nr_causes, plural(blame->nr_causes));
	if (numbers) {
		print_causes(blame, descriptions, numbers);
		if (groups)
			print_groups(blame, numbers);
	}
	free(numbers);
	if (blame->nr_symbols)
		printf("for %zu of %zu symbol%s%s the headers give the kernels' own CRCs; behind the others may be more\n",
		       proved, tried, plural(tried),
		       tried < blame->nr_symbols ? ", spread evenly," : "");
	if (descriptions->no_offsets[0])
		printf("offsets are not known: %s\n", descriptions->no_offsets);
}

json_t *text_json(const char *text)
{
	json_t *value = text ? json_string(text) : NULL;

	return value ? value : json_null();
}

static json_t *offset_json(const struct field *field)
{
	return field && field->offset >= 0 ? json_integer(field->offset) : json_null();
}

static json_t *changes_json(const struct changes *changes)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < changes->nr; i++) {
		const struct change *change = &changes->at[i];

		json_array_append_new(list, json_pack("{s:s, s:o, s:o, s:o, s:o}",
			"kind", change_kind(change),
			"from", text_json(change->from ? change->from->decl : NULL),
			"to", text_json(change->to ? change->to->decl : NULL),
			"from_offset", offset_json(change->from),
			"to_offset", offset_json(change->to)));
	}
	return list;
}

static json_t *size_json(const struct layout *layout)
{
	return layout && layout->size >= 0 ? json_integer(layout->size) : json_null();
}

static json_t *causes_json(const struct blame *blame, const struct descriptions *descriptions)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < blame->nr_causes; i++) {
		const struct cause *cause = &blame->causes[i];
		const struct changes *changes = &descriptions->at[i].changes;

		json_array_append_new(list, json_pack("{s:o, s:o, s:o, s:o, s:o, s:I, s:I}",
			"type", text_json(cause->title),
			"text", text_json(descriptions->at[i].text),
			"from_size", size_json(changes->from),
			"to_size", size_json(changes->to),
			"fields", changes_json(changes),
			"moved", (json_int_t)changes->nr_moved,
			"symbols", (json_int_t)cause->nr_symbols));
	}
	return list;
}

static json_t *symbol_json(const struct blame *blame, const struct blamed *symbol)
{
	static const char *const known[] = {
		[KNOWN] = "explained", [PERHAPS] = "perhaps",
		[UNDECLARED] = "undeclared", [PRIVATE] = "private",
	};
	json_t *causes = json_array();
	size_t i;

	for (i = 0; i < symbol->nr_causes; i++)
		json_array_append_new(causes,
				      text_json(blame->causes[symbol->causes[i]].title));
	return json_pack("{s:o, s:s, s:o, s:o, s:o}",
			 "symbol", text_json(symbol->symbol),
			 "known", known[symbol->known],
			 "proved", symbol->proof == UNTRIED ? json_null() :
				   json_boolean(symbol->proof == PROVED),
			 "causes", causes,
			 "opaque", text_json(symbol->opaque));
}

void explanation_json(const struct blame *blame, const struct descriptions *descriptions,
		      json_t *document)
{
	json_t *symbols = json_array();
	size_t i;

	for (i = 0; i < blame->nr_symbols; i++)
		json_array_append_new(symbols, symbol_json(blame, &blame->symbols[i]));
	json_object_set_new(document, "causes", causes_json(blame, descriptions));
	json_object_set_new(document, "changed", symbols);
	json_object_set_new(document, "no_offsets",
			    text_json(descriptions->no_offsets[0] ? descriptions->no_offsets : NULL));
}
