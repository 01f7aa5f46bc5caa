// SPDX-License-Identifier: GPL-2.0-only
/* The command cpulevel: its command line and its messages. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
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

int complain_failed(int ret, const struct cl_error *error)
{
	/* Who cancelled it has said why. */
	if (ret != -ECANCELED)
		complain_error(error);
	return ret == -EXDEV ? EXIT_NO : EXIT_ERROR;
}

int finish_stdout(void)
{
	if (!fflush(stdout) && !ferror(stdout))
		return EXIT_YES;
	return complain("stdout", "%s; the result is not complete",
			strerror(errno));
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
static int parse_option(struct arguments *args, unsigned int bit,
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
	if (option->value && !option->choice)
		args->texts[args->nr_texts++] =
			(struct text_option){ bit, value };
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
	if (bit == OPT_TYPE)
		args->type = choice;
	if (bit == OPT_TEMPLATE)
		args->template = choice + 1;
	return EXIT_YES;
}

const char *option_text(const struct arguments *args, unsigned int bit, int n)
{
	int i;

	for (i = 0; i < args->nr_texts; i++)
		if (args->texts[i].bit == bit && !n--)
			return args->texts[i].text;
	return NULL;
}

#define MAX_OPTIONS	40

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
		if (parse_option(args, bit, optarg))
			return EXIT_ERROR;
	}
	return EXIT_YES;
}

/* @group: "pool ", of a verb of pool's; else "". */
static int run(const char *group, const struct verb *verb,
	       const struct arguments *args)
{
	unsigned int wrong = args->given & ~(verb->options | OPT_JSON);
	const struct option_info *option;
	char name[32];

	snprintf(name, sizeof(name), "%s%s", group, verb->name);
	for (option = option_table; option->name; option++)
		if (wrong & option->bit)
			return complain(name, "has no option --%s; leave it out",
					option->name);
	if (args->sysroot && !*args->sysroot)
		return complain("--sysroot", "is empty; name a directory");
	if (args->count < verb->min || args->count > verb->max)
		return complain(name, "%d arguments; usage: cpulevel %s %s",
				args->count, name, verb->usage);
	return verb->run(args);
}

/* The words after the options: a verb, perhaps one of its own, its arguments. */
static int run_words(struct arguments *args, int count, char **words)
{
	const struct verb *verb = count ? find_verb(verbs, words[0]) : NULL;
	const struct verb *group = verb && verb->sub ? verb : NULL;
	char prefix[16] = "", help[32];

	if (group) {
		snprintf(prefix, sizeof(prefix), "%s ", group->name);
		verb = count > 1 ? find_verb(group->sub, words[1]) : NULL;
	}
	if (args->given & OPT_HELP)
		return print_help(group ? group->sub : verbs, prefix);
	snprintf(help, sizeof(help), "cpulevel %s--help", prefix);
	if (count <= !!group)
		return complain(group ? group->name : "command line",
				"no verb; see %s", help);
	if (!verb)
		return complain(words[!!group], "no such verb; see %s", help);
	args->verb = verb;
	args->count = count - 1 - !!group;
	args->values = words + 1 + !!group;
	return run(prefix, verb, args);
}

int main(int argc, char **argv)
{
	struct arguments args = { .guest = CL_GUEST_HVM, .type = -1 };
	int ret;

	/* Who starts us may not want to hear of its children; we ask how curl ended. */
	signal(SIGCHLD, SIG_DFL);
	/* What is to be completed may look like any option. */
	if (argc > 1 && !strcmp(argv[1], "complete")) {
		args.count = argc - 2;
		args.values = argv + 2;
		return verb_complete(&args);
	}
	args.texts = calloc(argc, sizeof(*args.texts));
	if (!args.texts)
		return complain("command line", "out of memory");
	ret = parse_options(&args, argc, argv);
	if (!ret && args.given & OPT_VERSION) {
		puts("cpulevel " CPULEVEL_VERSION);
		ret = finish_stdout();
	} else if (!ret) {
		ret = run_words(&args, argc - optind, argv + optind);
	}
	free(args.texts);
	return ret;
}
