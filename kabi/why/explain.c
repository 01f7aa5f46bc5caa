// SPDX-License-Identifier: GPL-2.0-only
/* Lead two kernel-devels through the compiler and genksyms. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "explain.h"

#define NO_MEMORY	"out of memory or disk space; free some and try again"
#define ROUNDS		3
/* genksyms takes 12 ms for a CRC; of more symbols as many are tried, spread evenly. */
#define PROOFS_MAX	200
#define OPAQUE_MAX	16

/* Exported by every kernel with MODVERSIONS, and declared in no header. */
static const char definitions[] =
	"void module_layout(struct module *mod, struct modversion_info *ver, "
	"struct kernel_param *kp, struct kernel_symbol *ks, "
	"struct tracepoint * const *tp) { }\n";

static const char *const base_headers[] = {
	"linux/module.h", "linux/moduleparam.h", "linux/tracepoint-defs.h",
};

static int find_headers(struct explanation *ex, const char *const *names, size_t nr)
{
	struct declarations decls;
	int side, ret = declare_begin(&decls, names, nr);
	size_t i;

	for (side = 0; side < SIDES && !ret; side++)
		for (i = 0; i < ex->dirs[side].nr && !ret; i++)
			ret = declare_scan(&decls, ex->dirs[side].at[i]);
	if (!ret)
		ret = headers_of_declarations(&ex->headers, &decls);
	declare_end(&decls);
	return ret;
}

/* The driver's own order of headers comes first: it is known to work. */
static int choose_headers(struct explanation *ex, const char *const *symbols,
			  size_t nr, const char *source)
{
	size_t i;
	int side, ret = 0;

	for (side = 0; side < SIDES && !ret; side++)
		ret = headers_path(&ex->dirs[side], &ex->work, side);
	if (!ret && source)
		ret = headers_of_source(&ex->headers, source);
	for (i = 0; i < sizeof(base_headers) / sizeof(base_headers[0]) && !ret; i++)
		ret = names_add(&ex->headers, base_headers[i], strlen(base_headers[i]));
	return ret ? ret : find_headers(ex, symbols, nr);
}

static int write_unit(struct explanation *ex, int side)
{
	FILE *unit = work_create(&ex->work, side, "unit.c");
	FILE *extra = work_create(&ex->work, side, "definitions");
	FILE *symbols = work_create(&ex->work, side, "symbols");
	int ret = unit && extra && symbols ? 0 : -EIO;
	size_t i;

	if (!ret) {
		headers_write(unit, &ex->headers, &ex->dirs[side]);
		fputs(definitions, extra);
		for (i = 0; i < ex->nr_symbols; i++)
			fprintf(symbols, "%s\n", ex->symbols[i].symbol);
	}
	if (unit && fclose(unit))
		ret = -EIO;
	if (extra && fclose(extra))
		ret = -EIO;
	if (symbols && fclose(symbols))
		ret = -EIO;
	return ret;
}

static int run_genksyms(struct explanation *ex, char *why, size_t len)
{
	char *text;
	int side;

	snprintf(why, len, NO_MEMORY);
	for (side = 0; side < SIDES; side++)
		if (write_unit(ex, side))
			return -1;
	if (work_run(&ex->work, "symtypes", NULL, why, len))
		return -1;
	snprintf(why, len, NO_MEMORY);
	for (side = 0; side < SIDES; side++) {
		symtypes_free(&ex->types[side]);
		text = work_read(&ex->work, side, "symtypes");
		if (!text || symtypes_parse(&ex->types[side], text))
			return -1;
	}
	return 0;
}

static int note_opaque(const struct symtype *type, void *data)
{
	if (symtype_is_opaque(type))
		return names_add(data, type->key, strlen(type->key));
	return 0;
}

static int opaque_below(struct explanation *ex, const char *symbol, struct names *opaque)
{
	struct symtype *type;
	int side, ret = 0;

	for (side = 0; side < SIDES && !ret; side++) {
		type = symtypes_find(&ex->types[side], symbol);
		if (type)
			ret = symtypes_walk(&ex->types[side], type, BELOW,
					    note_opaque, opaque);
	}
	return ret;
}

static void forget_causes(struct explanation *ex)
{
	size_t i;

	for (i = 0; i < ex->nr_causes; i++) {
		free(ex->causes[i].key);
		free(ex->causes[i].title);
	}
	ex->nr_causes = 0;
	for (i = 0; i < ex->nr_symbols; i++)
		ex->symbols[i].nr_causes = 0;
}

/* What a symbol without a cause lacks may be in headers not looked at yet. */
static int add_headers_of_opaque(struct explanation *ex, bool *more)
{
	size_t i, before = ex->headers.nr;
	struct names opaque = { NULL, 0, 0 };
	int ret = 0;

	for (i = 0; i < ex->nr_symbols && !ret; i++)
		if (!ex->symbols[i].nr_causes)
			ret = opaque_below(ex, ex->symbols[i].symbol, &opaque);
	if (!ret && opaque.nr)
		ret = find_headers(ex, (const char *const *)opaque.at, opaque.nr);
	names_free(&opaque);
	*more = ex->headers.nr > before;
	return ret;
}

