// SPDX-License-Identifier: GPL-2.0-only
/*
 * The fakes below cpulevel.ko: the parameter "fake" names what they are, and
 * writing it while the module is loaded changes the host under it.
 */
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/string.h>

#include "fake_machine.h"

static struct fakes host;

static void change_host(struct fake_xen *xen, u32 cmd, u32 index)
{
	if (cmd == FAKE_FEATURESET)
		xen->words[FAKE_HOST][9]++;
}

static void newest(struct fake_xen *xen) { }
static void without_hvm(struct fake_xen *xen)
{
	xen->set_error[FAKE_HVM] = xen->set_error[FAKE_HVM_MAX] = -EOPNOTSUPP;
	xen->policy_error[FAKE_HVM] = xen->policy_error[FAKE_HVM_MAX] = -EOPNOTSUPP;
}

static void new_microcode(struct fake_xen *xen) { xen->words[FAKE_HOST][9] |= 0x400; }
static void without_caps(struct fake_xen *xen) { xen->error[FAKE_CAPS] = -EACCES; }
static void restless(struct fake_xen *xen) { xen->before = change_host; }
static void refusing(struct fake_xen *xen) { xen->denied = -EPERM; }
static void flask(struct fake_xen *xen) { xen->denied = -EACCES; }
static void too_new(struct fake_xen *xen) { xen->version = 0x17; }
static void too_wide(struct fake_xen *xen) { xen->nr_words = 65; }
static void big_policy(struct fake_xen *xen) { fake_xen_fill(&xen->policies[FAKE_PV_MAX], 257, 2); }
static void no_policies(struct fake_xen *xen) { xen->error[FAKE_POLICY] = -ENOSYS; }
static void no_cpus(struct fake_xen *xen) { xen->platform_error[FAKE_CPU_VERSION] = -EACCES; }

static const struct {
	const char *name;
	void (*make)(struct fake_xen *xen);
} scenarios[] = {
	{ "newest", newest }, { "without_hvm", without_hvm }, { "new_microcode", new_microcode },
	{ "without_caps", without_caps }, { "restless", restless }, { "refusing", refusing },
	{ "flask", flask }, { "too_new", too_new }, { "too_wide", too_wide },
	{ "big_policy", big_policy }, { "no_policies", no_policies }, { "no_cpus", no_cpus },
};

static void make_native(void)
{
	host.on_xen = false;
	fake_host_init(&host.host, 4, "GenuineIntel", 0x206a7, 0xd);
}

static int set_fake(const char *value, const struct kernel_param *kp)
{
	size_t i;

	fakes = &host;
	if (sysfs_streq(value, "native")) {
		make_native();
		return 0;
	}
	for (i = 0; i < ARRAY_SIZE(scenarios); i++) {
		if (!sysfs_streq(value, scenarios[i].name))
			continue;
		host.on_xen = true;
		fake_xen_init(&host.xen, &fake_newest);
		scenarios[i].make(&host.xen);
		return 0;
	}
	return -EINVAL;
}

/* What the module did that it may not: nothing, or the first thing. */
static int get_misuse(char *buffer, const struct kernel_param *kp)
{
	const char *what = host.xen.misuse ?: host.host.misuse;

	return scnprintf(buffer, PAGE_SIZE, "%s\n", what ?: "");
}

/* How often Xen was asked anything. */
static int get_calls(char *buffer, const struct kernel_param *kp)
{
	u32 cmd, calls = host.xen.platform_calls + host.host.calls;

	for (cmd = 0; cmd < FAKE_COMMANDS; cmd++)
		calls += host.xen.calls[cmd];
	return scnprintf(buffer, PAGE_SIZE, "%u\n", calls);
}

static const struct kernel_param_ops fake_ops = { .set = set_fake };
static const struct kernel_param_ops misuse_ops = { .get = get_misuse };
static const struct kernel_param_ops calls_ops = { .get = get_calls };

module_param_cb(fake, &fake_ops, NULL, 0200);
module_param_cb(misuse, &misuse_ops, NULL, 0444);
module_param_cb(calls, &calls_ops, NULL, 0444);
