// SPDX-License-Identifier: LGPL-2.1-or-later
/* This host, from the module's device. */
#include <errno.h>
#include <fcntl.h>
#include <linux/cpulevel.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "source.h"
#include "../internal.h"

/* The public header stands alone, but its numbers are the kernel's. */
CL_ASSERT(words, CL_MAX_WORDS == CPULEVEL_MAX_WORDS);
CL_ASSERT(raw, CL_SET_RAW == CPULEVEL_SET_RAW);
CL_ASSERT(host, CL_SET_HOST == CPULEVEL_SET_HOST);
CL_ASSERT(pv_default, CL_SET_PV_DEFAULT == CPULEVEL_SET_PV_DEFAULT);
CL_ASSERT(hvm_default, CL_SET_HVM_DEFAULT == CPULEVEL_SET_HVM_DEFAULT);
CL_ASSERT(pv_max, CL_SET_PV_MAX == CPULEVEL_SET_PV_MAX);
CL_ASSERT(hvm_max, CL_SET_HVM_MAX == CPULEVEL_SET_HVM_MAX);
CL_ASSERT(sets, CL_NR_SETS == CPULEVEL_NR_SETS);
CL_ASSERT(xen, CL_BACKEND_XEN == CPULEVEL_BACKEND_XEN);
CL_ASSERT(native, CL_BACKEND_NATIVE == CPULEVEL_BACKEND_NATIVE);
CL_ASSERT(absent, CL_CAPS_ABSENT == CPULEVEL_CAPS_ABSENT);
CL_ASSERT(reported, CL_CAPS_XEN == CPULEVEL_CAPS_XEN);
CL_ASSERT(derived, CL_CAPS_DERIVED == CPULEVEL_CAPS_DERIVED);
CL_ASSERT(probed, CL_CAPS_PROBED == CPULEVEL_CAPS_PROBED);
CL_ASSERT(unknown, CL_UNIFORM_UNKNOWN == CPULEVEL_UNIFORM_UNKNOWN);
CL_ASSERT(mixed, CL_UNIFORM_NO == CPULEVEL_UNIFORM_NO);
CL_ASSERT(uniform, CL_UNIFORM_YES == CPULEVEL_UNIFORM_YES);
CL_ASSERT(faulting, CL_CAP_FAULTING == CPULEVEL_CAP_FAULTING);
CL_ASSERT(mask_1c, CL_CAP_1_ECX == CPULEVEL_CAP_1_ECX);
CL_ASSERT(mask_1d, CL_CAP_1_EDX == CPULEVEL_CAP_1_EDX);
CL_ASSERT(mask_e1c, CL_CAP_E1_ECX == CPULEVEL_CAP_E1_ECX);
CL_ASSERT(mask_e1d, CL_CAP_E1_EDX == CPULEVEL_CAP_E1_EDX);
CL_ASSERT(mask_Da1, CL_CAP_D1_EAX == CPULEVEL_CAP_D1_EAX);
CL_ASSERT(mask_6c, CL_CAP_6_ECX == CPULEVEL_CAP_6_ECX);
CL_ASSERT(mask_7a0, CL_CAP_7_EAX == CPULEVEL_CAP_7_EAX);
CL_ASSERT(mask_7b0, CL_CAP_7_EBX == CPULEVEL_CAP_7_EBX);

static int mismatch(struct cl_error *error, const char *device,
		    const char *what, unsigned int value)
{
	return cl_fail(error, -EPROTO, device,
		       "%s %u is not known; use the cpulevel that came with the module",
		       what, value);
}

static int failed(struct cl_error *error, const char *device)
{
	int code = errno;

	if (code == ENOENT)
		return cl_fail(error, -code, device,
			       "not there; load the module cpulevel, or name a saved host or --sysroot");
	if (code == ENOTTY)
		return cl_fail(error, -EPROTO, device,
			       "not cpulevel's device; is another module using its name?");
	return cl_fail(error, -code, device,
		       "%s; see dmesg for the module's own messages",
		       strerror(code));
}

static int read_set(struct cl_host *host, int fd, unsigned int set,
		    const char *device, struct cl_error *error)
{
	struct cpulevel_featureset fs = { .index = set };

	if (ioctl(fd, CPULEVEL_IOC_FEATURESET, &fs))
		return failed(error, device);
	if (fs.nr_words > CL_MAX_WORDS)
		return mismatch(error, device, "number of words", fs.nr_words);
	host->sets[set].nr_words = fs.nr_words;
	memcpy(host->sets[set].words, fs.words,
	       fs.nr_words * sizeof(fs.words[0]));
	host->valid |= 1u << set;
	return 0;
}

