// SPDX-License-Identifier: GPL-2.0-only
/*
 * Front end 1: /sys/class/misc/cpulevel/, one value per file.  What is not
 * known has no file.
 */
#include <linux/device.h>
#include <linux/kernel.h>
#include <linux/stat.h>
#include <linux/sysfs.h>

#include "compat/compat.h"
#include "frontends.h"
#include "snapshot.h"

static const char * const backend_names[] = {
	[CPULEVEL_BACKEND_XEN] = "xen",
};

static const char * const source_names[] = {
	[CPULEVEL_CAPS_XEN] = "xen",
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

static const struct attribute_group top_group = {
	.attrs = top_attrs,
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

static const struct attribute_group xen_group = {
	.name = "xen",
	.attrs = xen_attrs,
};

static ssize_t vendor_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	struct cl_cpu cpu;

	cl_snapshot_cpu(&cpu);
	return sysfs_emit(buf, "%s\n", cpu.vendor);
}
static DEVICE_ATTR_RO(vendor);

static ssize_t signature_show(struct device *dev,
			      struct device_attribute *attr, char *buf)
{
	struct cl_cpu cpu;

	cl_snapshot_cpu(&cpu);
	return sysfs_emit(buf, "%08x\n", cpu.signature);
}
static DEVICE_ATTR_RO(signature);

static struct attribute *cpu_attrs[] = {
	&dev_attr_vendor.attr,
	&dev_attr_signature.attr,
	NULL
};

static umode_t cpu_visible(struct kobject *kobj, struct attribute *attr, int n)
{
	struct cl_cpu cpu;

	cl_snapshot_cpu(&cpu);
	return cpu.vendor[0] ? attr->mode : 0;
}

static const struct attribute_group cpu_group = {
	.name = "cpu",
	.attrs = cpu_attrs,
	.is_visible = cpu_visible,
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

/* @n is the place in featureset_attrs, thus CPULEVEL_SET_*. */
static umode_t featureset_visible(struct kobject *kobj, struct attribute *attr,
				  int n)
{
	return get_info().valid & (1U << n) ? attr->mode : 0;
}

static const struct attribute_group featureset_group = {
	.name = "featuresets",
	.attrs = featureset_attrs,
	.is_visible = featureset_visible,
};

static ssize_t caps_show(struct device *dev, struct device_attribute *attr,
			 char *buf)
{
	return sysfs_emit(buf, "0x%x\n", get_info().caps);
}
static DEVICE_ATTR_RO(caps);

/* Faulting wins: with it Xen does not even look for mask registers. */
static ssize_t method_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	u32 caps = get_info().caps;

	if (caps & CPULEVEL_CAP_FAULTING)
		return sysfs_emit(buf, "faulting\n");
	return sysfs_emit(buf, "%s\n", caps ? "masking" : "none");
}
static DEVICE_ATTR_RO(method);

static ssize_t source_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	return sysfs_emit(buf, "%s\n", source_names[get_info().caps_source]);
}
static DEVICE_ATTR_RO(source);

static struct attribute *levelling_attrs[] = {
	&dev_attr_caps.attr,
	&dev_attr_method.attr,
	&dev_attr_source.attr,
	NULL
};

static umode_t levelling_visible(struct kobject *kobj, struct attribute *attr,
				 int n)
{
	return get_info().caps_source != CPULEVEL_CAPS_ABSENT ? attr->mode : 0;
}

static const struct attribute_group levelling_group = {
	.name = "levelling",
	.attrs = levelling_attrs,
	.is_visible = levelling_visible,
};

const struct attribute_group *cl_sysfs_groups[] = {
	&top_group,
	&xen_group,
	&cpu_group,
	&featureset_group,
	&levelling_group,
	NULL
};
