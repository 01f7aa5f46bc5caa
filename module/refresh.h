/* SPDX-License-Identifier: GPL-2.0-only */
/* The service that the device offers: from start to stop, and REFRESH. */
#ifndef _CL_REFRESH_H
#define _CL_REFRESH_H

#include <linux/types.h>

struct cl_machine;
struct miscdevice;

int cl_start(const struct cl_machine *m, struct miscdevice *misc);
void cl_stop(struct miscdevice *misc);
int cl_refresh(u64 *generation);

#endif /* _CL_REFRESH_H */