static int blame_until_settled(struct explanation *ex, char *why, size_t len)
{
	bool more = true;
	int round;

	for (round = 0; round < ROUNDS && more; round++) {
		forget_causes(ex);
		if (run_genksyms(ex, why, len) || blame_types(ex) ||
		    add_headers_of_opaque(ex, &more))
			return -1;
	}
	return 0;
}

/* What genksyms computed from the headers; nothing is no error. */
static void read_crcs(struct explanation *ex, int side, struct symvers *computed)
{
	char *text = work_read(&ex->work, side, "crcs"), why[64];

	memset(computed, 0, sizeof(*computed));
	if (text)
		symvers_parse(computed, text, strlen(text), why, sizeof(why));
}

static bool same_crc(const struct symvers *computed, const struct symvers *own,
		     const char *symbol)
{
	uint32_t a, b;

	return computed->count && symvers_find(computed, symbol, &a) &&
	       symvers_find(own, symbol, &b) && a == b;
}

static size_t proofs_step(const struct explanation *ex)
{
	return (ex->nr_symbols + PROOFS_MAX - 1) / PROOFS_MAX;
}

static int compute_crcs(struct explanation *ex, char *why, size_t len)
{
	FILE *tried;
	size_t i;
	int side;

	for (side = 0; side < SIDES; side++) {
		tried = work_create(&ex->work, side, "tried");
		for (i = 0; tried && i < ex->nr_symbols; i += proofs_step(ex))
			fprintf(tried, "%s\n", ex->symbols[i].symbol);
		if (!tried || fclose(tried)) {
			snprintf(why, len, NO_MEMORY);
			return -1;
		}
	}
	return work_run(&ex->work, "crcs", NULL, why, len);
}

static int note_proofs(struct explanation *ex, char *why, size_t len)
{
	struct symvers computed;
	size_t i;
	int side;

	if (compute_crcs(ex, why, len))
		return -1;
	for (i = 0; i < ex->nr_symbols; i += proofs_step(ex))
		ex->symbols[i].proof = PROVED;
	for (side = 0; side < SIDES; side++) {
		read_crcs(ex, side, &computed);
		for (i = 0; i < ex->nr_symbols; i += proofs_step(ex))
			if (!same_crc(&computed, &ex->kernels[side].symvers,
				      ex->symbols[i].symbol))
				ex->symbols[i].proof = UNPROVED;
		symvers_free(&computed);
	}
	return 0;
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

static int note_unknown(struct explanation *ex)
{
	struct names opaque = { NULL, 0, 0 };
	size_t i;
	int ret = 0;

	for (i = 0; i < ex->nr_symbols && !ret; i++) {
		struct explained *s = &ex->symbols[i];

		if (s->nr_causes)
			continue;
		s->known = symtypes_find(&ex->types[FROM], s->symbol) &&
			   symtypes_find(&ex->types[TO], s->symbol) ? PRIVATE : UNDECLARED;
		ret = opaque_below(ex, s->symbol, &opaque);
		if (opaque.nr)
			s->opaque = list_opaque(&opaque);
		names_free(&opaque);
	}
	return ret;
}

int explain(struct explanation *ex, const char *const kdirs[SIDES],
	    const struct kernel kernels[SIDES], const char *const *symbols,
	    size_t nr, const char *source, char *why, size_t len)
{
	size_t i;

	memset(ex, 0, sizeof(*ex));
	ex->kernels = kernels;
	if (work_begin(&ex->work, kdirs[FROM], kdirs[TO], why, len) ||
	    work_run(&ex->work, "flags", NULL, why, len))
		return -1;
	snprintf(why, len, NO_MEMORY);
	ex->symbols = calloc(nr + 1, sizeof(*ex->symbols));
	if (!ex->symbols)
		return -1;
	for (i = 0; i < nr; i++)
		ex->symbols[i].symbol = symbols[i];
	ex->nr_symbols = nr;
	if (choose_headers(ex, symbols, nr, source) ||
	    blame_until_settled(ex, why, len) || note_unknown(ex) ||
	    explain_by_btf(ex, why, len))
		return -1;
	if (note_proofs(ex, why, len))
		return -1;
	snprintf(why, len, NO_MEMORY);
	return describe_causes(ex);
}

void explanation_free(struct explanation *ex)
{
	size_t i;
	int side;

	for (i = 0; i < ex->nr_causes; i++) {
		free(ex->causes[i].key);
		free(ex->causes[i].title);
		free(ex->causes[i].text);
		changes_free(&ex->causes[i].changes);
		for (side = 0; side < SIDES; side++)
			layout_free(&ex->causes[i].fields[side]);
	}
	for (i = 0; i < ex->nr_symbols; i++) {
		free(ex->symbols[i].causes);
		free(ex->symbols[i].opaque);
	}
	for (side = 0; side < SIDES; side++) {
		names_free(&ex->dirs[side]);
		symtypes_free(&ex->types[side]);
		symtypes_free(&ex->both[side]);
		layouts_free(&ex->layouts[side]);
		layouts_free(&ex->btf[side]);
	}
	names_free(&ex->headers);
	free(ex->causes);
	free(ex->symbols);
	work_end(&ex->work);
}
