// SPDX-License-Identifier: GPL-2.0-only
/* Print verdicts: a line each as they come, or one JSON document at the end. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"

#define SCHEMA "driver-kabi/check/1"

struct output {
	json_t *document;	/* NULL: text */
	json_t *modules;	/* borrowed from it */
};

/* Text from a file may be no UTF-8, which JSON cannot hold: then null. */
static json_t *text_part(const char *s, size_t len)
{
	json_t *value = s ? json_stringn(s, len) : NULL;

	return value ? value : json_null();
}

static json_t *text(const char *s)
{
	return text_part(s, s ? strlen(s) : 0);
}

struct output *output_open(bool json, const char *symvers,
			   const struct kernel *kernel)
{
	struct output *out = calloc(1, sizeof(*out));

	if (!out || !json)
		return out;
	out->modules = json_array();
	out->document = json_pack("{s:s, s:o, s:o, s:o}", "schema", SCHEMA,
				  "symvers", text(symvers),
				  "flags", text(kernel->flags[0] ? kernel->flags : NULL),
				  "modules", out->modules);
	if (out->document)
		return out;
	free(out);
	return NULL;
}

static int release_len(const struct module *module)
{
	return module->vermagic ? (int)strcspn(module->vermagic, " ") : 0;
}

/* Names out of a module may hold anything; LEN -1: all of it. */
static void print_word(const char *before, const char *word, int len)
{
	fputs(before, stdout);
	for (; *word && len; word++, len--)
		putchar(*word < ' ' || *word == 0x7f ? '?' : *word);
}

static void print_symbols(const struct report *report, bool missing)
{
	size_t i, n = report->nr_changed + report->nr_missing;

	for (i = 0; i < n; i++)
		if (report->differences[i].missing == missing)
			print_word(" ", report->differences[i].symbol, -1);
}

static void print_built_for(const struct module *module)
{
	print_word(" (built for ", module->vermagic, release_len(module));
	putchar(')');
}

void report_print(const char *path, const struct module *module,
		  const struct report *report)
{
	printf("%-8s %s  ", verdict_name(report->verdict), path);
	switch (report->verdict) {
	case VERDICT_SAME:
		printf("%zu symbols", module->nr_imports);
		print_built_for(module);
		break;
	case VERDICT_CHANGED:
		printf("%zu of %zu symbols", report->nr_changed, module->nr_imports);
		print_built_for(module);
		putchar(':');
		print_symbols(report, false);
		break;
	case VERDICT_MISSING:
		printf("%zu of %zu symbols", report->nr_missing, module->nr_imports);
		print_built_for(module);
		putchar(':');
		print_symbols(report, true);
		if (report->nr_changed) {
			printf("; %zu changed:", report->nr_changed);
			print_symbols(report, false);
		}
		break;
	case VERDICT_REFUSED:
		print_word("", report->reason, -1);
		break;
	}
	putchar('\n');
}

static json_t *crc_text(uint32_t crc)
{
	return json_sprintf("0x%08x", crc);
}

static json_t *changed_json(const struct report *report)
{
	size_t i, n = report->nr_changed + report->nr_missing;
	json_t *list = json_array();

	for (i = 0; i < n; i++) {
		const struct difference *d = &report->differences[i];

		if (d->missing)
			continue;
		json_array_append_new(list, json_pack("{s:o, s:o, s:o}",
			"symbol", text(d->symbol),
			"module_crc", crc_text(d->module_crc),
			"kernel_crc", crc_text(d->kernel_crc)));
	}
	return list;
}

static json_t *missing_json(const struct report *report)
{
	size_t i, n = report->nr_changed + report->nr_missing;
	json_t *list = json_array();

	for (i = 0; i < n; i++) {
		const char *symbol = report->differences[i].symbol;

		if (report->differences[i].missing)
			json_array_append_new(list, text(symbol));
	}
	return list;
}

json_t *report_json(const char *path, const struct module *module,
		    const struct report *report)
{
	const char *reason = report->reason[0] ? report->reason : NULL;

	return json_pack("{s:o, s:s, s:o, s:o, s:o, s:o, s:I, s:o, s:o, s:o}",
			 "path", text(path),
			 "verdict", verdict_name(report->verdict),
			 "name", text(module->name),
			 "version", text(module->version),
			 "release", text_part(module->vermagic, release_len(module)),
			 "vermagic", text(module->vermagic),
			 "symbols", (json_int_t)module->nr_imports,
			 "changed", changed_json(report),
			 "missing", missing_json(report),
			 "reason", text(reason));
}

void output_report(struct output *out, const char *path,
		   const struct module *module, const struct report *report)
{
	if (out->document)
		json_array_append_new(out->modules,
				      report_json(path, module, report));
	else
		report_print(path, module, report);
}

void output_damaged(struct output *out, const char *path, const char *why)
{
	if (!out->document)
		return;
	json_array_append_new(out->modules,
			      json_pack("{s:o, s:s, s:s}",
					"path", text(path),
					"verdict", "damaged", "reason", why));
}

int output_close(struct output *out)
{
	int ret = 0;

	if (out->document) {
		ret = json_dumpf(out->document, stdout, JSON_INDENT(2));
		putchar('\n');
		json_decref(out->document);
	}
	free(out);
	if (fflush(stdout) || ferror(stdout))
		ret = -1;
	return ret;
}
