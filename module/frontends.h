/* SPDX-License-Identifier: GPL-2.0-only */
/* The two front ends, for main.c to register. */
#ifndef _CL_FRONTENDS_H
#define _CL_FRONTENDS_H

#include <linux/fs.h>
#include <linux/sysfs.h>

extern const struct attribute_group *cl_sysfs_groups[];
extern const struct file_operations cl_fops;

#endif /* _CL_FRONTENDS_H */
