/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line: verbs, options, arguments, exit codes and messages. */
#ifndef CPULEVEL_CLI_H
#define CPULEVEL_CLI_H

#include <stdbool.h>

#include "../lib/cpulevel.h"
#include "../pool/pool.h"

/* Exit codes: yes or done, the answer is no, error. */
enum { EXIT_YES, EXIT_NO, EXIT_ERROR };

/* The options, a bit each. */
enum {
	OPT_JSON	= 0x001,
	OPT_SYSROOT	= 0x002,
	OPT_STDIN	= 0x004,
	OPT_SET		= 0x008,
	OPT_GUEST	= 0x010,
	OPT_FOR		= 0x020,
	OPT_MAN		= 0x040,
	OPT_HELP	= 0x080,
	OPT_VERSION	= 0x100,
	OPT_STORE	= 0x200,
	OPT_POOL	= 0x400,
	OPT_NAME	= 0x800,
	OPT_HOST	= 0x1000,
	OPT_TYPE	= 0x2000,
	OPT_FEATURES	= 0x4000,
	OPT_XL		= 0x8000,
	OPT_FORCE	= 0x10000,
	OPT_STRANDED	= 0x20000,
	OPT_CHECK	= 0x40000,
	OPT_RUN		= 0x80000,
	OPT_SELF	= 0x100000,
	OPT_DISKS	= 0x200000,
	OPT_TEMPLATE	= 0x400000,
	OPT_FORGET	= 0x800000,
	OPT_WITH	= 0x1000000,
	OPT_WITHOUT	= 0x2000000,
	OPT_HTML	= 0x4000000,
	OPT_POOLS	= 0x8000000,
	OPT_SINCE	= 0x10000000,
	OPT_VENDOR	= 0x20000000,
	OPT_DONE	= 0x40000000
};

#define OPT_ABORT	0x80000000u	/* more than an enum holds */

enum tool { TOOL_XL, TOOL_XAPI, TOOL_LIBVIRT };

/* The command line, without the verb and its options. */
struct arguments {
	const struct verb *verb;
	int count;
	char **values;
	unsigned int given;	/* OPT_* */
	bool json;		/* OPT_JSON is given */
	const char *sysroot;	/* NULL: not given */
	enum cl_set set;
	enum cl_guest guest;
	enum tool tool;
	int type;		/* enum cl_vm_type, -1: not given */
	enum cl_vm_kind template;
	struct text_option *texts;	/* in the order given */
	int nr_texts;
};

/* An option with a value that is no choice. */
struct text_option {
	unsigned int bit;
	const char *text;
};

struct verb {
	const char *name;
	const char *usage;
	const char *help;	/* NULL: for programs, not for people */
	int min, max;		/* arguments */
	unsigned int options;	/* besides OPT_JSON: OPT_* */
	int (*run)(const struct arguments *args);
	const struct verb *sub;	/* its own verbs, or NULL */
};

struct option_info {
	const char *name;
	unsigned int bit;	/* OPT_* */
	const char *value;	/* what it is called, NULL: has none */
	const char *(*choice)(unsigned int n);	/* NULL: any value */
	const char *help;
};

/* Both end with one that has no name. */
extern const struct verb verbs[];
extern const struct option_info option_table[];

extern const struct verb pool_verbs[], vm_verbs[];

const struct verb *find_verb(const struct verb *table, const char *name);
const char *tool_name(unsigned int n);
/* Of a table of verbs; @group: whose it is, "pool ", or "". */
int print_help(const struct verb *table, const char *group);

/* The nth value of an option, from 0, or NULL. */
const char *option_text(const struct arguments *args, unsigned int bit, int n);

/* Say "cpulevel: object: reason" on stderr; returns EXIT_ERROR. */
int complain(const char *object, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
int complain_error(const struct cl_error *error);

/* EXIT_NO for what the rules refuse, EXIT_ERROR for what went wrong. */
int complain_failed(int ret, const struct cl_error *error);

/* All of stdout is written: EXIT_YES, or EXIT_ERROR after a message. */
int finish_stdout(void);

int verb_complete(const struct arguments *args);

#endif /* CPULEVEL_CLI_H */
