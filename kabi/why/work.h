/* SPDX-License-Identifier: GPL-2.0-only */
/* A folder for the compiler's work on two kernel-devel folders, side by side. */
#ifndef WORK_H
#define WORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* A side is FROM or TO. */
enum { FROM, TO, SIDES };

struct work {
	char dir[64];		/* below TMPDIR, removed by work_end() */
	char *kdirs[SIDES];	/* absolute */
};

/* Returns 0, or -1 with the reason in WHY (cut to LEN); work_end() is due then too. */
int work_begin(struct work *work, const char *from, const char *to, char *why,
	       size_t len);
void work_end(struct work *work);

/* A new file for the input of a step. */
FILE *work_create(const struct work *work, int side, const char *name);
/* All of a step's output, as a string to be freed; NULL: there is none. */
char *work_read(const struct work *work, int side, const char *name);
/*
 * Run STEP of work.sh on both sides at once; ARGUMENT, or NULL, is given to it.
 * Returns 0, or -1 with the reason, which begins with the kernel-devel's name.
 */
int work_run(const struct work *work, const char *step, const char *argument,
	     char *why, size_t len);

#endif
