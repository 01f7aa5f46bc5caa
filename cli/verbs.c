// SPDX-License-Identifier: GPL-2.0-only
/* The table of verbs: what they take, for dispatch, help and completion. */
#include <string.h>

#include "cli.h"
#include "host/host.h"
#include "../pool/store/store.h"

#define ANY	(1 << 20)

const struct verb verbs[] = {
	{ "show", "[HOST]", "what a host's CPUs have and guests may see",
	  0, 1, OPT_SYSROOT, verb_show, NULL },
	{ "save", "[FILE]", "write a host to FILE, to be used anywhere",
	  0, 1, OPT_SYSROOT, verb_save, NULL },
	{ "decode", "FEATURESET", "name the features of a featureset",
	  1, 1, 0, verb_decode, NULL },
	{ "features", "[FEATURE]...", "the table of all features",
	  0, ANY, OPT_MAN, verb_features, NULL },
	{ "diff", "A [B]", "what differs between hosts or featuresets",
	  1, 2, OPT_SET, verb_diff, NULL },
	{ "level", "[HOST]...", "what a pool can offer, and would gain without each host",
	  0, ANY, OPT_STDIN, verb_level, NULL },
	{ "check", "VM [HOST]...", "can a guest with these features run on HOST?",
	  1, ANY, OPT_GUEST, verb_check, NULL },
	{ "mask", "[HOST]...", "the level as configuration of another tool",
	  0, ANY, OPT_GUEST | OPT_FOR, verb_mask, NULL },
	{ "combine", "FEATURESET...", "the level of hosts with these sets",
	  1, ANY, 0, verb_combine, NULL },
	{ "pool", "VERB ...", "hosts as a pool that is kept, and its level",
	  0, 0, 0, NULL, pool_verbs },
	{ "vm", "VERB ...", "VMs of a pool, and where they can be",
	  0, 0, 0, NULL, vm_verbs },
	{ "complete", "[WORD]...", NULL, 0, ANY, 0, verb_complete, NULL },
	{ NULL, NULL, NULL, 0, 0, 0, NULL, NULL }
};

const struct verb *find_verb(const struct verb *table, const char *name)
{
	const struct verb *verb;

	for (verb = table; verb->name; verb++)
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

static const char *template_name(unsigned int n)
{
	static const char *const names[] = { "user", "system" };

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
	{ "store", OPT_STORE, "STORE", NULL,
	  "where pools are kept, if not " CL_STORE_DEFAULT },
	{ "pool", OPT_POOL, "POOL", NULL, "the pool, where there are several" },
	{ "name", OPT_NAME, "NAME", NULL, "what the host is called" },
	{ "host", OPT_HOST, "HOST", NULL, "the host of the pool to be on" },
	{ "type", OPT_TYPE, "TYPE", cl_vm_type_name, "pv, hvm or pvh" },
	{ "features", OPT_FEATURES, "SET", NULL,
	  "the featureset that the VM really has" },
	{ "vendor", OPT_VENDOR, "VENDOR", NULL,
	  "of the CPUs it was started on" },
	{ "template", OPT_TEMPLATE, "KIND", template_name,
	  "it is a user's or the system's template" },
	{ "xl", OPT_XL, "FILE", NULL,
	  "write the VM's configuration for xl" },
	{ "check", OPT_CHECK, NULL, NULL, "only say whether it can" },
	{ "run", OPT_RUN, NULL, NULL, "have xl or xe do it, and record the end" },
	{ "done", OPT_DONE, NULL, NULL, "the pending move is over: record that" },
	{ "abort", OPT_ABORT, NULL, NULL, "the pending move is not made: drop it" },
	{ "force", OPT_FORCE, NULL, NULL, "do it all the same, and record that" },
	{ "allow-stranded", OPT_STRANDED, NULL, NULL,
	  "even if other hosts of the pool cannot take it" },
	{ "self", OPT_SELF, NULL, NULL, "the guest rebooted by itself" },
	{ "disks", OPT_DISKS, NULL, NULL, "without memory: a plain snapshot" },
	{ "forget", OPT_FORGET, NULL, NULL, "and forget it and its checkpoints" },
	{ "with", OPT_WITH, "FILE", NULL, "as if this host joined" },
	{ "without", OPT_WITHOUT, "HOST", NULL, "as if that host left" },
	{ "html", OPT_HTML, "FILE", NULL, "write the pool as a page" },
	{ "pools", OPT_POOLS, "K", NULL, "how many pools to make" },
	{ "since", OPT_SINCE, "N", NULL, "only what came after change N" },
	{ "man", OPT_MAN, NULL, NULL, "print a page in man(7) form" },
	{ "help", OPT_HELP, NULL, NULL, "print this" },
	{ "version", OPT_VERSION, NULL, NULL, "print the version" },
	{ NULL, 0, NULL, NULL, NULL }
};

/* "show, save: " for an option that not every verb takes. */
static void print_users(const struct verb *table, unsigned int option)
{
	const struct verb *verb;
	const char *between = "";

	for (verb = table; verb->name; verb++) {
		if (!(verb->options & option))
			continue;
		printf("%s%s", between, verb->name);
		between = ", ";
	}
	if (*between)
		fputs(": ", stdout);
}

static bool is_taken(const struct verb *table, unsigned int option)
{
	if (option & (OPT_JSON | OPT_HELP | OPT_VERSION))
		return true;
	for (; table->name; table++)
		if (table->options & option)
			return true;
	return false;
}

static void print_options(const struct verb *table)
{
	const struct option_info *option;
	char text[32];

	for (option = option_table; option->name; option++) {
		if (!is_taken(table, option->bit))
			continue;
		snprintf(text, sizeof(text), "--%s %s", option->name,
			 option->value ? option->value : "");
		printf("  %-14s ", text);
		/* Nobody reads a list of nearly all verbs. */
		if (option->bit & ~(OPT_STORE | OPT_POOL))
			print_users(table, option->bit);
		puts(option->help);
	}
}

int print_help(const struct verb *table, const char *group)
{
	const struct verb *verb;

	printf("usage: cpulevel %sVERB [OPTION]... [ARGUMENT]...\n\n", group);
	for (verb = table; verb->name; verb++)
		if (verb->help)
			printf("  %-*s %-14s  %s\n", *group ? 10 : 8, verb->name,
			       verb->usage, verb->help);
	putchar('\n');
	print_options(table);
	if (*group)
		printf("\nSee cpulevel-%.*s(8).\n", (int)strlen(group) - 1, group);
	else
		puts("\n"
		     "A HOST is a file (saved, or of another tool), a directory with a copy of\n"
		     "/sys, '-' for stdin, or, left out, this machine.  Where only featuresets\n"
		     "count it can be a FEATURESET: hex words as 178bfbff-00802209-...\n"
		     "See cpulevel(8).");
	return finish_stdout();
}
