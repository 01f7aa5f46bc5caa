/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernels' BTF says of types that the headers only name. */
#ifndef BTF_H
#define BTF_H

#include "blame.h"
#include "layout.h"

struct btf {
	struct layouts layouts[SIDES];	/* empty: a kernel-devel has no BTF, or nobody asked */
	struct symtypes types[SIDES];	/* the headers' types and BTF's together */
};

/*
 * Blame the nearest types that changed for each symbol that is PRIVATE; TYPES are
 * the headers'.  Returns 0, -ENOMEM, or as work_run(); btf_free()
 * is due in all cases.
 */
int btf_blame(struct btf *btf, struct blame *blame, struct work *work,
	      const struct symtypes types[SIDES]);
void btf_free(struct btf *btf);

#endif
