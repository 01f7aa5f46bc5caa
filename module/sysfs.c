// SPDX-License-Identifier: GPL-2.0-only
/*
 * Front end 1: /sys/class/misc/cpulevel/, one value per file.  What is not
 * known has no file.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/device.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/stat.h>
#include <linux/sysfs.h>

#include "compat/compat.h"
#include "frontends.h"
#include "snapshot.h"

static const char * const backend_names[] = {
	[CPULEVEL_BACKEND_XEN]		= "xen",
	[CPULEVEL_BACKEND_NATIVE]	= "native",
};

static const char * const source_names[] = {
	[CPULEVEL_CAPS_XEN]	= "xen",
	[CPULEVEL_CAPS_DERIVED]	= "derived",
	[CPULEVEL_CAPS_PROBED]	= "probed",
};

static struct cpulevel_info get_info(void)
{
	struct cpulevel_info info;

	cl_snapshot_info(&info);
	return info;
}

static ssize_t abi_show(struct device *dev, struct device_attribute *attr,
			char *buf)
{
	return sysfs_emit(buf, "%u\n", get_info().abi);
}
static DEVICE_ATTR_RO(abi);

static ssize_t backend_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	return sysfs_emit(buf, "%s\n", backend_names[get_info().backend]);
}
static DEVICE_ATTR_RO(backend);

static ssize_t generation_show(struct device *dev,
			       struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n", get_info().generation);
}
static DEVICE_ATTR_RO(generation);

static struct attribute *top_attrs[] = {
	&dev_attr_abi.attr,
	&dev_attr_backend.attr,
	&dev_attr_generation.attr,
	NULL
};

static ssize_t sysctl_version_show(struct device *dev,
				   struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "0x%02x\n", get_info().sysctl_version);
}
static DEVICE_ATTR_RO(sysctl_version);

static struct attribute *xen_attrs[] = {
	&dev_attr_sysctl_version.attr,
	NULL
};

/*
 * From here on a file may vanish by a refresh while somebody reads it: what is
 * then not known any more is -ENODATA.
 */
static ssize_t vendor_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	struct cpulevel_info info = get_info();

	return info.vendor[0] ? sysfs_emit(buf, "%s\n", info.vendor) : -ENODATA;
}
static DEVICE_ATTR_RO(vendor);

static ssize_t signature_show(struct device *dev,
			      struct device_attribute *attr, char *buf)
{
	u32 signature = get_info().signature;

	return signature ? sysfs_emit(buf, "%08x\n", signature) : -ENODATA;
}
static DEVICE_ATTR_RO(signature);

static ssize_t microcode_show(struct device *dev,
			      struct device_attribute *attr, char *buf)
{
	u32 microcode = get_info().microcode;

	return microcode ? sysfs_emit(buf, "0x%x\n", microcode) : -ENODATA;
}
static DEVICE_ATTR_RO(microcode);

static ssize_t uniform_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	u32 uniform = get_info().uniform;

	if (uniform == CPULEVEL_UNIFORM_UNKNOWN)
		return -ENODATA;
	return sysfs_emit(buf, "%d\n", uniform == CPULEVEL_UNIFORM_YES);
}
static DEVICE_ATTR_RO(uniform);

static struct attribute *cpu_attrs[] = {
	&dev_attr_vendor.attr,
	&dev_attr_signature.attr,
	&dev_attr_microcode.attr,
	&dev_attr_uniform.attr,
	NULL
};

/* The words joined by '-', as XenServer's tools write a featureset. */
static ssize_t featureset_show(u32 index, char *buf)
{
	struct cpulevel_featureset fs;
	int len = 0, ret;
	u32 i;

	ret = cl_snapshot_featureset(index, &fs);
	if (ret)
		return ret;

	for (i = 0; i < fs.nr_words; i++)
		len += sysfs_emit_at(buf, len, "%s%08x", i ? "-" : "",
				     fs.words[i]);
	return len + sysfs_emit_at(buf, len, "\n");
}

#define FEATURESET_ATTR(name, index)					\
static ssize_t name##_show(struct device *dev,				\
			   struct device_attribute *attr, char *buf)	\
{									\
	return featureset_show(index, buf);				\
}									\
static DEVICE_ATTR_RO(name)

FEATURESET_ATTR(raw, CPULEVEL_SET_RAW);
FEATURESET_ATTR(host, CPULEVEL_SET_HOST);
FEATURESET_ATTR(pv_default, CPULEVEL_SET_PV_DEFAULT);
FEATURESET_ATTR(hvm_default, CPULEVEL_SET_HVM_DEFAULT);
FEATURESET_ATTR(pv_max, CPULEVEL_SET_PV_MAX);
FEATURESET_ATTR(hvm_max, CPULEVEL_SET_HVM_MAX);

