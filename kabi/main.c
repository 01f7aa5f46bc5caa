// SPDX-License-Identifier: GPL-2.0-only
/* The command driver-kabi: options, the verbs, and the exit codes. */

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"

#define PROG "driver-kabi"
#define WHY_LEN 256

enum {
	EXIT_SAME	= 0,
	EXIT_USAGE	= 2,
	EXIT_DIFFERS	= 3,
	EXIT_SYMVERS	= 5,	/* and whatever else the environment lacks */
	EXIT_DAMAGED	= 6,
};

struct options {
	const char *symvers;
	bool json;
	bool help;
	char **modules;
	int nr_modules;
};

static const char usage[] =
	"usage: " PROG " check KO... --symvers FILE|DIR [--json]\n"
	"       " PROG " --help | --version\n";

static int complain(int status, const char *object, const char *why)
{
	fprintf(stderr, PROG ": %s: %s\n", object, why);
	return status;
}

/* Returns EXIT_SAME, or EXIT_USAGE once it has said why. */
static int parse_options(int argc, char **argv, struct options *opt)
{
	static const struct option longopts[] = {
		{ "symvers", required_argument, NULL, 's' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 }
	};
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, ":h", longopts, NULL)) != -1) {
		if (c == 's')
			opt->symvers = optarg;
		else if (c == 'j')
			opt->json = true;
		else if (c == 'h')
			opt->help = true;
		else if (c == ':')
			return complain(EXIT_USAGE, argv[optind - 1],
					"needs a value; see " PROG " --help");
		else
			return complain(EXIT_USAGE, argv[optind - 1],
					"unknown option; see " PROG " --help");
	}
	opt->modules = argv + optind;
	opt->nr_modules = argc - optind;
	return EXIT_SAME;
}

/* One module's verdict; what is damaged does not stop the others. */
static int check_path(const char *path, const struct kernel *kernel,
		      struct output *out)
{
	struct module module;
	struct report report;
	char why[WHY_LEN];
	int status;

	if (module_read(&module, path, why, sizeof(why))) {
		output_damaged(out, path, why);
		return complain(EXIT_DAMAGED, path, why);
	}
	if (check_module(&module, kernel, &report)) {
		module_free(&module);
		return complain(EXIT_SYMVERS, path,
				"out of memory; free some and try again");
	}
	output_report(out, path, &module, &report);
	status = report.verdict == VERDICT_SAME ? EXIT_SAME : EXIT_DIFFERS;
	report_free(&report);
	module_free(&module);
	return status;
}

static int check_paths(const struct options *opt, const struct kernel *kernel)
{
	struct output *out = output_open(opt->json, opt->symvers);
	int i, status, worst = EXIT_SAME;

	if (!out)
		return complain(EXIT_SYMVERS, "check",
				"out of memory; free some and try again");
	for (i = 0; i < opt->nr_modules; i++) {
		status = check_path(opt->modules[i], kernel, out);
		if (status > worst)
			worst = status;
	}
	if (output_close(out))
		worst = complain(EXIT_SYMVERS, "stdout",
				 "cannot write; is the disk full?");
	return worst;
}

static int cmd_check(int argc, char **argv)
{
	struct options opt = { NULL };
	struct kernel kernel;
	char why[WHY_LEN];
	int status = parse_options(argc, argv, &opt);

	if (status)
		return status;
	if (opt.help) {
		fputs(usage, stdout);
		return EXIT_SAME;
	}
	if (!opt.symvers)
		return complain(EXIT_USAGE, "check",
				"no --symvers; give the new kernel's Module.symvers or kernel-devel");
	if (!opt.nr_modules)
		return complain(EXIT_USAGE, "check", "no module; name a .ko");

	if (kernel_read(&kernel, opt.symvers, why, sizeof(why)))
		return complain(EXIT_SYMVERS, opt.symvers, why);
	status = check_paths(&opt, &kernel);
	kernel_free(&kernel);
	return status;
}

static int cmd_help(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	fputs(usage, stdout);
	return EXIT_SAME;
}

static int cmd_version(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	puts(PROG " " VERSION);
	return EXIT_SAME;
}

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} verbs[] = {
	{ "check", cmd_check },
	{ "--help", cmd_help },
	{ "--version", cmd_version },
};

int main(int argc, char **argv)
{
	size_t i;

	if (argc < 2) {
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (!strcmp(argv[1], verbs[i].name))
			return verbs[i].run(argc - 1, argv + 1);
	return complain(EXIT_USAGE, argv[1], "unknown verb; see " PROG " --help");
}
