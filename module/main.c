// SPDX-License-Identifier: GPL-2.0-only
/* Load and unload: choose the backend, take the snapshot, register. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/miscdevice.h>
#include <linux/module.h>

#include "frontends.h"
#include "machine.h"
#include "snapshot.h"
#include "xen_sysctl.h"

static struct miscdevice cl_device = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= "cpulevel",
	.mode	= 0444,
	.fops	= &cl_fops,
	.groups	= cl_sysfs_groups,
};

/* The one line that a failed load leaves behind. */
static void __init explain(int err)
{
	switch (err) {
	case -ENODEV:
		pr_err("Xen: not found below this kernel; load the module in the control domain (dom0) of a Xen host\n");
		break;
	case -EPERM:
		pr_err("Xen: refuses its CPU featuresets: this is not a control domain (or Flask forbids it), or its sysctl version is none of 0x%02x to 0x%02x; load the module in dom0 of Xen 4.7 to 4.22\n",
		       CL_XEN_SYSCTL_MIN, CL_XEN_SYSCTL_MAX);
		break;
	case -EAGAIN:
		pr_err("Xen: its CPU featuresets changed while they were read; load the module again\n");
		break;
	default:
		pr_err("Xen: reading its CPU featuresets failed with error %d; report this with the output of xl info\n",
		       err);
	}
}

/* If Xen refuses there is no other source: below it our own CPUID is faked. */
static int __init take_snapshot(void)
{
	if (!cl_x86.on_xen())
		return -ENODEV;
	return cl_snapshot_take(cl_xen_read, &cl_x86);
}

static int __init cl_init(void)
{
	int ret = take_snapshot();

	if (ret) {
		explain(ret);
		return ret;
	}
	return misc_register(&cl_device);
}

static void __exit cl_exit(void)
{
	misc_deregister(&cl_device);
}

module_init(cl_init);
module_exit(cl_exit);

MODULE_DESCRIPTION("What this Xen host's CPUs can do and what can be hidden from guests");
MODULE_AUTHOR("The cpulevel project");
MODULE_LICENSE("GPL");
MODULE_VERSION(CPULEVEL_VERSION);
