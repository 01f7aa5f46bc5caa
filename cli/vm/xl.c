// SPDX-License-Identifier: GPL-2.0-only
/* A VM's configuration for xl, with the mask of what it may see. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "vm.h"

/* Does this line begin the setting of cpuid? */
static bool sets_cpuid(const char *line)
{
	line += strspn(line, " \t");
	if (strncmp(line, "cpuid", 5))
		return false;
	line += 5;
	line += strspn(line, " \t");
	return *line == '=';
}

/* How many brackets are open after it, outside of strings and comments. */
static int open_brackets(const char *line)
{
	char quote = 0;
	int open = 0;

	for (; *line; line++) {
		if (quote) {
			quote = *line == quote ? 0 : quote;
			continue;
		}
		if (*line == '#')
			break;
		if (*line == '"' || *line == '\'')
			quote = *line;
		open += (*line == '[') - (*line == ']');
	}
	return open;
}

/* All of it but what it says of cpuid, which may be a list over many lines. */
static void copy_rest(FILE *from, FILE *to)
{
	char *line = NULL;
	size_t size = 0;
	bool inside = false;
	int open = 0;

	while (getline(&line, &size, from) > 0) {
		inside = inside || sets_cpuid(line);
		if (!inside) {
			fputs(line, to);
			if (!strchr(line, '\n'))
				fputc('\n', to);
			continue;
		}
		open += open_brackets(line);
		inside = open > 0;
	}
	free(line);
}

void put_xl_string(FILE *to, const char *text)
{
	fputc('"', to);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', to);
		fputc(*text, to);
	}
	fputc('"', to);
}

/* All that is in the file; NULL after a message. */
static char *read_config(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *text = fd < 0 ? NULL : read_all(fd);

	if (!text)
		complain(path, "%s; nothing was written", strerror(errno));
	return text;
}

static void put_config(FILE *to, const char *before, const struct cl_vm *vm)
{
	FILE *from = *before ? fmemopen((char *)before, strlen(before), "r") :
			       NULL;

	if (from) {
		copy_rest(from, to);
		fclose(from);
		return;
	}
	fputs("name = ", to);
	put_xl_string(to, vm->name);
	fprintf(to, "\ntype = \"%s\"\n", cl_vm_type_name(vm->type));
}

int write_xl(struct xl_file *xl, const struct cl_vm *vm,
	     const struct cl_featureset *any)
{
	char *mask = malloc(CL_EXPORT_SIZE), *text = NULL;
	FILE *to = mask ? open_memstream(&text, &(size_t){ 0 }) : NULL;
	int ret = EXIT_ERROR;

	/* A second try begins with what was there before the first. */
	if (!xl->before)
		xl->before = read_config(xl->path);
	if (to && xl->before) {
		put_config(to, xl->before, vm);
		fputs(cl_export_xl(mask, &vm->set, any, &xl->left_out), to);
	}
	if (!to || fclose(to))
		complain(xl->path, "out of memory; nothing was written");
	else if (xl->before)
		ret = replace_file(xl->path, text);
	xl->written |= !ret;
	free(mask);
	free(text);
	return ret;
}

int prepare_xl(void *arg, const struct cl_vm *vm,
	       const struct cl_pool_counts *counts)
{
	struct cl_featureset any;

	any_default(&any, &counts->of[cl_vm_guest(vm)]);
	return write_xl(arg, vm, &any) ? -ECANCELED : 0;
}

void restore_xl(const struct xl_file *xl)
{
	if (xl->written)
		replace_file(xl->path, xl->before);
}

void out_xl(struct out *out, const struct xl_file *xl)
{
	if (!xl->path)
		return;
	out_string(out, "xl", xl->path);
	if (out->json || !cl_empty(&xl->left_out))
		out_features(out, "not_expressed", &xl->left_out);
}

void any_default(struct cl_featureset *any, const struct cl_counts *counts)
{
	unsigned int bit;

	*any = (struct cl_featureset){ 0 };
	for (bit = 0; bit < CL_MAX_BITS; bit++)
		if (cl_counts_of(counts, bit))
			cl_set(any, bit);
}
