/* SPDX-License-Identifier: GPL-2.0-only */
/* Is a driver the same thing for two kernels? */
#ifndef IDENTITY_H
#define IDENTITY_H

#include <jansson.h>

#include "../names.h"
#include "symtypes.h"
#include "work.h"

struct identity {
	bool asked;
	bool same_types;	/* all that is behind the driver's symbols */
	size_t nr_types;
	size_t nr_sources;	/* *.c of the driver; 0: it was not given */
	struct names differ;	/* of these, "FILE: what differs" */
};

/*
 * TYPES are what is behind the symbols.  Returns 0, or -1 with the reason in WORK's
 * why; identity_free() is due in both cases.
 */
int identity_prove(struct identity *identity, struct work *work,
		   const struct symtypes types[SIDES], const char *source);
void identity_print(const struct identity *identity);
json_t *identity_json(const struct identity *identity);
void identity_free(struct identity *identity);

#endif
