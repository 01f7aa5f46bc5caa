// SPDX-License-Identifier: GPL-2.0-only
/* Front end 2: the ioctls of /dev/cpulevel, as uapi/linux/cpulevel.h has them. */
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/stddef.h>
#include <linux/uaccess.h>

#include "frontends.h"
#include "refresh.h"
#include "snapshot.h"

static long ioctl_info(void __user *arg)
{
	struct cpulevel_info info;

	if (copy_from_user(&info, arg, sizeof(info)))
		return -EFAULT;
	if (info.reserved)
		return -EINVAL;

	cl_snapshot_info(&info);
	return copy_to_user(arg, &info, sizeof(info)) ? -EFAULT : 0;
}

static long ioctl_featureset(void __user *arg)
{
	struct cpulevel_featureset fs;
	int ret;

	if (copy_from_user(&fs, arg, offsetof(struct cpulevel_featureset, words)))
		return -EFAULT;
	if (fs.reserved)
		return -EINVAL;

	ret = cl_snapshot_featureset(fs.index, &fs);
	if (ret)
		return ret;
	return copy_to_user(arg, &fs, sizeof(fs)) ? -EFAULT : 0;
}

/* Too big for the stack, and not to be written to userspace under a lock. */
static long ioctl_policy(void __user *arg)
{
	struct cpulevel_policy *policy;
	long ret;

	policy = kmalloc(sizeof(*policy), GFP_KERNEL);
	if (!policy)
		return -ENOMEM;

	ret = -EFAULT;
	if (copy_from_user(policy, arg, offsetof(struct cpulevel_policy, leaves)))
		goto free_policy;
	ret = -EINVAL;
	if (policy->reserved)
		goto free_policy;
	ret = cl_snapshot_policy(policy->index, policy);
	if (ret)
		goto free_policy;
	if (copy_to_user(arg, policy, sizeof(*policy)))
		ret = -EFAULT;

free_policy:
	kfree(policy);
	return ret;
}

static long ioctl_refresh(void __user *arg)
{
	struct cpulevel_refresh refresh;
	int ret;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (copy_from_user(&refresh, arg, sizeof(refresh)))
		return -EFAULT;
	if (refresh.reserved)
		return -EINVAL;

	ret = cl_refresh(&refresh.generation);
	if (ret)
		return ret;
	return copy_to_user(arg, &refresh, sizeof(refresh)) ? -EFAULT : 0;
}

static long cl_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case CPULEVEL_IOC_INFO:
		return ioctl_info((void __user *)arg);
	case CPULEVEL_IOC_FEATURESET:
		return ioctl_featureset((void __user *)arg);
	case CPULEVEL_IOC_POLICY:
		return ioctl_policy((void __user *)arg);
	case CPULEVEL_IOC_REFRESH:
		return ioctl_refresh((void __user *)arg);
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
