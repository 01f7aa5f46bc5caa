/* SPDX-License-Identifier: GPL-2.0-only */
/* The module's seam to the machine, with the fakes below it. */
#ifndef _FAKE_MACHINE_H
#define _FAKE_MACHINE_H

#include "fake_cpu.h"
#include "fake_xen.h"

struct cl_machine;

/**
 * struct fakes - what is below the seam
 * @on_xen: whether @xen is there
 * @xen: asked if so
 * @host: asked if not; if it is asked though Xen is there, @host.misuse says it
 */
struct fakes {
	bool on_xen;
	struct fake_xen xen;
	struct fake_host host;
};

/* What fake_machine asks; set before use. */
extern struct fakes *fakes;
extern const struct cl_machine fake_machine;

#endif /* _FAKE_MACHINE_H */
