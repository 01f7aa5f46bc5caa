// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device as a source, against modules that cannot be had for real: other
 * versions and broken ones.  ioctl() is ours by the linker's --wrap; the real
 * module's answers are compared with Xen's own in tests/vm.
 */
#include <errno.h>
#include <linux/cpulevel.h>

#include "../../../lib/cpulevel.h"
#include "tap.h"

static struct cpulevel_info info;
static unsigned int nr_words;
static unsigned int refreshes;	/* to come, each when the host's set is asked for */
static int refresh_errno;	/* 0: it is done */

int __wrap_ioctl(int fd, unsigned long request, void *arg);

/* As Xen 4.17 numbers them, in the order in which it lists them. */
static void give_policy(struct cpulevel_policy *policy)
{
	unsigned int max = policy->index >= CPULEVEL_SET_PV_MAX;

	policy->nr_leaves = 5;
	policy->leaves[0] = (struct cpulevel_leaf){ 0, CPULEVEL_NO_SUBLEAF, 0xd + max, 1, 2, 3 };
	policy->leaves[1] = (struct cpulevel_leaf){ 1, CPULEVEL_NO_SUBLEAF, 0x306c3, 1, 2, 3 };
	policy->leaves[2] = (struct cpulevel_leaf){ 7, 0, 2 * max, 1, 2, 3 };
	policy->leaves[3] = (struct cpulevel_leaf){ 7, 1, 99, 1, 2, 3 };
	policy->leaves[4] = (struct cpulevel_leaf){ 0x80000000, CPULEVEL_NO_SUBLEAF, 0x80000008, 1, 2, 3 };
}

int __wrap_ioctl(int fd, unsigned long request, void *arg)
{
	struct cpulevel_featureset *fs = arg;

	(void)fd;
	if (request == CPULEVEL_IOC_INFO && info.abi) {
		memcpy(arg, &info, sizeof(info));
		return 0;
	}
	if (request == CPULEVEL_IOC_FEATURESET && fs->index == CPULEVEL_SET_HOST &&
	    refreshes) {
		refreshes--;
		info.generation++;
	}
	if (request == CPULEVEL_IOC_FEATURESET && info.valid >> fs->index & 1) {
		fs->nr_words = nr_words;
		fs->words[0] = info.generation;
		return 0;
	}
	if (request == CPULEVEL_IOC_POLICY && info.valid_policies) {
		give_policy(arg);
		return 0;
	}
	errno = ENOTTY;
	if (request == CPULEVEL_IOC_REFRESH)
		errno = refresh_errno;
	return errno ? -1 : 0;
}

static void usual_module(void)
{
	info = (struct cpulevel_info){
		.abi = 1, .backend = CPULEVEL_BACKEND_XEN, .nr_words = 19,
		.generation = 41,
		.sysctl_version = 0x15, .valid = 0x3f,
		.caps_source = CPULEVEL_CAPS_XEN, .caps = 1,
		.vendor = "GenuineIntel", .signature = 0x306c3,
		.microcode = 0x28, .uniform = CPULEVEL_UNIFORM_YES,
	};
	nr_words = 19;
}

