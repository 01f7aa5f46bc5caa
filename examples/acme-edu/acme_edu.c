// SPDX-License-Identifier: GPL-2.0-only
/*
 * Driver for QEMU's "edu" PCI device: a vendor driver small enough to read at
 * one sitting, and real enough to build, pack, install and re-spin.
 */

#include <linux/device.h>
#include <linux/io.h>
#include <linux/iopoll.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/sysfs.h>

#ifndef ACME_EDU_VERSION
#define ACME_EDU_VERSION	"1.1"
#endif

#define EDU_VENDOR_ID		0x1234
#define EDU_DEVICE_ID		0x11e8
#define EDU_BAR			0

/* Registers, each 32 bits wide. */
#define EDU_IDENTIFICATION	0x00	/* 0xRRrr00ed: major, minor revision */
#define EDU_LIVENESS		0x04	/* reads back inverted */
#define EDU_FACTORIAL		0x08	/* write n, read n! once not busy */
#define EDU_STATUS		0x20

#define EDU_ID_MASK		0x0000ffff
#define EDU_ID			0x000000ed
#define EDU_STATUS_BUSY		0x01
#define EDU_FACTORIAL_MAX	12	/* 13! does not fit the register */
#define EDU_POLL_US		10
#define EDU_TIMEOUT_US		1000000

struct acme_edu_card {
	void __iomem *regs;
	struct mutex lock;	/* one factorial at a time */
};

/* Not sysfs_emit(), which XenServer's 4.19 kernel does not have yet. */
static ssize_t identification_show(struct device *dev,
				   struct device_attribute *attr, char *buf)
{
	struct acme_edu_card *edu = dev_get_drvdata(dev);

	return scnprintf(buf, PAGE_SIZE, "0x%08x\n",
			 ioread32(edu->regs + EDU_IDENTIFICATION));
}
static DEVICE_ATTR_RO(identification);

static ssize_t factorial_show(struct device *dev,
			      struct device_attribute *attr, char *buf)
{
	struct acme_edu_card *edu = dev_get_drvdata(dev);
	u32 result;

	mutex_lock(&edu->lock);
	result = ioread32(edu->regs + EDU_FACTORIAL);
	mutex_unlock(&edu->lock);
	return scnprintf(buf, PAGE_SIZE, "%u\n", result);
}

/* The device ignores a number written while it is busy, so wait for the end. */
static int edu_factorial(struct acme_edu_card *edu, u32 n)
{
	u32 status;
	int ret;

	mutex_lock(&edu->lock);
	iowrite32(n, edu->regs + EDU_FACTORIAL);
	ret = readl_poll_timeout(edu->regs + EDU_STATUS, status,
				 !(status & EDU_STATUS_BUSY),
				 EDU_POLL_US, EDU_TIMEOUT_US);
	mutex_unlock(&edu->lock);
	return ret;
}

static ssize_t factorial_store(struct device *dev,
			       struct device_attribute *attr,
			       const char *buf, size_t count)
{
	struct acme_edu_card *edu = dev_get_drvdata(dev);
	u32 n;
	int ret;

	ret = kstrtou32(buf, 0, &n);
	if (ret)
		return ret;
	if (n > EDU_FACTORIAL_MAX)
		return -ERANGE;
	ret = edu_factorial(edu, n);
	if (ret)
		return ret;
	return count;
}
static DEVICE_ATTR_RW(factorial);

static struct attribute *acme_edu_attrs[] = {
	&dev_attr_identification.attr,
	&dev_attr_factorial.attr,
	NULL
};

static const struct attribute_group acme_edu_group = {
	.attrs = acme_edu_attrs,
};

static int edu_check(struct pci_dev *pdev, void __iomem *regs)
{
	static const u32 pattern = 0x5aa55aa5;
	u32 id, inverted;

	id = ioread32(regs + EDU_IDENTIFICATION);
	if ((id & EDU_ID_MASK) != EDU_ID) {
		pci_err(pdev, "not an edu device: identification 0x%08x\n", id);
		return -ENODEV;
	}

	iowrite32(pattern, regs + EDU_LIVENESS);
	inverted = ioread32(regs + EDU_LIVENESS);
	if (inverted != ~pattern) {
		pci_err(pdev, "liveness check failed: wrote 0x%08x, read 0x%08x\n",
			pattern, inverted);
		return -EIO;
	}

	pci_info(pdev, "edu revision %u.%u, driver " ACME_EDU_VERSION "\n",
		 id >> 24, (id >> 16) & 0xff);
	return 0;
}

static int acme_edu_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct acme_edu_card *edu;
	int ret;

	edu = devm_kzalloc(&pdev->dev, sizeof(*edu), GFP_KERNEL);
	if (!edu)
		return -ENOMEM;
	mutex_init(&edu->lock);

	ret = pcim_enable_device(pdev);
	if (ret)
		return ret;
	ret = pcim_iomap_regions(pdev, BIT(EDU_BAR), KBUILD_MODNAME);
	if (ret)
		return ret;
	edu->regs = pcim_iomap_table(pdev)[EDU_BAR];

	ret = edu_check(pdev, edu->regs);
	if (ret)
		return ret;
	pci_set_drvdata(pdev, edu);
	return sysfs_create_group(&pdev->dev.kobj, &acme_edu_group);
}

static void acme_edu_remove(struct pci_dev *pdev)
{
	sysfs_remove_group(&pdev->dev.kobj, &acme_edu_group);
}

static const struct pci_device_id acme_edu_ids[] = {
	{ PCI_DEVICE(EDU_VENDOR_ID, EDU_DEVICE_ID) },
	{ }
};
MODULE_DEVICE_TABLE(pci, acme_edu_ids);

static struct pci_driver acme_edu_driver = {
	.name = KBUILD_MODNAME,
	.id_table = acme_edu_ids,
	.probe = acme_edu_probe,
	.remove = acme_edu_remove,
};
module_pci_driver(acme_edu_driver);

MODULE_AUTHOR("Acme Ltd");
MODULE_DESCRIPTION("Driver acme_edu for QEMU's edu PCI device");
MODULE_VERSION(ACME_EDU_VERSION);
MODULE_LICENSE("GPL");
