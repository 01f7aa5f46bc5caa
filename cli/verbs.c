// SPDX-License-Identifier: GPL-2.0-only
/* The table of verbs: what they take, for dispatch, help and completion. */
#include <string.h>

#include "cli.h"

#define ANY	(1 << 20)

const struct verb verbs[] = {
	{ "show", "[HOST]", "what a host's CPUs have and guests may see",
	  0, 1, OPT_SYSROOT, verb_show },
	{ "save", "[FILE]", "write a host to FILE, to be used anywhere",
	  0, 1, OPT_SYSROOT, verb_save },
	{ "decode", "FEATURESET", "name the features of a featureset",
	  1, 1, 0, verb_decode },
	{ "features", "[FEATURE]...", "the table of all features",
	  0, ANY, OPT_MAN, verb_features },
	{ "diff", "A [B]", "what differs between hosts or featuresets",
	  1, 2, OPT_SET, verb_diff },
	{ "level", "[HOST]...", "what a pool can offer, and what each host costs",
	  0, ANY, OPT_STDIN, verb_level },
	{ "check", "VM [HOST]...", "can a guest with these features run on HOST?",
	  1, ANY, OPT_GUEST, verb_check },
	{ "mask", "[HOST]...", "the level as configuration of another tool",
	  0, ANY, OPT_GUEST | OPT_FOR, verb_mask },
	{ "combine", "FEATURESET...", "the level of hosts with these sets",
	  1, ANY, 0, verb_combine },
	{ "complete", "[WORD]...", NULL, 0, ANY, 0, verb_complete },
	{ NULL, NULL, NULL, 0, 0, 0, NULL }
};

const struct verb *find_verb(const char *name)
{
	const struct verb *verb;

	for (verb = verbs; verb->name; verb++)
		if (!strcmp(verb->name, name))
			return verb;
	return NULL;
}

#define CHOICE(names, n) \
	((n) < sizeof(names) / sizeof((names)[0]) ? (names)[n] : NULL)

static const char *guest_name(unsigned int n)
{
	static const char *const names[] = {
		[CL_GUEST_PV] = "pv", [CL_GUEST_HVM] = "hvm",
	};

	return CHOICE(names, n);
}

const char *tool_name(unsigned int n)
{
	static const char *const names[] = {
		[TOOL_XL] = "xl", [TOOL_XAPI] = "xapi",
		[TOOL_LIBVIRT] = "libvirt",
	};

	return CHOICE(names, n);
}

const struct option_info option_table[] = {
	{ "json", OPT_JSON, NULL, NULL, "print JSON" },
	{ "sysroot", OPT_SYSROOT, "DIR", NULL,
	  "the host whose /sys was copied below DIR" },
	{ "stdin", OPT_STDIN, NULL, NULL,
	  "one host per line, as cpulevel(5) says" },
	{ "set", OPT_SET, "SET", cl_set_name,
	  "only this one of the hosts' featuresets" },
	{ "guest", OPT_GUEST, "TYPE", guest_name,
	  "hvm, which is PVH too, or pv; else hvm" },
	{ "for", OPT_FOR, "TOOL", tool_name, "xl, xapi or libvirt" },
	{ "man", OPT_MAN, NULL, NULL, "print a page in man(7) form" },
	{ "help", OPT_HELP, NULL, NULL, "print this" },
	{ "version", OPT_VERSION, NULL, NULL, "print the version" },
	{ NULL, 0, NULL, NULL, NULL }
};

/* "show, save: " for an option that not every verb takes. */
static void print_users(unsigned int option)
{
	const struct verb *verb;
	const char *between = "";

	for (verb = verbs; verb->name; verb++) {
		if (!(verb->options & option))
			continue;
		printf("%s%s", between, verb->name);
		between = ", ";
	}
	if (*between)
		fputs(": ", stdout);
}

int print_help(void)
{
	const struct option_info *option;
	const struct verb *verb;
	char text[32];

	puts("usage: cpulevel VERB [OPTION]... [ARGUMENT]...\n");
	for (verb = verbs; verb->name; verb++)
		if (verb->help)
			printf("  %-8s %-14s  %s\n", verb->name, verb->usage,
			       verb->help);
	putchar('\n');
	for (option = option_table; option->name; option++) {
		snprintf(text, sizeof(text), "--%s %s", option->name,
			 option->value ? option->value : "");
		printf("  %-14s ", text);
		print_users(option->bit);
		puts(option->help);
	}
	puts("\n"
	     "A HOST is a file (saved, or of another tool), a directory with a copy of\n"
	     "/sys, '-' for stdin, or, left out, this machine.  Where only featuresets\n"
	     "count it can be a FEATURESET: hex words as 178bfbff-00802209-...\n"
	     "See cpulevel(8).");
	return finish_stdout();
}
