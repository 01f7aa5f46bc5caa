// SPDX-License-Identifier: GPL-2.0-only
/* The command cpulevel: options, the table of verbs, messages. */
#include <getopt.h>
#include <stdarg.h>
#include <string.h>

#include "cli.h"

static const struct verb {
	const char *name;
	const char *usage;
	const char *help;
	int min, max;		/* arguments */
	bool host;		/* reads a host: takes --sysroot */
	int (*run)(const struct arguments *args);
} verbs[] = {
	{ "show", "[FILE]", "what a host's CPUs have and guests may see",
	  0, 1, true, verb_show },
	{ "save", "[FILE]", "write a host to FILE, to be used anywhere",
	  0, 1, true, verb_save },
	{ "decode", "FEATURESET", "name the features of a featureset",
	  1, 1, false, verb_decode },
	{ "combine", "FEATURESET...", "the level of hosts with these sets",
	  1, 1 << 20, false, verb_combine },
};

#define NR_VERBS	(sizeof(verbs) / sizeof(verbs[0]))

/* Names come from the command line and from files: print no control codes. */
static void say(const char *text)
{
	fputs("cpulevel: ", stderr);
	for (; *text; text++)
		fputc((unsigned char)*text < ' ' || *text == 0x7f ? '?' : *text,
		      stderr);
	fputc('\n', stderr);
}

int complain(const char *object, const char *format, ...)
{
	char reason[1024], text[2048];
	va_list args;

	va_start(args, format);
	vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	snprintf(text, sizeof(text), "%.1000s: %s", object, reason);
	say(text);
	return EXIT_ERROR;
}

int complain_error(const struct cl_error *error)
{
	return complain(error->object, "%s", error->reason);
}

static int help(void)
{
	size_t i;

	puts("usage: cpulevel VERB [OPTION]... [ARGUMENT]...\n");
	for (i = 0; i < NR_VERBS; i++)
		printf("  %-8s %-14s  %s\n", verbs[i].name, verbs[i].usage,
		       verbs[i].help);
	puts("\n"
	     "  --json         print JSON\n"
	     "  --sysroot DIR  show, save: the host whose /sys was copied below DIR\n"
	     "  --help         print this\n"
	     "  --version      print the version\n"
	     "\n"
	     "Without FILE and --sysroot the host is this machine.  A FEATURESET is\n"
	     "hex words as 178bfbff-00802209-...  See cpulevel(8).");
	return finish_stdout();
}

static const struct verb *find_verb(const char *name)
{
	size_t i;

	for (i = 0; i < NR_VERBS; i++)
		if (!strcmp(verbs[i].name, name))
			return &verbs[i];
	return NULL;
}

static int run(const struct verb *verb, const struct arguments *args)
{
	if (args->sysroot && !verb->host)
		return complain(verb->name, "reads no host; leave out --sysroot");
	if (args->sysroot && !*args->sysroot)
		return complain("--sysroot", "is empty; name a directory");
	if (args->count < verb->min || args->count > verb->max)
		return complain(verb->name, "%d arguments; usage: cpulevel %s %s",
				args->count, verb->name, verb->usage);
	return verb->run(args);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "sysroot", required_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 },
	};
	struct arguments args = { 0 };
	const struct verb *verb;
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		switch (option) {
		case 'j':
			args.json = true;
			break;
		case 's':
			args.sysroot = optarg;
			break;
		case 'h':
			return help();
		case 'v':
			puts("cpulevel " CPULEVEL_VERSION);
			return finish_stdout();
		case ':':
			return complain(argv[optind - 1],
					"has no value; name a directory");
		default:
			return complain(argv[optind - 1],
					"no such option; see cpulevel --help");
		}
	}
	if (optind == argc)
		return complain("command line", "no verb; see cpulevel --help");
	verb = find_verb(argv[optind]);
	if (!verb)
		return complain(argv[optind], "no such verb; see cpulevel --help");
	args.count = argc - optind - 1;
	args.values = argv + optind + 1;
	return run(verb, &args);
}
