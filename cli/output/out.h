/* SPDX-License-Identifier: GPL-2.0-only */
/* Results on their way out: text or JSON on stdout, and files. */
#ifndef CPULEVEL_OUT_H
#define CPULEVEL_OUT_H

#include <jansson.h>

#include "../cli.h"

/*
 * Whoever reads @path sees the old file or all of the new one, which has the mode
 * and the owner of the old one.
 */
int replace_file(const char *path, const char *text);


/* "7:0.ebx[5]", or "" in a word that this release does not know. */
#define FEATURE_TEXT_SIZE	96
char *feature_place(unsigned int bit, char text[FEATURE_TEXT_SIZE]);
/* "AVX2 (7:0.ebx[5])" */
char *feature_text(unsigned int bit, char text[FEATURE_TEXT_SIZE]);
/* "hvm,special" */
#define ATTRIBUTES_TEXT_SIZE	64
char *attributes_text(unsigned int attributes, char text[ATTRIBUTES_TEXT_SIZE]);

/* "AVX AVX2 and 5 more" */
#define FEATURES_SIZE	512
char *features_text(char text[FEATURES_SIZE], const struct cl_featureset *fs);

struct term {
	unsigned int width;	/* in columns; 0: no terminal, no limit */
	bool color;
};

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
#endif /* CPULEVEL_OUT_H */
