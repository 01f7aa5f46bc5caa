/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the readers of other programs' formats share. */
#ifndef CPULEVEL_SOURCE_H
#define CPULEVEL_SOURCE_H

#include <sys/types.h>

#include "../cpulevel.h"

/*
 * A host's facts are read one by one, and a REFRESH may replace all of them
 * between two reads: then read them again, but not for ever.
 */
#define CL_SNAPSHOT_TRIES	5
int cl_snapshot_gone(struct cl_error *error, const char *where);

/* All of a file, but at most @size bytes of it: how many, or a negative errno. */
ssize_t cl_slurp(int fd, char *text, size_t size);

/* All of @fd, which is closed, for the caller to release; @name: for errors. */
int cl_read_all(char **text, size_t *len, int fd, const char *name,
		struct cl_error *error);
/* A file, or standard input as "-"; -1 with errno. */
int cl_open(const char *path);
/* 0, or -EFBIG: it is longer than any description of a host. */
int cl_check_size(const char *text, size_t len, const char *name,
		  struct cl_error *error);

/* Text in memory, read line by line. */
#define CL_TEXT_LINE	4096

struct cl_lines {
	const char *at, *end;
	const char *name;
	unsigned int line;		/* number of the current one, from 1 */
	size_t len;			/* of the current one */
	bool strict;			/* refuse tabs and carriage returns, too */
	bool cut;			/* the current one has no newline */
	char text[CL_TEXT_LINE];	/* the current one, without its end */
	char where[256];		/* name:line of it */
};

void cl_lines_begin(struct cl_lines *lines, const char *text, size_t len,
		    const char *name);

/* 1: there is one; 0: there are no more; -EINVAL: it is not text. */
int cl_lines_next(struct cl_lines *lines, struct cl_error *error);

/* Exactly @digits hex digits, or if 0 as many as there are, 1 to 8. */
bool cl_scan_hex(const char **at, unsigned int digits, uint32_t *value);

/* The text, or any number of blanks if @what is " ". */
bool cl_scan(const char **at, const char *what);

/*
 * A CPU while its leaves arrive, in any order: its words, and the numbers that
 * say which leaves it has.  However many leaves come, it takes no more room.
 */
struct cl_cpu {
	uint32_t words[CL_NR_KNOWN_WORDS];
	uint32_t seen;		/* a bit for each word whose leaf was there */
	bool has_leaf_0, has_extended;
	bool sparse;		/* its reader says: leaves that are 0 may be left out */
	struct cl_max_leaves max;
	uint32_t signature;	/* 1.eax */
	char vendor[13];	/* of leaf 0; "" if it is none */
};

/* 1: the leaf was used; 0: no word is of it; -EEXIST: it was there before. */
int cl_cpu_add(struct cl_cpu *cpu, const struct cl_leaf *leaf);
void cl_cpu_add_msr(struct cl_cpu *cpu, const struct cl_msr *msr);
/* All leaves that it says it has were there, unless sparse, or -ENODATA. */
int cl_cpu_end(const struct cl_cpu *cpu, struct cl_featureset *fs,
	       struct cl_error *error);

/* A dump of some CPUs, leaf by leaf, on its way to a raw set. */
struct cl_dump {
	unsigned int nr_cpus;	/* that are complete */
	unsigned int line;	/* at which the current one begins */
	bool differ;
	struct cl_featureset fs;	/* what all of them have */
	char vendor[13];
	uint32_t signature;
	bool begun;		/* leaves of the current one were read */
	struct cl_cpu cpu;
	struct cl_msr arch_caps;	/* index 0: the dump has none */
};

void cl_dump_begin(struct cl_dump *dump);
/* The next CPU begins, or the dump ends; the one before must be complete. */
int cl_dump_next(struct cl_dump *dump, struct cl_lines *lines,
		 struct cl_error *error);
/* A leaf of the current CPU; leaf 0 begins the next one. */
int cl_dump_leaf(struct cl_dump *dump, struct cl_lines *lines,
		 const struct cl_leaf *leaf, struct cl_error *error);
void cl_dump_msr(struct cl_dump *dump, uint32_t index, uint64_t value);
/* The host of which this was the dump. */
int cl_dump_end(struct cl_dump *dump, struct cl_host *host,
		struct cl_lines *lines, struct cl_error *error);

/*
 * The formats: what tells one from the others, in a line of it, and how to
 * read it into a host that has a name and nothing else yet.
 */
bool cl_is_cpuid(const char *line);
bool cl_is_aida(const char *line);
bool cl_is_xencpuid(const char *line);
bool cl_is_xe(const char *line);

int cl_read_cpuid(struct cl_host *host, struct cl_lines *lines,
		  struct cl_error *error);
int cl_read_aida(struct cl_host *host, struct cl_lines *lines,
		 struct cl_error *error);
int cl_read_xencpuid(struct cl_host *host, struct cl_lines *lines,
		     struct cl_error *error);
int cl_read_xe(struct cl_host *host, struct cl_lines *lines,
	       struct cl_error *error);

int cl_read_saved(struct cl_host *host, const char *text, size_t len,
		  const char *name, struct cl_error *error);
int cl_read_cpudata(struct cl_host *host, const char *text, size_t len,
		    const char *name, struct cl_error *error);
int cl_read_xapi(struct cl_host *host, const char *text, size_t len,
		 const char *name, struct cl_error *error);

#endif /* CPULEVEL_SOURCE_H */
