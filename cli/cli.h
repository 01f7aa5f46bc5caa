/* SPDX-License-Identifier: GPL-2.0-only */
/* What the verbs of the command cpulevel share. */
#ifndef CPULEVEL_CLI_H
#define CPULEVEL_CLI_H

#include <jansson.h>
#include <stdbool.h>

#include "../lib/cpulevel.h"

/* Exit codes: yes or done, the answer is no, error. */
enum { EXIT_YES, EXIT_NO, EXIT_ERROR };

/* The command line, without the verb and its options. */
struct arguments {
	int count;
	char **values;
	const char *sysroot;	/* NULL: not given */
	bool json;
};

/* Say "cpulevel: object: reason" on stderr; returns EXIT_ERROR. */
int complain(const char *object, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
int complain_error(const struct cl_error *error);

/* The host that the arguments name: FILE, if not NULL, --sysroot or this. */
int read_host(struct cl_host *host, const struct arguments *args,
	      const char *file);

/* The featureset that is the nth argument, counted from 0. */
int read_featureset(struct cl_featureset *fs, const struct arguments *args,
		    int n);

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
};

void out_begin(struct out *out, const struct arguments *args,
	       const char *schema);
void out_group(struct out *out, const char *key);
void out_end_group(struct out *out);
void out_string(struct out *out, const char *key, const char *value);
void out_true(struct out *out, const char *key);
/* Text says @why; JSON has null. */
void out_absent(struct out *out, const char *key, const char *why);
/* Start a list, add to it, end it: one line of words, or an array. */
void out_list(struct out *out, const char *key);
void out_item(struct out *out, const char *value);
void out_end_list(struct out *out);
/* A featureset: its hex form, then each word's names. */
void out_featureset(struct out *out, const struct cl_featureset *fs);
/* Returns EXIT_YES, or EXIT_ERROR if not all could be written. */
int out_finish(struct out *out);
/* The same check for a verb that has printed its result by itself. */
int finish_stdout(void);

int verb_show(const struct arguments *args);
int verb_save(const struct arguments *args);
int verb_decode(const struct arguments *args);
int verb_combine(const struct arguments *args);

#endif /* CPULEVEL_CLI_H */
