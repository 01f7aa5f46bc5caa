// SPDX-License-Identifier: GPL-2.0-only
/* The command cpulevel: its command line and its messages. */
#include <getopt.h>
#include <stdarg.h>
#include <string.h>

#include "cli.h"

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

/* The number of the choice that @value names, or -1 after a message. */
static int choose(const struct option_info *option, const char *value)
{
	char object[32], list[160] = "";
	const char *name;
	size_t len = 0;
	int n;

	for (n = 0; (name = option->choice(n)); n++) {
		if (!strcmp(name, value))
			return n;
		len += snprintf(list + len, sizeof(list) - len, "%s%s",
				n ? ", " : "", name);
	}
	snprintf(object, sizeof(object), "--%s", option->name);
	complain(object, "'%.40s' is not known; it can be %s", value, list);
	return -1;
}

/* Take the option with that bit into @args. */
static int take_option(struct arguments *args, unsigned int bit,
		       const char *value)
{
	const struct option_info *option = option_table;
	int choice = 0;

	while (option->bit != bit)
		option++;
	if (option->choice)
		choice = choose(option, value);
	if (choice < 0)
		return EXIT_ERROR;
	args->given |= bit;
	if (bit == OPT_JSON)
		args->json = true;
	if (bit == OPT_SYSROOT)
		args->sysroot = value;
	if (bit == OPT_SET)
		args->set = choice;
	if (bit == OPT_GUEST)
		args->guest = choice;
	if (bit == OPT_FOR)
		args->tool = choice;
	return EXIT_YES;
}

#define MAX_OPTIONS	16

static int parse_options(struct arguments *args, int argc, char **argv)
{
	struct option options[MAX_OPTIONS] = { { NULL, 0, NULL, 0 } };
	const struct option_info *info;
	int i, bit;

	for (i = 0, info = option_table; info->name; i++, info++) {
		options[i].name = info->name;
		options[i].has_arg = info->value ? required_argument : no_argument;
		options[i].val = info->bit;
	}
	opterr = 0;
	while ((bit = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (bit == ':')
			return complain(argv[optind - 1],
					"has no value; see cpulevel --help");
		if (bit == '?')
			return complain(argv[optind - 1],
					"no such option; see cpulevel --help");
		if (take_option(args, bit, optarg))
			return EXIT_ERROR;
	}
	return EXIT_YES;
}

static int run(const struct verb *verb, const struct arguments *args)
{
	unsigned int wrong = args->given & ~(verb->options | OPT_JSON);
	const struct option_info *option;

	for (option = option_table; option->name; option++)
		if (wrong & option->bit)
			return complain(verb->name, "has no option --%s; leave it out",
					option->name);
	if (args->sysroot && !*args->sysroot)
		return complain("--sysroot", "is empty; name a directory");
	if (args->count < verb->min || args->count > verb->max)
		return complain(verb->name, "%d arguments; usage: cpulevel %s %s",
				args->count, verb->name, verb->usage);
	return verb->run(args);
}

int main(int argc, char **argv)
{
	struct arguments args = { .guest = CL_GUEST_HVM };
	const struct verb *verb;

	/* What is to be completed may look like any option. */
	if (argc > 1 && !strcmp(argv[1], "complete")) {
		args.count = argc - 2;
		args.values = argv + 2;
		return verb_complete(&args);
	}
	if (parse_options(&args, argc, argv))
		return EXIT_ERROR;
	if (args.given & OPT_HELP)
		return print_help();
	if (args.given & OPT_VERSION) {
		puts("cpulevel " CPULEVEL_VERSION);
		return finish_stdout();
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
