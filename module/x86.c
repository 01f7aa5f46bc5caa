// SPDX-License-Identifier: GPL-2.0-only
/* The real machine: hypercalls from a PV or PVH control domain. */
#include <linux/types.h>
#include <xen/xen.h>
#include <asm/xen/hypercall.h>

#include "machine.h"
#include "xen_sysctl.h"

/* True for PVH too, which Linux counts as HVM; xen_pvh is not exported. */
static bool x86_on_xen(void)
{
	return xen_domain();
}

static int x86_sysctl(struct cl_xen_sysctl *op)
{
	return _hypercall1(int, sysctl, op);
}

static int x86_platform_op(struct cl_xen_platform_op *op)
{
	return _hypercall1(int, platform_op, op);
}

const struct cl_machine cl_x86 = {
	.on_xen		= x86_on_xen,
	.sysctl		= x86_sysctl,
	.platform_op	= x86_platform_op,
};
