// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer's way into one parser, PARSE, named by the build; `run` builds one
 * program for each.  Whatever is accepted must survive being saved.
 */
#include <stdlib.h>
#include <string.h>

#include "../../lib/cpulevel.h"
#include "../../lib/source/source.h"

typedef int parse_text(struct cl_host *host, const char *text, size_t len,
		       const char *name, struct cl_error *error);
typedef int parse_lines(struct cl_host *host, struct cl_lines *lines,
			struct cl_error *error);

static int by_lines(parse_lines *parse, struct cl_host *host, const char *text,
		    size_t len, struct cl_error *error)
{
	struct cl_lines lines;

	cl_lines_begin(&lines, text, len, "fuzz");
	strcpy(host->name, "fuzz");
	return parse(host, &lines, error);
}

static int by_text(parse_text *parse, struct cl_host *host, const char *text,
		   size_t len, struct cl_error *error)
{
	strcpy(host->name, "fuzz");
	return parse(host, text, len, "fuzz", error);
}

/* What a VM was given, as a set of a host's. */
static int by_given(struct cl_host *host, const char *text, size_t len,
		    struct cl_error *error)
{
	struct cl_given given;
	int ret = cl_given_parse(&given, text, len, "fuzz", error);

	if (ret)
		return ret;
	strcpy(host->name, "fuzz");
	host->sets[CL_SET_HVM_DEFAULT] = given.set;
	host->max_leaves[CL_SET_HVM_DEFAULT] = given.max_leaves;
	host->valid = 1u << CL_SET_HVM_DEFAULT;
	return 0;
}

#define IS(name)	(!strcmp(PARSE, name))

static int parse(struct cl_host *host, const char *text, size_t len,
		 struct cl_error *error)
{
	if (IS("cpuid"))
		return by_lines(cl_read_cpuid, host, text, len, error);
	if (IS("aida"))
		return by_lines(cl_read_aida, host, text, len, error);
	if (IS("xencpuid"))
		return by_lines(cl_read_xencpuid, host, text, len, error);
	if (IS("given"))
		return by_given(host, text, len, error);
	if (IS("xe"))
		return by_lines(cl_read_xe, host, text, len, error);
	if (IS("cpudata"))
		return by_text(cl_read_cpudata, host, text, len, error);
	if (IS("xapi"))
		return by_text(cl_read_xapi, host, text, len, error);
	if (IS("saved"))
		return by_text(cl_read_saved, host, text, len, error);
	return cl_host_parse(host, text, len, "fuzz", error);
}

static void check_saved(const struct cl_host *host)
{
	char *saved = NULL, *again = NULL;
	size_t len, len_again;
	struct cl_host back;
	FILE *to = open_memstream(&saved, &len);

	cl_host_write(host, to);
	fclose(to);
	if (cl_host_parse(&back, saved, len, "saved", NULL))
		abort();
	to = open_memstream(&again, &len_again);
	cl_host_write(&back, to);
	fclose(to);
	if (len != len_again || memcmp(saved, again, len))
		abort();
	free(saved);
	free(again);
}

/* A featureset, and all that is made of it. */
static void check_featureset(const char *text)
{
	static char export[CL_EXPORT_SIZE];
	struct cl_featureset fs, back, left;
	char again[CL_TEXT_SIZE];
	struct cl_nearest nearest;
	struct cl_leaves leaves;
	struct cl_model model;

	if (cl_featureset_parse(&fs, text, NULL))
		return;
	if (cl_featureset_parse(&back, cl_featureset_text(&fs, again), NULL) ||
	    !cl_equal(&fs, &back) || fs.nr_words != back.nr_words)
		abort();
	cl_nearest_level(&nearest, &fs);
	cl_nearest_model(&model, &fs, NULL);
	cl_export_qemu(export, &model);
	cl_export_libvirt(export, &model);
	cl_export_xl(export, &fs, NULL, &left);
	cl_export_xl(export, &fs, &model.model->fs, &left);
	cl_featureset_to_leaves(&leaves, &fs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cl_host host = { .name = "" };
	struct cl_error error;
	char *text = malloc(size + 1);

	memcpy(text, data, size);
	text[size] = '\0';
	if (IS("featureset"))
		check_featureset(text);
	else if (!parse(&host, text, size, &error))
		check_saved(&host);
	else if (!memchr(error.object, 0, sizeof(error.object)) ||
		 !memchr(error.reason, 0, sizeof(error.reason)))
		abort();
	free(text);
	return 0;
}
