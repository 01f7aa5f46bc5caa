// SPDX-License-Identifier: GPL-2.0-only
/* Load and unload. */
#include <linux/miscdevice.h>
#include <linux/module.h>

#include "frontends.h"
#include "machine.h"
#include "refresh.h"

static struct miscdevice cl_device = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= "cpulevel",
	.mode	= 0444,
	.fops	= &cl_fops,
	.groups	= cl_sysfs_groups,
};

static int __init cl_init(void)
{
	return cl_start(&cl_x86, &cl_device);
}

static void __exit cl_exit(void)
{
	cl_stop(&cl_device);
}

module_init(cl_init);
module_exit(cl_exit);

MODULE_DESCRIPTION("What this host's CPUs can do and what can be hidden from guests");
MODULE_AUTHOR("The cpulevel project");
MODULE_LICENSE("GPL");
MODULE_VERSION(CPULEVEL_VERSION);
