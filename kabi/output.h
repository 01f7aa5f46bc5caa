/* SPDX-License-Identifier: GPL-2.0-only */
/* The results of `driver-kabi check`, as text or as one JSON document. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdbool.h>

#include <jansson.h>

#include "check.h"

struct output;

/* SYMVERS is the name that the user gave.  NULL: out of memory. */
struct output *output_open(bool json, const char *symvers,
			   const struct kernel *kernel);
void output_report(struct output *out, const char *path,
		   const struct module *module, const struct report *report);
/* The same as an object of its own. */
json_t *report_json(const char *path, const struct module *module,
		    const struct report *report);
/* A report's line of text. */
void report_print(const char *path, const struct module *module,
		  const struct report *report);
/* JSON names a damaged module too; in text the message on stderr does it. */
void output_damaged(struct output *out, const char *path, const char *why);
/* Returns 0, or -1 when something was not written. */
int output_close(struct output *out);

#endif
