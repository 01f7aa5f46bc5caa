// SPDX-License-Identifier: GPL-2.0-only
/* driver-kabi diff: two kernels' ABIs as such, and which driver disks that touches. */

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../abi.h"
#include "../inputs.h"
#include "../options.h"
#include "../output.h"
#include "../why/explain.h"
#include "../why/output.h"

#define SCHEMA	"driver-kabi/diff/1"
/* The layouts of all that changed take minutes; a sample shows most of the same types. */
#define SAMPLE	100

struct comparison {
	const struct options *opt;
	struct kernel kernels[SIDES];
	struct abi abi;
	struct inputs disks;
	struct exports exports;
	struct explanation ex;
	bool explained;
	char unexplained[WORK_WHY];	/* why not */
};

static const char *const marks[ABI_KINDS] = { "+", "-", "~" };
static const char *const kind_names[ABI_KINDS] = { "added", "removed", "changed" };

static bool is_directory(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

/* Why symbols changed is worth knowing, but the rest is true without it. */
static int explain_changes(struct comparison *c)
{
	const char *const *kdirs = (const char *const *)c->opt->operands;
	const char **changed = calloc(c->abi.nr + 1, sizeof(*changed));
	size_t i, nr = 0, seen = 0, step = 1;

	if (!c->opt->all)
		step = (c->abi.nr_kind[CHANGED] + SAMPLE - 1) / SAMPLE;
	if (!changed)
		return -1;
	for (i = 0; i < c->abi.nr; i++)
		if (c->abi.at[i].kind == CHANGED && seen++ % step == 0)
			changed[nr++] = c->abi.at[i].name;
	if (!is_directory(kdirs[FROM]) || !is_directory(kdirs[TO]))
		snprintf(c->unexplained, sizeof(c->unexplained),
			 "only kernel-devels tell which types changed");
	else if (nr)
		c->explained = !explain(&c->ex, kdirs, c->kernels, changed, nr, NULL);
	if (nr && c->ex.work.why[0] && !c->explained)
		strcpy(c->unexplained, c->ex.work.why);
	free(changed);
	return 0;
}

static int read_disks(struct comparison *c)
{
	size_t i;
	int n;

	for (n = 0; n < c->opt->nr_disks; n++)
		if (inputs_add(&c->disks, c->opt->disks[n]))
			return -1;
	for (n = 2; n < c->opt->nr_operands; n++)
		if (inputs_add(&c->disks, c->opt->operands[n]))
			return -1;
	for (i = 0; i < c->disks.nr; i++)
		if (exports_add(&c->exports, &c->disks.at[i].module))
			return -1;
	exports_sort(&c->exports);
	return 0;
}

static size_t count_type(const struct abi *abi, const char *type, enum abi_kind kind)
{
	size_t i, n = 0;

	for (i = 0; i < abi->nr; i++)
		n += abi->at[i].kind == kind && !strcmp(abi->at[i].type, type);
	return n;
}

/* Call SAY for each type of export that occurs. */
static void each_type(const struct abi *abi,
		      void (*say)(const struct abi *abi, const char *type, void *data),
		      void *data)
{
	struct names types = { NULL, 0, 0 };
	size_t i;

	for (i = 0; i < abi->nr; i++)
		names_add(&types, abi->at[i].type, strlen(abi->at[i].type));
	for (i = 0; i < types.nr; i++)
		say(abi, types.at[i], data);
	names_free(&types);
}

static void print_type(const struct abi *abi, const char *type, void *data)
{
	(void)data;
	printf("%s: %zu added, %zu removed, %zu changed\n", type[0] ? type : "(no type)",
	       count_type(abi, type, ADDED), count_type(abi, type, REMOVED),
	       count_type(abi, type, CHANGED));
}

static void print_symbols(const struct abi *abi, enum abi_kind kind)
{
	size_t i;

	for (i = 0; i < abi->nr; i++)
		if (abi->at[i].kind == kind)
			printf("%s %s %s\n", marks[kind], abi->at[i].name, abi->at[i].type);
}

/* Returns an exit status; LIST, or NULL, gets what text would print. */
static int tell_disks(const struct comparison *c, json_t *list)
{
	int worst = EXIT_SAME;
	struct report report;
	size_t i;

	for (i = 0; i < c->disks.nr; i++) {
		const struct input *disk = &c->disks.at[i];

		if (disk->fault) {
			worst = complain(EXIT_DAMAGED, disk->path, disk->fault);
			continue;
		}
		if (check_module(&disk->module, &c->kernels[TO], &c->exports, &report))
			return out_of_memory("diff");
		if (list)
			json_array_append_new(list, report_json(disk->path, &disk->module, &report));
		else
			report_print(disk->path, &disk->module, &report);
		report_free(&report);
	}
	return worst;
}

static int print_text(const struct comparison *c)
{
	const struct abi *abi = &c->abi;

	printf("%zu symbols are the same, %zu added, %zu removed, %zu changed\n",
	       abi->nr_same, abi->nr_kind[ADDED], abi->nr_kind[REMOVED],
	       abi->nr_kind[CHANGED]);
	each_type(abi, print_type, NULL);
	if (c->explained && c->ex.blame.nr_symbols < abi->nr_kind[CHANGED])
		printf("looked behind %zu of the changed symbols, spread evenly; --all looks behind each\n",
		       c->ex.blame.nr_symbols);
	if (c->explained)
		explanation_print(&c->ex.blame, &c->ex.descriptions, false);
	else if (c->unexplained[0])
		complain(EXIT_SYMVERS, "diff", c->unexplained);
	print_symbols(abi, REMOVED);
	print_symbols(abi, ADDED);
	print_symbols(abi, CHANGED);
	return tell_disks(c, NULL);
}

static void add_type(const struct abi *abi, const char *type, void *data)
{
	size_t kind;
	json_t *counts = json_object();

	for (kind = 0; kind < ABI_KINDS; kind++)
		json_object_set_new(counts, kind_names[kind],
				    json_integer(count_type(abi, type, kind)));
	json_object_set_new(data, type, counts);
}

static json_t *symbols_json(const struct abi *abi, enum abi_kind kind)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < abi->nr; i++)
		if (abi->at[i].kind == kind)
			json_array_append_new(list, json_pack("{s:o, s:o}",
				"symbol", text_json(abi->at[i].name),
				"export", text_json(abi->at[i].type)));
	return list;
}

