// SPDX-License-Identifier: GPL-2.0-only
/*
 * The service that the device offers: when a snapshot is taken and who is told
 * of it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpuhotplug.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/kobject.h>
#include <linux/miscdevice.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/workqueue.h>

#include "frontends.h"
#include "machine.h"
#include "refresh.h"
#include "snapshot.h"
#include "xen_sysctl.h"

/* One snapshot is taken at a time; readers do not need this lock. */
static DEFINE_MUTEX(taking);
static const struct cl_machine *machine;
static struct kobject *device;		/* NULL: not registered */
static int hotplug_state;		/* 0: CPUs are not followed */

static cl_read_fn backend(void)
{
	/* If Xen refuses there is no other source: our own CPUID is faked. */
	return machine->on_xen() ? cl_xen_read : cl_native_read;
}

/* The one line that a failure leaves behind. */
static void explain(int err)
{
	switch (err) {
	case -EPERM:
	case -ENOSYS:
		pr_err("Xen: refuses its CPU featuresets: this is not a control domain (or Flask forbids it); load the module in dom0\n");
		break;
	case -EACCES:
		pr_err("Xen: refuses its CPU featuresets: Flask forbids get_cpu_featureset, the sysctl version is right (or Xen's answers are not what 4.7 to 4.22 give); allow it in the XSM policy\n");
		break;
	case -EPROTONOSUPPORT:
		pr_err("Xen: refuses its CPU featuresets: its sysctl version is none of 0x%02x to 0x%02x (or Flask forbids every sysctl); this module knows Xen 4.7 to 4.22\n",
		       CL_XEN_SYSCTL_MIN, CL_XEN_SYSCTL_MAX);
		break;
	case -EAGAIN:
		pr_err("the host's CPU facts changed each time they were read; try again\n");
		break;
	case -ENOMEM:
		pr_err("not enough memory for the host's CPU facts; free some and try again\n");
		break;
	default:
		pr_err("reading the host's CPU facts failed with error %d; report this with the output of xl info\n",
		       err);
	}
}

/* Bring sysfs in line and tell whoever waits for the device to change. */
static void announce(const struct cpulevel_info *before)
{
	struct cpulevel_info now;

	cl_snapshot_info(&now);
	cl_sysfs_update(device, before, &now);
	kobject_uevent(device, KOBJ_CHANGE);
}

static int refresh_locked(u64 *generation)
{
	struct cpulevel_info before, now;
	bool changed;
	int ret;

	cl_snapshot_info(&before);
	ret = cl_snapshot_take(backend(), machine, &changed);
	if (ret) {
		explain(ret);
		return ret;
	}
	if (changed)
		announce(&before);
	cl_snapshot_info(&now);
	*generation = now.generation;
	return 0;
}

/**
 * cl_refresh() - take a newer snapshot
 * @generation: set to its number
 *
 * Return: as the ioctl REFRESH; every reason that userspace can do nothing
 * about is -EIO.
 */
int cl_refresh(u64 *generation)
{
	int ret;

	mutex_lock(&taking);
	ret = refresh_locked(generation);
	mutex_unlock(&taking);
	return ret && ret != -EAGAIN && ret != -ENOMEM ? -EIO : ret;
}

static void refresh_work(struct work_struct *work)
{
	u64 generation;

	mutex_lock(&taking);
	if (device)
		refresh_locked(&generation);
	mutex_unlock(&taking);
}

static DECLARE_WORK(cpus_changed, refresh_work);

/*
 * Called in the middle of the change.  The work waits for its end: to read the
 * CPUs takes cpus_read_lock().
 */
static int cpu_comes_or_goes(unsigned int cpu)
{
	schedule_work(&cpus_changed);
	return 0;
}

/* Below Xen the CPUs that come and go are this domain's virtual ones. */
static int follow_cpus(void)
{
	int ret;

	if (machine->on_xen())
		return 0;
	ret = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "cpulevel:online",
					cpu_comes_or_goes, cpu_comes_or_goes);
	if (ret < 0)
		return ret;
	hotplug_state = ret;
	return 0;
}

static void unfollow_cpus(void)
{
	if (!hotplug_state)
		return;
	cpuhp_remove_state_nocalls(hotplug_state);
	cancel_work_sync(&cpus_changed);
	hotplug_state = 0;
}

/* The lock keeps a CPU that comes meanwhile waiting until the end. */
static int take_and_register(struct miscdevice *misc)
{
	bool changed;
	int ret;

	mutex_lock(&taking);
	ret = cl_snapshot_take(backend(), machine, &changed);
	if (ret) {
		explain(ret);
		goto unlock;
	}
	ret = misc_register(misc);
	if (ret)
		cl_snapshot_drop();
	else
		device = &misc->this_device->kobj;
unlock:
	mutex_unlock(&taking);
	return ret;
}

/**
 * cl_start() - take the first snapshot and offer it
 * @m: the machine to ask, for as long as the service runs
 * @misc: the device to register, with cl_fops and cl_sysfs_groups
 *
 * Return: 0 or -errno, after which everything is as before.
 */
int cl_start(const struct cl_machine *m, struct miscdevice *misc)
{
	int ret;

	machine = m;
	/* First of all, so that no CPU is missed between snapshot and this. */
	ret = follow_cpus();
	if (ret) {
		explain(ret);
		return ret;
	}
	ret = take_and_register(misc);
	if (ret)
		unfollow_cpus();
	return ret;
}

/* When the device is closed and stays so. */
void cl_stop(struct miscdevice *misc)
{
	unfollow_cpus();
	misc_deregister(misc);
	device = NULL;
	cl_snapshot_drop();
}
