// SPDX-License-Identifier: GPL-2.0-only
/* A VM's configuration for xl, with the mask of what it may see. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../session.h"

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
static int copy_rest(FILE *from, FILE *to)
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
	return ferror(from) ? EXIT_ERROR : EXIT_YES;
}

static int copy_file(const char *path, FILE *to, const struct cl_vm *vm)
{
	FILE *from = fopen(path, "r");
	int ret;

	if (!from && errno != ENOENT)
		return complain(path, "%s; nothing was written", strerror(errno));
	if (!from) {
		fprintf(to, "name = \"%s\"\ntype = \"%s\"\n", vm->name,
			cl_vm_type_name(vm->type));
		return EXIT_YES;
	}
	ret = copy_rest(from, to);
	fclose(from);
	return ret ? complain(path, "cannot be read; nothing was written") : ret;
}

int write_xl(const char *path, const struct cl_vm *vm,
	     const struct cl_featureset *any, struct cl_featureset *left_out)
{
	char *config = malloc(CL_EXPORT_SIZE), *text = NULL;
	FILE *to = NULL;
	size_t size;
	int ret = EXIT_ERROR;

	if (config)
		to = open_memstream(&text, &size);
	if (!to) {
		free(config);
		return complain(path, "out of memory; nothing was written");
	}
	cl_export_xl(config, &vm->set, any, left_out);
	ret = copy_file(path, to, vm);
	fputs(config, to);
	if (fclose(to) && !ret)
		ret = complain(path, "out of memory; nothing was written");
	if (!ret)
		ret = replace_file(path, text);
	free(config);
	free(text);
	return ret;
}

void out_xl(const struct arguments *args, struct out *out,
	    const struct cl_featureset *left_out)
{
	const char *path = option_text(args, OPT_XL, 0);

	if (!path)
		return;
	out_string(out, "xl", path);
	if (out->json || !is_empty(left_out))
		out_features(out, "not_expressed", left_out);
}
