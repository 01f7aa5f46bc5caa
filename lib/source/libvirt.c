// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * libvirt's CPU data, as virsh prints it:
 *
 *	<cpudata arch='x86'>
 *	  <cpuid eax_in='0x00000007' ecx_in='0x00' eax='0x...' ebx='0x...' .../>
 *	  <msr index='0x10a' edx='0x...' eax='0x...'/>
 *	</cpudata>
 */
#include <errno.h>
#include <expat.h>
#include <string.h>

#include "source.h"
#include "../internal.h"

struct cpudata {
	XML_Parser parser;
	struct cl_dump dump;
	struct cl_lines lines;	/* only to say where */
	struct cl_error *error;
	unsigned int depth;
	int ret;
};

static void where(struct cpudata *data)
{
	data->lines.line = XML_GetCurrentLineNumber(data->parser);
	snprintf(data->lines.where, sizeof(data->lines.where), "%s:%u",
		 data->lines.name, data->lines.line);
}

static void stop(struct cpudata *data, int ret)
{
	data->ret = ret;
	XML_StopParser(data->parser, XML_FALSE);
}

/* "@what @reason 'text'" */
static void refuse(struct cpudata *data, const char *what, const char *reason,
		   const char *text)
{
	where(data);
	stop(data, cl_fail(data->error, -EINVAL, data->lines.where,
			   "%s %s '%.40s'; give libvirt's <cpudata arch='x86'>",
			   what, reason, text));
}

/* An attribute's number; absent ones are 0. */
static bool number(struct cpudata *data, const char **attributes,
		   const char *name, uint32_t *value)
{
	const char *at;

	*value = 0;
	for (; *attributes; attributes += 2)
		if (!strcmp(*attributes, name))
			break;
	if (!*attributes)
		return true;
	at = attributes[1];
	if (cl_scan(&at, "0x") && cl_scan_hex(&at, 0, value) && !*at)
		return true;
	refuse(data, name, "is no number from 0x0 to 0xffffffff:",
	       attributes[1]);
	return false;
}

static void add_cpuid(struct cpudata *data, const char **attributes)
{
	struct cl_leaf leaf;
	int ret;

	if (!number(data, attributes, "eax_in", &leaf.leaf) ||
	    !number(data, attributes, "ecx_in", &leaf.subleaf) ||
	    !number(data, attributes, "eax", &leaf.regs[CL_EAX]) ||
	    !number(data, attributes, "ebx", &leaf.regs[CL_EBX]) ||
	    !number(data, attributes, "ecx", &leaf.regs[CL_ECX]) ||
	    !number(data, attributes, "edx", &leaf.regs[CL_EDX]))
		return;
	where(data);
	ret = cl_dump_leaf(&data->dump, &data->lines, &leaf, data->error);
	if (ret)
		stop(data, ret);
}

static void add_msr(struct cpudata *data, const char **attributes)
{
	uint32_t index, low, high;

	if (number(data, attributes, "index", &index) &&
	    number(data, attributes, "eax", &low) &&
	    number(data, attributes, "edx", &high))
		cl_dump_msr(&data->dump, index, (uint64_t)high << 32 | low);
}

static void check_root(struct cpudata *data, const char *name,
		       const char **attributes)
{
	if (strcmp(name, "cpudata")) {
		refuse(data, "the document", "is a", name);
		return;
	}
	for (; *attributes; attributes += 2)
		if (!strcmp(*attributes, "arch") && strcmp(attributes[1], "x86"))
			refuse(data, "the CPU", "is a", attributes[1]);
}

static void start(void *user, const char *name, const char **attributes)
{
	struct cpudata *data = user;

	if (!data->depth++)
		check_root(data, name, attributes);
	else if (data->depth == 2 && !strcmp(name, "cpuid"))
		add_cpuid(data, attributes);
	else if (data->depth == 2 && !strcmp(name, "msr"))
		add_msr(data, attributes);
}

static void end(void *user, const char *name)
{
	struct cpudata *data = user;

	(void)name;
	data->depth--;
}

/* Entities can make a small file large: libvirt writes none. */
static void doctype(void *user, const char *name, const char *system_id,
		    const char *public_id, int internal)
{
	(void)system_id;
	(void)public_id;
	(void)internal;
	refuse(user, "document types", "are refused:", name);
}

static int parse(struct cpudata *data, const char *text, size_t len)
{
	enum XML_Status status = XML_Parse(data->parser, text, len, 1);

	if (data->ret)
		return data->ret;
	where(data);
	if (status != XML_STATUS_OK)
		return cl_fail(data->error, -EINVAL, data->lines.where,
			       "%s at character %lu; give all of libvirt's <cpudata>",
			       XML_ErrorString(XML_GetErrorCode(data->parser)),
			       (unsigned long)XML_GetCurrentColumnNumber(data->parser) + 1);
	return 0;
}

int cl_read_cpudata(struct cl_host *host, const char *text, size_t len,
		    const char *name, struct cl_error *error)
{
	struct cpudata data = { .error = error };
	int ret;

	data.parser = XML_ParserCreate(NULL);
	if (!data.parser)
		return cl_fail(error, -ENOMEM, name, "out of memory; try again");
	cl_lines_begin(&data.lines, text, 0, name);
	cl_dump_begin(&data.dump);
	XML_SetUserData(data.parser, &data);
	XML_SetElementHandler(data.parser, start, end);
	XML_SetStartDoctypeDeclHandler(data.parser, doctype);
	ret = parse(&data, text, len);
	if (!ret)
		ret = cl_dump_end(&data.dump, host, &data.lines, error);
	XML_ParserFree(data.parser);
	return ret;
}
