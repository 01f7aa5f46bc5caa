// SPDX-License-Identifier: GPL-2.0-only
/* Lead two kernel-devels through the compiler and genksyms. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../array.h"
#include "crcs.h"
#include "explain.h"

#define ROUNDS		3
#define OPAQUE_MAX	16

/* Exported by every kernel with MODVERSIONS, and declared in no header. */
static const char definitions[] =
	"void module_layout(struct module *mod, struct modversion_info *ver, "
	"struct kernel_param *kp, struct kernel_symbol *ks, "
	"struct tracepoint * const *tp) { }\n";

static const char *const base_headers[] = {
	"linux/module.h", "linux/moduleparam.h", "linux/tracepoint-defs.h",
};

/* The driver's own order of headers comes first: it is known to work. */
static int choose_headers(struct headers *headers, const struct work *work,
			  const char *const *symbols, size_t nr, const char *source)
{
	int ret = headers_begin(headers, work);
	size_t i;

	if (!ret && source)
		ret = headers_add_source(headers, source);
	for (i = 0; i < ARRAY_SIZE(base_headers) && !ret; i++)
		ret = names_add(&headers->names, base_headers[i], strlen(base_headers[i]));
	return ret ? ret : headers_add_declaring(headers, symbols, nr);
}

static int write_unit(struct explanation *ex, int side)
{
	FILE *files[] = {
		work_create(&ex->work, side, "unit.c"),
		work_create(&ex->work, side, "definitions"),
		work_create(&ex->work, side, "symbols"),
	};
	size_t i;
	int ret = files[0] && files[1] && files[2] ? 0 : -EIO;

	if (!ret) {
		headers_write(files[0], &ex->headers, side);
		fputs(definitions, files[1]);
		for (i = 0; i < ex->blame.nr_symbols; i++)
			fprintf(files[2], "%s\n", ex->blame.symbols[i].symbol);
	}
	for (i = 0; i < ARRAY_SIZE(files); i++)
		if (files[i] && fclose(files[i]))
			ret = -EIO;
	return ret;
}

static int read_types(struct explanation *ex)
{
	char *text;
	int side, ret = 0;

	for (side = 0; side < SIDES && !ret; side++)
		ret = write_unit(ex, side);
	if (!ret)
		ret = work_run(&ex->work, "symtypes", NULL);
	for (side = 0; side < SIDES && !ret; side++) {
		symtypes_free(&ex->types[side]);
		text = work_read(&ex->work, side, "symtypes");
		ret = text ? symtypes_parse(&ex->types[side], text) : -ENOMEM;
	}
	return ret;
}

static int note_opaque(const struct symtype *type, void *data)
{
	if (symtype_is_opaque(type))
		return names_add(data, type->key, strlen(type->key));
	return 0;
}

static int opaque_below(struct symtypes types[SIDES], const char *symbol,
			struct names *opaque)
{
	struct symtype *type;
	int side, ret = 0;

	for (side = 0; side < SIDES && !ret; side++) {
		type = symtypes_find(&types[side], symbol);
		if (type)
			ret = symtypes_walk(&types[side], type, BELOW, note_opaque, opaque);
	}
	return ret;
}

/* What a symbol without a cause lacks may be in headers not looked at yet. */
static int add_headers_of_opaque(struct explanation *ex, bool *more)
{
	size_t i, before = ex->headers.names.nr;
	struct names opaque = { NULL, 0, 0 };
	int ret = 0;

	for (i = 0; i < ex->blame.nr_symbols && !ret; i++)
		if (!ex->blame.symbols[i].nr_causes)
			ret = opaque_below(ex->types, ex->blame.symbols[i].symbol, &opaque);
	if (!ret && opaque.nr)
		ret = headers_add_declaring(&ex->headers, (const char *const *)opaque.at,
					    opaque.nr);
	names_free(&opaque);
	*more = ex->headers.names.nr > before;
	return ret;
}

static int blame_until_settled(struct explanation *ex)
{
	bool more = true;
	int round, ret = 0;

	for (round = 0; round < ROUNDS && more && !ret; round++) {
		ret = read_types(ex);
		if (!ret)
			ret = blame_types(&ex->blame, ex->types);
		if (!ret)
			ret = add_headers_of_opaque(ex, &more);
	}
	return ret;
}

static char *list_opaque(const struct names *names)
{
	char *text = NULL, *title;
	size_t size, i;
	FILE *f = open_memstream(&text, &size);

	for (i = 0; f && i < names->nr && i < OPAQUE_MAX; i++) {
		title = symtype_title(names->at[i]);
		fprintf(f, "%s%s", i ? ", " : "", title ? title : "?");
		free(title);
	}
	if (f && names->nr > OPAQUE_MAX)
		fprintf(f, " and %zu more", names->nr - OPAQUE_MAX);
	if (f)
		fclose(f);
	return text;
}

static int note_unknown(struct blame *blame, struct symtypes types[SIDES])
{
	struct names opaque = { NULL, 0, 0 };
	size_t i;
	int ret = 0;

	for (i = 0; i < blame->nr_symbols && !ret; i++) {
		struct blamed *s = &blame->symbols[i];

		if (s->nr_causes)
			continue;
		s->known = symtypes_find(&types[FROM], s->symbol) &&
			   symtypes_find(&types[TO], s->symbol) ? PRIVATE : UNDECLARED;
		ret = opaque_below(types, s->symbol, &opaque);
		if (opaque.nr)
			s->opaque = list_opaque(&opaque);
		names_free(&opaque);
	}
	return ret;
}

int explain(struct explanation *ex, const char *const kdirs[SIDES],
	    const struct kernel kernels[SIDES], const char *const *symbols,
	    size_t nr, const char *source)
{
	struct work *work = &ex->work;
	int ret;

	memset(ex, 0, sizeof(*ex));
	if (work_begin(work, kdirs[FROM], kdirs[TO]) || work_run(work, "flags", NULL))
		return -1;
	ret = blame_begin(&ex->blame, symbols, nr);
	if (!ret)
		ret = choose_headers(&ex->headers, work, symbols, nr, source);
	if (!ret)
		ret = blame_until_settled(ex);
	if (!ret)
		ret = note_unknown(&ex->blame, ex->types);
	if (!ret)
		ret = btf_blame(&ex->btf, &ex->blame, work, ex->types);
	if (!ret)
		ret = crcs_prove(&ex->blame, work, kernels);
	if (!ret)
		ret = describe(&ex->descriptions, &ex->blame, work, &ex->headers,
			       ex->types, &ex->btf);
	if (ret && ret != WORK_FAILED)
		snprintf(work->why, sizeof(work->why),
			 "out of memory or disk space; free some and try again");
	return ret ? -1 : 0;
}

void explanation_free(struct explanation *ex)
{
	int side;

	descriptions_free(&ex->descriptions);
	btf_free(&ex->btf);
	blame_end(&ex->blame);
	for (side = 0; side < SIDES; side++)
		symtypes_free(&ex->types[side]);
	headers_end(&ex->headers);
	work_end(&ex->work);
}
