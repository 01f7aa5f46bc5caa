// SPDX-License-Identifier: LGPL-2.1-or-later
/* What `cpuid -r` prints: "CPU 0:", then "   0x00000001 0x00: eax=0x... ...". */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "source.h"
#include "../internal.h"

static bool scan_leaf(const char *at, struct cl_leaf *leaf)
{
	static const char *const names[] = { "eax=0x", "ebx=0x", "ecx=0x",
					     "edx=0x" };
	unsigned int i;

	if (!cl_scan(&at, " ") || !cl_scan(&at, "0x") ||
	    !cl_scan_hex(&at, 8, &leaf->leaf) || !cl_scan(&at, " ") ||
	    !cl_scan(&at, "0x") || !cl_scan_hex(&at, 0, &leaf->subleaf) ||
	    !cl_scan(&at, ":"))
		return false;
	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (!cl_scan(&at, " ") || !cl_scan(&at, names[i]) ||
		    !cl_scan_hex(&at, 8, &leaf->regs[i]))
			return false;
	cl_scan(&at, " ");
	return !*at;
}

bool cl_is_cpuid(const char *line)
{
	struct cl_leaf leaf;

	return scan_leaf(line, &leaf);
}

/* "CPU 0:" and, of one CPU alone, "CPU:" */
static bool is_heading(const char *at)
{
	if (!cl_scan(&at, "CPU"))
		return false;
	cl_scan(&at, " ");
	at += strspn(at, "0123456789");
	return !strcmp(at, ":");
}

static int read_line(struct cl_dump *dump, struct cl_lines *lines,
		     struct cl_error *error)
{
	struct cl_leaf leaf;

	if (is_heading(lines->text))
		return cl_dump_next(dump, lines, error);
	if (!lines->text[strspn(lines->text, " \t")])
		return 0;
	if (!scan_leaf(lines->text, &leaf))
		return cl_fail(error, -EINVAL, lines->where,
			       "'%.40s' is no line of cpuid -r; dump it again",
			       lines->text);
	return cl_dump_leaf(dump, lines, &leaf, error);
}

int cl_read_cpuid(struct cl_host *host, struct cl_lines *lines,
		  struct cl_error *error)
{
	struct cl_dump dump;
	int ret;

	cl_dump_begin(&dump);
	while ((ret = cl_lines_next(lines, error)) > 0) {
		ret = read_line(&dump, lines, error);
		if (ret)
			return ret;
	}
	return ret ? ret : cl_dump_end(&dump, host, lines, error);
}