/* What the caller gets of all that, without any other file of the module's. */
static void understands(void)
{
	struct cl_host host;

	ok(!cl_host_from_device(&host, "/dev/null", NULL) &&
	   !strcmp(host.vendor, "GenuineIntel") && host.signature == 0x306c3 &&
	   host.microcode == 0x28 && host.uniform == CL_UNIFORM_YES &&
	   host.caps_source == CL_CAPS_XEN && host.caps == 1 &&
	   host.sysctl_version == 0x15 && host.valid == 0x3f,
	   "what Xen's module says");
	ok(!host.max_leaves[CL_SET_PV_MAX].max_leaf, "a Xen without policies: no max leaves");
	info.valid_policies = 0x3f;
	ok(!cl_host_from_device(&host, "/dev/null", NULL) &&
	   host.max_leaves[CL_SET_HVM_DEFAULT].max_leaf == 0xd &&
	   !host.max_leaves[CL_SET_HVM_DEFAULT].max_subleaf &&
	   host.max_leaves[CL_SET_PV_MAX].max_leaf == 0xe &&
	   host.max_leaves[CL_SET_PV_MAX].max_subleaf == 2 &&
	   host.max_leaves[CL_SET_PV_MAX].max_extended_leaf == 0x80000008 &&
	   !host.max_leaves[CL_SET_RAW].max_leaf, "the max leaves of guests' policies");
	info.backend = CPULEVEL_BACKEND_NATIVE;
	info.valid_policies = 3;
	info.sysctl_version = 0;
	info.valid = 3;
	info.caps_source = CPULEVEL_CAPS_PROBED;
	info.microcode = 0;
	info.uniform = CPULEVEL_UNIFORM_NO;
	ok(!cl_host_from_device(&host, "/dev/null", NULL) &&
	   host.backend == CL_BACKEND_NATIVE && !host.microcode &&
	   host.uniform == CL_UNIFORM_NO &&
	   host.caps_source == CL_CAPS_PROBED && host.valid == 3,
	   "what the module says without Xen");
	info.vendor[0] = '\0';
	ok(!cl_host_from_device(&host, "/dev/null", NULL) && !*host.vendor &&
	   host.valid == 3, "a vendor that is not told is not known, as in sysfs");
}

/* All sets are of one snapshot, whatever comes between two ioctls. */
static void test_snapshots(void)
{
	struct cl_error error;
	struct cl_host host;

	usual_module();
	refreshes = 1;
	ok(!cl_host_from_device(&host, "/dev/null", NULL) &&
	   host.sets[CL_SET_RAW].words[0] == 42 &&
	   host.sets[CL_SET_HVM_MAX].words[0] == 42,
	   "a refresh between two ioctls: all of the newer snapshot");
	refreshes = -1;
	ok(cl_host_from_device(&host, "/dev/null", &error) == -EAGAIN &&
	   strstr(error.reason, "try again"), "refused: ever newer snapshots");
	refreshes = 0;
}

static void refuses(const char *reason, const char *what)
{
	struct cl_error error = { .reason = "" };
	struct cl_host host;
	int ret = cl_host_from_device(&host, "/dev/null", &error);

	if (!ok(ret == -EPROTO && !strncmp(error.reason, reason, strlen(reason)),
		"refused: %s", what))
		printf("# %d %s: %s\n", ret, error.object, error.reason);
}

static void refresh(void)
{
	struct cl_error error;

	ok(!cl_device_refresh("/dev/null", NULL), "a newer snapshot");
	refresh_errno = EPERM;
	ok(cl_device_refresh("/dev/null", &error) == -EPERM &&
	   strstr(error.reason, "only root"), "refused: not root");
	refresh_errno = EAGAIN;
	ok(cl_device_refresh("/dev/null", &error) == -EAGAIN &&
	   strstr(error.reason, "dmesg"), "refused: a host that changes meanwhile");
	ok(cl_device_refresh("/nowhere/x", &error) == -ENOENT &&
	   strstr(error.reason, "load the module"), "refused: no device");
}

int main(void)
{
	struct cl_error error;
	struct cl_host host;

	ok(cl_host_from_device(&host, "/nowhere/x", &error) == -ENOENT &&
	   strstr(error.reason, "load the module"),
	   "no device: it says to load the module");
	usual_module();
	understands();
	usual_module();
	nr_words = 65;
	refuses("number of words 65", "more words than the ABI allows");
	usual_module();
	info.backend = 77;
	refuses("backend 77", "a backend of a newer module");
	usual_module();
	info.caps_source = 77;
	refuses("source of capabilities 77", "a source of a newer module");
	usual_module();
	info.uniform = 77;
	refuses("uniformity 77", "a uniformity of a newer module");
	usual_module();
	info.valid = 0;
	refuses("selection of featuresets 0", "a module without any featureset");
	usual_module();
	info.abi = 0;
	refuses("not cpulevel's device", "a device of another kind");
	test_snapshots();
	refresh();
	return done();
}
