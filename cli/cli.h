/* SPDX-License-Identifier: GPL-2.0-only */
/* What the verbs of the command cpulevel share. */
#ifndef CPULEVEL_CLI_H
#define CPULEVEL_CLI_H

#include <jansson.h>
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

/* The host that the arguments name: FILE, if not NULL, --sysroot or this. */
int read_host(struct cl_host *host, const struct arguments *args,
	      const char *file);

/*
 * Whoever reads @path sees the old file or all of the new one, which has the mode
 * and the owner of the old one.
 */
int replace_file(const char *path, const char *text);

/* The featureset that is the nth argument, counted from 0. */
int read_featureset(struct cl_featureset *fs, const struct arguments *args,
		    int n);

/* A HOST or a FEATURESET: what most verbs take. */
struct subject {
	char name[65];		/* the host's, or "featureset 2" */
	bool is_host;
	struct cl_host host;
	struct cl_featureset fs;	/* if it is none */
};

/* The nth argument; this machine, if there are not so many. */
int read_subject(struct subject *subject, const struct arguments *args, int n);
/* The same; what a dump does not say of guests is made from its CPUs' features. */
int read_guest_subject(struct subject *subject, const struct arguments *args,
		       int n);
/* That set of a host or the featureset itself; NULL: not offered. */
const struct cl_featureset *subject_set(const struct subject *subject,
					enum cl_set set);

/* Were the host's guest sets made like that? */
bool is_estimated(const struct subject *subject);
bool is_empty(const struct cl_featureset *fs);

/* "7:0.ebx[5]", or "" in a word that this release does not know. */
#define FEATURE_TEXT_SIZE	96
char *feature_place(unsigned int bit, char text[FEATURE_TEXT_SIZE]);
/* "AVX2 (7:0.ebx[5])" */
char *feature_text(unsigned int bit, char text[FEATURE_TEXT_SIZE]);
/* "hvm,special" */
#define ATTRIBUTES_TEXT_SIZE	64
char *attributes_text(unsigned int attributes, char text[ATTRIBUTES_TEXT_SIZE]);

struct term {
	unsigned int width;	/* in columns; 0: no terminal, no limit */
	bool color;
};

void term_of_stdout(struct term *term);

/*
 * A result on its way out.  A verb walks its result once; the keys are the
 * same in text and JSON, a group is an indented block or an object.
 */
#define OUT_DEPTH	8

struct out {
	bool json;
	bool failed;		/* out of memory */
	int depth;
	json_t *open[OUT_DEPTH];	/* JSON: the groups being filled */
	struct term term;
	const char *heading;	/* text: of an array that is empty yet */
	unsigned int column;	/* text: where the list being filled ends */
};

void out_begin(struct out *out, const struct arguments *args,
	       const char *schema);
void out_group(struct out *out, const char *key);
void out_end_group(struct out *out);
/* A block of blocks, or an array of objects with the member "name". */
void out_array(struct out *out, const char *key);
void out_entry(struct out *out, const char *name);
void out_string(struct out *out, const char *key, const char *value);
void out_number(struct out *out, const char *key, unsigned long value);
void out_answer(struct out *out, const char *key, bool yes);
void out_true(struct out *out, const char *key);
/* Text says @why; JSON has null. */
void out_absent(struct out *out, const char *key, const char *why);
/* Text only: a line without a key. */
void out_line(struct out *out, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Start a list, add to it, end it: one line of words, or an array. */
void out_list(struct out *out, const char *key);
void out_item(struct out *out, const char *value);
void out_end_list(struct out *out);
/* A list of features by name. */
void out_features(struct out *out, const char *key,
		  const struct cl_featureset *fs);
/* A featureset: its hex form, then each word's names. */
void out_featureset(struct out *out, const struct cl_featureset *fs);
/* Returns EXIT_YES, or EXIT_ERROR if not all could be written. */
int out_finish(struct out *out);
/* The same check for a verb that has printed its result by itself. */
int finish_stdout(void);

/* The table of features as man(7) source. */
int print_features_page(void);

int verb_show(const struct arguments *args);
int verb_save(const struct arguments *args);
int verb_decode(const struct arguments *args);
int verb_features(const struct arguments *args);
int verb_diff(const struct arguments *args);
int verb_level(const struct arguments *args);
int verb_check(const struct arguments *args);
int verb_mask(const struct arguments *args);
int verb_combine(const struct arguments *args);
int verb_complete(const struct arguments *args);

#endif /* CPULEVEL_CLI_H */
