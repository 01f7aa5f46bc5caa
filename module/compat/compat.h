/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What older kernels lack, under its upstream name.  Each shim names the
 * kernel that makes it deletable.
 */
#ifndef _CL_COMPAT_H
#define _CL_COMPAT_H

#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sysfs.h>

#ifndef HAVE_SYSFS_EMIT	/* 5.10 */
static inline __printf(3, 4)
int cl_sysfs_emit_at(char *buf, int at, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vscnprintf(buf + at, PAGE_SIZE - at, fmt, args);
	va_end(args);
	return len;
}

/* By macro, so that the shim can be tested on a kernel that does not need it. */
#define sysfs_emit_at		cl_sysfs_emit_at
#define sysfs_emit(buf, ...)	cl_sysfs_emit_at(buf, 0, __VA_ARGS__)
#endif

#endif /* _CL_COMPAT_H */
