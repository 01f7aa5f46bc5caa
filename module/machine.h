/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The seam between the backends and the machine: everything they may do to it
 * goes through here, so that a test can put a fake one underneath.
 */
#ifndef _CL_MACHINE_H
#define _CL_MACHINE_H

#include <linux/types.h>

struct cl_xen_sysctl;
struct cl_xen_platform_op;

/**
 * struct cl_machine - what the backends need from the machine
 * @on_xen: is there a Xen below this kernel?  Whether it lets us ask is for
 *	it to say: a control domain need not be the initial one.
 * @sysctl: HYPERVISOR_sysctl; 0 or Xen's -errno
 * @platform_op: HYPERVISOR_platform_op; 0 or Xen's -errno
 */
struct cl_machine {
	bool (*on_xen)(void);
	int (*sysctl)(struct cl_xen_sysctl *op);
	int (*platform_op)(struct cl_xen_platform_op *op);
};

extern const struct cl_machine cl_x86;

#endif /* _CL_MACHINE_H */
