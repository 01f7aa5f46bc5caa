// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * InstLatx64's and AIDA64's text: among much else, lines such as
 *
 *	CPUID 00000007: 00000000-000027A9-00000000-BC000400 [SL 00]
 *	MSR 0000010A: 0000-0000-0000-002B
 *
 * Reports have them indented and blanks instead of the colon; old ones do not
 * number subleaves, which then come in order.
 */
#include <errno.h>
#include <string.h>

#include "source.h"
#include "../internal.h"

struct aida {
	struct cl_dump dump;
	uint32_t last;		/* leaf of the line before */
	uint32_t next;		/* subleaf, if the next line is of it again */
};

static bool scan_tag(const char **at, const char *tag, uint32_t *index)
{
	if (!cl_scan(at, " ") || !cl_scan(at, tag) || !cl_scan(at, " ") ||
	    !cl_scan_hex(at, 8, index))
		return false;
	cl_scan(at, ":");
	cl_scan(at, " ");
	return true;
}

static bool scan_registers(const char **at, struct cl_leaf *leaf)
{
	unsigned int i;

	for (i = 0; i < 4; i++)
		if ((i && !cl_scan(at, "-")) ||
		    !cl_scan_hex(at, 8, &leaf->regs[i]))
			return false;
	return true;
}

/* "[SL 01]" anywhere in the rest of the line; else CL_NO_SUBLEAF. */
static uint32_t scan_subleaf(const char *rest)
{
	const char *at = strstr(rest, "[SL ");
	uint32_t subleaf;

	if (at && (at += strlen("[SL ")) && cl_scan_hex(&at, 0, &subleaf))
		return subleaf;
	return CL_NO_SUBLEAF;
}

/* "0000-0000-0000-002B" */
static bool scan_value(const char **at, uint64_t *value)
{
	uint32_t part;
	int i;

	*value = 0;
	for (i = 0; i < 4; i++) {
		if ((i && !cl_scan(at, "-")) || !cl_scan_hex(at, 4, &part))
			return false;
		*value = *value << 16 | part;
	}
	return true;
}

bool cl_is_aida(const char *line)
{
	struct cl_leaf leaf;

	return scan_tag(&line, "CPUID", &leaf.leaf) &&
	       scan_registers(&line, &leaf);
}

static int read_leaf(struct aida *aida, const char *at, struct cl_leaf *leaf,
		     struct cl_lines *lines, struct cl_error *error)
{
	if (!scan_registers(&at, leaf))
		return cl_fail(error, -EINVAL, lines->where,
			       "leaf %x has not four registers of 8 hex digits; dump it again",
			       leaf->leaf);
	leaf->subleaf = scan_subleaf(at);
	if (leaf->subleaf == CL_NO_SUBLEAF)
		leaf->subleaf = leaf->leaf == aida->last && leaf->leaf ?
				aida->next : 0;
	aida->last = leaf->leaf;
	aida->next = leaf->subleaf + 1;
	return cl_dump_leaf(&aida->dump, lines, leaf, error);
}

static int read_line(struct aida *aida, struct cl_lines *lines,
		     struct cl_error *error)
{
	const char *at = lines->text;
	struct cl_leaf leaf;
	uint64_t value;

	if (scan_tag(&at, "CPUID", &leaf.leaf))
		return read_leaf(aida, at, &leaf, lines, error);
	at = lines->text;
	/* "< FAILED >" stands where there is no such MSR. */
	if (scan_tag(&at, "MSR", &leaf.leaf) && scan_value(&at, &value))
		cl_dump_msr(&aida->dump, leaf.leaf, value);
	return 0;
}

int cl_read_aida(struct cl_host *host, struct cl_lines *lines,
		 struct cl_error *error)
{
	struct aida aida = { .last = CL_NO_SUBLEAF };
	int ret;

	cl_dump_begin(&aida.dump);
	while ((ret = cl_lines_next(lines, error)) > 0) {
		ret = read_line(&aida, lines, error);
		if (ret)
			return ret;
	}
	return ret ? ret : cl_dump_end(&aida.dump, host, lines, error);
}
