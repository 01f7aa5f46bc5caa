// SPDX-License-Identifier: GPL-2.0-only
/* Front end 2: the ioctls of /dev/cpulevel, as uapi/linux/cpulevel.h has them. */
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/uaccess.h>

#include "frontends.h"
#include "snapshot.h"

static long ioctl_info(void __user *arg)
{
	struct cpulevel_info info;

	if (copy_from_user(&info, arg, sizeof(info)))
		return -EFAULT;
	if (info.reserved[0] || info.reserved[1])
		return -EINVAL;

	cl_snapshot_info(&info);
	return copy_to_user(arg, &info, sizeof(info)) ? -EFAULT : 0;
}

static long ioctl_featureset(void __user *arg)
{
	struct cpulevel_featureset fs;
	int ret;

	if (copy_from_user(&fs, arg, sizeof(fs)))
		return -EFAULT;
	if (fs.reserved)
		return -EINVAL;

	ret = cl_snapshot_featureset(fs.index, &fs);
	if (ret)
		return ret;
	return copy_to_user(arg, &fs, sizeof(fs)) ? -EFAULT : 0;
}

static long cl_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case CPULEVEL_IOC_INFO:
		return ioctl_info((void __user *)arg);
	case CPULEVEL_IOC_FEATURESET:
		return ioctl_featureset((void __user *)arg);
	default:
		return -ENOTTY;
	}
}

const struct file_operations cl_fops = {
	.owner		= THIS_MODULE,
	.open		= nonseekable_open,
	.unlocked_ioctl	= cl_ioctl,
	/*
	 * The same handler: the structures hold no pointers, x86 needs no
	 * compat_ptr(), and compat_ptr_ioctl() is not in 4.19.
	 */
	.compat_ioctl	= cl_ioctl,
};
