/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What other tools call features, and which they cannot be told. */
#ifndef CPULEVEL_FLAGS_H
#define CPULEVEL_FLAGS_H

#include "cpulevel.h"

#define CL_FLAG_SIZE	32

/* Only for features that the tool knows. */
char *cl_xl_flag(unsigned int bit, char name[CL_FLAG_SIZE]);
char *cl_qemu_flag(unsigned int bit, char name[CL_FLAG_SIZE]);
char *cl_libvirt_flag(unsigned int bit, char name[CL_FLAG_SIZE]);

void cl_xl_knows(struct cl_featureset *fs);
void cl_qemu_knows(struct cl_featureset *fs);

/*
 * Drop what is nobody's to decide: Xen, QEMU or the toolstack make these bits
 * up for every guest, or the CPU shows its own to every guest.
 */
void cl_drop_unspoken(struct cl_featureset *fs);

/* How many features are in it. */
unsigned int cl_nr_bits(const struct cl_featureset *fs);

#endif /* CPULEVEL_FLAGS_H */
