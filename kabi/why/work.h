/* SPDX-License-Identifier: GPL-2.0-only */
/* A folder for the compiler's work on two kernel-devel folders, side by side. */
#ifndef WORK_H
#define WORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* A side is FROM or TO. */
enum { FROM, TO, SIDES };

#define WORK_WHY	256
#define WORK_FAILED	(-1)	/* unlike any -errno that the callers return */

struct work {
	char dir[64];		/* below TMPDIR, removed by work_end() */
	char *kdirs[SIDES];	/* absolute */
	char why[WORK_WHY];	/* the reason where work_begin() or work_run() failed */
};

/* Returns 0, or WORK_FAILED; work_end() is due then too. */
int work_begin(struct work *work, const char *from, const char *to);
void work_end(struct work *work);

/* A new file for the input of a step. */
FILE *work_create(const struct work *work, int side, const char *name);
/* All of a step's output, as a string to be freed; NULL: there is none. */
char *work_read(const struct work *work, int side, const char *name);
/*
 * Run STEP of work.sh on both sides at once; ARGUMENT, or NULL, is given to it.
 * Returns 0, or WORK_FAILED; the reason begins with the kernel-devel's name.
 */
int work_run(struct work *work, const char *step, const char *argument);

#endif