/* Xen before 4.12 has no policies, and no other call tells their last leaves. */
static void read_last(struct cl_host *host, int fd, unsigned int set)
{
	struct cpulevel_policy policy = { .index = set };
	unsigned int i;

	if (ioctl(fd, CPULEVEL_IOC_POLICY, &policy))
		return;
	for (i = 0; i < policy.nr_leaves && i < CPULEVEL_MAX_LEAVES; i++)
		cl_max_leaves_update(&host->max_leaves[set], policy.leaves[i].leaf,
			     policy.leaves[i].subleaf, policy.leaves[i].a);
}

/* What a newer module may say and this library does not understand. */
static int check_info(const struct cpulevel_info *info, const char *device,
		      struct cl_error *error)
{
	if (info->backend != CPULEVEL_BACKEND_XEN &&
	    info->backend != CPULEVEL_BACKEND_NATIVE)
		return mismatch(error, device, "backend", info->backend);
	if (info->caps_source > CPULEVEL_CAPS_PROBED)
		return mismatch(error, device, "source of capabilities",
				info->caps_source);
	if (info->uniform > CPULEVEL_UNIFORM_YES)
		return mismatch(error, device, "uniformity", info->uniform);
	if (!(info->valid & 1u << CPULEVEL_SET_RAW))
		return mismatch(error, device, "selection of featuresets",
				info->valid);
	return 0;
}

static int read_info(struct cl_host *host, int fd, struct cpulevel_info *info,
		     const char *device, struct cl_error *error)
{
	int ret;

	if (ioctl(fd, CPULEVEL_IOC_INFO, info))
		return failed(error, device);
	ret = check_info(info, device, error);
	if (ret)
		return ret;
	host->backend = (enum cl_backend)info->backend;
	host->sysctl_version = info->sysctl_version;
	host->one_policy = info->flags & CPULEVEL_INFO_ONE_POLICY;
	host->caps_source = (enum cl_caps_source)info->caps_source;
	if (host->caps_source != CL_CAPS_ABSENT)
		host->caps = info->caps;
	host->signature = info->signature;
	host->microcode = info->microcode;
	host->uniform = (enum cl_uniform)info->uniform;
	return info->vendor[0] ? cl_field_set(host, CL_FIELD_VENDOR, info->vendor,
					      device, error) : 0;
}

static int read_sets(struct cl_host *host, int fd,
		     const struct cpulevel_info *info, const char *device,
		     struct cl_error *error)
{
	unsigned int set;
	int ret;

	for (set = 0; set < CL_NR_SETS; set++) {
		if (!(info->valid >> set & 1))
			continue;
		ret = read_set(host, fd, set, device, error);
		if (ret)
			return ret;
		if (set >= CL_SET_PV_DEFAULT && info->valid_policies >> set & 1)
			read_last(host, fd, set);
	}
	return 0;
}

/* Each ioctl answers from the newest snapshot: all answers must be of one. */
static int read_host(struct cl_host *host, int fd, const char *device,
		     struct cl_error *error)
{
	unsigned int tries;
	int ret;

	for (tries = 0; tries < CL_SNAPSHOT_TRIES; tries++) {
		struct cpulevel_info info = { 0 }, after = { 0 };

		*host = (struct cl_host){ .name = "" };
		ret = read_info(host, fd, &info, device, error);
		if (ret)
			return ret;
		ret = read_sets(host, fd, &info, device, error);
		if (ioctl(fd, CPULEVEL_IOC_INFO, &after))
			return failed(error, device);
		if (after.generation == info.generation)
			return ret;
	}
	return cl_snapshot_gone(error, device);
}

int cl_host_from_device(struct cl_host *host, const char *device,
			struct cl_error *error)
{
	int fd = open(device, O_RDONLY | O_CLOEXEC);
	struct utsname machine;
	struct cl_host found;
	int ret;

	if (fd < 0)
		return failed(error, device);
	ret = read_host(&found, fd, device, error);
	close(fd);
	if (ret)
		return ret;
	cl_host_name(&found, uname(&machine) ? "" : machine.nodename);
	*host = found;
	return 0;
}

int cl_device_refresh(const char *device, struct cl_error *error)
{
	struct cpulevel_refresh refresh = { 0 };
	int fd = open(device, O_RDONLY | O_CLOEXEC), ret = 0;

	if (fd < 0)
		return failed(error, device);
	if (ioctl(fd, CPULEVEL_IOC_REFRESH, &refresh))
		ret = errno == EPERM ?
		      cl_fail(error, -EPERM, device,
			      "only root may have the host's sets taken afresh") :
		      failed(error, device);
	close(fd);
	return ret;
}
