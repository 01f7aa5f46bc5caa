/* SPDX-License-Identifier: GPL-2.0-only */
/* The two front ends, for those who register them and keep them right. */
#ifndef _CL_FRONTENDS_H
#define _CL_FRONTENDS_H

#include <linux/fs.h>
#include <linux/sysfs.h>

struct cpulevel_info;

extern const struct attribute_group *cl_sysfs_groups[];
extern const struct file_operations cl_fops;

void cl_sysfs_update(struct kobject *device, const struct cpulevel_info *before,
		     const struct cpulevel_info *now);

#endif /* _CL_FRONTENDS_H */