static struct attribute *featureset_attrs[] = {
	[CPULEVEL_SET_RAW]		= &dev_attr_raw.attr,
	[CPULEVEL_SET_HOST]		= &dev_attr_host.attr,
	[CPULEVEL_SET_PV_DEFAULT]	= &dev_attr_pv_default.attr,
	[CPULEVEL_SET_HVM_DEFAULT]	= &dev_attr_hvm_default.attr,
	[CPULEVEL_SET_PV_MAX]		= &dev_attr_pv_max.attr,
	[CPULEVEL_SET_HVM_MAX]		= &dev_attr_hvm_max.attr,
	[CPULEVEL_NR_SETS]		= NULL
};

static ssize_t caps_show(struct device *dev, struct device_attribute *attr,
			 char *buf)
{
	struct cpulevel_info info = get_info();

	if (info.caps_source == CPULEVEL_CAPS_ABSENT)
		return -ENODATA;
	return sysfs_emit(buf, "0x%x\n", info.caps);
}
static DEVICE_ATTR_RO(caps);

/* Faulting wins: with it Xen does not even look for mask registers. */
static ssize_t method_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	struct cpulevel_info info = get_info();

	if (info.caps_source == CPULEVEL_CAPS_ABSENT)
		return -ENODATA;
	if (info.caps & CPULEVEL_CAP_FAULTING)
		return sysfs_emit(buf, "faulting\n");
	return sysfs_emit(buf, "%s\n", info.caps ? "masking" : "none");
}
static DEVICE_ATTR_RO(method);

static ssize_t source_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	u32 source = get_info().caps_source;

	if (source == CPULEVEL_CAPS_ABSENT)
		return -ENODATA;
	return sysfs_emit(buf, "%s\n", source_names[source]);
}
static DEVICE_ATTR_RO(source);

static struct attribute *levelling_attrs[] = {
	&dev_attr_caps.attr,
	&dev_attr_method.attr,
	&dev_attr_source.attr,
	NULL
};

/* What a file stands for is decided by its name alone; it may be unknown. */
static bool is_known(const struct cpulevel_info *info,
		     const struct attribute *attr)
{
	u32 i;

	for (i = 0; i < CPULEVEL_NR_SETS; i++)
		if (attr == featureset_attrs[i])
			return info->valid & (1U << i);
	for (i = 0; levelling_attrs[i]; i++)
		if (attr == levelling_attrs[i])
			return info->caps_source != CPULEVEL_CAPS_ABSENT;
	if (attr == &dev_attr_sysctl_version.attr)
		return info->backend == CPULEVEL_BACKEND_XEN;
	if (attr == &dev_attr_vendor.attr)
		return info->vendor[0];
	if (attr == &dev_attr_signature.attr)
		return info->signature;
	if (attr == &dev_attr_microcode.attr)
		return info->microcode;
	if (attr == &dev_attr_uniform.attr)
		return info->uniform != CPULEVEL_UNIFORM_UNKNOWN;
	return true;
}

static umode_t is_visible(struct kobject *kobj, struct attribute *attr, int n)
{
	struct cpulevel_info info = get_info();

	return is_known(&info, attr) ? attr->mode : 0;
}

#define GROUP(group, directory)						\
static const struct attribute_group group##_group = {			\
	.name		= directory,					\
	.attrs		= group##_attrs,				\
	.is_visible	= is_visible,					\
}

GROUP(top, NULL);
GROUP(xen, "xen");
GROUP(cpu, "cpu");
GROUP(featureset, "featuresets");
GROUP(levelling, "levelling");

const struct attribute_group *cl_sysfs_groups[] = {
	&top_group,
	&xen_group,
	&cpu_group,
	&featureset_group,
	&levelling_group,
	NULL
};

static void update_file(struct kobject *device, const char *directory,
			const struct attribute *attr, bool known)
{
	int ret;

	if (!known) {
		sysfs_remove_file_from_group(device, attr, directory);
		return;
	}
	ret = sysfs_add_file_to_group(device, attr, directory);
	if (ret)
		pr_warn("sysfs: cannot make the file %s, error %d; load the module again\n",
			attr->name, ret);
}

/*
 * Make what became known appear and the opposite vanish.  One by one:
 * sysfs_update_group() would also replace the files that stay, and whoever
 * has one open would lose it.
 */
void cl_sysfs_update(struct kobject *device, const struct cpulevel_info *before,
		     const struct cpulevel_info *now)
{
	const struct attribute_group **group;
	struct attribute **attr;

	for (group = cl_sysfs_groups; *group; group++)
		for (attr = (*group)->attrs; *attr; attr++)
			if (is_known(before, *attr) != is_known(now, *attr))
				update_file(device, (*group)->name, *attr,
					    is_known(now, *attr));
}
