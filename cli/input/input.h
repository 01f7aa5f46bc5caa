/* SPDX-License-Identifier: GPL-2.0-only */
/* What the command line names: hosts, featuresets, lines of hosts, stores and pools. */
#ifndef CPULEVEL_INPUT_H
#define CPULEVEL_INPUT_H

#include "../../pool/registry/registry.h"
#include "../cli.h"

/* The host that the arguments name: FILE, if not NULL, --sysroot or this. */
int read_host(struct cl_host *host, const struct arguments *args,
	      const char *file);

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

/* ---- Stores, and hosts as members of pools ---- */

/* What --store, $CPULEVEL_STORE, this machine's last join or nobody calls it. */
const char *store_name(const struct arguments *args);
/* That store; NULL after a message. */
struct cl_store *open_store(const struct arguments *args, bool create);

/* The same, and its pool: of --pool, or the only one. */
struct cl_store *open_pool(const struct arguments *args, struct cl_pool *pool,
			   struct cl_pool_counts *counts);

/*
 * The host that is the nth argument, or this machine, as a member: of --name,
 * if that is given.  If it is this one its sets are taken afresh, and it is of
 * its present boot.
 */
int read_member(struct cl_member *member, const struct arguments *args, int n);
/* The same, of that file or directory. */
int read_member_file(struct cl_member *member, const char *file);

/* ---- Hosts as lines of text, however many ---- */

/* Four featuresets of the most words, a name and a vendor fit a line. */
#define LINES_LONGEST	4096
#define LINES_TOO_LONG	"line is longer than 4096 characters; is it text?"
#define LINES_BLOCK	65536

struct lines {
	int fd;
	const char *name;	/* for messages */
	unsigned long number;	/* of the line that lines_next() gave */
	char *at, *end;		/* what of the block is still to be given */
	/* Whoever reads 8 digits at once may look behind the last newline. */
	char block[LINES_LONGEST + LINES_BLOCK + 8];
};

void lines_begin(struct lines *lines, int fd, const char *name);
/* 1: a line from *line up to its newline at *end; 0: no more; -1: it said why. */
int lines_next(struct lines *lines, const char **line, const char **end);
/* Say what is wrong with the current line; returns EXIT_ERROR. */
int lines_complain(const struct lines *lines, const char *reason);

/* The sets of a line, in its order. */
enum { LINE_PV, LINE_HVM, LINE_PV_MAX, LINE_HVM_MAX, LINE_SETS };

struct host_line {
	char name[65];
	char vendor[13];
	bool has[LINE_SETS];
	struct cl_featureset sets[LINE_SETS];
};

/*
 * Take the line apart: 1, 0 if there is no host in it, -1 if it said why.
 * The host may be used again for the next line; it begins as all 0.
 */
int host_line_parse(struct host_line *host, const struct lines *lines,
		    const char *line, const char *end);

#endif /* CPULEVEL_INPUT_H */
