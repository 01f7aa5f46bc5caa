/* SPDX-License-Identifier: GPL-2.0-only */
/* Do the headers that were looked at give the kernels' own CRCs? */
#ifndef CRCS_H
#define CRCS_H

#include "../kernel.h"
#include "blame.h"

/* Note the proof of each symbol, or of a sample.  Returns 0, or as work_run(). */
int crcs_prove(struct blame *blame, struct work *work, const struct kernel kernels[SIDES]);

#endif
