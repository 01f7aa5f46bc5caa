/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What packinfo's parts share: the reader that checks a file as it goes, and
 * the table of commands, one for each kind of file.
 */
#ifndef PACKINFO_H
#define PACKINFO_H

#include <expat.h>
#include <setjmp.h>
#include <stdio.h>

#define MAX_TEXT	4096		/* bytes of one element's text */
#define MAX_NAME	256

struct package {
	char name[MAX_NAME], evr[MAX_NAME], sha256[MAX_NAME], href[MAX_TEXT];
};

struct legacy_package {
	char type[MAX_NAME], label[MAX_NAME], kernel[MAX_NAME], size[MAX_NAME];
	char md5[MAX_NAME], options[MAX_NAME], root[MAX_NAME];
};

struct reader {
	const struct command *command;
	XML_Parser xml;
	const char *file;
	FILE *out;			/* what is read so far; worthless if refused */
	jmp_buf handler;		/* expat's call, which a refusal ends */
	int is_refused;
	char path[MAX_TEXT];		/* "/metadata/package/name" */
	int depth;
	char text[MAX_TEXT];
	size_t len;
	union {
		struct package pkg;	/* or comps' group, by its name */
		struct legacy_package old;
	};
	int seen;			/* mandatory elements so far */
};

struct command {
	const char *name;
	const char *root;		/* NULL: any */
	void (*start)(struct reader *r, const char **atts);
	void (*end)(struct reader *r);
	int cut_text;			/* a long text is none that we read */
};

extern const struct command update_command, repomd_command, primary_command,
	comps_command, xs_repository_command, xs_packages_command;

/* Read IN, called FILE in messages, and write it as lines to OUT: 0, or 1 if refused. */
int read_xml(const struct command *command, FILE *in, const char *file, FILE *out);

__attribute__((noreturn, format(printf, 2, 3)))
void refuse(struct reader *r, const char *fmt, ...);

/* Each returns VALUE, or refuses the file. */
const char *plain(struct reader *r, const char *what, const char *value);
const char *word(struct reader *r, const char *what, const char *value, const char *also);
const char *hex(struct reader *r, const char *what, const char *value, size_t len);
const char *inside(struct reader *r, const char *href);

const char *attribute(const char **atts, const char *name);	/* or NULL */
const char *mandatory(struct reader *r, const char **atts, const char *name);

void keep(struct reader *r, char *to, size_t size, const char *value);
#define KEEP(r, to, value) keep(r, to, sizeof(to), value)

#endif
