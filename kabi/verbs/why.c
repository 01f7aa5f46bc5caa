// SPDX-License-Identifier: GPL-2.0-only
/* driver-kabi why: what changed between two kernels, for the symbols of a driver. */

#include <stdlib.h>
#include <string.h>

#include "../inputs.h"
#include "../options.h"
#include "../why/explain.h"
#include "../why/identity.h"
#include "../why/output.h"

#define SCHEMA	"driver-kabi/why/1"

/* The driver's imports, sorted by what became of them. */
struct question {
	const struct options *opt;
	struct kernel kernels[SIDES];
	struct inputs inputs;
	const char **changed, **missing, **same;
	size_t nr_changed, nr_missing, nr_same;
	size_t nr_other_crc;	/* the module was not built for FROM */
};

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static size_t unique(const char **names, size_t nr)
{
	size_t i, kept = 0;

	qsort(names, nr, sizeof(*names), by_text);
	for (i = 0; i < nr; i++)
		if (!kept || strcmp(names[kept - 1], names[i]))
			names[kept++] = names[i];
	return kept;
}

static void ask(struct question *q, const struct import *import)
{
	uint32_t from, to;

	/* what FROM does not export comes from another module */
	if (!symvers_find(&q->kernels[FROM].symvers, import->name, &from))
		return;
	q->nr_other_crc += import->crc && import->crc != from;
	if (!symvers_find(&q->kernels[TO].symvers, import->name, &to))
		q->missing[q->nr_missing++] = import->name;
	else if (from != to)
		q->changed[q->nr_changed++] = import->name;
	else
		q->same[q->nr_same++] = import->name;
}

static int ask_all(struct question *q)
{
	size_t i, j, total = 1;

	for (i = 0; i < q->inputs.nr; i++)
		total += q->inputs.at[i].module.nr_imports;
	q->changed = calloc(total, sizeof(*q->changed));
	q->missing = calloc(total, sizeof(*q->missing));
	q->same = calloc(total, sizeof(*q->same));
	if (!q->changed || !q->missing || !q->same)
		return out_of_memory("why");
	for (i = 0; i < q->inputs.nr; i++)
		for (j = 0; j < q->inputs.at[i].module.nr_imports; j++)
			ask(q, &q->inputs.at[i].module.imports[j]);
	q->nr_changed = unique(q->changed, q->nr_changed);
	q->nr_missing = unique(q->missing, q->nr_missing);
	q->nr_same = unique(q->same, q->nr_same);
	return EXIT_SAME;
}

static void print_answer(const struct question *q, const struct explanation *ex,
			 const struct identity *identity)
{
	size_t i, total = q->nr_changed + q->nr_missing + q->nr_same;

	printf("%s: %zu of %zu symbols changed from %s to %s\n", q->opt->operands[0],
	       q->nr_changed, total, q->opt->from, q->opt->to);
	if (q->nr_missing) {
		printf("%zu symbol%s gone:", q->nr_missing, q->nr_missing == 1 ? " is" : "s are");
		for (i = 0; i < q->nr_missing; i++)
			printf(" %s", q->missing[i]);
		putchar('\n');
	}
	if (q->nr_other_crc)
		printf("the driver was not built for the first kernel: %zu of its CRCs are others\n",
		       q->nr_other_crc);
	if (q->nr_changed)
		explanation_print(&ex->blame, &ex->descriptions, true);
	identity_print(identity);
}

static int print_json(const struct question *q, const struct explanation *ex,
		      const struct identity *identity)
{
	json_t *missing = json_array();
	json_t *document = json_pack("{s:s, s:o, s:o, s:o, s:I, s:o}", "schema", SCHEMA,
				     "module", text_json(q->opt->operands[0]),
				     "from", text_json(q->opt->from),
				     "to", text_json(q->opt->to),
				     "symbols", (json_int_t)(q->nr_changed + q->nr_missing + q->nr_same),
				     "missing", missing);
	size_t i;
	int ret;

	for (i = 0; i < q->nr_missing; i++)
		json_array_append_new(missing, text_json(q->missing[i]));
	explanation_json(&ex->blame, &ex->descriptions, document);
	json_object_set_new(document, "identity", identity_json(identity));
	ret = json_dumpf(document, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(document);
	return ret;
}

static int answer(const struct question *q, const struct explanation *ex,
		  const struct identity *identity)
{
	int ret = 0;

	if (q->opt->json)
		ret = print_json(q, ex, identity);
	else
		print_answer(q, ex, identity);
	if (fflush(stdout) || ferror(stdout) || ret)
		return complain(EXIT_SYMVERS, "stdout", "cannot write; is the disk full?");
	return q->nr_changed || q->nr_missing ? EXIT_DIFFERS : EXIT_SAME;
}

/* Equal CRCs are looked behind too: is it the same thing, or only alike? */
static int find_out(struct question *q)
{
	const char *const kdirs[SIDES] = { q->opt->from, q->opt->to };
	const char **symbols = q->nr_changed ? q->changed : q->same;
	size_t nr = q->nr_changed ? q->nr_changed : q->nr_same;
	struct identity identity = { .asked = !q->nr_changed };
	struct explanation ex;
	int status = EXIT_SYMVERS;

	if (explain(&ex, kdirs, q->kernels, symbols, nr, q->opt->source) ||
	    (identity.asked &&
	     identity_prove(&identity, &ex.work, ex.types, q->opt->source)))
		complain(EXIT_SYMVERS, "why", ex.work.why);
	else
		status = answer(q, &ex, &identity);
	identity_free(&identity);
	explanation_free(&ex);
	return status;
}

static int read_module(struct question *q)
{
	size_t i;

	if (inputs_add(&q->inputs, q->opt->operands[0]))
		return out_of_memory("why");
	for (i = 0; i < q->inputs.nr; i++)
		if (q->inputs.at[i].fault)
			return complain(EXIT_DAMAGED, q->inputs.at[i].path,
					q->inputs.at[i].fault);
	return ask_all(q);
}

static int why(const struct options *opt)
{
	struct question q = { .opt = opt };
	const char *paths[SIDES] = { opt->from, opt->to };
	int side, status = EXIT_SAME;
	char reason[WHY_LEN];

	if (!opt->from || !opt->to)
		return complain(EXIT_USAGE, "why",
				"needs --from and --to; give the two kernels' kernel-devel");
	if (opt->nr_operands != 1)
		return complain(EXIT_USAGE, "why", "needs one driver; name a .ko, an RPM or an ISO");
	for (side = 0; side < SIDES && !status; side++)
		if (kernel_read(&q.kernels[side], paths[side], reason, sizeof(reason)))
			status = complain(EXIT_SYMVERS, paths[side], reason);
	if (!status)
		status = read_module(&q);
	if (!status && !q.kernels[TO].symvers.has_crcs)
		status = complain(EXIT_DIFFERS, opt->to,
				  "has no CRCs (CONFIG_MODVERSIONS is off); rebuild every module for it");
	if (!status)
		status = find_out(&q);
	for (side = 0; side < SIDES; side++)
		kernel_free(&q.kernels[side]);
	inputs_free(&q.inputs);
	free(q.changed);
	free(q.missing);
	free(q.same);
	return status;
}

int cmd_why(int argc, char **argv)
{
	struct options opt;
	int status = parse_options(argc, argv, "ftSj", &opt);

	if (!status)
		status = opt.help ? cmd_help(argc, argv) : why(&opt);
	options_free(&opt);
	return status;
}
