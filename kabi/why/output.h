/* SPDX-License-Identifier: GPL-2.0-only */
/* What `driver-kabi why` prints, as text or as one JSON document. */
#ifndef WHY_OUTPUT_H
#define WHY_OUTPUT_H

#include <jansson.h>

#include "describe.h"

/* How each type changed; with GROUPS also which symbols did because of which. */
void explanation_print(const struct blame *blame, const struct descriptions *descriptions,
		       bool groups);
/* The same as members of DOCUMENT: "causes", "symbols", "offsets". */
void explanation_json(const struct blame *blame, const struct descriptions *descriptions,
		      json_t *document);
/* Text from files may be no UTF-8, which JSON cannot hold: then null. */
json_t *text_json(const char *text);

#endif