static int print_json(const struct comparison *c)
{
	json_t *types = json_object(), *disks = json_array(), *why = json_object();
	json_t *document = json_pack("{s:s, s:o, s:o, s:I, s:o, s:o, s:o, s:o, s:o, s:o}",
		"schema", SCHEMA,
		"from", text_json(c->opt->operands[FROM]),
		"to", text_json(c->opt->operands[TO]),
		"same", (json_int_t)c->abi.nr_same,
		"added", symbols_json(&c->abi, ADDED),
		"removed", symbols_json(&c->abi, REMOVED),
		"changed", symbols_json(&c->abi, CHANGED),
		"exports", types, "why", why, "disks", disks);
	int status = tell_disks(c, disks);

	each_type(&c->abi, add_type, types);
	if (c->explained)
		explanation_json(&c->ex.blame, &c->ex.descriptions, why);
	else if (c->unexplained[0])
		json_object_set_new(why, "unknown", text_json(c->unexplained));
	json_dumpf(document, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(document);
	return status;
}

static int compare(struct comparison *c)
{
	int status;

	if (abi_compare(&c->abi, &c->kernels[FROM].symvers, &c->kernels[TO].symvers) ||
	    explain_changes(c) || read_disks(c))
		return out_of_memory("diff");
	status = c->opt->json ? print_json(c) : print_text(c);
	if (fflush(stdout) || ferror(stdout))
		return complain(EXIT_SYMVERS, "stdout", "cannot write; is the disk full?");
	if (!status && c->abi.nr)
		status = EXIT_DIFFERS;
	return status;
}

static int diff(const struct options *opt)
{
	struct comparison c = { .opt = opt };
	int side, status = EXIT_SAME;
	char why[WHY_LEN];

	if (opt->nr_operands < 2 || (opt->nr_operands > 2 && !opt->nr_disks))
		return complain(EXIT_USAGE, "diff",
				"needs two kernels; give two kernel-devels, and disks after --disks");
	for (side = 0; side < SIDES && !status; side++)
		if (kernel_read(&c.kernels[side], opt->operands[side], why, sizeof(why)))
			status = complain(EXIT_SYMVERS, opt->operands[side], why);
	if (!status)
		status = compare(&c);
	explanation_free(&c.ex);
	exports_free(&c.exports);
	inputs_free(&c.disks);
	abi_free(&c.abi);
	for (side = 0; side < SIDES; side++)
		kernel_free(&c.kernels[side]);
	return status;
}

int cmd_diff(int argc, char **argv)
{
	struct options opt;
	int status = parse_options(argc, argv, "daj", &opt);

	if (!status)
		status = opt.help ? cmd_help(argc, argv) : diff(&opt);
	options_free(&opt);
	return status;
}
